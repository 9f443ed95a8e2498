/** One GraphQL request over HTTP, with nothing known of sessions. */

import { stringifyDocument, type TypedDocumentNode } from '@urql/core';

export const GRAPHQL_PATH = '/graphql';

export interface Result<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: Record<string, unknown> }[];
}

export type ResultOf<Document> = Document extends TypedDocumentNode<infer Data, infer _> ? Result<Data> : never;

/** The server could not be reached, did not answer with GraphQL, or refused. */
export class RequestError extends Error {
  override name = 'RequestError';
}

/** Sends any operation: those of the explorer are not known before. */
export async function send(body: object, token: string | null, headers?: Record<string, string>): Promise<Result<unknown>> {
  const response = await fetch(GRAPHQL_PATH, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const result: unknown = await response.json().catch(() => null);
  if (typeof result === 'object' && result !== null && ('data' in result || 'errors' in result)) return result as Result<unknown>;
  throw new RequestError(`HTTP ${response.status}`);
}

/** Sends an operation of this page as nobody. */
export async function post<Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Result<Data>> {
  const body = { query: stringifyDocument(document), variables, extensions: registered(document) };
  return (await send(body, null)) as Result<Data>;
}

/**
 * The name by which a server that runs registered documents only knows an operation of this page. `miss` lets urql send
 * the text beside it, for all other servers.
 */
export function registered(document: object): { persistedQuery: { version: 1; sha256Hash: string; miss: true } } | undefined {
  const { __meta__: meta } = document as { __meta__?: { hash: string } };
  return meta && { persistedQuery: { version: 1, sha256Hash: meta.hash, miss: true } };
}

export function isUnauthenticated({ errors }: Result<unknown>): boolean {
  return errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED') ?? false;
}
