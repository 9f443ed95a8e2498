import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { debtors, fits, live, NARROW, recordPayment, shareLink, signIn, staff, TEST, windows } from './support.mjs';

describe('the console', { timeout: 600_000 }, () => {
  const open = windows();
  const openAs = async (role, address, options) => open(address, { tokens: (await staff(role)).tokens, ...options });

  it('says that a sign-in was refused', TEST, async () => {
    const page = await open();
    await page.getByLabel('E-mail').fill('nobody@demo.daybook.test');
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Sign out' }).count(), 0);
  });

  it('keeps the session over a reload, switches the business and ends on signing out', TEST, async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Use the demo account' }).click();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await live(page);
    await page.reload();
    await live(page);
    await page.getByLabel('Business').selectOption({ label: 'Harbor Street Goods' });
    await page.getByText(/US\$\d/).first().waitFor();
    assert.equal(await page.getByLabel('Business').locator(':checked').textContent(), 'Harbor Street Goods');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('E-mail').waitFor();
    assert.equal(await page.evaluate(() => window.sessionStorage.length), 0);
  });

  it('shows a payment in other windows and to the customer as it is recorded', TEST, async () => {
    const { ask } = await staff('owner');
    const [customer] = await debtors();
    const { input, day } = await oldestDay(ask, customer.id);
    const [first, second, portal] = await Promise.all([
      openAs('clerk', `/customers/${customer.id}`),
      openAs('owner'),
      shareLink(customer.id).then((link) => open(link)),
    ]);
    await portal.getByLabel('WhatsApp number').fill(customer.whatsappPhone);
    await portal.getByRole('button', { name: 'Sign in' }).click();
    await Promise.all([live(first), live(second), live(portal)]);
    const before = Number(await second.locator('[data-figure=paymentsToday]').textContent());
    await showMonth(portal, day.date);
    await portal.locator(`[data-date="${day.date}"]:not([data-status=PAID])`).waitFor();
    const remaining = await portal.locator('[data-amount=remaining]').first().textContent();

    await recordPayment(first, customer, input.amount);

    const arrived = second.locator('[data-payment][data-fresh]');
    await arrived.waitFor();
    assert.match(await arrived.textContent(), new RegExp(customer.name));
    assert.match(await second.getByTestId('announcement').textContent(), new RegExp(customer.name));
    await second.locator('[data-figure=paymentsToday]', { hasText: String(before + 1) }).waitFor();
    await portal.locator(`[data-date="${day.date}"][data-status=PAID]`).waitFor();
    await portal.locator('[data-payment]').first().waitFor();
    assert.notEqual(await portal.locator('[data-amount=remaining]').first().textContent(), remaining);
  });

  it('misses no payment while its connection is lost', TEST, async () => {
    const [, customer] = await debtors();
    const first = await openAs('clerk', `/customers/${customer.id}`);
    const second = await openAs('owner', '/explorer');
    let cut = false;
    let current;
    await second.routeWebSocket(/\/graphql$/, (socket) => {
      current = socket;
      if (cut) void socket.close({ code: 3000, reason: 'cut' });
      else socket.connectToServer();
    });
    await second.goto(new URL('/', second.url()).href);
    await Promise.all([live(first), live(second)]);
    await second.locator('[data-payment]').first().waitFor();

    cut = true;
    await current.close({ code: 3000, reason: 'cut' });
    await second.getByText('Reconnecting…').waitFor();
    await recordPayment(first, customer, '1.30');
    await recordPayment(first, customer, '1.31');
    assert.equal(await second.locator('[data-payment][data-fresh]').count(), 0);

    cut = false;
    await live(second);
    await second.locator('[data-fresh]', { hasText: '1.30' }).waitFor();
    await second.locator('[data-fresh]', { hasText: '1.31' }).waitFor();
    assert.equal(await second.locator('[data-fresh]', { hasText: '1.30' }).count(), 1);
  });

  it('goes on by itself when its token has expired', TEST, async () => {
    const { tokens } = await signIn('clerk');
    const page = await open('/explorer', { tokens });
    let current;
    await page.routeWebSocket(/\/graphql$/, (socket) => {
      current = socket;
      socket.connectToServer();
    });
    await page.goto(new URL('/', page.url()).href);
    await live(page);
    await current.close({ code: 4401, reason: 'Unauthorized' });
    await page.getByText('Reconnecting…').waitFor();
    await live(page);
    const kept = JSON.parse(await page.evaluate(() => sessionStorage.getItem('daybook:console')));
    assert.notEqual(kept.refreshToken, tokens.refreshToken);
  });

  it('lets nobody pay more than is owed, and says so beside the amount', TEST, async () => {
    const [customer] = await debtors();
    const page = await openAs('clerk');
    await page.getByRole('button', { name: 'Record payment' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Customer').fill(customer.code);
    await dialog.getByRole('button', { name: new RegExp(customer.code) }).click();
    const amount = dialog.getByLabel(/^Amount/);
    const button = dialog.getByRole('button', { name: 'Record payment' });
    await amount.fill(String(Number(customer.balance.amount) + 1));
    await dialog.locator('[aria-invalid=true]').waitFor();
    assert.ok(await button.isDisabled());
    await amount.fill('1');
    await dialog.getByRole('table').waitFor();
    await dialog.locator('button:not([disabled])', { hasText: 'Record payment' }).waitFor();
    await amount.fill('much');
    await dialog.locator('[aria-invalid=true]').waitFor();
    assert.ok(await button.isDisabled());
  });

  it('finds customers as one types, and orders and turns their pages', TEST, async () => {
    const [customer] = await debtors();
    const page = await openAs('owner', '/customers');
    const rows = page.locator('[data-customer]');
    await rows.nth(24).waitFor();
    const firstPage = await rows.first().getAttribute('data-customer');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.locator(`[data-customer="${firstPage}"]`).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Previous' }).click();
    await page.locator(`[data-customer="${firstPage}"]`).waitFor();
    await page.getByRole('button', { name: 'Balance' }).click();
    // A second click turns the order that the page shows, not the one that it is about to show.
    await page.locator('th[aria-sort=ascending]', { hasText: 'Balance' }).waitFor();
    await page.getByRole('button', { name: 'Balance' }).click();
    await page.locator(`tbody tr:first-child[data-customer="${customer.code}"]`).waitFor();
    await page.getByLabel('Search').fill(customer.name);
    await page.locator('[data-customer]:first-child:nth-last-child(-n+5)').waitFor();
    assert.match(page.url(), /search=/);
  });

  it('shows errors of a form beside their fields', TEST, async () => {
    const page = await openAs('clerk', '/customers');
    await page.getByRole('button', { name: 'New customer' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Phone').fill('not a number');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.locator('[aria-invalid=true]').first().waitFor();
    assert.equal(await dialog.getByLabel('Name').getAttribute('aria-invalid'), 'true');
    assert.equal(await dialog.getByLabel('Phone').getAttribute('aria-invalid'), 'true');
  });

  it('shows what a day had, and keeps notes and contacts', TEST, async () => {
    const { ask } = await staff('owner');
    const [, , customer] = await debtors();
    const { day } = await oldestDay(ask, customer.id);
    // What an earlier run has left is not taken for what this one wrote.
    const [note, contact] = [`Rings twice. ${Date.now()}`, `Neighbour ${Date.now()}`];
    const page = await openAs('clerk', `/customers/${customer.id}/calendar`);
    await showMonth(page, day.date);
    await page.locator(`[data-date="${day.date}"]`).click();
    await page.getByText(/milk/).first().waitFor();
    await page.getByRole('tab', { name: 'Notes' }).click();
    await page.getByRole('textbox', { name: 'Note' }).fill(note);
    await page.getByRole('button', { name: 'Add note' }).click();
    await page.getByRole('paragraph').filter({ hasText: note }).waitFor();
    await page.getByRole('tab', { name: 'Contacts' }).click();
    await page.getByLabel('Name').fill(contact);
    await page.getByRole('button', { name: 'Add contact' }).click();
    await page.getByRole('paragraph').filter({ hasText: contact }).waitFor();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.getByText('Contact added').first().waitFor();
  });

  it('shows each role what it may do', TEST, async () => {
    const { ask } = await staff('owner');
    const { payments } = await ask('{ payments(first: 1, filter: { reversed: false }) { nodes { customer { id } } } }');
    const address = `/customers/${payments.nodes[0].customer.id}/payments`;
    for (const [role, may, mayExport] of [
      ['owner', { Reverse: true, 'Record payment': true, Share: true }, true],
      ['clerk', { Reverse: false, 'Record payment': true, Share: true }, false],
      ['viewer', { Reverse: false, 'Record payment': false, Share: false }, false],
    ]) {
      const page = await openAs(role, address);
      await page.locator('[data-payment]').first().waitFor();
      for (const [name, shown] of Object.entries(may)) {
        const buttons = await page.getByRole('button', { name, exact: true }).count();
        assert.equal(buttons > 0, shown, `${name} for ${role}`);
      }
      await page.goto(new URL('/customers', page.url()).href);
      await page.locator('[data-customer]').first().waitFor();
      assert.equal((await page.getByRole('button', { name: 'Download data' }).count()) > 0, mayExport, `download for ${role}`);
    }
  });

  it('shows how much of the service a customer uses, where that was reported', TEST, async () => {
    const { ask } = await staff('owner');
    const [, , , , , customer, other] = await debtors();
    const report = 'mutation ($input: ServiceUsageUpdateInput!) { serviceUsageUpdate(input: $input) { userErrors { message } } }';
    await ask(report, { input: { customerId: customer.id, percent: 29, devices: 1200 } });
    const page = await openAs('viewer', `/customers/${customer.id}`, { viewport: NARROW });
    const usage = page.locator('[data-usage="29"]');
    await usage.getByText('29%').waitFor();
    await usage.getByText('1,200 devices').waitFor();
    assert.equal(await usage.getByRole('progressbar', { name: 'Use of the service' }).getAttribute('aria-valuenow'), '29');
    await fits(page);
    await page.goto(new URL(`/customers/${other.id}`, page.url()).href);
    await page.locator('[data-figure=balance]').waitFor();
    assert.equal(await page.locator('[data-usage]').count(), 0);
  });

  it('makes a link that the customer can open', TEST, async () => {
    const [, , , customer] = await debtors();
    const page = await openAs('clerk', `/customers/${customer.id}`, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Create link' }).click();
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(link, /\/c\/[\w-]+$/);
    const portal = await open(new URL(link).pathname);
    await portal.getByLabel('WhatsApp number').waitFor();
  });

  it('runs a sample operation in the explorer', TEST, async () => {
    const page = await openAs('owner', '/explorer');
    await page.getByTitle('Me', { exact: true }).waitFor();
    await page.locator('.graphiql-query-editor .view-lines').waitFor();
    await page.getByRole('button', { name: /^Execute query/ }).click();
    await page.locator('.graphiql-response .view-lines').getByText('owner@demo.daybook.test').waitFor();
  });

  it('gives those who may all data as files, and says when it is refused', TEST, async () => {
    const { ask } = await staff('owner');
    const { customers } = await ask('{ customers { totalCount } }');
    const page = await openAs('owner', '/customers');
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Download data' }).click();
    for (const [name, file, rows] of [
      ['Customers', /^customers-[\d-]+\.csv$/, customers.totalCount + 1],
      ['Everything', /^business-[\d-]+\.jsonl$/, customers.totalCount],
    ]) {
      const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name }).click()]);
      assert.match(download.suggestedFilename(), file);
      const text = await readFile(await download.path(), 'utf8');
      assert.ok(text.trimEnd().split('\n').length >= rows);
    }
    // Not by the server, whose answer would be an error in the console as well.
    await page.evaluate(() => {
      const body = JSON.stringify({ errors: [{ message: 'Not today.' }] });
      window.fetch = async () => new Response(body, { status: 403 });
    });
    await dialog.getByRole('button', { name: 'Payments' }).click();
    await dialog.getByRole('alert').getByText('Not today.').waitFor();
  });

  it('has amounts of millions in one line on a phone', TEST, async () => {
    const { tokens } = await staff('owner', 'baobab-wifi');
    const page = await open('/explorer', { tokens, viewport: NARROW });
    await page.route('**/graphql', async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replaceAll(/"amount":"[\d.]+"/g, '"amount":"4321987.65"');
      await route.fulfill({ response, body });
    });
    for (const [address, shown] of [
      ['/', '[data-figure=outstanding]'],
      ['/metrics', '[data-section=loyalty]'],
    ]) {
      await page.goto(new URL(address, page.url()).href);
      await page.locator(shown).getByText('4,321,987.65').first().waitFor();
      const broken = await page.locator('dl > dd').evaluateAll((figures) => {
        const range = document.createRange();
        return figures.filter((figure) => (range.selectNodeContents(figure), range.getClientRects().length > 1)).map(({ textContent }) => textContent);
      });
      assert.deepEqual(broken, []);
      await fits(page);
    }
  });

  it('speaks the languages it has', TEST, async () => {
    const page = await openAs('owner', '/', NARROW);
    for (const code of ['th', 'hi', 'sw', 'en']) {
      const title = await page.title();
      await page.locator(`select:has(option[value="${code}"])`).first().selectOption(code);
      await page.locator(`html[lang="${code}"]`).waitFor();
      await page.waitForFunction((before) => document.title !== before, title);
      await fits(page);
    }
  });
});

