import { createClient, type FormattedExecutionResult as Result, type SubscribePayload } from 'graphql-ws';
import type { Session } from './session';
import { GRAPHQL_PATH } from './transport';

export type Connection = 'connecting' | 'connected' | 'reconnecting';

interface Sink {
  next: (result: Result) => void;
  error: (error: unknown) => void;
  complete: () => void;
}

const PING_MS = 10_000;
const PONG_MS = 5_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * Live operations over one socket. A connection that is lost is made again, and each operation goes on from the cursor
 * of its last event: whatever happened in between arrives then, once and in order. For that, its variable is called
 * `after` and its field has a `cursor`.
 */
export class Live {
  readonly #session: Session;
  readonly #listeners = new Set<() => void>();
  #connection: Connection = 'connecting';
  #silence: ReturnType<typeof setTimeout> | undefined;

  readonly #socket = createClient({
    url: () => new URL(GRAPHQL_PATH, window.location.href).href.replace(/^http/, 'ws'),
    // What to ask for next is known here alone.
    retryAttempts: 0,
    keepAlive: PING_MS,
    connectionParams: async () => {
      const token = await this.#session.fresh();
      return token ? { authorization: `Bearer ${token}` } : {};
    },
    on: {
      connected: () => this.#became('connected'),
      closed: () => {
        clearTimeout(this.#silence);
        this.#became('reconnecting');
      },
      // A peer that stops answering is gone.
      ping: (received) => {
        if (!received) this.#silence = setTimeout(() => this.#socket.terminate(), PONG_MS);
      },
      pong: () => clearTimeout(this.#silence),
    },
  });

  constructor(session: Session) {
    this.#session = session;
  }

  readonly connection = (): Connection => this.#connection;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Runs a live operation until the returned function is called. */
  follow(payload: SubscribePayload, sink: Sink): () => void {
    const stopped = new AbortController();
    void this.#follow(payload, sink, stopped.signal);
    return () => stopped.abort();
  }

  /** Runs an operation of the explorer: what it asks for is not ours to repeat. */
  iterate(payload: SubscribePayload): AsyncIterableIterator<Result> {
    return this.#socket.iterate(payload);
  }

  close(): void {
    void this.#socket.dispose();
  }

  async #follow(payload: SubscribePayload, sink: Sink, signal: AbortSignal): Promise<void> {
    let variables = payload.variables;
    let failures = 0;
    while (!signal.aborted) {
      const ended = await this.#once({ ...payload, variables }, signal, (result) => {
        failures = 0;
        const cursor = cursorOf(result.data);
        if (cursor) variables = { ...variables, after: cursor };
        sink.next(result);
      });
      if (signal.aborted) return;
      if (Array.isArray(ended) && !isUnauthenticated(ended)) {
        sink.next({ errors: ended });
        sink.complete();
        return;
      }
      this.#became('reconnecting');
      if (Array.isArray(ended) || isUnwelcome(ended)) {
        // Out of reach: the next turn will try again.
        const token = await this.#session.refresh().catch(() => undefined);
        if (token === null) return;
      }
      await pause(Math.min(FIRST_WAIT_MS * 2 ** failures++, LONGEST_WAIT_MS), signal);
    }
  }

  /** Why it ended: the errors of the server, the event that closed the connection, or nothing. */
  #once(payload: SubscribePayload, signal: AbortSignal, next: (result: Result) => void): Promise<unknown> {
    return new Promise((resolve) => {
      const stop = this.#socket.subscribe(payload, { next, error: resolve, complete: () => resolve(null) });
      signal.addEventListener('abort', () => {
        stop();
        resolve(null);
      });
    });
  }

  #became(connection: Connection): void {
    if (this.#connection === 'connecting' && connection === 'reconnecting') return;
    this.#connection = connection;
    for (const listener of this.#listeners) listener();
  }
}

function cursorOf(data: Result['data']): string | null {
  const [event] = Object.values(data ?? {});
  return (event as { cursor?: string } | undefined)?.cursor ?? null;
}

function isUnauthenticated(errors: unknown[]): boolean {
  return (errors as { extensions?: { code?: string } }[]).some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
}

/** The connection was turned down, most likely for its token. */
function isUnwelcome(ended: unknown): boolean {
  return ended instanceof CloseEvent && ended.code >= 4400 && ended.code < 4500;
}

/** Waits, but no longer than until the machine is back online. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
