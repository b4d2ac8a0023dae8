import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proveBooks } from '../../src/cli/audit/prove-books.ts';
import type { Json } from '../support/http-client.ts';
import { startLife, type Life } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

const slow = { timeout: 30_000, interval: 50 };

type Buyer = { readonly life: Life; readonly workspace: string; readonly topUp: string };

const tools = { product: 'tools', plan: 'creator', pack: '10.00' };

/** An organisation that has bought credits beside its plan; on tools 100 for 10.00, beside 500. */
async function buy(workspace: string, { product, plan, pack } = tools): Promise<Buyer> {
  const life = await startLife(
    world,
    { product, workspace },
    { owner: workspace, plan, timeZone: 'UTC', testClock: '2026-03-01T12:00:00.000Z' },
  );
  await life.addCard();
  await expect.poll(async () => (await life.show())['paymentMethod'], slow).not.toBe(null);
  const wish = { price: { amount: pack, currency: 'usd' }, pay: 'savedMethod' };
  expect(await life.api.post(`${life.path}/top-ups`, wish)).toMatchObject({ status: 200 });
  const [bought] = await topUps(life);
  return { life, workspace, topUp: String(bought?.['id']) };
}

const topUps = async (life: Life): Promise<readonly Json[]> =>
  (await life.api.get(`${life.path}/top-ups`)).body['topUps'] ?? [];

const giveBack = ({ life, topUp }: Buyer, body: object = {}, query = '') =>
  life.api.post(`${life.path}/top-ups/${topUp}/refund${query}`, body);

const refundsOf = async ({ workspace }: Buyer): Promise<Stripe.Refund[]> => {
  const customer = await world.customerOf({ product: 'tools', workspace });
  const intents = await world.dashboard.paymentIntents.list({ customer: customer ?? 'none' });
  const pages = await Promise.all(
    intents.data.map(({ id }) => world.dashboard.refunds.list({ payment_intent: id })),
  );
  return pages.flatMap(({ data }) => data);
};

const available = async ({ life }: Buyer) => (await life.balance())['available'];

describe('a top-up that is given back [3.28]', () => {
  test('is shown first, then paid out once, however often it is asked for', async () => {
    const buyer = await buy('whole');
    const shown = {
      amount: { amount: '10.00', currency: 'usd' },
      credits: '100.000000',
    };
    expect(await topUps(buyer.life)).toMatchObject([
      { refundable: { ...shown, until: '2026-03-15T12:00:00.000Z' }, notRefundable: null },
    ]);
    expect(await giveBack(buyer, { preview: true })).toMatchObject({
      status: 200,
      body: { ...shown, refund: null },
    });
    expect(await available(buyer)).toBe('600.000000');
    const key = 'give-back';
    const path = `${buyer.life.path}/top-ups/${buyer.topUp}/refund`;
    const made = await buyer.life.api.post(path, {}, key);
    expect(made).toMatchObject({ status: 200, body: shown });
    expect(await available(buyer)).toBe('500.000000');
    expect((await buyer.life.api.post(path, {}, key)).body).toEqual(made.body);
    expect(await giveBack(buyer)).toMatchObject({ status: 409, body: { code: 'topUpSpent' } });
    expect(await refundsOf(buyer)).toMatchObject([{ amount: 1000, status: 'succeeded' }]);
    expect(await topUps(buyer.life)).toMatchObject([
      { refunded: { amount: '10.00' }, refundable: null, notRefundable: { code: 'topUpSpent' } },
    ]);
  });

  test('in part gives what the unspent credits cost, down, and what is held stays', async () => {
    const buyer = await buy('part');
    expect(await buyer.life.use('555.555')).toMatchObject({ status: 200 });
    expect(await giveBack(buyer)).toMatchObject({
      body: { amount: { amount: '4.44' }, credits: '44.400000' },
    });
    expect(await available(buyer)).toBe('0.045000');
    expect(await buyer.life.use('0.045')).toMatchObject({ status: 200 });
  });

  test('gives its credits back when Stripe refuses, and says why', async () => {
    const buyer = await buy('refused');
    const customer = await world.customerOf({ product: 'tools', workspace: 'refused' });
    const { data } = await world.dashboard.paymentIntents.list({ customer: customer ?? 'none' });
    const deliveries = (mode: string) => world.stripe.post('/_control/webhooks', { mode });
    await deliveries('hold');
    // A refund that nobody was told of yet: all the money is gone, so Stripe refuses another.
    await world.dashboard.refunds.create({ payment_intent: data[0]?.id ?? 'none' });
    const refused = await giveBack(buyer);
    expect(refused).toMatchObject({ status: 422, body: { code: 'paymentsRefused' } });
    expect((await buyer.life.balance())['held']).toBe('0.000000');
    await deliveries('release');
    await deliveries('normal');
    await expect.poll(() => available(buyer), slow).toBe('500.000000');
  });

  test('is told by mail to whoever reads the billing address', async () => {
    const buyer = await buy('told');
    const details = { email: 'billing@told.example', taxId: null };
    await buyer.life.api.put(`${buyer.life.path}/billing-details`, details);
    await giveBack(buyer);
    const told = () => world.mails().map(({ subject }) => subject);
    await expect.poll(told, slow).toContainEqual(expect.stringMatching(/: \$10\.00 given back \(/));
  });

  test('whose refund the bank cannot pay out has its credits again', async () => {
    const buyer = await buy('bounced');
    await giveBack(buyer);
    const [{ id } = { id: 'none' }] = await refundsOf(buyer);
    await world.stripe.post(`/_control/refunds/${id}/fail`, {});
    await expect.poll(() => available(buyer), slow).toBe('600.000000');
  });

  test('is not given back while it is disputed, nor after its days', async () => {
    const buyer = await buy('late');
    const customer = await world.customerOf({ product: 'tools', workspace: 'late' });
    const { data } = await world.dashboard.paymentIntents.list({ customer: customer ?? 'none' });
    const dispute = { payment_intent: data[0]?.id, kind: 'inquiry' };
    await world.stripe.post('/_control/dispute', dispute);
    await expect
      .poll(async () => (await giveBack(buyer, { preview: true })).body['code'], slow)
      .toBe('topUpDisputed');
    await world.stripe.post('/_control/dispute', { ...dispute, outcome: 'won' });
    await expect.poll(() => available(buyer), slow).toBe('600.000000');
    await buyer.life.advance('2026-03-15T12:00:00.000Z');
    expect(await giveBack(buyer)).toMatchObject({ status: 409, body: { code: 'refundTooLate' } });
  });

  test('is the operator’s alone where the catalog says manual', async () => {
    const buyer = await buy('manual', { product: 'agents', plan: 'pro', pack: '10.00' });
    expect(await giveBack(buyer, {}, '?viewer=manual')).toMatchObject({
      status: 403,
      body: { code: 'refundByOperator' },
    });
    expect(await giveBack(buyer)).toMatchObject({ status: 200 });
  });

  test('is nobody’s where the catalog refunds none [1.17]', async () => {
    const buyer = await buy('none', { product: 'studio', plan: 'pro', pack: '25.00' });
    expect(await giveBack(buyer)).toMatchObject({
      status: 409,
      body: { code: 'refundNotOffered' },
    });
  });
});

test('leaves books that add up', async () => {
  const findings = await proveBooks(world.audit);
  expect(findings.filter(({ broken }) => broken > 0)).toEqual([]);
});
