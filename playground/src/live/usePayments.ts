import { useEffect, useState } from 'react';
import { startFeed, type FeedState } from '../api/feed';
import { LATEST_PAYMENTS, PAYMENT_UPDATES } from '../api/operations';
import { useClient } from '../api/react';
import type { PaymentUpdate } from '../api/types';
import { formatName } from '../ui/format';
import { fromSnapshot, paymentOf, settled, withUpdate, type Entry } from './entries';

const FRESH_MS = 12_000;

export interface Payments {
  /** `null` until first read. */
  entries: Entry[] | null;
  state: FeedState;
  problem: string | null;
  /** The latest arrival in words, for those who do not see the list. */
  announcement: string;
}

/** The latest payments of the business, kept up to date while mounted. */
export function usePayments(): Payments {
  const client = useClient();
  const [entries, setEntries] = useState<Entry[] | null>(null);
  const [state, setState] = useState<FeedState>('connecting');
  const [problem, setProblem] = useState<string | null>(null);
  const [announcement, setAnnouncement] = useState('');

  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>();

    function settleLater(id: string) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        setEntries((before) => before && settled(before, id));
      }, FRESH_MS);
      timers.add(timer);
    }

    const stop = startFeed({
      client,
      subscription: PAYMENT_UPDATES,
      cursorOf: (data) => data.paymentUpdates.cursor,
      onState: setState,
      onProblem: setProblem,
      load: async (signal) => {
        const { eventCursor, payments } = await client.request(LATEST_PAYMENTS, {}, signal);
        return { snapshot: payments.nodes, cursor: eventCursor };
      },
      onSnapshot: (payments) => {
        setEntries((before) => fromSnapshot(payments, before));
        for (const payment of payments) settleLater(payment.id);
      },
      onEvent: ({ paymentUpdates: update }) => {
        setEntries((before) => withUpdate(before ?? [], update));
        setAnnouncement(announce(update));
        if (update.payment) settleLater(update.payment.id);
      },
    });

    return () => {
      stop();
      timers.forEach(clearTimeout);
    };
  }, [client]);

  return { entries, state, problem, announcement };
}

function announce(update: PaymentUpdate): string {
  const payment = paymentOf(update);
  if (!payment) return '';
  const { amount, method, customer } = payment;
  return `${formatName(update.kind)}: ${amount.formatted} from ${customer.name}, ${formatName(method)}.`;
}
