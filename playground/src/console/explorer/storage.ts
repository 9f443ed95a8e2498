import type { GraphiQL } from 'graphiql';
import type { ComponentProps } from 'react';

export type Storage = NonNullable<ComponentProps<typeof GraphiQL>['storage']>;

/** Tabs and history are kept per business: their variables name its customers. */
export function explorerStorage(businessId: string): Storage {
  const prefix = `daybook:explorer:${businessId}:`;
  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  return {
    get length() {
      return keys().length;
    },
    getItem: (key) => localStorage.getItem(prefix + key),
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
    removeItem: (key) => localStorage.removeItem(prefix + key),
    clear: () => keys().forEach((key) => localStorage.removeItem(key)),
  };
}