/** The oldest day of which something is unpaid, and what would pay all of it. */
async function oldestDay(ask, customerId) {
  const preview = `query ($input: PaymentRecordInput!) {
    paymentPreview(input: $input) { allocations { charge { occurredOn } } }
  }`;
  const { paymentPreview } = await ask(preview, { input: { customerId, amount: '0.01', method: 'CASH' } });
  const date = paymentPreview.allocations[0].charge.occurredOn;
  const calendar = `query ($id: ID!, $month: Month!) {
    customer(id: $id) { calendar(month: $month) { days { date remaining { amount } } } }
  }`;
  const { customer } = await ask(calendar, { id: customerId, month: date.slice(0, 7) });
  const day = customer.calendar.days.find((one) => one.date === date);
  return { day, input: { amount: day.remaining.amount } };
}

/** Goes back to the month of a date. */
async function showMonth(page, date) {
  await page.locator('[data-date]').first().waitFor();
  for (;;) {
    const shown = await page.locator('[data-date]').first().getAttribute('data-date');
    if (shown.slice(0, 7) === date.slice(0, 7)) return;
    // That of the statement comes after it.
    await page.getByRole('button', { name: 'Previous month' }).first().click();
    await page.locator(`[data-date="${shown}"]`).waitFor({ state: 'detached' });
  }
}
