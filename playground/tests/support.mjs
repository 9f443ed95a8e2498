/**
 * The page in a real browser, against a running Daybook with demo data.
 *
 *   DAYBOOK_URL  where it runs (http://127.0.0.1:8080)
 *   CHROMIUM     the browser; otherwise looked for in PATH
 */
import assert from 'node:assert/strict';
import { accessSync, constants, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before } from 'node:test';
import { chromium } from 'playwright-core';

export const BASE = new URL(process.env.DAYBOOK_URL ?? 'http://127.0.0.1:8080');
export const TEST = { timeout: 90_000 };
/** Of a test that looks at dozens of pages. */
export const TEST_OF_MANY = { timeout: 300_000 };
const WAIT = 15_000;

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 360, height: 740 };

/** All that the page may send, but for the explorer. */
const trusted = JSON.parse(readFileSync(new URL('../trusted-documents.json', import.meta.url), 'utf8'));

export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  for (const directory of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const name of names) {
      const file = path.join(directory, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  }
  throw new Error(`No browser: set CHROMIUM or put one of ${names.join(', ')} in PATH.`);
}

/**
 * Opens windows for the tests of a file. After each test, all of them are closed, and the test fails if one of them
 * wrote an error to its console, asked another host for anything, or sent an operation that is not registered.
 */
