import type { SessionPayload } from './operations';
import type { Viewer } from './types';

/** What a signed-in window holds. */
export interface Session {
  accessToken: string;
  refreshToken: string;
  /** When to ask for a new access token, in milliseconds of this machine's clock. */
  refreshAt: number;
  viewer: Viewer;
}

const STORAGE_KEY = 'daybook:session';
const REFRESH_AHEAD_MS = 60_000;
const SHORTEST_REFRESH_MS = 30_000;

/** The session of this window, kept in its `sessionStorage`. */
export class SessionStore {
  #session: Session | null = read();
  #notice: string | null = null;
  readonly #listeners = new Set<() => void>();

  readonly get = (): Session | null => this.#session;

  /** Why the last session ended, if not by the user's wish. */
  readonly notice = (): string | null => this.#notice;

  set(session: Session): void {
    this.#session = session;
    this.#notice = null;
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(session));
    this.#changed();
  }

  clear(notice: string | null = null): void {
    this.#session = null;
    this.#notice = notice;
    sessionStorage.removeItem(STORAGE_KEY);
    this.#changed();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The session in a payload, or `null` when the payload holds errors instead. */
export function sessionOf(payload: SessionPayload, now = Date.now()): Session | null {
  const { accessToken, refreshToken, expiresAt, viewer } = payload;
  if (payload.userErrors.length > 0) return null;
  if (!accessToken || !refreshToken || !expiresAt || !viewer) return null;
  // A clock that runs ahead of the server's must not make every request refresh.
  const life = Date.parse(expiresAt) - now;
  const refreshAt = now + Math.max(life - REFRESH_AHEAD_MS, SHORTEST_REFRESH_MS);
  return { accessToken, refreshToken, refreshAt, viewer };
}

function read(): Session | null {
  try {
    const text = sessionStorage.getItem(STORAGE_KEY);
    return text ? (JSON.parse(text) as Session) : null;
  } catch {
    return null;
  }
}
