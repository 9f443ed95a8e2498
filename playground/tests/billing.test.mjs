import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASE, debtors, drafted, fits, NARROW, planned, shareLink, staff, subscribed, TEST, TEST_OF_MANY, windows } from './support.mjs';

describe('billing', { timeout: 600_000 }, () => {
  const open = windows();
  const openAs = async (role, address, options) => open(address, { tokens: (await staff(role)).tokens, ...options });

  it('drafts an invoice by hand, issues it, credits it, and shows it to the customer', TEST, async () => {
    const customer = (await debtors())[9];
    const page = await openAs('owner', `/customers/${customer.id}/invoices`);
    const portal = await open(await shareLink(customer.id), { viewport: NARROW });
    await portal.getByLabel('WhatsApp number').fill(customer.whatsappPhone);
    await portal.getByRole('button', { name: 'Sign in' }).click();
    const before = await invoicesIn(portal);

    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'New invoice' }).click();
    await fillLine(dialog, 1, { Description: 'Butter churn, hire', Quantity: '3', Price: '19.995', Tax: '7' });
    await dialog.getByRole('button', { name: 'Add line' }).click();
    await fillLine(dialog, 2, { Description: 'Delivery' });
    await dialog.getByRole('button', { name: 'Save draft' }).click();
    await line(dialog, 2).locator('[aria-invalid=true]').first().waitFor();
    assert.equal(await line(dialog, 1).locator('[aria-invalid=true]').count(), 0);
    await fillLine(dialog, 2, { Price: '40' });
    await dialog.getByRole('button', { name: 'Save draft' }).click();

    // 3 × 19.995 is 59.985, rounded half up; 7 % of it are 4.1993.
    await page.locator('[data-status-of-invoice=DRAFT]').waitFor();
    assert.equal(await figure(page, 'net'), '99.99');
    assert.equal(await figure(page, 'tax'), '4.20');
    assert.equal(await figure(page, 'total'), '104.19');
    await portal.reload();
    assert.equal(await invoicesIn(portal), before, 'drafts are the business’s own');

    await page.getByRole('button', { name: 'Finalise' }).click();
    await dialog.getByRole('button', { name: 'Finalise' }).click();
    await page.locator('[data-status-of-invoice=OPEN], [data-status-of-invoice=PAID]').first().waitFor();
    const number = await page.getByRole('heading', { level: 1 }).textContent();
    assert.match(number, /\d{4}-\d+$/);
    await readable(page, number);

    await page.getByRole('button', { name: 'Credit note' }).click();
    await dialog.getByLabel('Amount').fill('99999');
    await dialog.getByLabel('Reason').fill('Dented');
    await dialog.getByRole('button', { name: 'Credit note' }).click();
    await dialog.locator('[aria-invalid=true]').waitFor();
    await dialog.getByLabel('Amount').fill('4,19');
    await dialog.getByRole('button', { name: 'Credit note' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.match(await page.locator('[data-credit-note]', { hasText: 'Dented' }).textContent(), /4\.19/);
    assert.equal(await page.getByRole('button', { name: 'Void' }).count(), 0);

    await portal.reload();
    await portal.locator('[data-invoice]', { hasText: number }).waitFor();
    await readable(portal, number);
    await fits(portal);
    await page.goBack();
    await page.locator('[data-invoice]', { hasText: number }).waitFor();
  });

  it('changes and deletes a draft, and voids what was issued', TEST, async () => {
    const customer = (await debtors())[10];
    const { ask } = await staff('owner');
    const [draft, issued] = [await drafted(customer.id), await drafted(customer.id)];
    await ask('mutation ($id: ID!) { invoiceFinalize(id: $id) { userErrors { message } } }', { id: issued });
    const page = await openAs('owner', `/invoices/${draft}`);
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Edit' }).click();
    await fillLine(dialog, 1, { Price: '12.34' });
    await dialog.getByRole('button', { name: 'Save draft' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator('[data-total=net]', { hasText: '24.68' }).waitFor();
    await page.getByRole('button', { name: 'Delete draft' }).click();
    await dialog.getByRole('button', { name: 'Delete draft' }).click();
    await page.locator(`[data-invoice="${issued}"]`).waitFor();
    await page.locator(`[data-invoice="${draft}"]`).waitFor({ state: 'detached' });

    await page.locator(`[data-invoice="${issued}"] a`).click();
    await page.getByRole('button', { name: 'Void' }).click();
    await dialog.getByRole('button', { name: 'Void' }).click();
    await dialog.locator('[aria-invalid=true]').waitFor();
    await dialog.getByLabel('Reason').fill('A mistake');
    await dialog.getByRole('button', { name: 'Void' }).click();
    await page.locator('[data-status-of-invoice=VOID]').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Credit note' }).count(), 0);
  });

  it('keeps the plans of the business', TEST, async () => {
    const page = await openAs('owner', '/plans');
    const code = `P${Date.now()}`;
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'New plan' }).click();
    await dialog.getByRole('button', { name: 'Save plan' }).click();
    await dialog.locator('[aria-invalid=true]').first().waitFor();
    await dialog.getByLabel('Name').fill('Daily litre');
    await dialog.getByLabel('Code').fill(code);
    await dialog.getByLabel(/^Price/).fill('900');
    await dialog.getByLabel('How many').fill('3');
    await dialog.getByRole('button', { name: 'Save plan' }).click();
    const row = page.locator(`[data-plan="${code}"]`);
    await row.getByText('every 3 months').waitFor();
    await row.getByRole('button', { name: 'Change price' }).click();
    await dialog.getByLabel(/^Price/).fill('950,50');
    await dialog.getByRole('button', { name: 'Change price' }).click();
    await row.getByText('950.50').waitFor();
    await row.getByRole('button', { name: 'Edit' }).click();
    await dialog.getByLabel('What one gets').fill('A litre a day\nIce');
    await dialog.getByRole('button', { name: 'Save plan' }).click();
    await row.getByText('A litre a day, Ice').waitFor();
    await row.getByRole('button', { name: 'Archive' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByLabel('Archived plans').click();
    await row.getByRole('button', { name: 'Restore' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByLabel('Archived plans').click();
    await row.waitFor();
  });

  it('subscribes, and shows exactly what a change, a pause and an end would come to before they are done', TEST, async () => {
    const customer = (await debtors())[11];
    const { ask } = await staff('owner');
    const [small, large] = [await planned('Small round', '300'), await planned('Large round', '600')];
    const page = await openAs('owner', `/customers/${customer.id}/subscriptions`);
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'New subscription' }).click();
    await dialog.getByLabel('Plan').selectOption(small);
    await dialog.getByLabel('Quantity').fill('0');
    await dialog.getByRole('button', { name: 'Subscribe' }).click();
    await dialog.locator('[aria-invalid=true]').waitFor();
    await dialog.getByLabel('Quantity').fill('2');
    await dialog.getByRole('button', { name: 'Subscribe' }).click();
    await page.locator('[data-status-of-subscription=ACTIVE]').waitFor();
    await page.locator('[data-event=SUBSCRIPTION_CREATED]').waitFor();
    const id = new URL(page.url()).pathname.split('/').at(-1);

    await page.getByRole('button', { name: 'Change' }).click();
    await dialog.getByLabel('Plan').selectOption(large);
    const preview = `query ($id: ID!, $input: SubscriptionChangeInput!) {
      subscriptionChangePreview(id: $id, input: $input) { total { formatted(locale: "en-GB") } lines { description } }
    }`;
    const { subscriptionChangePreview: expected } = await ask(preview, { id, input: { planId: large, quantity: 2 } });
    // The preview of the plan as it was may have been there before.
    await dialog.getByTestId('preview-total').filter({ hasText: expected.total.formatted }).waitFor();
    assert.equal(await dialog.locator('[data-preview-line]').count(), expected.lines.length);
    await dialog.getByRole('button', { name: 'Change' }).click();
    await page.getByRole('heading', { level: 1, name: 'Large round' }).waitFor();
    await page.locator('[data-event=SUBSCRIPTION_CHANGED]').waitFor();

    await page.getByRole('button', { name: 'Pause' }).click();
    await dialog.getByTestId('preview-total').waitFor();
    assert.match(await dialog.getByTestId('preview-total').textContent(), /^[-−]/);
    await dialog.getByLabel('Goes on on').fill('2020-01-01');
    await dialog.getByRole('alert').waitFor();
    assert.ok(await dialog.getByRole('button', { name: 'Pause' }).isDisabled());
    await dialog.getByLabel('Goes on on').fill('');
    await dialog.locator('button:not([disabled])', { hasText: 'Pause' }).click();
    await page.locator('[data-status-of-subscription=PAUSED]').waitFor();

    await page.getByRole('button', { name: 'Resume' }).click();
    await dialog.locator('button:not([disabled])', { hasText: 'Resume' }).click();
    await page.locator('[data-status-of-subscription=ACTIVE]').waitFor();

    await page.getByRole('button', { name: 'Cancel subscription' }).click();
    await dialog.getByText('Nothing is charged or given back at once.').waitFor();
    await dialog.getByLabel('When').selectOption('NOW_WITH_CREDIT');
    await dialog.getByTestId('preview-total').waitFor();
    await dialog.locator('button:not([disabled])', { hasText: 'Cancel subscription' }).click();
    await page.locator('[data-status-of-subscription=CANCELED]').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Change' }).count(), 0);
    await page.locator('[data-event=SUBSCRIPTION_CANCELED]').waitFor();
  });

  it('gives a statement of each month to staff and customer', TEST, async () => {
    const customer = (await debtors())[12];
    const page = await openAs('viewer', `/customers/${customer.id}/statement`);
    await page.locator('[data-line]').first().waitFor();
    assert.equal(await amount(page.locator('[data-statement=closing]')), customer.balance.amount);
    const opening = await page.locator('[data-statement=opening]').textContent();
    await readable(page, await page.locator('[aria-live=polite]').first().textContent());
    await page.getByRole('button', { name: 'Previous month' }).click();
    await page.locator('[data-statement=closing]', { hasText: opening }).waitFor();
    const month = await page.locator('[aria-live=polite]').first().textContent();
    await readable(page, month);

    const portal = await open(await shareLink(customer.id), { viewport: NARROW });
    await portal.getByLabel('WhatsApp number').fill(customer.whatsappPhone);
    await portal.getByRole('button', { name: 'Sign in' }).click();
    const section = portal.getByRole('region', { name: 'Statement' });
    await section.getByRole('button', { name: 'Previous month' }).click();
    await section.locator('[data-statement=closing]', { hasText: opening }).waitFor();
    await readable(portal, month);
  });

  it('fits a phone in each language', TEST_OF_MANY, async () => {
    const customer = (await debtors())[14];
    const { ask } = await staff('owner');
    const [draft, issued] = [await drafted(customer.id), await drafted(customer.id)];
    await ask('mutation ($id: ID!) { invoiceFinalize(id: $id) { userErrors { message } } }', { id: issued });
    const subscription = await subscribed(customer.id, await planned('Ice', '45'));
    for (const locale of ['th-TH', 'hi-IN', 'sw-KE']) {
      const page = await openAs('owner', '/plans', { locale, viewport: NARROW });
      await page.locator(`html[lang="${locale.slice(0, 2)}"]`).waitFor();
      await page.locator('[data-plan]').first().waitFor();
      for (const [address, shown] of [
        [null, null],
        [`/invoices/${draft}`, '[data-total=total]'],
        [`/invoices/${issued}`, '[data-total=outstanding]'],
        [`/subscriptions/${subscription}`, '[data-event]'],
        [`/customers/${customer.id}/invoices`, '[data-invoice]'],
        [`/customers/${customer.id}/subscriptions`, '[data-subscription]'],
        [`/customers/${customer.id}/statement`, '[data-line]'],
      ]) {
        if (address) {
          await page.goto(new URL(address, BASE).href);
          await page.locator(shown).first().waitFor();
        }
        await fits(page);
        // What dialogs say as well: of long lists, those of the first rows.
        for (const button of (await page.locator('main button[aria-haspopup=dialog]').all()).slice(0, 4)) {
          await button.click();
          await page.getByRole('dialog').waitFor();
          await fits(page);
          await page.keyboard.press('Escape');
          await page.getByRole('dialog').waitFor({ state: 'detached' });
        }
      }
      await page.context().close();
    }
  });

  it('shows each role of billing what it may do', TEST, async () => {
    const customer = (await debtors())[13];
    const draft = await drafted(customer.id);
    for (const [role, may] of [
      ['owner', true],
      ['clerk', false],
      ['viewer', false],
    ]) {
      const page = await openAs(role, `/invoices/${draft}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      for (const [address, name] of [
        [null, 'Finalise'],
        [`/customers/${customer.id}/invoices`, 'New invoice'],
        [`/customers/${customer.id}/subscriptions`, 'New subscription'],
        ['/plans', 'New plan'],
      ]) {
        if (address) await page.goto(new URL(address, BASE).href);
        await page.getByRole('main').getByText(/Draft|No |a month|every/).first().waitFor();
        assert.equal((await page.getByRole('button', { name }).count()) > 0, may, `${name} for ${role}`);
      }
    }
  });
});

const line = (dialog, number) => dialog.getByRole('group', { name: `Line ${number}` });

async function fillLine(dialog, number, values) {
  for (const [label, value] of Object.entries(values)) await line(dialog, number).getByLabel(new RegExp(`^${label}`)).fill(value);
}

const amount = async (locator) => (await locator.textContent()).replace(/[^\d.]/g, '');
const figure = (page, name) => amount(page.locator(`[data-total=${name}]`));

/** How many invoices the portal shows. */
async function invoicesIn(portal) {
  const section = portal.getByRole('region', { name: 'Invoices' });
  await section.locator('table, p').first().waitFor();
  return section.locator('[data-invoice]').count();
}

/** That the links to a document lead to it, without signing in. */
async function readable(page, name) {
  for (const [format, type, start] of [
    ['PDF', 'application/pdf', '%PDF-'],
    ['web page', 'text/html', '<!doctype html'],
  ]) {
    const address = await page.getByRole('link', { name: `${name}, ${format}` }).getAttribute('href');
    const response = await fetch(new URL(new URL(address).pathname, BASE));
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type'), new RegExp(type));
    assert.equal((await response.text()).slice(0, start.length).toLowerCase(), start.toLowerCase());
  }
}
