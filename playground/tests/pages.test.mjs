import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASE, debtors, drafted, planned, shareLink, staff, subscribed, TEST_OF_MANY, ticketed, windows } from './support.mjs';

/** As the README says. */
const POLICY = {
  'default-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'worker-src': "'self' blob:",
  'font-src': "'self' data:",
  'img-src': "'self' data:",
};

describe('every page', { timeout: 600_000 }, () => {
  const open = windows();

  // That nothing is asked of others, and that nothing goes wrong, is looked at in every window.
  it('has one heading and a name, keeps to its policy, and moves nothing about', TEST_OF_MANY, async () => {
    const { tokens } = await staff('owner');
    const [customer] = await debtors();
    const subscription = await subscribed(customer.id, await planned('Every page', '10'));
    const [invoice, ticket, link] = [await drafted(customer.id), await ticketed(customer.id, 'Every page'), await shareLink(customer.id)];
    const pages = [
      ...['/', '/customers', '/tickets', '/plans', '/metrics', '/explorer', '/nowhere'],
      ...[`/customers/${customer.id}`, `/invoices/${invoice}`, `/subscriptions/${subscription}`, `/tickets/${ticket}`],
    ];
    for (const address of pages) await check(address, { tokens });
    await check('/', {});
    await check(link, {});

    async function check(address, options) {
      const page = await open('/', options);
      await page.addInitScript(() => {
        window.broken = [];
        document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
          window.broken.push(`${violatedDirective} ${blockedURI}`);
        });
      });
      const response = await page.goto(new URL(address, BASE).href);
      const policy = Object.fromEntries(
        response.headers()['content-security-policy'].split(';').map((directive) => {
          const [name, ...sources] = directive.trim().split(' ');
          return [name, sources.join(' ')];
        }),
      );
      for (const [name, sources] of Object.entries(POLICY)) assert.equal(policy[name], sources, `${name} of ${address}`);
      assert.equal(response.headers()['x-content-type-options'], 'nosniff');
      await page.getByRole('heading', { level: 1 }).or(page.locator('.graphiql-container')).first().waitFor();
      await page.waitForLoadState('networkidle');
      assert.deepEqual(await page.evaluate(() => window.broken), [], address);
      if (address !== '/explorer') assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, address);
      assert.match(await page.title(), /\S/, address);
      assert.equal(await page.locator('html[lang]').count(), 1);
      assert.equal(await page.locator('img:not([alt])').count(), 0);
      await page.context().close();
    }
  });
});
