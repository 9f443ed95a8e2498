/**
 * Takes the pictures in `../docs/playground` of a running Daybook with fresh demo data: each page wide and narrow, light
 * and dark, on one sheet.
 *
 *   DAYBOOK_URL=http://127.0.0.1:8080 node scripts/screenshots.mjs [page…]
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import {
  BASE,
  debtors,
  drafted,
  enterPortal,
  findChromium,
  live,
  NARROW,
  planned,
  prefer,
  shareLink,
  staff,
  subscribed,
  ticketed,
  WIDE,
} from '../tests/support.mjs';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'playground');
mkdirSync(folder, { recursive: true });

const { ask } = await staff('owner');
const [, , , , , , , customer, , , , , , , , , left] = await debtors();
await payHalfTheMonth();
const { draft, issued, subscription, large } = await bill();
const ticket = await talk();
const link = await shareLink(customer.id);

/** What to open, and what to do there before the picture. */
const PAGES = {
  'sign-in': ['/', async (page) => page.getByLabel('E-mail').waitFor(), { signedIn: false }],
  dashboard: [
    '/',
    async (page) => {
      await page.locator('[data-payment]').first().waitFor();
      await page.locator('.recharts-surface').first().waitFor();
    },
  ],
  metrics: ['/metrics', showMetrics],
  'metrics-revenue': [
    '/metrics',
    async (page) => {
      await showMetrics(page);
      await page.locator('[data-section=revenue]').evaluate((section) => section.scrollIntoView({ block: 'start' }));
    },
    { business: 'baobab-wifi' },
  ],
  'metrics-loyalty': [
    '/metrics',
    async (page) => {
      await showMetrics(page);
      await page.locator('[data-section=loyalty]').evaluate((section) => section.scrollIntoView({ block: 'start' }));
    },
    { business: 'harbor-street-goods' },
  ],
  customers: ['/customers', async (page) => page.locator('[data-customer]').first().waitFor()],
  segment: [
    '/customers?type=WHOLESALE',
    async (page) => {
      await page.getByRole('button', { name: 'Save as a segment' }).click();
      await page.getByRole('dialog').getByLabel('Name of the segment').fill('Sweet shops');
    },
  ],
  'customers-change': [
    '/customers',
    async (page) => {
      for (const place of [1, 2, 4]) await page.getByRole('checkbox').nth(place).check();
      await page.locator('[data-bulk]').getByRole('button', { name: 'Change', exact: true }).click();
      await page.getByRole('dialog').getByLabel('Type').selectOption('VIP');
      await page.locator('[data-changing]').waitFor();
    },
  ],
  customer: [`/customers/${customer.id}`, async (page) => page.locator('.recharts-area').waitFor()],
  calendar: [`/customers/${customer.id}/calendar`, async (page) => page.locator('[data-date]').first().waitFor()],
  payment: [
    `/customers/${customer.id}/payments`,
    async (page) => {
      await page.getByRole('button', { name: 'Record payment' }).click();
      await page.getByLabel(/^Amount/).fill('500');
      await page.getByRole('dialog').getByRole('table').waitFor();
    },
  ],
  invoices: [`/customers/${customer.id}/invoices`, async (page) => page.locator('[data-invoice]').first().waitFor()],
  'invoice-draft': [
    `/invoices/${draft}`,
    async (page) => {
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('dialog').getByLabel('Description').first().waitFor();
    },
  ],
  invoice: [`/invoices/${issued}`, async (page) => page.locator('[data-credit-note]').first().waitFor()],
  subscriptions: [`/customers/${customer.id}/subscriptions`, async (page) => page.locator('[data-subscription]').first().waitFor()],
  subscription: [`/subscriptions/${subscription}`, async (page) => page.locator('[data-event]').first().waitFor()],
  'subscription-change': [
    `/subscriptions/${subscription}`,
    async (page) => {
      await page.getByRole('button', { name: 'Change' }).click();
      await page.getByRole('dialog').getByLabel('Plan').selectOption(large);
      await page.locator('[data-preview-line]').first().waitFor();
    },
  ],
  statement: [`/customers/${customer.id}/statement`, async (page) => page.locator('[data-line]').first().waitFor()],
  tickets: ['/tickets', async (page) => page.locator('[data-ticket]').first().waitFor()],
  ticket: [`/tickets/${ticket}`, async (page) => page.locator('[data-message]').first().waitFor()],
  preferences: [`/customers/${left.id}/preferences`, async (page) => page.getByLabel('Reason').waitFor()],
  plans: ['/plans', async (page) => page.locator('[data-plan]').first().waitFor()],
  'plan-new': [
    '/plans',
    async (page) => {
      await page.getByRole('button', { name: 'New plan' }).click();
      await page.getByRole('dialog').getByLabel('Name').waitFor();
    },
  ],
  contacts: [`/customers/${customer.id}/contacts`, async (page) => page.getByRole('button', { name: 'Add contact' }).waitFor()],
  notes: [`/customers/${customer.id}/notes`, async (page) => page.getByRole('button', { name: 'Add note' }).waitFor()],
  share: [
    `/customers/${customer.id}`,
    async (page) => {
      await page.getByRole('button', { name: 'Share' }).click();
      await page.getByRole('button', { name: 'Create link' }).waitFor();
    },
  ],
  timeline: [`/customers/${customer.id}/timeline`, async (page) => page.getByRole('tabpanel').locator('p').first().waitFor()],
  explorer: ['/explorer', async (page) => page.locator('.graphiql-query-editor .view-lines').waitFor()],
  'portal-sign-in': [link, async (page) => page.getByLabel('WhatsApp number').waitFor(), { signedIn: false }],
  portal: [link, showAccount, { signedIn: false }],
  'portal-statement': [
    link,
    async (page) => {
      await showAccount(page);
      await page.getByRole('heading', { name: 'Invoices' }).evaluate((heading) => heading.scrollIntoView({ block: 'start' }));
    },
    { signedIn: false },
  ],
  'portal-requests': [
    link,
    async (page) => {
      await showAccount(page);
      await page.getByRole('button', { name: /Two days/ }).first().click();
      await page.locator('[data-message]').first().waitFor();
      await page.getByRole('heading', { name: 'Your requests' }).evaluate((heading) => heading.scrollIntoView({ block: 'start' }));
    },
    { signedIn: false },
  ],
  'portal-preferences': [
    link,
    async (page) => {
      await showAccount(page);
      await page.getByRole('heading', { name: 'How we reach you' }).evaluate((heading) => heading.scrollIntoView({ block: 'start' }));
    },
    { signedIn: false },
  ],
};

