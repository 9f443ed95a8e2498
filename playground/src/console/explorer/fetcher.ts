import type { GraphiQL } from 'graphiql';
import { getOperationAST } from 'graphql';
import type { ComponentProps } from 'react';
import type { Api } from '../../api/client';
import { isUnauthenticated, send } from '../../api/transport';

export type Fetcher = ComponentProps<typeof GraphiQL>['fetcher'];

/** Sends what the explorer runs: subscriptions by socket, the rest by HTTP. */
export function createFetcher({ session, live }: Api): Fetcher {
  const fetcher = async (
    { query, variables, operationName }: Parameters<Fetcher>[0],
    options: Parameters<Fetcher>[1],
  ) => {
    const request = { query, variables, operationName: operationName ?? null };
    const document = options?.documentAST;
    const operation = document && getOperationAST(document, operationName);
    if (operation?.operation === 'subscription') return readable(live.iterate(request));
    const headers = options?.headers as Record<string, string> | undefined;
    const result = await send(request, await session.fresh(), headers);
    return isUnauthenticated(result) ? send(request, await session.refresh(), headers) : result;
  };
  // The explorer types results as if it had executed them itself, with errors
  // as class instances. What comes over the wire is what it really shows.
  return fetcher as unknown as Fetcher;
}

/** A closed connection is thrown as an event, which does not say much by itself. */
function readable<Result>(results: AsyncIterableIterator<Result>): AsyncIterableIterator<Result> {
  // Not a generator: its `return` would wait for the next result.
  return {
    next: () => results.next().catch((error: unknown) => Promise.reject(inWords(error))),
    return: () => results.return?.() ?? Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function inWords(error: unknown): unknown {
  if (!(error instanceof CloseEvent)) return error;
  const reason = error.reason || 'The connection was closed';
  return new Error(`${reason} (code ${error.code}). Run the operation again to go on.`);
}
