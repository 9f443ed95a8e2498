import type { Client } from '../api/client';
import { randomId } from '../api/ids';
import { SAMPLE_CUSTOMER } from '../api/operations';

const queries = import.meta.glob<string>('../../operations/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const variables = import.meta.glob<string>('../../operations/*.variables.json', {
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
  'payment-updates',
  'activity',
  'sign-in',
];

export interface Sample {
  query: string;
  variables?: string;
}

/** The sample operations, with a customer of the business filled in. */
export async function loadSamples(client: Client): Promise<Sample[]> {
  const values = await placeholders(client);
  return SAMPLES.flatMap((name) => {
    const query = queries[`../../operations/${name}.graphql`];
    const text = variables[`../../operations/${name}.variables.json`];
    if (!query) return [];
    return text ? [{ query, variables: fill(text, values) }] : [{ query }];
  });
}

async function placeholders(client: Client): Promise<Record<string, string>> {
  const values = { customerId: '', customerCode: '', idempotencyKey: randomId() };
  try {
    const { customers } = await client.request(SAMPLE_CUSTOMER, {});
    const [first] = customers.nodes;
    return first ? { ...values, customerId: first.id, customerCode: first.code } : values;
  } catch {
    // The samples are still worth showing.
    return values;
  }
}

function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}
