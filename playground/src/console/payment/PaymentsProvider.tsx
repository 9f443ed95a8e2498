import { createContext, useContext, useState, type ReactNode } from 'react';
import { useSubscription } from 'urql';
import { PaymentUpdatesDocument, type PaymentRowFragment, type PaymentUpdateKind } from '../../api/gql';
import { useLogCursor } from '../useLogCursor';

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
  const after = useLogCursor();
  const [arrivals, setArrivals] = useState<Arrival[]>([]);

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
