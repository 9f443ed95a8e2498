import { useSubscription } from 'urql';
import { TicketUpdatesDocument } from '../../api/gql';
import { useLogCursor } from '../useLogCursor';

/** Follows the tickets of the business while they are shown. What shows them is brought up to date by the cache. */
export function useTicketUpdates(): void {
  const after = useLogCursor();
  useSubscription({ query: TicketUpdatesDocument, variables: { after }, pause: after === null });
}
