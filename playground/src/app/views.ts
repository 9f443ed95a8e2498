import { lazy, useSyncExternalStore, type ComponentType } from 'react';
import { LivePage } from '../live/LivePage';
import type { Viewer } from '../api/types';

export interface ViewProps {
  viewer: Viewer;
}

interface View {
  label: string;
  component: ComponentType<ViewProps>;
}

/** The views of the page, by the name they have after `#/`. */
export const VIEWS = {
  live: { label: 'Live', component: LivePage },
  explorer: {
    label: 'Explorer',
    component: lazy(() => import('../explorer/ExplorerPage')),
  },
} satisfies Record<string, View>;

export type ViewName = keyof typeof VIEWS;

export const VIEW_NAMES = Object.keys(VIEWS) as ViewName[];

export function useView(): ViewName {
  return useSyncExternalStore(subscribe, current);
}

function current(): ViewName {
  const name = window.location.hash.replace(/^#\//, '');
  return VIEW_NAMES.find((view) => view === name) ?? 'live';
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
