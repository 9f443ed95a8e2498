import type { ResultOf } from './transport';
import { post, isUnauthenticated, RequestError } from './transport';
import { SessionRefreshDocument, type TokensFragment } from './gql';

/** What a signed-in window holds. */
interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** When to ask for new ones, in milliseconds of this machine's clock. */
  refreshAt: number;
  /** Stays the same from one sign-in or change of business to the next. */
  id: string;
}

const REFRESH_AHEAD_MS = 60_000;
const SHORTEST_REFRESH_MS = 30_000;

/** Who is signed in to this window, as staff or as a customer: kept in its `sessionStorage` under a name. */
export class Session {
  readonly #name: string;
  #tokens: Tokens | null;
  #ended = false;
  #refreshing: Promise<string | null> | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(name: string) {
    this.#name = `daybook:${name}`;
    this.#tokens = read(this.#name);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Null when signed out. Data that was read under one id is not that of another. */
  readonly id = (): string | null => this.#tokens?.id ?? null;

  /** Whether the last one ended without the user's wish. */
  readonly ended = (): boolean => this.#ended;

  get accessToken(): string | null {
    return this.#tokens?.accessToken ?? null;
  }

  isStale(): boolean {
    return this.#tokens !== null && Date.now() >= this.#tokens.refreshAt;
  }

  start(payload: TokensFragment): boolean {
    const tokens = tokensOf(payload, crypto.getRandomValues(new Uint32Array(2)).join('-'));
    if (tokens) this.#set(tokens);
    return tokens !== null;
  }

  end(ended = false): void {
    this.#ended = ended;
    this.#set(null);
  }

  /** An access token that is not about to expire. Null when signed out. */
  async fresh(): Promise<string | null> {
    return this.isStale() ? this.refresh() : this.accessToken;
  }

  /** A new access token. However many ask, the server is asked once: a refresh token is good for one use. */
  refresh(): Promise<string | null> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<string | null> {
    const before = this.#tokens;
    if (!before) return null;
    const result = await post(SessionRefreshDocument, { input: { refreshToken: before.refreshToken } });
    // Meanwhile someone has signed out, or in.
    if (this.#tokens !== before) return this.accessToken;
    const next = nextOf(result, before.id);
    if (next) this.#set(next);
    else this.end(true);
    return this.accessToken;
  }

  #set(tokens: Tokens | null): void {
    this.#tokens = tokens;
    if (tokens) sessionStorage.setItem(this.#name, JSON.stringify(tokens));
    else sessionStorage.removeItem(this.#name);
    for (const listener of this.#listeners) listener();
  }
}

/** Null if the session is over. Thrown if that is not said. */
function nextOf(result: ResultOf<typeof SessionRefreshDocument>, id: string): Tokens | null {
  if (isUnauthenticated(result)) return null;
  const [error] = result.errors ?? [];
  if (error) throw new RequestError(error.message);
  return result.data?.sessionRefresh ? tokensOf(result.data.sessionRefresh, id) : null;
}

function tokensOf(payload: TokensFragment, id: string): Tokens | null {
  const { accessToken, refreshToken, expiresAt } = payload;
  if (!accessToken || !refreshToken || !expiresAt) return null;
  // A clock that runs ahead of the server's must not make every request refresh.
  const life = Math.max(Date.parse(expiresAt) - Date.now() - REFRESH_AHEAD_MS, SHORTEST_REFRESH_MS);
  return { accessToken, refreshToken, refreshAt: Date.now() + life, id };
}

function read(name: string): Tokens | null {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? 'null') as Tokens | null;
  } catch {
    return null;
  }
}
