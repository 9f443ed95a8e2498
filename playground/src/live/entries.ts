import type { Payment, PaymentUpdate } from '../api/types';

/** A payment in the list. */
export interface Entry {
  payment: Payment;
  /** The kind of its latest update, if there was one since the page opened. */
  kind: string | null;
  /** Arrived just now. */
  fresh: boolean;
}

const LONGEST_LIST = 100;

/** The list as read; what an earlier list did not have yet is fresh. */
export function fromSnapshot(payments: Payment[], before: Entry[] | null): Entry[] {
  const known = new Set(before?.map((entry) => entry.payment.id));
  return payments.map((payment) => ({
    payment,
    kind: null,
    fresh: before !== null && !known.has(payment.id),
  }));
}

/** The list after an update, which may be one the list already reflects. */
export function withUpdate(entries: Entry[], update: PaymentUpdate): Entry[] {
  const payment = paymentOf(update);
  if (!payment) return entries;
  const { customer } = payment;
  const known = entries.some((entry) => entry.payment.id === payment.id);
  const list = known ? entries : [{ payment, kind: update.kind, fresh: true }, ...entries];
  return list.slice(0, LONGEST_LIST).map((entry) => {
    if (entry.payment.id === payment.id) return { ...entry, payment, kind: update.kind };
    if (entry.payment.customer.id !== customer.id) return entry;
    // The balance of a customer is one number, wherever it is shown.
    return { ...entry, payment: { ...entry.payment, customer } };
  });
}

export function settled(entries: Entry[], id: string): Entry[] {
  return entries.map((entry) => (entry.payment.id === id ? { ...entry, fresh: false } : entry));
}

export function paymentOf({ payment, customer }: PaymentUpdate): Payment | null {
  return payment && customer ? { ...payment, customer } : null;
}
