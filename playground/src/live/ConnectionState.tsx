import type { FeedState } from '../api/feed';

const LABELS: Record<FeedState, string> = {
  connecting: 'Connecting…',
  connected: 'Connected',
  reconnecting: 'Reconnecting…',
};

export function ConnectionState({ state }: { state: FeedState }) {
  return (
    <span className="connection" role="status" data-state={state}>
      {LABELS[state]}
    </span>
  );
}
