/**
 * Takes the pictures in `../docs/playground` of a running Daybook with fresh demo data: each page wide and narrow, light
 * and dark, on one sheet.
 *
 *   DAYBOOK_URL=http://127.0.0.1:8080 node scripts/screenshots.mjs
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { BASE, debtors, findChromium, live, NARROW, shareLink, staff, WIDE } from '../tests/support.mjs';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'playground');
mkdirSync(folder, { recursive: true });

const { tokens, ask } = await staff('owner');
const [, , , , , , , customer] = await debtors();
await payHalfTheMonth();
const link = await shareLink(customer.id);

/** What to open, and what to do there before the picture. */
const PAGES = {
  'sign-in': ['/', async (page) => page.getByLabel('E-mail').waitFor(), { signedIn: false }],
  dashboard: ['/', async (page) => page.locator('[data-payment]').first().waitFor()],
  customers: ['/customers', async (page) => page.locator('[data-customer]').first().waitFor()],
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
  timeline: [`/customers/${customer.id}/timeline`, async (page) => page.getByRole('tabpanel').locator('p').first().waitFor()],
  explorer: ['/explorer', async (page) => page.locator('.graphiql-query-editor .view-lines').waitFor()],
  portal: [
    link,
    async (page) => {
      await page.getByLabel('WhatsApp number').fill(customer.whatsappPhone);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.locator('[data-date]').first().waitFor();
      await live(page);
    },
    { signedIn: false },
  ],
};

/** So that the calendar has days of all colours. */
async function payHalfTheMonth() {
  const [id, month] = [customer.id, new Date().toISOString().slice(0, 7)];
  const query = 'query ($id: ID!, $month: Month!) { customer(id: $id) { calendar(month: $month) { remaining { amount } } } }';
  const { calendar } = (await ask(query, { id, month })).customer;
  const amount = (customer.balance.amount - calendar.remaining.amount / 2).toFixed(2);
  const mutation = 'mutation ($input: PaymentRecordInput!) { paymentRecord(input: $input) { userErrors { message } } }';
  await ask(mutation, { input: { customerId: id, amount, method: 'UPI' } });
}

const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] });

async function picture([address, prepare, { signedIn = true } = {}], viewport, colorScheme) {
  const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB', reducedMotion: 'reduce' });
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

for (const [name, what] of Object.entries(PAGES)) {
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
  await sheet.screenshot({ path: path.join(folder, `${name}.jpg`), type: 'jpeg', quality: 72 });
  await sheet.close();
}
await browser.close();