export function windows() {
  /** @type {import('playwright-core').Browser} */
  let browser;
  let contexts = [];
  let complaints = [];

  before(
    async () => {
      browser = await chromium.launch({
        executablePath: findChromium(),
        timeout: 30_000,
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
      });
    },
    { timeout: 40_000 },
  );

  after(() => browser?.close(), { timeout: 20_000 });

  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    const found = complaints;
    contexts = [];
    complaints = [];
    assert.deepEqual(found, []);
  });

  function watch(page) {
    const checkHost = (url) => {
      const { protocol, host } = new URL(url);
      if (protocol === 'data:' || protocol === 'blob:') return;
      if (host !== BASE.host) complaints.push(`request to ${url}`);
    };
    const checkOperation = ({ query, extensions }) => {
      if (page.url().endsWith('/explorer')) return;
      const hash = extensions?.persistedQuery?.sha256Hash;
      if (trusted[hash] !== query) complaints.push(`not in trusted-documents.json: ${query}`);
    };
    page.on('request', (request) => {
      checkHost(request.url());
      if (request.method() === 'POST') checkOperation(request.postDataJSON());
    });
    page.on('websocket', (socket) => {
      checkHost(socket.url());
      socket.on('framesent', ({ payload }) => {
        const message = JSON.parse(payload);
        if (message.type === 'subscribe') checkOperation(message.payload);
      });
    });
    page.on('pageerror', (error) => complaints.push(`uncaught ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
    });
  }

  /** A window of its own, with nothing shared with others. */
  return async function open(address = '/', { tokens, ...options } = {}) {
    const context = await browser.newContext({ viewport: WIDE, locale: 'en-GB', ...options });
    contexts.push(context);
    context.setDefaultTimeout(WAIT);
    if (tokens) await context.addInitScript((kept) => sessionStorage.setItem('daybook:console', kept), JSON.stringify(tokens));
    const page = await context.newPage();
    watch(page);
    await page.goto(new URL(address, BASE).href);
    return page;
  };
}

export async function send(query, variables = {}, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const body = JSON.stringify({ query, variables });
  const response = await fetch(new URL('/graphql', BASE), { method: 'POST', headers, body });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

const signedIn = new Map();

/** One who is signed in to a business of the demo: once for all tests, for the server counts how often that is tried. */
export async function staff(role, businessSlug = 'sunrise-dairy') {
  const key = `${role} ${businessSlug}`;
  if (!signedIn.has(key)) signedIn.set(key, await signIn(role, businessSlug));
  return signedIn.get(key);
}

/** The same with a session of its own. */
export async function signIn(role, businessSlug = 'sunrise-dairy') {
  const input = { email: `${role}@demo.daybook.test`, password: 'daybook-demo', businessSlug };
  const data = await send('mutation ($input: SignInInput!) { signIn(input: $input) { accessToken refreshToken } }', { input });
  const tokens = { ...data.signIn, refreshAt: Date.now() + 600_000, id: 'test' };
  return { tokens, ask: (query, variables) => send(query, variables, tokens.accessToken) };
}

/** Customers who owe, those who owe most first. */
export async function debtors() {
  const { ask } = await staff('owner');
  const fields = 'id code name whatsappPhone balance { amount }';
  const { customers } = await ask(`{ customers(first: 20, sort: BALANCE_DESC) { nodes { ${fields} } } }`);
  return customers.nodes;
}

/** The address by which a customer comes. */
export async function shareLink(customerId) {
  const { ask } = await staff('owner');
  const mutation = 'mutation ($input: ShareLinkCreateInput!) { shareLinkCreate(input: $input) { token } }';
  const { shareLinkCreate } = await ask(mutation, { input: { customerId } });
  return `/c/${shareLinkCreate.token}`;
}

/** The id of a new draft of an invoice. */
export async function drafted(customerId) {
  const { ask } = await staff('owner');
  const input = { customerId, lines: [{ description: 'Cream', quantity: '2', unitPrice: '25', taxRate: '5' }] };
  const mutation = 'mutation ($input: InvoiceCreateInput!) { invoiceCreate(input: $input) { invoice { id } } }';
  return (await ask(mutation, { input })).invoiceCreate.invoice.id;
}

/** The id of a new plan, paid by the month. */
export async function planned(name, price, code = `${name} ${Date.now()}`) {
  const { ask } = await staff('owner');
  const input = { code, name, price, interval: 'MONTH', features: ['Milk', 'Ice'] };
  const mutation = 'mutation ($input: PlanCreateInput!) { planCreate(input: $input) { plan { id } } }';
  return (await ask(mutation, { input })).planCreate.plan.id;
}

/** The id of a new subscription. */
export async function subscribed(customerId, planId) {
  const { ask } = await staff('owner');
  const mutation = 'mutation ($input: SubscriptionCreateInput!) { subscriptionCreate(input: $input) { subscription { id } } }';
  return (await ask(mutation, { input: { customerId, planId } })).subscriptionCreate.subscription.id;
}

/** The id of a new ticket. */
export async function ticketed(customerId, subject, more = {}) {
  const { ask } = await staff('owner');
  const input = { customerId, subject, content: 'The milk was sour.', ...more };
  const mutation = 'mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id } } }';
  return (await ask(mutation, { input })).ticketCreate.ticket.id;
}

/** Changes what a customer prefers. */
export async function prefer(customerId, input) {
  const { ask } = await staff('owner');
  const mutation = 'mutation ($id: ID!, $input: PreferenceUpdateInput!) { preferenceUpdate(customerId: $id, input: $input) { userErrors { message } } }';
  assert.deepEqual((await ask(mutation, { id: customerId, input })).preferenceUpdate.userErrors, []);
}

/** Signs a customer in where their link leads. */
export async function enterPortal(page, customer) {
  await page.getByLabel('WhatsApp number').fill(customer.whatsappPhone);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: `Welcome, ${customer.name}` }).waitFor();
}

export const live = (page) => page.locator('[data-connection=connected]').waitFor();

/** Records a payment on the page of a customer. */
export async function recordPayment(page, customer, amount) {
  if (!page.url().includes(customer.id)) await page.goto(new URL(`/customers/${customer.id}`, BASE).href);
  await page.getByRole('button', { name: 'Record payment' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Amount/).fill(amount);
  await dialog.getByRole('table').waitFor();
  await dialog.getByRole('button', { name: 'Record payment' }).click();
  await dialog.waitFor({ state: 'detached' });
}

export async function fits(page) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(overflow <= 0, `${page.url()} is ${overflow} px too wide`);
}
