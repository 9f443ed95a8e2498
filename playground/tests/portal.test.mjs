import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { debtors, fits, live, NARROW, shareLink, TEST, windows } from './support.mjs';

describe('the portal', { timeout: 240_000 }, () => {
  const open = windows();

  async function signIn(page, phone) {
    await page.getByLabel('WhatsApp number').fill(phone);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  it('shows a customer their own account and nothing of the console', TEST, async () => {
    const customer = (await debtors())[4];
    const page = await open(await shareLink(customer.id), { viewport: NARROW });
    await signIn(page, customer.whatsappPhone.replace('+91', '0'));
    await page.getByRole('heading', { name: `Welcome, ${customer.name}` }).waitFor();
    await live(page);
    const remaining = await page.locator('[data-amount=remaining]').first().textContent();
    assert.equal(remaining.replace(/[^\d.]/g, ''), customer.balance.amount);
    await fits(page);
    await page.goto(new URL('/customers', page.url()).href);
    await page.getByLabel('E-mail').waitFor();
  });

  it('shuts a link after five wrong numbers', TEST, async () => {
    const customer = (await debtors())[5];
    const page = await open(await shareLink(customer.id));
    for (let wrong = 0; wrong < 5; wrong++) {
      await signIn(page, `+91 20 2000 99${wrong}0`);
      await page.getByRole('button', { name: 'Sign in' }).and(page.locator(':not([data-loading])')).waitFor();
      await page.getByRole('alert').waitFor();
    }
    await signIn(page, customer.whatsappPhone);
    await page.locator('button[data-loading]').waitFor({ state: 'detached' });
    assert.match(await page.getByRole('alert').textContent(), /wait 15 minutes/);
    assert.equal(await page.getByText(/Welcome/).count(), 0);
  });
});
