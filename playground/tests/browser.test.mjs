/**
 * The page in a real browser, against a running Daybook with demo data.
 *
 *   DAYBOOK_URL  where it runs (http://127.0.0.1:8080)
 *   CHROMIUM     the browser; otherwise looked for in PATH
 */
import assert from 'node:assert/strict';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { chromium } from 'playwright-core';

const BASE = new URL(process.env.DAYBOOK_URL ?? 'http://127.0.0.1:8080');
const WAIT = 15_000;
const TEST = { timeout: 60_000 };

function findChromium() {
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

describe('the page', { timeout: 240_000 }, () => {
  /** @type {import('playwright-core').Browser} */
  let browser;
  /** What no test may cause: console errors and requests to other hosts. */
  let complaints = [];

  before(
    async () => {
      browser = await chromium.launch({
        executablePath: findChromium(),
        timeout: 30_000,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      });
    },
    { timeout: 40_000 },
  );

  after(() => browser?.close(), { timeout: 20_000 });

  beforeEach(() => {
    complaints = [];
  });

  function watch(page) {
    const check = (url) => {
      const { protocol, host } = new URL(url);
      if (protocol === 'data:' || protocol === 'blob:') return;
      if (host !== BASE.host) complaints.push(`request to ${url}`);
    };
    page.on('request', (request) => check(request.url()));
    page.on('websocket', (socket) => check(socket.url()));
    page.on('pageerror', (error) => complaints.push(`uncaught ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
    });
  }

  /** A window of its own, with nothing shared with others. */
  async function openWindow(viewport = { width: 1280, height: 800 }) {
    const context = await browser.newContext({ viewport });
    context.setDefaultTimeout(WAIT);
    const page = await context.newPage();
    watch(page);
    await page.goto(BASE.href);
    return page;
  }

  async function signIn(page) {
    await page.getByRole('button', { name: 'Use the demo account' }).click();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  }

  const connected = (page) => page.getByText('Connected', { exact: true }).waitFor();

  /** The code of a customer who owes something, in the business that the demo's owner signs in to. */
  async function debtor() {
    const send = async (query, token) => {
      const headers = { 'content-type': 'application/json' };
      if (token) headers.authorization = `Bearer ${token}`;
      const response = await fetch(new URL('/graphql', BASE), { method: 'POST', headers, body: JSON.stringify({ query }) });
      return (await response.json()).data;
    };
    const { signIn } = await send(
      'mutation { signIn(input: { email: "owner@demo.daybook.test", password: "daybook-demo" }) { accessToken } }',
    );
    const { customers } = await send('{ customers(first: 1, sort: BALANCE_DESC) { nodes { code } } }', signIn.accessToken);
    return customers.nodes[0].code;
  }

  async function recordPayment(page, code, amount) {
    await page.getByLabel('Customer code').fill(code);
    await page.getByLabel(/^Amount/).fill(amount);
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.locator('.preview').waitFor();
    await page.getByRole('button', { name: 'Record payment' }).click();
    await page.getByText(/^Recorded /).waitFor();
  }

  function clean() {
    assert.deepEqual(complaints, []);
  }

  it('shows what is wrong with a sign-in beside its fields', TEST, async () => {
    const page = await openWindow();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Enter your e-mail address.').waitFor();
    assert.equal(await page.getByLabel('E-mail').getAttribute('aria-invalid'), 'true');

    await page.getByLabel('E-mail').fill('owner@demo.daybook.test');
    await page.getByLabel('Password').fill('not the password');
    await page.keyboard.press('Enter');
    await page.locator('.form-error, .field-error').first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Sign out' }).count(), 0);
    clean();
    await page.context().close();
  });

  it('shows a payment recorded in one window in another', TEST, async () => {
    const [first, second] = await Promise.all([openWindow(), openWindow()]);
    await Promise.all([signIn(first), signIn(second)]);
    await Promise.all([connected(first), connected(second)]);

    const code = await debtor();
    const known = await second
      .locator('[data-payment]')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-payment')));

    await recordPayment(first, code, '1.25');

    const arrived = second.locator('[data-payment][data-fresh]').first();
    await arrived.waitFor();
    assert.match((await arrived.textContent()) ?? '', /1[.,]25/);
    assert.ok(!known.includes(await arrived.getAttribute('data-payment')));
    assert.match((await second.getByTestId('announcement').textContent()) ?? '', /1[.,]25/);
    clean();
    await Promise.all([first.context().close(), second.context().close()]);
  });

  it('misses no payment while its connection is lost', TEST, async () => {
    const [first, second] = await Promise.all([openWindow(), openWindow()]);
    let cut = false;
    let current;
    await second.routeWebSocket(/\/graphql$/, (socket) => {
      current = socket;
      if (cut) void socket.close({ code: 3000, reason: 'cut' });
      else socket.connectToServer();
    });
    await Promise.all([signIn(first), signIn(second)]);
    await Promise.all([connected(first), connected(second)]);
    const code = await debtor();

    cut = true;
    await current.close({ code: 3000, reason: 'cut' });
    await second.getByText('Reconnecting…').waitFor();
    await recordPayment(first, code, '1.30');
    await recordPayment(first, code, '1.31');
    assert.equal(await second.locator('[data-payment][data-fresh]').count(), 0);

    cut = false;
    await connected(second);
    await second.locator('[data-fresh]', { hasText: /1[.,]30/ }).first().waitFor();
    await second.locator('[data-fresh]', { hasText: /1[.,]31/ }).first().waitFor();
    clean();
    await Promise.all([first.context().close(), second.context().close()]);
  });

  it('shows errors of a payment beside their fields', TEST, async () => {
    const page = await openWindow();
    await signIn(page);
    await connected(page);
    await page.getByLabel('Customer code').fill('no such customer');
    await page.getByLabel(/^Amount/).fill('1.25');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.locator('.record .field-error').waitFor();
    assert.equal(await page.getByLabel('Customer code').getAttribute('aria-invalid'), 'true');
    clean();
    await page.context().close();
  });

  it('runs a sample operation in the explorer', TEST, async () => {
    const page = await openWindow();
    await signIn(page);
    await page.getByRole('link', { name: 'Explorer' }).click();
    await page.getByTitle('Me', { exact: true }).waitFor();
    await page.locator('.graphiql-query-editor .view-lines').waitFor();
    await page.getByRole('button', { name: /^Execute query/ }).click();
    await page
      .locator('.graphiql-response .view-lines')
      .getByText('owner@demo.daybook.test')
      .waitFor();
    clean();
    await page.context().close();
  });

  it('keeps the session over a reload and ends it on signing out', TEST, async () => {
    const page = await openWindow({ width: 360, height: 740 });
    await signIn(page);
    await page.reload();
    await connected(page);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('E-mail').waitFor();
    assert.equal(await page.evaluate(() => window.sessionStorage.length), 0);
    clean();
    await page.context().close();
  });
});
