import { cacheExchange, type Cache, type Data, type DataField } from '@urql/exchange-graphcache';
import { EMBEDDED } from './embedded';

/**
 * What was read, by id: a customer whose balance moved has moved wherever they are shown. Lists do not say what moved
 * them, so that each change names below which it makes stale; what shows them reads them again.
 */
export function cache() {
  return cacheExchange({
    keys: Object.fromEntries(EMBEDDED.map((type) => [type, () => null])),
    updates: {
      Subscription: {
        paymentUpdates: (data, _, cache) => moneyMoved(cache, at(data.paymentUpdates, 'customer')),
        ticketUpdates: (data, _, cache) => ticketMoved(cache, at(data.ticketUpdates, 'ticket')),
      },
      Mutation: {
        paymentRecord: (data, _, cache) => moneyMoved(cache, at(data.paymentRecord, 'payment', 'customer')),
        paymentReverse: (data, _, cache) => moneyMoved(cache, at(data.paymentReverse, 'payment', 'customer')),
        invoiceCreate: (data, _, cache) => billed(cache, at(data.invoiceCreate, 'invoice', 'customer')),
        invoiceFinalize: (data, _, cache) => billed(cache, at(data.invoiceFinalize, 'invoice', 'customer')),
        invoiceVoid: (data, _, cache) => billed(cache, at(data.invoiceVoid, 'invoice', 'customer')),
        creditNoteCreate: (data, _, cache) => billed(cache, at(data.creditNoteCreate, 'invoice', 'customer')),
        // Whose it was is not said.
        invoiceDelete: (data, _, cache) => {
          const id = at(data, 'invoiceDelete')?.deletedId;
          if (typeof id === 'string') cache.invalidate({ __typename: 'Invoice', id });
        },
        subscriptionCreate: (data, _, cache) => billed(cache, at(data.subscriptionCreate, 'subscription', 'customer')),
        subscriptionChange: (data, _, cache) => subscriptionMoved(cache, at(data.subscriptionChange, 'subscription')),
        subscriptionPause: (data, _, cache) => subscriptionMoved(cache, at(data.subscriptionPause, 'subscription')),
        subscriptionResume: (data, _, cache) => subscriptionMoved(cache, at(data.subscriptionResume, 'subscription')),
        subscriptionCancel: (data, _, cache) => subscriptionMoved(cache, at(data.subscriptionCancel, 'subscription')),
        planCreate: (_data, _, cache) => stale(cache, 'Query', ['plans']),
        planArchive: (_data, _, cache) => stale(cache, 'Query', ['plans']),
        planRestore: (_data, _, cache) => stale(cache, 'Query', ['plans']),
        customerCreate: (_data, _, cache) => stale(cache, 'Query', ['customers']),
        // Who was changed is not said.
        customersUpdate: (_data, _, cache) => stale(cache, 'Query', ['customer', 'customers']),
        segmentCreate: (_data, _, cache) => stale(cache, 'Query', ['segments']),
        segmentUpdate: (_data, _, cache) => stale(cache, 'Query', ['customers', 'segments']),
        segmentDelete: (_data, _, cache) => stale(cache, 'Query', ['segments']),
        contactCreate: (data, _, cache) => stale(cache, at(data.contactCreate, 'contact', 'customer'), ['contacts']),
        noteCreate: (data, _, cache) => stale(cache, at(data.noteCreate, 'note', 'customer'), ['notes']),
        // Preferences do not say whose they are.
        preferenceUpdate: (_data, { customerId }, cache) => {
          if (typeof customerId === 'string') stale(cache, { __typename: 'Customer', id: customerId }, ['preferences', 'events']);
        },
        ticketCreate: (data, _, cache) => ticketMoved(cache, at(data.ticketCreate, 'ticket')),
        ticketUpdate: (data, _, cache) => ticketMoved(cache, at(data.ticketUpdate, 'ticket')),
        ticketMessageCreate: (data, _, cache) => ticketMoved(cache, at(data.ticketMessageCreate, 'ticket')),
        shareLinkCreate: (data, _, cache) => {
          stale(cache, at(data.shareLinkCreate, 'shareLink', 'customer'), ['shareLinks', 'events']);
        },
      },
    },
  });
}

/** What depends on which charges of a customer are paid. */
const OF_MONEY = ['payments', 'records', 'sales', 'charges', 'invoices', 'calendar', 'statement', 'events', 'purchaseHistory'];

function moneyMoved(cache: Cache, customer: Data | null): void {
  stale(cache, customer, OF_MONEY);
  stale(cache, 'Query', ['customers', 'payments', 'records', 'invoice', 'invoices']);
}

/** What was charged, or is about to be. */
function billed(cache: Cache, customer: Data | null): void {
  moneyMoved(cache, customer);
  stale(cache, customer, ['subscriptions']);
}

function subscriptionMoved(cache: Cache, subscription: Data | null): void {
  billed(cache, at(subscription, 'customer'));
  stale(cache, subscription, ['events']);
}

function ticketMoved(cache: Cache, ticket: Data | null): void {
  stale(cache, ticket, ['messages']);
  stale(cache, at(ticket, 'customer'), ['tickets', 'events']);
  stale(cache, 'Query', ['tickets']);
}

function stale(cache: Cache, of: Data | 'Query' | null, fields: string[]): void {
  if (!of) return;
  for (const { fieldName, fieldKey } of cache.inspectFields(of)) {
    if (fields.includes(fieldName)) cache.invalidate(of, fieldKey);
  }
}

/** What a payload has at the end of a path. */
function at(data: DataField | undefined, ...path: string[]): Data | null {
  let value = data;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    value = (value as Data)[name];
  }
  return value ? (value as Data) : null;
}
