import type { Client } from 'urql';
import { SampleValuesDocument } from '../../api/gql';
import { randomId } from '../../api/ids';

const queries = import.meta.glob<string>('../../../operations/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const variables = import.meta.glob<string>('../../../operations/*.variables.json', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** The tabs of a new explorer, in order. */
const SAMPLES = [
  'me',
  'customers',
  'customer-by-code',
  'payment-preview',
  'payment-record',
  'statement',
  'plans',
  'plan-create',
  'subscription-create',
  'subscription-change-preview',
  'invoice-create',
  'invoices',
  'preference-update',
  'tickets',
  'ticket-create',
  'ticket-message-create',
  'customers-update-preview',
  'metrics',
  'dashboard-updates',
  'ticket-updates',
  'payment-updates',
  'activity',
  'sign-in',
];

export interface Sample {
  query: string;
  variables?: string;
}

/** The sample operations, with what the business has filled in. */
export async function loadSamples(client: Client): Promise<Sample[]> {
  const values = await placeholders(client);
  return SAMPLES.flatMap((name) => {
    const query = queries[`../../../operations/${name}.graphql`];
    const text = variables[`../../../operations/${name}.variables.json`];
    if (!query) return [];
    return text ? [{ query, variables: fill(text, values) }] : [{ query }];
  });
}

async function placeholders(client: Client): Promise<Record<string, string>> {
  const { data } = await client.query(SampleValuesDocument, {}).toPromise();
  // Without them, the samples are still worth showing.
  const customer = data?.customers.nodes[0];
  return {
    customerId: customer?.id ?? '',
    customerCode: customer?.code ?? '',
    planId: data?.plans.nodes[0]?.id ?? '',
    subscriptionId: data?.subscriptions.nodes[0]?.id ?? '',
    ticketId: data?.tickets.nodes[0]?.id ?? '',
    idempotencyKey: randomId(),
  };
}

function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}
