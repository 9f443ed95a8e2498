import { createClient, type Client as SocketClient } from 'graphql-ws';
import type { Client } from './client';
import { GRAPHQL_PATH } from './transport';

const PING_MS = 10_000;
const PONG_MS = 5_000;

export interface SocketEvents {
  connected?: () => void;
  closed?: () => void;
}

/**
 * A `graphql-transport-ws` connection that opens with the first subscription.
 * It does not reconnect by itself: whoever subscribes knows from which cursor
 * to go on. A peer that stops answering pings counts as gone.
 */
export function openSocket(client: Client, events: SocketEvents = {}): SocketClient {
  let silence: ReturnType<typeof setTimeout> | undefined;
  const socket = createClient({
    url: socketUrl(),
    lazy: true,
    retryAttempts: 0,
    keepAlive: PING_MS,
    connectionParams: async () => {
      const token = await client.freshToken();
      return token ? { authorization: `Bearer ${token}` } : {};
    },
    on: {
      connected: () => events.connected?.(),
      closed: () => {
        clearTimeout(silence);
        events.closed?.();
      },
      ping: (received) => {
        if (!received) silence = setTimeout(() => socket.terminate(), PONG_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(silence);
      },
    },
  });
  return socket;
}

function socketUrl(): string {
  const url = new URL(GRAPHQL_PATH, window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
