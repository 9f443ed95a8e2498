// The client of graphql-sse against Daybook: distinct connections mode.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { createClient } from 'graphql-sse';
import { BASE, LIVE, WAIT, cursor, owner, pay } from './served.mjs';

const URL = `${BASE}/graphql`;
const TEST = { timeout: WAIT };
let shop;

const client = (headers) => createClient({ url: URL, headers, retryAttempts: 0 });
const ours = () => client({ authorization: `Bearer ${shop.token}` });

before(async () => {
  shop = await owner();
});

describe('the client of graphql-sse', () => {
  it('runs a query and a mutation', TEST, async () => {
    const results = [];
    for await (const result of ours().iterate({ query: '{ business { slug } }' })) results.push(result);
    assert.deepEqual(results, [{ data: { business: { slug: shop.slug } } }]);
    const create = 'mutation ($name: String!) { customerCreate(input: { name: $name }) { customer { name } } }';
    for await (const { data } of ours().iterate({ query: create, variables: { name: 'Bo' } })) {
      assert.equal(data.customerCreate.customer.name, 'Bo');
    }
  });

  it('follows a subscription and leaves it', TEST, async () => {
    const updates = ours().iterate({ query: LIVE, variables: { after: await cursor(shop.token) } });
    for (const amount of ['1.00', '2.00', '3.00']) {
      await pay(shop, amount);
      const { value } = await updates.next();
      assert.equal(value.data.paymentUpdates.payment.amount.amount, amount);
    }
    await updates.return();
  });

  it('is told of errors of the document and of the caller', TEST, async () => {
    for (const [query, code] of [['{ nothing }', 'BAD_USER_INPUT'], [LIVE, 'UNAUTHENTICATED']]) {
      const { value } = await client({}).iterate({ query }).next();
      assert.equal(value.errors[0].extensions.code, code);
    }
  });
});

describe('the protocol', () => {
  it('answers an event stream, also to GET', TEST, async () => {
    const response = await fetch(`${URL}?${new URLSearchParams({ query: '{ __typename }' })}`, {
      headers: { accept: 'text/event-stream' },
    });
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type'), /^text\/event-stream/);
    assert.equal(await response.text(), 'event: next\ndata: {"data":{"__typename":"Query"}}\n\nevent: complete\ndata: \n\n');
  });

  it('refuses what is no request', TEST, async () => {
    for (const body of ['', 'nonsense', '[]', '{}']) {
      const response = await fetch(URL, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      assert.equal(response.status, 400, body);
    }
  });
});
