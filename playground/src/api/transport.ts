/** One GraphQL request over HTTP, with nothing known of sessions. */

export const GRAPHQL_PATH = '/graphql';

export interface GraphQLErrorShape {
  message: string;
  extensions?: { code?: string; [name: string]: unknown };
  [name: string]: unknown;
}

export interface GraphQLResponse<Data = unknown> {
  data?: Data | null;
  errors?: GraphQLErrorShape[];
  extensions?: unknown;
}

export interface GraphQLRequest {
  query: string;
  variables?: unknown;
  operationName?: string | null;
}

/** The server could not be reached, or did not answer with GraphQL. */
export class TransportError extends Error {
  override name = 'TransportError';
}

export interface PostOptions {
  token?: string | null;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export async function post<Data>(
  request: GraphQLRequest,
  { token, headers, signal }: PostOptions = {},
): Promise<GraphQLResponse<Data>> {
  let response: Response;
  try {
    response = await fetch(GRAPHQL_PATH, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      body: JSON.stringify(request),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new TransportError('Daybook cannot be reached. Check the connection and try again.');
  }

  let body: unknown;
  try {
    body = await response.json();
  } catch {
    body = null;
  }
  if (isGraphQLResponse(body)) return body as GraphQLResponse<Data>;
  if (response.status === 401) {
    return { errors: [{ message: 'Sign in first.', extensions: { code: 'UNAUTHENTICATED' } }] };
  }
  throw new TransportError(`Daybook answered with an error (HTTP ${response.status}). Try again later.`);
}

export function isUnauthenticated(response: GraphQLResponse): boolean {
  return response.errors?.some((error) => error.extensions?.code === 'UNAUTHENTICATED') ?? false;
}

function isGraphQLResponse(body: unknown): body is GraphQLResponse {
  return typeof body === 'object' && body !== null && ('data' in body || 'errors' in body);
}
