import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'graphql';
import { BASE, debtors, planned, send, staff, subscribed, TEST, ticketed } from './support.mjs';

const folder = new URL('../operations/', import.meta.url);
const read = (name) => readFileSync(new URL(name, folder), 'utf8');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => name.replace('.graphql', ''));

/** What the explorer fills in, made once. */
let values;
async function placeholders() {
  const [customer] = await debtors();
  const planId = await planned('Sample', '900');
  const subscriptionId = await subscribed(customer.id, planId);
  const ticketId = await ticketed(customer.id, 'Sample');
  return { customerId: customer.id, customerCode: customer.code, planId, subscriptionId, ticketId };
}

/** The variables of a sample, filled in as the explorer does it. */
async function variablesOf(name) {
  if (!readdirSync(folder).includes(`${name}.variables.json`)) return {};
  values ??= placeholders();
  const known = { ...(await values), idempotencyKey: randomUUID() };
  return JSON.parse(read(`${name}.variables.json`).replace(/\{\{(\w+)\}\}/g, (_, key) => known[key]));
}

/** Runs a live operation as server-sent events until the first has come. */
async function firstEvent(query, token, cause) {
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` };
  const response = await fetch(new URL('/graphql', BASE), { method: 'POST', headers, body: JSON.stringify({ query }) });
  assert.equal(response.status, 200);
  await cause();
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const [, data] = /^data: (\{.*\})$/m.exec(text) ?? [];
    if (data) return JSON.parse(data);
  }
  throw new Error(`no event in ${text}`);
}

describe('the sample operations of the explorer', { timeout: 120_000 }, () => {
  for (const name of names) {
    it(`${name} runs as it is`, TEST, async () => {
      const { tokens } = await staff('owner');
      const query = read(`${name}.graphql`);
      const { operation } = parse(query).definitions[0];
      if (operation === 'subscription') {
        const other = name === 'ticket-updates' ? 'ticket-create' : 'payment-record';
        const cause = async () => send(read(`${other}.graphql`), await variablesOf(other), tokens.accessToken);
        const { data, errors } = await firstEvent(query, tokens.accessToken, cause);
        assert.ok(data && !errors);
        return;
      }
      const data = await send(query, await variablesOf(name), tokens.accessToken);
      for (const field of Object.values(data)) assert.deepEqual(field.userErrors ?? [], []);
    });
  }
});
