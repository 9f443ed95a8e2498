import type { Client } from './client';
import { RequestError, SessionEndedError } from './errors';
import type { Operation } from './operations';
import { openSocket } from './socket';

export type FeedState = 'connecting' | 'connected' | 'reconnecting';

export interface FeedOptions<Snapshot, Data> {
  client: Client;
  /** Reads the present state together with the cursor it belongs to. */
  load: (signal: AbortSignal) => Promise<{ snapshot: Snapshot; cursor: string }>;
  subscription: Operation<Data, { cursor: string | null }>;
  cursorOf: (data: Data) => string;
  onSnapshot: (snapshot: Snapshot) => void;
  onEvent: (data: Data) => void;
  onState: (state: FeedState) => void;
  /** What the server says against it, or `null` once it runs again. */
  onProblem: (message: string | null) => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** A subscription that has lasted this long is taken to be accepted. */
const ACCEPTED_MS = 3_000;

/**
 * A snapshot followed by every event after it. When the connection is lost it
 * goes on from the last cursor, so nothing is missed; when the server refuses
 * the cursor it starts over with a new snapshot. Returns how to stop.
 */
export function startFeed<Snapshot, Data>(options: FeedOptions<Snapshot, Data>): () => void {
  const { client, load, subscription, cursorOf, onSnapshot, onEvent, onState, onProblem } = options;
  const stopped = new AbortController();
  const { signal } = stopped;
  let cursor: string | null = null;
  let failures = 0;

  const socket = openSocket(client, {
    connected: () => {
      if (!signal.aborted) onState('connected');
    },
    closed: () => {
      if (!signal.aborted) onState('reconnecting');
    },
  });

  /** Ends when the subscription does, for whatever reason. */
  async function follow(): Promise<Ending> {
    const variables = { cursor };
    let unsubscribe = () => {};
    const accepted = setTimeout(() => onProblem(null), ACCEPTED_MS);
    const ending = await new Promise<Ending>((resolve) => {
      const end = (error: unknown) => {
        const ending = endingOf(error);
        if (ending === 'refused') onProblem(refusalOf(error));
        resolve(ending);
      };
      signal.addEventListener('abort', () => resolve('lost'), { once: true });
      unsubscribe = socket.subscribe<Data>(
        { query: subscription.text, variables },
        {
          next: ({ data, errors }) => {
            if (errors || !data) return end(errors);
            cursor = variables.cursor = cursorOf(data);
            onEvent(data);
          },
          error: end,
          complete: () => resolve('lost'),
        },
      );
    });
    clearTimeout(accepted);
    unsubscribe();
    return ending;
  }

  async function run(): Promise<void> {
    onState('connecting');
    while (!signal.aborted) {
      try {
        if (cursor === null) {
          const loaded = await load(signal);
          if (signal.aborted) return;
          cursor = loaded.cursor;
          onSnapshot(loaded.snapshot);
        }
        const since = Date.now();
        const ending = await follow();
        if (signal.aborted) return;
        if (Date.now() - since > LONGEST_WAIT_MS) failures = 0;
        if (ending === 'refused') cursor = null;
        if (ending === 'unwelcome') {
          const token = client.session.get()?.accessToken;
          if (token) await client.refresh(token);
        }
      } catch (error) {
        if (signal.aborted || error instanceof SessionEndedError) return;
        if (error instanceof RequestError) onProblem(error.message);
      }
      onState('reconnecting');
      await pause(Math.min(FIRST_WAIT_MS * 2 ** failures++, LONGEST_WAIT_MS), signal);
    }
  }

  void run();
  return () => {
    stopped.abort();
    void socket.dispose();
  };
}

/**
 * `lost`: go on from the cursor. `refused`: the operation failed, start over.
 * `unwelcome`: the connection was turned down, most likely for its token.
 */
type Ending = 'lost' | 'refused' | 'unwelcome';

function endingOf(error: unknown): Ending {
  if (Array.isArray(error)) {
    const codes = error.map((one: { extensions?: { code?: unknown } }) => one.extensions?.code);
    return codes.includes('UNAUTHENTICATED') ? 'unwelcome' : 'refused';
  }
  if (error instanceof CloseEvent) {
    const { code } = error;
    return code === 1002 || code === 1008 || (code >= 4400 && code < 4500) ? 'unwelcome' : 'lost';
  }
  return 'lost';
}

function refusalOf(error: unknown): string {
  const [first] = error as { message?: string }[];
  return first?.message ?? 'The server refused to send updates.';
}

/** Waits, but no longer than until the machine is back online. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
