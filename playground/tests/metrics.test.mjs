import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASE, debtors, fits, live, NARROW, recordPayment, staff, TEST, TEST_OF_MANY, windows } from './support.mjs';

const SECTIONS = ['receivables', 'revenue', 'customers', 'loyalty'];

describe('metrics', { timeout: 600_000 }, () => {
  const open = windows();
  const openAs = async (role, address, options) => open(address, { tokens: (await staff(role)).tokens, ...options });

  it('moves the figures of the dashboard as a payment is recorded', TEST, async () => {
    const { ask } = await staff('owner');
    const [, , customer] = await debtors();
    const [owner, clerk] = await Promise.all([openAs('owner'), openAs('clerk', `/customers/${customer.id}`)]);
    await Promise.all([live(owner), live(clerk)]);
    await owner.locator('[data-figure=outstanding]').waitFor();
    await owner.getByText('As a table').click();
    const cells = owner.locator('[data-point]').last().locator('td');
    await cells.last().waitFor();
    const before = await shown();

    await recordPayment(clerk, customer, '2.75');

    const { dashboard } = await ask('{ dashboard { outstanding { amount } today { collected { amount } } } }');
    const figure = owner.locator('[data-figure=collectedToday]');
    await owner.waitForFunction(
      ([name, text]) => document.querySelector(`[data-figure=${name}]`).textContent !== text,
      ['collectedToday', before.collectedToday],
    );
    const after = await shown();
    assert.equal(digits(await figure.textContent()), dashboard.today.collected.amount);
    assert.equal(digits(after.outstanding), dashboard.outstanding.amount);
    assert.notEqual(after.outstanding, before.outstanding);
    assert.notEqual(after.month, before.month);
    assert.equal(digits(after.today), dashboard.today.collected.amount, 'the last bar moves too');

    async function shown() {
      const text = (name) => owner.locator(`[data-figure=${name}]`).textContent();
      return {
        outstanding: await text('outstanding'),
        collectedToday: await text('collectedToday'),
        month: await text('collectedInMonth'),
        today: await cells.last().textContent(),
      };
    }
  });

  it('shows nothing of it to who may not see it', TEST, async () => {
    for (const [role, may] of [
      ['owner', true],
      ['clerk', false],
      ['viewer', false],
    ]) {
      const page = await openAs(role);
      await live(page);
      await page.locator('[data-payment]').first().waitFor();
      await page.locator('[data-figure=active]').waitFor();
      if (may) await page.locator('[data-figure=outstanding]').waitFor();
      assert.equal(await page.locator('[data-figure=outstanding]').count(), may ? 1 : 0, role);
      assert.equal(await page.getByRole('link', { name: 'Metrics' }).count(), may ? 1 : 0, role);
      assert.equal(await page.getByRole('alert').count(), 0, role);
      await page.goto(new URL('/metrics', BASE).href);
      await page.getByRole('heading', { level: 1, name: may ? 'Metrics' : 'There is nothing here' }).waitFor();
    }
  });

  it('tells what the server tells, of today and of a day before', TEST, async () => {
    const { ask } = await staff('owner');
    const page = await openAs('owner');
    await page.getByRole('link', { name: 'Metrics' }).click();
    await allOf(page);
    const query = `query ($asOf: Date) { metrics(asOf: $asOf) {
      asOf receivables { outstanding { amount } flows(by: WEEK) { from collected { amount } } } revenue { mrr { amount } }
    } }`;
    const now = (await ask(query)).metrics;
    await page.locator('[data-section=receivables]', { hasText: grouped(now.receivables.outstanding.amount) }).waitFor();
    await page.locator('[data-section=revenue]', { hasText: grouped(now.revenue.mrr.amount) }).waitFor();

    const asOf = new Date(Date.parse(now.asOf) - 60 * 86_400_000).toISOString().slice(0, 10);
    const past = (await ask(query, { asOf })).metrics;
    assert.notEqual(past.receivables.outstanding.amount, now.receivables.outstanding.amount);
    await page.getByLabel('At the end of').fill(asOf);
    await page.locator('[data-section=receivables]', { hasText: grouped(past.receivables.outstanding.amount) }).waitFor();
    await page.getByLabel('By', { exact: true }).selectOption('WEEK');
    await page.waitForURL(/by=WEEK/);
    await page.locator('[data-section=receivables]').getByText('As a table').click();
    const points = page.locator('[data-section=receivables] [data-point]');
    const last = grouped(past.receivables.flows.at(-1).collected.amount);
    await points.last().locator('td').nth(1).filter({ hasText: last }).waitFor();
    assert.equal(await points.count(), past.receivables.flows.length);
    // A day that is yet to come is not asked for.
    await page.getByLabel('At the end of').fill('2199-01-01');
    await page.locator('[data-section=receivables]', { hasText: grouped(now.receivables.outstanding.amount) }).waitFor();
  });

  it('opens the tables with the keyboard alone', TEST, async () => {
    const page = await openAs('owner', '/metrics');
    await allOf(page);
    const summary = page.locator('[data-section=revenue] summary');
    await summary.focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-section=revenue]').getByRole('columnheader', { name: 'Left' }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'group');
  });

  it('fits a phone in each language', TEST_OF_MANY, async () => {
    for (const locale of ['en-GB', 'th-TH', 'hi-IN', 'sw-KE']) {
      const page = await openAs('owner', '/metrics?by=DAY', { locale, viewport: NARROW });
      await page.locator(`html[lang="${locale.slice(0, 2)}"]`).waitFor();
      await allOf(page);
      for (const summary of await page.locator('summary').all()) await summary.click();
      await fits(page);
      await page.goto(new URL('/', BASE).href);
      await page.locator('.recharts-surface').first().waitFor();
      await fits(page);
      await page.context().close();
    }
  });
});

async function allOf(page) {
  for (const name of SECTIONS) await page.locator(`[data-section=${name}]`).waitFor();
  await page.locator('.recharts-surface').nth(2).waitFor();
}

const digits = (text) => text.replace(/[^\d.]/g, '');

/** An amount as the page writes it, without its currency. */
function grouped(amount) {
  return new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2 }).format(amount);
}
