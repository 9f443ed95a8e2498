import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASE, debtors, fits, NARROW, prefer, staff, TEST, TEST_OF_MANY, windows } from './support.mjs';

describe('segments and bulk changes', { timeout: 600_000 }, () => {
  const open = windows();
  const openAs = async (role, address, options) => open(address, { tokens: (await staff(role)).tokens, ...options });
  const rows = (page) => page.locator('[data-customer]');

  it('saves what is asked for, finds it again, changes and deletes it', TEST, async () => {
    const { ask } = await staff('owner');
    const name = `Wholesale ${Date.now()}`;
    const page = await openAs('owner', '/customers');
    const dialog = page.getByRole('dialog');
    await rows(page).first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Save as a segment' }).count(), 0);
    await page.getByLabel('Type').selectOption('WHOLESALE');
    await page.getByRole('button', { name: 'Save as a segment' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.locator('[aria-invalid=true]').waitFor();
    await dialog.getByLabel('Name of the segment').fill(name);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('Segment').locator(':checked').textContent(), name);
    assert.equal(await page.getByLabel('Type').inputValue(), '');
    const { customers } = await ask('{ customers(filter: { type: [WHOLESALE] }) { totalCount } }');
    await counted(page, customers.totalCount);

    // The address is enough.
    const other = await openAs('clerk', page.url().replace(BASE.origin, ''));
    await counted(other, customers.totalCount);
    assert.equal(await other.getByRole('button', { name: 'Edit segment' }).count(), 0);
    // What is asked for besides narrows it down.
    await other.getByLabel('Balance').selectOption('credit');
    await other.getByText(/^0 customers$/).waitFor();

    await page.getByRole('button', { name: 'Edit segment' }).click();
    await dialog.getByLabel('Name of the segment').fill(`${name}, milk`);
    await dialog.getByLabel('Tags').fill('buffalo');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    const { customers: fewer } = await ask('{ customers(filter: { type: [WHOLESALE], tags: ["buffalo"] }) { totalCount } }');
    assert.notEqual(fewer.totalCount, customers.totalCount);
    await counted(page, fewer.totalCount);
    await page.getByRole('button', { name: 'Delete segment' }).click();
    await dialog.getByRole('button', { name: 'Delete segment' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('Segment').locator('option', { hasText: name }).count(), 0);
    await rows(page).nth(20).waitFor();
  });

  it('keeps of a segment what it has no fields for', TEST, async () => {
    const { ask } = await staff('owner');
    const name = `Since ${Date.now()}`;
    const create = 'mutation ($input: SegmentCreateInput!) { segmentCreate(input: $input) { segment { id } } }';
    const filter = { status: ['ACTIVE', 'SUSPENDED'], joinedFrom: '2020-01-01', balanceMin: '0.01' };
    const { id } = (await ask(create, { input: { name, filter } })).segmentCreate.segment;
    const page = await openAs('owner', `/customers?segment=${id}`);
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Edit segment' }).click();
    assert.equal(await dialog.getByLabel('Status').locator(':checked').textContent(), 'Active, Suspended');
    assert.equal(await dialog.getByLabel('Balance').inputValue(), 'owing');
    await dialog.getByText(/joinedFrom/).waitFor();
    await dialog.getByLabel('Membership').selectOption('no');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    const { segment } = await ask('query ($id: ID!) { segment(id: $id) { filter } }', { id });
    assert.deepEqual(segment.filter, { ...filter, member: false });
    await ask('mutation ($id: ID!) { segmentDelete(id: $id) { deletedId } }', { id });
  });

  it('changes those who are chosen, tells before how many, and takes it back', TEST, async () => {
    const { ask } = await staff('owner');
    const page = await openAs('owner', '/customers?type=WHOLESALE');
    const dialog = page.getByRole('dialog');
    await rows(page).first().waitFor();
    const codes = await rows(page).evaluateAll((all) => all.map((row) => row.dataset.customer));
    const before = await statuses();
    for (const code of codes.slice(0, 2)) await page.locator(`[data-customer="${code}"]`).getByRole('checkbox').check();
    await page.locator('[data-bulk="2"]').getByRole('button', { name: 'Change', exact: true }).click();
    await dialog.getByText('Choose what is to change.').waitFor();
    assert.ok(await dialog.getByRole('button', { name: 'Change' }).isDisabled());
    await dialog.getByLabel('Status').selectOption('SUSPENDED');
    await dialog.locator('[data-changing="2"]').waitFor();
    let goOn;
    const held = new Promise((resolve) => (goOn = resolve));
    await page.route('**/graphql', async (route) => {
      if (route.request().postDataJSON().operationName === 'CustomersUpdate') await held;
      await route.continue();
    });
    await dialog.getByRole('button', { name: 'Change' }).click();
    await dialog.getByRole('status').getByText('Changing 2 customers…').waitFor();
    goOn();
    await page.locator('[data-changed="2"]').waitFor();
    for (const code of codes.slice(0, 2)) await page.locator(`[data-customer="${code}"]`, { hasText: 'Suspended' }).waitFor();
    assert.equal(await page.locator('[data-bulk]').count(), 0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('[data-changed]').waitFor({ state: 'detached' });
    assert.deepEqual(await statuses(), before);

    async function statuses() {
      const { customers } = await ask('{ customers(filter: { type: [WHOLESALE] }, first: 100) { nodes { code status } } }');
      return Object.fromEntries(customers.nodes.map(({ code, status }) => [code, status]));
    }
  });

  it('changes all who are asked for, on whatever page', TEST, async () => {
    const { ask } = await staff('owner');
    const page = await openAs('owner', '/customers?tags=cow');
    const dialog = page.getByRole('dialog');
    const count = async (filter) => (await ask(`{ customers(filter: ${filter}) { totalCount } }`)).customers.totalCount;
    const [cows, members] = [await count('{ tags: ["cow"] }'), await count('{ tags: ["cow"], member: true }')];
    await page.getByRole('checkbox', { name: 'Choose all on this page' }).check();
    assert.ok(cows > 25);
    await page.getByRole('button', { name: `Choose all ${cows} found` }).click();
    await page.locator(`[data-bulk="${cows}"]`).getByRole('button', { name: 'Change', exact: true }).click();
    await dialog.getByLabel('Membership').selectOption('yes');
    await dialog.locator(`[data-changing="${cows - members}"]`).waitFor();
    await dialog.getByRole('button', { name: 'Change' }).click();
    await page.locator(`[data-changed="${cows - members}"]`).waitFor();
    assert.equal(await count('{ tags: ["cow"], member: true }'), cows);
    // Who was a member before is not known here.
    assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);
    const change = 'mutation ($filter: CustomerFilter) { customersUpdate(filter: $filter, change: { member: false }) { changed } }';
    await ask(change, { filter: { tags: ['cow'] } });
  });

  it('forgets who was chosen when others are asked for', TEST, async () => {
    const page = await openAs('owner', '/customers');
    await rows(page).first().getByRole('checkbox').check();
    await page.locator('[data-bulk="1"]').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: 'Previous' }).and(page.locator(':enabled')).waitFor();
    await rows(page).first().getByRole('checkbox').check();
    await page.locator('[data-bulk="2"]').waitFor();
    await page.getByLabel('Status').selectOption('ACTIVE');
    await page.locator('[data-bulk]').waitFor({ state: 'detached' });
  });

  it('lets nobody choose who may not change many', TEST, async () => {
    for (const role of ['clerk', 'viewer']) {
      const page = await openAs(role, '/customers?type=WHOLESALE');
      await rows(page).first().waitFor();
      assert.equal(await page.getByRole('checkbox').count(), 0);
      assert.equal(await page.getByRole('button', { name: 'Save as a segment' }).count(), 0);
    }
  });

  it('shows in the list who is to be left alone', TEST, async () => {
    const customer = (await debtors())[12];
    await prefer(customer.id, { doNotContact: true });
    const page = await openAs('clerk', `/customers?search=${customer.code}`);
    await page.locator(`[data-customer="${customer.code}"] [data-left-alone]`).waitFor();
    await page.getByLabel('Contacting').selectOption('no');
    await page.locator(`[data-customer="${customer.code}"]`).waitFor({ state: 'detached' });
    await page.getByLabel('Contacting').selectOption('yes');
    await page.locator(`[data-customer="${customer.code}"]`).waitFor();
    await prefer(customer.id, { doNotContact: false });
  });

  it('fits a phone in each language', TEST_OF_MANY, async () => {
    for (const locale of ['en-GB', 'th-TH', 'hi-IN', 'sw-KE']) {
      const page = await openAs('owner', '/customers?type=WHOLESALE', { locale, viewport: NARROW });
      await page.locator(`html[lang="${locale.slice(0, 2)}"]`).waitFor();
      await rows(page).first().getByRole('checkbox').check();
      await page.locator('[data-bulk]').waitFor();
      await fits(page);
      await page.locator('[data-bulk] button[aria-haspopup=dialog]').click();
      await page.getByRole('dialog').waitFor();
      await fits(page);
      await page.context().close();
    }
  });
});

async function counted(page, count) {
  await page.getByText(count === 1 ? /^1 customer$/ : new RegExp(`^${count} customers$`)).waitFor();
}
