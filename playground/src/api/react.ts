import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Client } from './client';
import type { Session } from './session';

export const ClientContext = createContext<Client | null>(null);

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error('useClient needs a ClientContext');
  return client;
}

export function useSession(): Session | null {
  const { session } = useClient();
  return useSyncExternalStore(session.subscribe, session.get);
}
