import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import {
  debtors,
  drafted,
  enterPortal,
  fits,
  live,
  NARROW,
  planned,
  prefer,
  shareLink,
  staff,
  subscribed,
  TEST,
  ticketed,
  WIDE,
  windows,
} from './support.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** No violation of what axe knows: WCAG 2.2 AA and good practice. The explorer is others' work. */
async function accessible(page, what) {
  // What moves in is half transparent on its way.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const found = violations.map(({ id, nodes }) => `${what}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  assert.deepEqual(found, []);
}

const TABS = ['overview', 'calendar', 'payments', 'invoices', 'subscriptions', 'statement', 'tickets', 'preferences', 'contacts', 'notes', 'timeline'];

describe('all pages are for everyone', { timeout: 600_000 }, () => {
  const open = windows();

  // Each colour scheme and each width once: what is wrong with colours does not depend on the width.
  for (const [colorScheme, viewport] of [['light', WIDE], ['dark', NARROW]]) {
    const how = { colorScheme, viewport };
    const name = `${colorScheme}, ${viewport.width} px wide`;

    it(`the console, ${name}`, TEST, async () => {
      const { tokens, ask } = await staff('owner');
      const [customer] = await debtors();
      const report = 'mutation ($input: ServiceUsageUpdateInput!) { serviceUsageUpdate(input: $input) { userErrors { message } } }';
      await ask(report, { input: { customerId: customer.id, percent: 64, devices: 3 } });
      const page = await open('/', { tokens, ...how });
      await live(page);
      await page.locator('[data-payment]').first().waitFor();
      await page.locator('.recharts-surface').first().waitFor();
      await page.locator('summary').click();
      await check('dashboard');
      await goTo('/customers');
      await page.locator('[data-customer]').first().waitFor();
      await check('customers');
      await page.getByRole('button', { name: 'Download data' }).click();
      await page.getByRole('dialog').waitFor();
      await check('download');
      for (const tab of TABS) {
        await goTo(`/customers/${customer.id}/${tab}`);
        await page.getByRole('tabpanel').waitFor();
        await page.locator('[role=status][aria-label=Loading]').waitFor({ state: 'detached' });
        await check(tab);
      }
      await page.getByRole('button', { name: 'Record payment' }).click();
      await page.getByLabel(/^Amount/).fill('99999999');
      await page.locator('[aria-invalid=true]').waitFor();
      await check('payment, refused');
      await page.getByLabel(/^Amount/).fill('100');
      await page.getByRole('dialog').getByRole('table').waitFor();
      await check('payment');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Share' }).click();
      await page.getByRole('button', { name: 'Create link' }).click();
      await page.getByRole('button', { name: 'Copy link' }).waitFor();
      await check('share');

      async function goTo(address) {
        await page.goto(new URL(address, page.url()).href);
      }
      async function check(what) {
        await accessible(page, what);
        await fits(page);
      }
    });

    it(`billing, ${name}`, TEST, async () => {
      const { tokens, ask } = await staff('owner');
      const customer = (await debtors())[8];
      const plan = await planned('Weekly round', '210');
      const subscription = await subscribed(customer.id, plan);
      const [draft, issued] = [await drafted(customer.id), await drafted(customer.id)];
      await ask('mutation ($id: ID!) { invoiceFinalize(id: $id) { userErrors { message } } }', { id: issued });
      const credit = 'mutation ($input: CreditNoteCreateInput!) { creditNoteCreate(input: $input) { userErrors { message } } }';
      await ask(credit, { input: { invoiceId: issued, amount: '1', reason: 'Sour' } });

      const page = await open(`/customers/${customer.id}/invoices`, { tokens, ...how });
      const dialog = page.getByRole('dialog');
      await page.locator('[data-invoice]').first().waitFor();
      await check('invoices');
      await page.getByRole('button', { name: 'New invoice' }).click();
      await dialog.getByRole('button', { name: 'Add line' }).click();
      await dialog.getByRole('button', { name: 'Save draft' }).click();
      await dialog.locator('[aria-invalid=true]').first().waitFor();
      await check('new invoice, refused');
      for (const [id, what] of Object.entries({ [draft]: 'draft', [issued]: 'invoice' })) {
        await page.goto(new URL(`/invoices/${id}`, page.url()).href);
        await page.locator('[data-total=total]').waitFor();
        await check(what);
      }
      await page.getByRole('button', { name: 'Credit note' }).click();
      await dialog.getByLabel('Reason').waitFor();
      await check('credit note');

      await page.goto(new URL(`/customers/${customer.id}/subscriptions`, page.url()).href);
      await page.locator('[data-subscription]').first().waitFor();
      await check('subscriptions');
      await page.getByRole('button', { name: 'New subscription' }).click();
      await dialog.getByLabel('Plan').waitFor();
      await check('new subscription');
      await page.goto(new URL(`/subscriptions/${subscription}`, page.url()).href);
      await page.locator('[data-event]').first().waitFor();
      await check('subscription');
      await page.getByRole('button', { name: 'Change' }).click();
      await dialog.getByLabel('Quantity').fill('3');
      await dialog.locator('[data-preview-line]').first().waitFor();
      await check('change of a subscription');

      await page.goto(new URL('/plans', page.url()).href);
      await page.locator('[data-plan]').first().waitFor();
      await check('plans');
      await page.getByRole('button', { name: 'New plan' }).click();
      await dialog.getByRole('button', { name: 'Save plan' }).click();
      await dialog.locator('[aria-invalid=true]').first().waitFor();
      await check('new plan, refused');

      async function check(what) {
        await accessible(page, what);
        await fits(page);
      }
    });

    it(`tickets and preferences, ${name}`, TEST, async () => {
      const { tokens, ask } = await staff('owner');
      const customer = (await debtors())[15];
      await prefer(customer.id, { doNotContact: true, doNotContactReason: 'Asked twice' });
      const ticket = await ticketed(customer.id, 'Sour milk', { priority: 'URGENT' });
      const say = 'mutation ($input: TicketMessageCreateInput!) { ticketMessageCreate(input: $input) { userErrors { message } } }';
      await ask(say, { input: { ticketId: ticket, content: 'The cooler failed.', internal: true } });

      const page = await open('/tickets', { tokens, ...how });
      const dialog = page.getByRole('dialog');
      await page.locator('[data-ticket]').first().waitFor();
      await check('tickets');
      await page.getByRole('button', { name: 'New ticket' }).click();
      await dialog.getByRole('button').nth(1).click();
      await dialog.getByRole('button', { name: 'Open ticket' }).click();
      await dialog.locator('[aria-invalid=true]').first().waitFor();
      await check('new ticket, refused');
      await page.goto(new URL(`/tickets/${ticket}`, page.url()).href);
      await page.locator('[data-internal]').waitFor();
      await check('ticket');
      await page.getByLabel('Internal: for the staff only').check();
      await check('internal message');
      await page.goto(new URL(`/customers/${customer.id}/tickets`, page.url()).href);
      await page.locator('[data-ticket]').first().waitFor();
      await check('tickets of a customer');
      await page.goto(new URL(`/customers/${customer.id}/preferences`, page.url()).href);
      await page.getByLabel('Reason').waitFor();
      await check('preferences');

      const portal = await open(await shareLink(customer.id), how);
      await enterPortal(portal, customer);
      await portal.getByRole('button', { name: /Sour milk/ }).first().click();
      await portal.locator('[data-message]').first().waitFor();
      await portal.getByLabel('Send me offers').waitFor();
      await accessible(portal, 'request');
      await fits(portal);
      await portal.getByRole('button', { name: 'New request' }).click();
      await portal.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
      await portal.getByRole('dialog').locator('[aria-invalid=true]').first().waitFor();
      await accessible(portal, 'new request, refused');

      async function check(what) {
        await accessible(page, what);
        await fits(page);
      }
    });

    it(`metrics and changes of many, ${name}`, TEST, async () => {
      const { tokens } = await staff('owner');
      const page = await open('/metrics', { tokens, ...how });
      const dialog = page.getByRole('dialog');
      for (const section of ['receivables', 'revenue', 'customers', 'loyalty']) {
        await page.locator(`[data-section=${section}]`).waitFor();
      }
      await page.locator('.recharts-surface').nth(2).waitFor();
      await check('metrics');
      for (const summary of await page.locator('summary').all()) await summary.click();
      await check('metrics as tables');

      await page.goto(new URL('/customers?type=WHOLESALE', page.url()).href);
      await page.locator('[data-customer]').first().waitFor();
      await page.getByRole('checkbox').nth(1).check();
      await check('customers, one chosen');
      await page.locator('[data-bulk]').getByRole('button', { name: 'Change', exact: true }).click();
      await dialog.getByLabel('Type').selectOption('VIP');
      await dialog.locator('[data-changing="1"]').waitFor();
      await check('change of many');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Save as a segment' }).click();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.locator('[aria-invalid=true]').waitFor();
      await check('segment, refused');

      async function check(what) {
        await accessible(page, what);
        await fits(page);
      }
    });

    it(`the portal, ${name}`, TEST, async () => {
      const customer = (await debtors())[6];
      const { ask } = await staff('owner');
      await ask('mutation ($id: ID!) { invoiceFinalize(id: $id) { userErrors { message } } }', { id: await drafted(customer.id) });
      const page = await open(await shareLink(customer.id), how);
      await page.getByLabel('WhatsApp number').waitFor();
      await accessible(page, 'sign-in of a customer');
      await page.getByLabel('WhatsApp number').fill(customer.whatsappPhone);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.locator('[data-date]').first().waitFor();
      await page.locator('[data-invoice]').first().waitFor();
      await page.locator('[data-statement=closing]').waitFor();
      await accessible(page, 'portal');
      await fits(page);
      await page.goto(new URL('/', page.url()).href);
      await page.getByLabel('E-mail').waitFor();
      await accessible(page, 'sign-in');
      await fits(page);
    });
  }
});
