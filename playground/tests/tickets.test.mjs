import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASE, debtors, enterPortal, fits, live, NARROW, prefer, shareLink, staff, TEST, TEST_OF_MANY, ticketed, windows } from './support.mjs';

const at = (address) => new URL(address, BASE).href;

describe('tickets and preferences', { timeout: 600_000 }, () => {
  const open = windows();

  async function openAs(role, address, options) {
    const { tokens } = await staff(role);
    return open(address, { tokens, ...options });
  }

  async function portalOf(customer) {
    const portal = await open(await shareLink(customer.id), { viewport: NARROW });
    await enterPortal(portal, customer);
    await live(portal);
    return portal;
  }

  it('lets staff and customer talk, each seeing at once what the other says', TEST, async () => {
    const customer = (await debtors())[16];
    const page = await openAs('owner', `/customers/${customer.id}/tickets`);
    const portal = await portalOf(customer);
    const subject = `Bill of May ${Date.now()}`;

    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'New ticket' }).click();
    await dialog.getByLabel('Subject').fill(subject);
    await dialog.getByRole('button', { name: 'Open ticket' }).click();
    await dialog.locator('[aria-invalid=true]').waitFor();
    await dialog.getByRole('textbox', { name: 'Message' }).fill('Two days are counted twice.');
    await dialog.getByLabel('Priority').selectOption('HIGH');
    await dialog.getByRole('button', { name: 'Open ticket' }).click();
    await page.getByRole('heading', { level: 1, name: subject }).waitFor();
    await page.locator('[data-priority=HIGH]').waitFor();
    await live(page);

    // Neither window is loaded again from here on.
    await portal.getByRole('button', { name: subject }).click();
    await portal.getByText('Two days are counted twice.').waitFor();
    const answer = portal.getByRole('form', { name: 'Write a message' });
    await answer.getByRole('textbox', { name: 'Message' }).fill('Which ones?');
    await answer.getByRole('button', { name: 'Send' }).click();
    await page.locator('[data-message]', { hasText: 'Which ones?' }).getByText(customer.name).waitFor();

    await page.getByLabel('Internal: for the staff only').check();
    await page.getByRole('textbox', { name: 'Message' }).fill('He is right, see the book.');
    await page.getByRole('button', { name: 'Add internal message' }).click();
    await page.locator('[data-internal]', { hasText: 'He is right' }).waitFor();
    await page.getByRole('textbox', { name: 'Message' }).fill('The 3rd and the 9th.');
    await page.getByLabel('Status after it').selectOption('RESOLVED');
    await page.getByRole('button', { name: 'Send to the customer' }).click();
    await page.locator('[data-status-of-ticket=RESOLVED]').waitFor();
    await portal.getByText('The 3rd and the 9th.').waitFor();
    await portal.locator('[data-status-of-ticket=RESOLVED]').first().waitFor();
    assert.equal(await portal.getByText('He is right').count(), 0);
    await fits(portal);

    await answer.getByRole('textbox', { name: 'Message' }).fill('And the 12th.');
    await answer.getByRole('button', { name: 'Send' }).click();
    await page.getByText('And the 12th.').waitFor();
    await page.locator('[data-status-of-ticket=OPEN]').waitFor();
    await page.getByRole('main').getByLabel('Status', { exact: true }).selectOption('CLOSED');
    await portal.getByText('This request is closed.').waitFor();
    assert.equal(await answer.count(), 0);
  });

  it('takes a request of a customer', TEST, async () => {
    const customer = (await debtors())[17];
    const page = await openAs('clerk', '/tickets');
    await live(page);
    const portal = await portalOf(customer);
    const subject = `No milk on Sunday ${Date.now()}`;
    const dialog = portal.getByRole('dialog');
    await portal.getByRole('button', { name: 'New request' }).click();
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.locator('[aria-invalid=true]').first().waitFor();
    await dialog.getByLabel('Subject').fill(subject);
    await dialog.getByRole('textbox', { name: 'Message' }).fill('We are away.');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await portal.getByText('We are away.').waitFor();

    await page.getByRole('link', { name: subject }).click();
    await page.locator('[data-message]', { hasText: 'We are away.' }).waitFor();
    const { me } = await (await staff('clerk')).ask('{ me { user { id } } }');
    await page.getByLabel('Assigned to').selectOption(me.user.id);
    await page.getByRole('button', { name: 'Change subject' }).click();
    await page.getByRole('dialog').getByLabel('Subject').fill(`${subject}, done`);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: `${subject}, done` }).waitFor();
    await portal.getByRole('button', { name: `${subject}, done` }).waitFor();
    await page.goto(at('/tickets?assignee=me'));
    await page.getByRole('link', { name: `${subject}, done` }).waitFor();
  });

  it('gives a ticket to a colleague, who finds it', TEST, async () => {
    const customer = (await debtors())[11];
    const subject = `Cracked jar ${Date.now()}`;
    const ticket = await ticketed(customer.id, subject);
    const [owner, clerk] = await Promise.all(['owner', 'clerk'].map(async (role) => (await (await staff(role)).ask('{ me { user { id name } } }')).me.user));
    const page = await openAs('owner', `/tickets/${ticket}`);
    const assignee = page.getByRole('main').getByLabel('Assigned to');
    await assignee.locator('option', { hasText: clerk.name }).waitFor({ state: 'attached' });
    assert.deepEqual((await assignee.locator('option').allTextContents()).slice(0, 2), ['Nobody', `${owner.name} (me)`]);
    await assignee.selectOption(clerk.id);

    const colleague = await openAs('clerk', '/tickets?assignee=me', { viewport: NARROW });
    await colleague.locator(`[data-ticket="${ticket}"]`).getByText(`Assigned to ${clerk.name}`).waitFor();
    await fits(colleague);
    await page.goto(at('/tickets'));
    await assignee.selectOption(clerk.id);
    await page.locator(`[data-ticket="${ticket}"]`).getByRole('cell', { name: clerk.name, exact: true }).waitFor();
    await assignee.selectOption('me');
    await page.locator(`[data-ticket="${ticket}"]`).waitFor({ state: 'detached' });
    // Who may change nothing is told who has it.
    const viewer = await openAs('viewer', `/tickets/${ticket}`);
    await viewer.getByRole('main').getByText(clerk.name).waitFor();
    assert.equal(await viewer.getByRole('main').getByRole('combobox').count(), 0);
    // And it can be taken back.
    await page.goto(at(`/tickets/${ticket}`));
    await assignee.selectOption('');
    await viewer.getByRole('main').getByText('Nobody').waitFor();
  });

  it('narrows the list down', TEST, async () => {
    const customer = (await debtors())[18];
    const stamp = Date.now();
    const urgent = await ticketed(customer.id, `Urgent ${stamp}`, { priority: 'URGENT' });
    const low = await ticketed(customer.id, `Low ${stamp}`, { priority: 'LOW' });
    const { ask } = await staff('owner');
    const mutation = 'mutation ($id: ID!, $input: TicketUpdateInput!) { ticketUpdate(id: $id, input: $input) { userErrors { message } } }';
    await ask(mutation, { id: low, input: { status: 'PENDING' } });
    const page = await openAs('owner', '/tickets');
    const main = page.getByRole('main');
    const shown = (id) => page.locator(`[data-ticket="${id}"]`);
    await shown(urgent).waitFor();
    await shown(low).waitFor();
    await main.getByLabel('Priority').selectOption('URGENT');
    await shown(low).waitFor({ state: 'detached' });
    await shown(urgent).waitFor();
    await main.getByLabel('Priority').selectOption('');
    await main.getByLabel('Status').selectOption('PENDING');
    await shown(urgent).waitFor({ state: 'detached' });
    await shown(low).waitFor();
    await main.getByLabel('Assigned to').selectOption('me');
    await shown(low).waitFor({ state: 'detached' });
    await main.getByLabel('Assigned to').selectOption('nobody');
    await shown(low).waitFor();
    await page.reload();
    await shown(low).waitFor();
    assert.equal(await shown(urgent).count(), 0);
  });

  it('keeps what a customer prefers, and lets nobody miss who is to be left alone', TEST, async () => {
    const customer = (await debtors())[19];
    await prefer(customer.id, { doNotContact: false, prefersCall: false, prefersSms: false, prefersEmail: false, bestTime: null });
    const ticket = await ticketed(customer.id, 'Too many calls');
    const portal = await portalOf(customer);
    const mine = portal.getByRole('form', { name: 'How we reach you' });
    await mine.getByLabel('Phone call').check();
    await mine.getByLabel('Best time').fill('After six');
    await mine.getByRole('button', { name: 'Save' }).click();
    await mine.getByText('Saved').waitFor();

    const page = await openAs('clerk', `/customers/${customer.id}/preferences`);
    await page.locator('[data-channels=CALL]').waitFor();
    assert.equal(await page.locator('[data-leave-alone]').count(), 0);
    await page.getByRole('form', { name: 'Preferences' }).getByLabel('Likes to buy').fill('Ghee\nCurd');
    // What the customer changes meanwhile stays.
    await mine.getByLabel('Do not contact me').check();
    await mine.getByRole('button', { name: 'Save' }).click();
    await mine.getByText('Saved').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('[data-channels=""]').waitFor();
    await page.locator('[data-leave-alone]').waitFor();
    await page.getByText('Saved').waitFor();
    await page.getByLabel('Reason').fill('Said so on the phone');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('[data-leave-alone]', { hasText: 'Said so on the phone' }).waitFor();
    for (const address of [`/customers/${customer.id}`, `/customers/${customer.id}/calendar`, `/tickets/${ticket}`]) {
      await page.goto(at(address));
      await page.locator('[data-leave-alone]', { hasText: 'Said so on the phone' }).waitFor();
    }
    await portal.reload();
    await mine.getByLabel('Do not contact me').waitFor();
    assert.ok(await mine.getByLabel('Do not contact me').isChecked());
    assert.equal(await portal.getByText('Said so on the phone').count(), 0);

    await page.goto(at(`/customers/${customer.id}/preferences`));
    await page.getByRole('form', { name: 'Preferences' }).getByLabel('Do not contact').uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('[data-leave-alone]').waitFor({ state: 'detached' });
    await page.getByText('Ghee').first().waitFor();
  });

  it('shows each role what it may do', TEST, async () => {
    const customer = (await debtors())[14];
    const ticket = await ticketed(customer.id, 'Who may');
    for (const [role, may] of [
      ['clerk', true],
      ['viewer', false],
    ]) {
      const page = await openAs(role, `/tickets/${ticket}`);
      await page.locator('[data-message]').first().waitFor();
      assert.equal((await page.getByRole('button', { name: 'Send to the customer' }).count()) > 0, may);
      assert.equal((await page.getByRole('button', { name: 'Change subject' }).count()) > 0, may);
      await page.goto(at(`/customers/${customer.id}/tickets`));
      await page.locator('[data-ticket]').first().waitFor();
      assert.equal((await page.getByRole('button', { name: 'New ticket' }).count()) > 0, may);
      await page.goto(at(`/customers/${customer.id}/preferences`));
      await page.locator('[data-channels]').waitFor();
      assert.equal((await page.getByRole('button', { name: 'Save' }).count()) > 0, may);
    }
  });

  it('fits a phone in each language', TEST_OF_MANY, async () => {
    const customer = (await debtors())[13];
    await prefer(customer.id, { doNotContact: true });
    const ticket = await ticketed(customer.id, 'Anunforgivablylongwordwithoutanyspaceinittobreakat', { priority: 'URGENT' });
    for (const locale of ['en-GB', 'th-TH', 'hi-IN', 'sw-KE']) {
      const page = await openAs('owner', '/tickets', { locale, viewport: NARROW });
      await page.locator(`html[lang="${locale.slice(0, 2)}"]`).waitFor();
      for (const [address, shown] of [
        ['/tickets', '[data-ticket]'],
        [`/tickets/${ticket}`, '[data-message]'],
        [`/customers/${customer.id}/tickets`, '[data-ticket]'],
        [`/customers/${customer.id}/preferences`, '[data-channels]'],
      ]) {
        await page.goto(at(address));
        await page.locator(shown).first().waitFor();
        await fits(page);
        const dialog = page.locator('main button[aria-haspopup=dialog]').last();
        if (address.endsWith('preferences')) continue;
        await dialog.click();
        await page.getByRole('dialog').waitFor();
        await fits(page);
      }
      await page.context().close();
    }
  });
});
