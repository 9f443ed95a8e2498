import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { Provider } from 'urql';
import { createApi, type Api } from './client';
import type { Connection } from './live';
import type { Session } from './session';

const ApiContext = createContext<Api | null>(null);

/** Gives what is below the API as one session sees it. Another sign-in begins with nothing that was read before. */
export function ApiProvider({ session, children }: { session: Session; children: ReactNode }) {
  const id = useSyncExternalStore(session.subscribe, session.id);
  const api = useMemo(() => createApi(session), [session, id]);
  useEffect(() => () => api.live.close(), [api]);
  return (
    <ApiContext value={api}>
      <Provider key={id} value={api.client}>
        {children}
      </Provider>
    </ApiContext>
  );
}

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error('useApi needs an ApiProvider');
  return api;
}

export function useSignedIn(): boolean {
  const { session } = useApi();
  return useSyncExternalStore(session.subscribe, session.id) !== null;
}

export function useConnection(): Connection {
  const { live } = useApi();
  return useSyncExternalStore(live.subscribe, live.connection);
}
