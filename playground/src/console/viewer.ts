import { createContext, useContext } from 'react';
import type { MeQuery, Permission } from '../api/gql';

export type Viewer = MeQuery['me'];

export const ViewerContext = createContext<Viewer | null>(null);

export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (!viewer) throw new Error('useViewer needs a ViewerContext');
  return viewer;
}

/** Whether to show what needs a permission. Whether it is allowed, the server decides. */
export function useMay(permission: Permission): boolean {
  return useViewer().permissions.includes(permission);
}
