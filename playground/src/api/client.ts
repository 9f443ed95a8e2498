import { Client, fetchExchange, makeOperation, mapExchange, subscriptionExchange } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { cache } from './cache';
import { Live } from './live';
import type { Session } from './session';
import { GRAPHQL_PATH, registered } from './transport';

/** What a signed-in window asks with. */
export interface Api {
  session: Session;
  client: Client;
  live: Live;
}

export function createApi(session: Session): Api {
  const live = new Live(session);
  const client = new Client({
    url: GRAPHQL_PATH,
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    exchanges: [
      cache(),
      mapExchange({
        onOperation: (operation) =>
          makeOperation(operation.kind, { ...operation, extensions: { ...operation.extensions, ...registered(operation.query) } }),
      }),
      authExchange(async ({ appendHeaders }) => ({
        addAuthToOperation: (operation) =>
          session.accessToken ? appendHeaders(operation, { authorization: `Bearer ${session.accessToken}` }) : operation,
        willAuthError: () => session.isStale(),
        didAuthError: ({ graphQLErrors }) => graphQLErrors.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED'),
        refreshAuth: async () => void (await session.refresh()),
      })),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables, extensions }) => ({
          subscribe: (sink) => ({
            unsubscribe: live.follow({ query, variables: variables ?? {}, extensions: extensions ?? {} }, sink as Parameters<Live['follow']>[1]),
          }),
        }),
      }),
    ],
  });
  return { session, client, live };
}
