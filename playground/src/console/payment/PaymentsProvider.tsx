import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { useQuery, useSubscription } from 'urql';
import { CursorDocument, PaymentUpdatesDocument, type PaymentRowFragment, type PaymentUpdateKind } from '../../api/gql';

/** A payment that moved since the console was opened. */
export interface Arrival {
  cursor: string;
  kind: PaymentUpdateKind;
  payment: PaymentRowFragment;
  /** On this machine's clock. */
  at: number;
}

const KEPT = 100;

const ArrivalsContext = createContext<Arrival[]>([]);

/** Follows the payments of the business while the console is open. What shows them is brought up to date by the cache. */
export function PaymentsProvider({ children }: { children: ReactNode }) {
  const [{ data }] = useQuery({ query: CursorDocument, requestPolicy: 'network-only' });
  const [after, setAfter] = useState<string | null>(null);
  const [arrivals, setArrivals] = useState<Arrival[]>([]);

  // Only the first: from there on the subscription knows where it is.
  useEffect(() => setAfter((before) => before ?? data?.eventCursor ?? null), [data]);

  useSubscription({ query: PaymentUpdatesDocument, variables: { after }, pause: after === null }, (_, update) => {
    const { cursor, kind, payment } = update.paymentUpdates;
    setArrivals((before) => [{ cursor, kind, payment, at: Date.now() }, ...before].slice(0, KEPT));
    return update;
  });

  return <ArrivalsContext value={arrivals}>{children}</ArrivalsContext>;
}

/** What arrived, latest first. */
export function useArrivals(): Arrival[] {
  return useContext(ArrivalsContext);
}