async function showMetrics(page) {
  for (const section of ['receivables', 'revenue', 'customers', 'loyalty']) {
    await page.locator(`[data-section=${section}]`).waitFor();
  }
  await page.locator('.recharts-surface').nth(2).waitFor();
}

async function showAccount(page) {
  await enterPortal(page, customer);
  await page.locator('[data-date]').first().waitFor();
  await page.locator('[data-statement=closing]').waitFor();
  await live(page);
}

/** So that the calendar has days of all colours. */
async function payHalfTheMonth() {
  const [id, month] = [customer.id, new Date().toISOString().slice(0, 7)];
  const query = 'query ($id: ID!, $month: Month!) { customer(id: $id) { calendar(month: $month) { remaining { amount } } } }';
  const { calendar } = (await ask(query, { id, month })).customer;
  const amount = (customer.balance.amount - calendar.remaining.amount / 2).toFixed(2);
  const mutation = 'mutation ($input: PaymentRecordInput!) { paymentRecord(input: $input) { userErrors { message } } }';
  await ask(mutation, { input: { customerId: id, amount, method: 'UPI' } });
}

/** The plan of a code, which is there after the first run. */
async function keptPlan(name, price, code) {
  const { plan } = await ask('query ($code: String!) { plan(code: $code) { id } }', { code });
  return plan?.id ?? planned(name, price, code);
}

/** What there is to see of billing. */
async function bill() {
  const plan = await keptPlan('A litre a day', '900', 'DAILY-1');
  const large = await keptPlan('Two litres a day', '1700', 'DAILY-2');
  const subscription = await subscribed(customer.id, plan);
  const [draft, issued] = [await drafted(customer.id), await drafted(customer.id)];
  await ask('mutation ($id: ID!) { invoiceFinalize(id: $id) { userErrors { message } } }', { id: issued });
  const mutation = 'mutation ($input: CreditNoteCreateInput!) { creditNoteCreate(input: $input) { userErrors { message } } }';
  await ask(mutation, { input: { invoiceId: issued, amount: '10.50', reason: 'One jar was cracked' } });
  return { draft, issued, subscription, large };
}

/** A ticket, and one who is to be left alone. */
async function talk() {
  await prefer(left.id, { doNotContact: true, doNotContactReason: 'Asked twice to be left alone', favouriteProducts: ['Ghee', 'Curd'] });
  await prefer(customer.id, { prefersCall: true, bestTime: 'After six' });
  await ticketed(left.id, 'No milk on Sundays', { content: 'We are away on Sundays.', priority: 'LOW' });
  const id = await ticketed(customer.id, 'Two days are counted twice', {
    content: 'The bill of May has the 3rd and the 9th two times.',
    priority: 'HIGH',
  });
  const mutation = 'mutation ($input: TicketMessageCreateInput!) { ticketMessageCreate(input: $input) { userErrors { message } } }';
  for (const [content, internal] of [
    ['The book says the same: they are right.', true],
    ['We took the 3rd and the 9th back. Is it right now?', false],
  ]) {
    await ask(mutation, { input: { ticketId: id, content, internal } });
  }
  return id;
}

const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] });

async function picture([address, prepare, { signedIn = true, business } = {}], viewport, colorScheme) {
  const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB', reducedMotion: 'reduce' });
  const { tokens } = await staff('owner', business);
  if (signedIn) await context.addInitScript((kept) => sessionStorage.setItem('daybook:console', kept), JSON.stringify(tokens));
  const page = await context.newPage();
  await page.goto(new URL(address, BASE).href);
  await prepare(page);
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(700);
  const taken = await page.screenshot({ type: 'png' });
  await context.close();
  return `data:image/png;base64,${taken.toString('base64')}`;
}

// Named on the command line, those alone.
const wanted = process.argv.slice(2);
for (const [name, what] of Object.entries(PAGES).filter(([name]) => wanted.length === 0 || wanted.includes(name))) {
  const pictures = [];
  for (const viewport of [WIDE, NARROW]) {
    for (const colorScheme of ['light', 'dark']) pictures.push(await picture(what, viewport, colorScheme));
  }
  const sheet = await browser.newPage({ viewport: { width: 2060, height: 500 } });
  await sheet.setContent(
    `<body style="margin:10px;display:flex;gap:10px;align-items:start;background:#888">${pictures
      .map((source) => `<img src="${source}" style="height:480px">`)
      .join('')}</body>`,
  );
  await sheet.screenshot({ path: path.join(folder, `${name}.png`) });
  await sheet.close();
}
await browser.close();
