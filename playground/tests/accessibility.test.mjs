import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { debtors, fits, live, NARROW, shareLink, staff, TEST, WIDE, windows } from './support.mjs';

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

describe('all pages are for everyone', { timeout: 600_000 }, () => {
  const open = windows();

  for (const colorScheme of ['light', 'dark']) {
    for (const viewport of [WIDE, NARROW]) {
      const how = { colorScheme, viewport };
      const name = `${colorScheme}, ${viewport.width} px wide`;

      it(`the console, ${name}`, TEST, async () => {
        const { tokens } = await staff('owner');
        const [customer] = await debtors();
        const page = await open('/', { tokens, ...how });
        await live(page);
        await page.locator('[data-payment]').first().waitFor();
        await check('dashboard');
        await goTo('/customers');
        await page.locator('[data-customer]').first().waitFor();
        await check('customers');
        for (const tab of ['overview', 'calendar', 'payments', 'contacts', 'notes', 'timeline']) {
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

      it(`the portal, ${name}`, TEST, async () => {
        const customer = (await debtors())[6];
        const page = await open(await shareLink(customer.id), how);
        await page.getByLabel('WhatsApp number').waitFor();
        await accessible(page, 'sign-in of a customer');
        await page.getByLabel('WhatsApp number').fill(customer.whatsappPhone);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.locator('[data-date]').first().waitFor();
        await accessible(page, 'portal');
        await fits(page);
        await page.goto(new URL('/', page.url()).href);
        await page.getByLabel('E-mail').waitFor();
        await accessible(page, 'sign-in');
        await fits(page);
      });
    }
  }
});
