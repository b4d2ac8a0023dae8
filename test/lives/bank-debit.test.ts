import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proveBooks } from '../../src/cli/audit/prove-books.ts';
import { returnTo, startLife, type Life } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

const slow = { timeout: 30_000, interval: 50 };
const trialEnd = '2026-03-15T12:00:00.000Z';

const openAgents = (workspace: string): Promise<Life> =>
  startLife(
    world,
    { product: 'agents', workspace },
    { owner: workspace, plan: 'pro', timeZone: 'UTC', testClock: '2026-03-01T12:00:00.000Z' },
  );

/** On trial with a bank account on file, which is debited when the trial ends. */
async function debited(workspace: string, account: string): Promise<Life> {
  const life = await openAgents(workspace);
  await life.addCard(account);
  await expect
    .poll(async () => (await life.show())['paymentMethod'], slow)
    .toMatchObject({ kind: 'bankAccount' });
  await life.advance(trialEnd);
  return life;
}

/** The customer's clock at the bank: what is on its way by then is answered. */
const bankLivesUntil = async (workspace: string, at: string): Promise<void> => {
  const customer = await world.customerOf({ product: 'agents', workspace });
  const moved = await world.stripe.post('/_control/clock', { customer, at });
  expect(moved).toMatchObject({ status: 200 });
};

const newestInvoice = async (life: Life) => (await life.invoices())[0];

describe('a bank account [4.15 K20]', () => {
  test('pays days after it was asked, and nothing is past due or closed meanwhile', async () => {
    const life = await debited('patient', 'bank');
    expect(await newestInvoice(life)).toMatchObject({ reason: 'renewal', status: 'open' });
    await life.advance('2026-04-01T12:00:00.000Z'); // three days behind the grace
    expect(await life.show()).toMatchObject({ status: 'active', shownAs: 'Active' });
    expect(await life.feature('newRuns')).toMatchObject({ allowed: true });
    expect(await life.use('1')).toMatchObject({ status: 200 });
    await bankLivesUntil('patient', '2026-04-01T12:00:00.000Z');
    await expect.poll(async () => (await newestInvoice(life))?.['status'], slow).toBe('paid');
    expect(await life.show()).toMatchObject({ status: 'active' });
  });

  test('that has no money is past due when the bank says so, and told by mail once', async () => {
    const life = await debited('empty', 'bankInsufficientFunds');
    await life.advance('2026-03-19T12:00:00.000Z');
    await bankLivesUntil('empty', '2026-03-19T12:00:00.000Z');
    await life.becomes('pastDue');
    const { body } = await life.api.get(`${life.path}/charges`);
    expect(body['charges']).toMatchObject([{ state: 'failed' }, { state: 'open' }]);
    await life.addCard();
    await life.advance('2026-03-22T12:00:00.000Z'); // the next dated try, by the card
    await life.becomes('active');
    await expect.poll(async () => (await newestInvoice(life))?.['status'], slow).toBe('paid');
  });

  test('opens what a trial’s end has closed at once, before its debit has settled [4.27]', async () => {
    const life = await openAgents('late');
    await life.advance('2026-03-20T12:00:00.000Z');
    expect(await life.feature('newRuns')).toMatchObject({ allowed: false });
    await life.addCard('bank');
    await life.becomes('active');
    expect(await life.feature('newRuns')).toMatchObject({ allowed: true });
    expect(await newestInvoice(life)).toMatchObject({ status: 'open' });
  });

  test('buys credits that are there when the money is, and not before [1.10]', async () => {
    const life = await openAgents('buyer');
    const bought = async () => (await life.api.get(`${life.path}/top-ups`)).body['topUps'];
    const asked = await life.api.post(`${life.path}/top-ups`, {
      price: { amount: '10.00', currency: 'usd' },
      pay: 'checkout',
      returnTo,
    });
    await life.pay(asked.body['checkoutUrl'], 'bank');
    expect(await bought()).toEqual([]);
    await bankLivesUntil('buyer', '2026-03-05T12:00:00.000Z');
    await expect.poll(bought, slow).toMatchObject([{ credits: '10.000000' }]);
    // The account has paid for another's trial [K15], so the plan and its 30 credits begin with it.
    await expect.poll(async () => (await life.balance())['available'], slow).toBe('40.000000');
  });

  test('whose debit for credits fails leaves the purchase failed', async () => {
    const life = await openAgents('broke');
    const asked = await life.api.post(`${life.path}/top-ups`, {
      price: { amount: '10.00', currency: 'usd' },
      pay: 'checkout',
      returnTo,
    });
    await life.pay(asked.body['checkoutUrl'], 'bankAccountClosed');
    await bankLivesUntil('broke', '2026-03-05T12:00:00.000Z');
    await expect
      .poll(async () => (await life.api.get(`${life.path}/charges`)).body['charges'], slow)
      .toMatchObject([{ what: 'purchase', state: 'failed' }]);
  });

  test('is not taken where the catalog names cards alone [0.29]', async () => {
    const life = await startLife(
      world,
      { product: 'studio', workspace: 'cards' },
      { owner: 'cards', plan: 'pro', timeZone: 'UTC', testClock: '2026-03-01T12:00:00.000Z' },
    );
    const { body } = await life.api.post(`${life.path}/payment-method`, { returnTo });
    const session = String(body['url']).split('/').at(-1);
    const path = `/_control/checkout/${session}/pay`;
    expect(await world.stripe.post(path, { card: 'bank' })).toMatchObject({
      status: 400,
      body: { error: { message: 'This page takes card only.' } },
    });
  });
});

describe('a new card beside a bank account', () => {
  test('pays from the next cycle on where the catalog says so [4.17 K21]', async () => {
    const life = await debited('switching', 'bank');
    await bankLivesUntil('switching', '2026-03-19T12:00:00.000Z');
    await expect.poll(async () => (await newestInvoice(life))?.['status'], slow).toBe('paid');
    await life.addCard();
    await expect
      .poll(async () => (await life.show())['paymentMethod'], slow)
      .toMatchObject({ kind: 'card' });
    await life.advance('2026-04-15T12:00:00.000Z');
    // The card answers at once; the account would have taken days.
    await expect.poll(async () => (await newestInvoice(life))?.['status'], slow).toBe('paid');
  });
});

test('leaves books that add up', async () => {
  const findings = await proveBooks(world.audit);
  expect(findings.filter(({ broken }) => broken > 0)).toEqual([]);
});
