import { RequestError, SessionEndedError } from './errors';
import {
  BUSINESS_SWITCH,
  SESSION_REFRESH,
  SIGN_IN,
  SIGN_OUT,
  type Operation,
  type SessionPayload,
} from './operations';
import { sessionOf, SessionStore } from './session';
import { isUnauthenticated, post, type GraphQLRequest, type GraphQLResponse } from './transport';
import type { UserError } from './types';

const SESSION_ENDED = 'Your session has ended. Please sign in again.';
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface ExecuteOptions {
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** The GraphQL client: every request carries the session, which it keeps fresh. */
export class Client {
  readonly session = new SessionStore();
  #refreshing: Promise<string> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.session.subscribe(() => this.#schedule());
    this.#schedule();
  }

  /** Sends a request as it is and gives the response as it is. */
  async execute<Data = unknown>(
    request: GraphQLRequest,
    options: ExecuteOptions = {},
  ): Promise<GraphQLResponse<Data>> {
    const token = await this.freshToken();
    const response = await post<Data>(request, { ...options, token });
    if (!token || !isUnauthenticated(response)) return response;
    const again = await this.refresh(token);
    const second = await post<Data>(request, { ...options, token: again });
    if (isUnauthenticated(second)) this.#end();
    return second;
  }

  /** Runs an operation of this page. Anything but data is thrown. */
  async request<Data, Variables>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    signal?: AbortSignal,
  ): Promise<Data> {
    const response = await this.execute<Data>(
      { query: operation.text, variables },
      signal ? { signal } : {},
    );
    return dataOf(response);
  }

  async signIn(email: string, password: string, businessSlug: string | null): Promise<UserError[]> {
    const variables = { input: { email, password, businessSlug } };
    const { signIn } = dataOf(await send(SIGN_IN, variables));
    return this.#accept(signIn);
  }

  async switchBusiness(businessId: string): Promise<UserError[]> {
    const { businessSwitch } = await this.request(BUSINESS_SWITCH, { input: { businessId } });
    return this.#accept(businessSwitch);
  }

  /** Forgets the session at once; the server is told as far as it can be reached. */
  async signOut(): Promise<void> {
    const token = this.session.get()?.accessToken;
    this.session.clear();
    if (token) await send(SIGN_OUT, {}, token).catch(() => undefined);
  }

  /** An access token that is not about to expire, or `null` when signed out. */
  async freshToken(): Promise<string | null> {
    const session = this.session.get();
    if (!session) return null;
    return Date.now() < session.refreshAt ? session.accessToken : this.refresh(session.accessToken);
  }

  /**
   * A token other than `stale`. However many ask, the server is asked once, as
   * a refresh token is good for one use.
   */
  async refresh(stale: string): Promise<string> {
    const session = this.session.get();
    if (!session) throw new SessionEndedError(SESSION_ENDED);
    if (session.accessToken !== stale) return session.accessToken;
    this.#refreshing ??= this.#refresh(session.refreshToken).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh(refreshToken: string): Promise<string> {
    const response = await send(SESSION_REFRESH, { input: { refreshToken } });
    if (isUnauthenticated(response)) this.#end();
    const next = sessionOf(dataOf(response).sessionRefresh);
    const current = this.session.get();
    if (!next || !current) this.#end();
    if (current.refreshToken === refreshToken) this.session.set(next);
    return this.session.get()?.accessToken ?? next.accessToken;
  }

  #accept(payload: SessionPayload): UserError[] {
    const session = sessionOf(payload);
    if (session) {
      this.session.set(session);
      return [];
    }
    if (payload.userErrors.length > 0) return payload.userErrors;
    throw new RequestError('The server gave no session. Try again.');
  }

  #end(): never {
    if (this.session.get()) this.session.clear(SESSION_ENDED);
    throw new SessionEndedError(SESSION_ENDED);
  }

  /** Refreshes ahead of expiry also when nothing is being requested. */
  #schedule(): void {
    clearTimeout(this.#timer);
    const session = this.session.get();
    if (!session) return;
    const wait = Math.min(Math.max(session.refreshAt - Date.now(), 0), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => {
      // Out of reach: the next request will try again.
      this.freshToken().catch(() => undefined);
    }, wait);
  }
}

function send<Data, Variables>(
  operation: Operation<Data, Variables>,
  variables: Variables,
  token: string | null = null,
): Promise<GraphQLResponse<Data>> {
  return post<Data>({ query: operation.text, variables }, { token });
}

function dataOf<Data>(response: GraphQLResponse<Data>): Data {
  const message = response.errors?.[0]?.message;
  if (message !== undefined) throw new RequestError(message);
  if (!response.data) throw new RequestError('The server gave no data. Try again.');
  return response.data;
}
