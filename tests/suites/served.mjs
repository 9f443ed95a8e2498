// A business on the served Daybook, for suites that need one.
import assert from 'node:assert/strict';

export const BASE = process.env.DAYBOOK_URL;
export const WAIT = 15_000;

/** Sends an operation; its data. */
export async function run(token, query, variables = {}) {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(`${BASE}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

/** The owner of a new business with one customer. */
export async function owner() {
  const slug = `suite-${process.pid}-${Date.now().toString(36)}`;
  const business = { name: slug, slug, currency: 'USD', timeZone: 'UTC', country: 'US' };
  const input = { name: 'Suite', email: `${slug}@test.example`, password: 'correct horse battery', business };
  const query = `mutation ($input: SignUpInput!) { signUp(input: $input) { accessToken userErrors { message } } }`;
  const { signUp } = await run(null, query, { input });
  assert.deepEqual(signUp.userErrors, []);
  const token = signUp.accessToken;
  const { customerCreate } = await run(token, 'mutation { customerCreate(input: { name: "Ada" }) { customer { id } } }');
  return { token, slug, customer: customerCreate.customer.id };
}

/** Records a payment. */
export async function pay({ token, customer }, amount) {
  const input = { customerId: customer, amount, method: 'CASH', allowCredit: true };
  const query = 'mutation ($input: PaymentRecordInput!) { paymentRecord(input: $input) { userErrors { message } } }';
  const { paymentRecord } = await run(token, query, { input });
  assert.deepEqual(paymentRecord.userErrors, []);
}

/** Live payments from a cursor. */
export const LIVE = `subscription ($after: String) {
  paymentUpdates(after: $after) { cursor payment { amount { amount } } }
}`;

/** A cursor before everything that is still to come. */
export async function cursor(token) {
  return (await run(token, '{ eventCursor }')).eventCursor;
}
