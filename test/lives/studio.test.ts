import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { returnTo, startLife, type Life } from '../support/life.ts';
import { recordHistory } from '../support/record-history.ts';
import { openWorld, type World } from '../support/world.ts';

const of = { product: 'studio', workspace: `acme-${randomUUID()}` };
let world: World;
let life: Life;

beforeAll(async () => {
  world = await openWorld();
  life = await startLife(world, of, {
    owner: 'ada',
    plan: 'pro',
    timeZone: 'UTC',
    testClock: '2026-01-10T12:00:00.000Z',
  });
});
afterAll(async () => {
  await recordHistory(world, of);
  await world.stop();
});

describe('a studio workspace, told in order', () => {
  test('starts with a trial of fourteen days and its credits [0.31]', async () => {
    expect(await life.show()).toMatchObject({
      status: 'trialing',
      shownAs: 'Trial',
      trial: { endsAt: '2026-01-24T12:00:00.000Z', daysLeft: 14 },
    });
    expect(await life.balance()).toMatchObject({ available: '45.000000' });
  });

  test('blocks deploys at the end of the trial without a card, and only deploys [0.32 0.40]', async () => {
    await life.advance('2026-01-24T11:59:59.999Z');
    expect(await life.feature('deploys')).toMatchObject({ allowed: true });
    await life.advance('2026-01-24T12:00:00.000Z');
    expect(await life.show()).toMatchObject({ status: 'trialEnded', trial: { daysLeft: 0 } });
    expect(await life.feature('deploys')).toMatchObject({
      allowed: false,
      reasons: [{ code: 'trialEnded', since: '2026-01-24T12:00:00.000Z' }],
      remedies: ['addPaymentMethod'],
    });
    expect(await life.feature('editing')).toMatchObject({ allowed: true });
    expect(await life.balance()).toMatchObject({ available: '0.000000' });
    expect(await life.invoices()).toEqual([]);
  });

  test('unblocks deploys when a card is added, and starts the paid period then', async () => {
    await life.advance('2026-01-25T09:00:00.000Z');
    await life.addCard();
    expect(await life.becomes('active')).toMatchObject({
      shownAs: 'Active',
      period: { start: '2026-01-25T09:00:00.000Z', end: '2026-02-25T09:00:00.000Z' },
      paymentMethod: { kind: 'card', last4: '4242' },
    });
    expect(await life.feature('deploys')).toMatchObject({ allowed: true });
    await expect
      .poll(() => life.invoices())
      .toMatchObject([
        { number: 'STU-000001', status: 'paid', total: { amount: '30.00', currency: 'usd' } },
      ]);
    expect(await life.balance()).toMatchObject({
      available: '45.000000',
      window: { resetsAt: '2026-02-01T00:00:00.000Z' },
    });
  });

  test('burns the included credits first and the top-up last [0.34 0.36 0.37 1.05 1.10 1.11]', async () => {
    const asked = await life.api.post(`${life.path}/top-ups`, {
      price: { amount: '25.00', currency: 'usd' },
      pay: 'checkout',
      returnTo,
    });
    await life.pay(asked.body['checkoutUrl']);
    expect(await life.balance()).toMatchObject({ available: '70.000000' });
    expect((await life.use('40')).status).toBe(200);
    expect(await life.balance()).toMatchObject({
      available: '30.000000',
      grants: [
        { kind: 'included', remaining: '5.000000' },
        { kind: 'topUp', remaining: '25.000000' },
      ],
    });
    expect((await life.use('10')).status).toBe(200);
    expect(await life.balance()).toMatchObject({
      grants: [
        { kind: 'included', remaining: '0.000000' },
        { kind: 'topUp', remaining: '20.000000', expiresAt: null },
      ],
    });
  });

  test('answers 402 when the credits are out, and names the limit and what would help [0.33 0.39 1.06]', async () => {
    const denied = await life.use('20.000001');
    expect(denied.status).toBe(402);
    expect(denied.body).toMatchObject({
      code: 'outOfCredits',
      limits: [{ limit: 'pool', resetsAt: '2026-02-01T00:00:00.000Z' }],
    });
    expect(denied.body['remedies']).toContainEqual(
      expect.objectContaining({ action: 'buyCredits' }),
    );
    expect(await life.balance()).toMatchObject({ available: '20.000000' });
  });

  test('refills on the first of the month and keeps the top-up [0.42 1.15]', async () => {
    await life.advance('2026-01-31T23:59:59.999Z');
    expect(await life.balance()).toMatchObject({ available: '20.000000' });
    await life.advance('2026-02-01T00:00:00.000Z');
    expect(await life.balance()).toMatchObject({
      available: '65.000000',
      window: { start: '2026-02-01T00:00:00.000Z', resetsAt: '2026-03-01T00:00:00.000Z' },
    });
  });

  test('puts the prorated difference of an upgrade on the next invoice [0.27]', async () => {
    await life.advance('2026-02-11T09:00:00.000Z');
    const preview = await life.api.post(`${life.path}/plan-change`, {
      plan: 'team',
      preview: true,
    });
    expect(preview.status).toBe(200);
    const { previewToken } = preview.body;
    const changed = await life.api.post(`${life.path}/plan-change`, { plan: 'team', previewToken });
    expect(changed).toMatchObject({ status: 200 });
    expect(await life.show()).toMatchObject({ plan: { id: 'team' }, status: 'active' });
    expect(await life.balance()).toMatchObject({ available: '120.000000' });
    expect(await life.invoices()).toHaveLength(2);
    await life.advance('2026-02-25T09:00:00.000Z');
    await expect
      .poll(() => life.invoices())
      .toMatchObject([
        { number: 'STU-000003', status: 'paid', total: { amount: '73.55', currency: 'usd' } },
        { reason: 'purchase', total: { amount: '25.00', currency: 'usd' } },
        { number: 'STU-000001' },
      ]);
  });

  test('takes a downgrade at the end of the period, unless it is canceled before [0.28]', async () => {
    const down = { plan: 'starter' };
    expect(await life.api.post(`${life.path}/plan-change`, down)).toMatchObject({ status: 200 });
    expect(await life.show()).toMatchObject({
      plan: { id: 'team' },
      scheduledChange: { kind: 'plan', plan: 'starter', at: '2026-03-25T09:00:00.000Z' },
    });
    expect(await life.api.delete(`${life.path}/plan-change`)).toMatchObject({ status: 200 });
    expect(await life.show()).toMatchObject({ scheduledChange: null });
    await life.api.post(`${life.path}/plan-change`, down);
    await life.advance('2026-03-25T09:00:00.000Z');
    expect(await life.show()).toMatchObject({ plan: { id: 'starter' }, scheduledChange: null });
  });

  test('falls past due when the card fails, retries on its schedule, and recovers by a new card', async () => {
    const customer = await world.customerOf(of);
    const card = { card: 'declines' };
    const spoiled = await world.stripe.post(`/_control/customers/${customer}/card`, card);
    expect(spoiled.status).toBe(200);
    await life.advance('2026-04-25T09:00:00.000Z');
    expect(await life.becomes('pastDue')).toMatchObject({ shownAs: 'Past Due' });
    await life.advance('2026-04-29T09:00:00.000Z');
    await life.addCard();
    expect(await life.becomes('active')).toMatchObject({ shownAs: 'Active' });
    const [newest] = await life.invoices();
    expect(newest).toMatchObject({ status: 'paid', total: { amount: '15.00', currency: 'usd' } });
  });

  test('is over at the end of the period once canceled, and keeps its top-up on the books', async () => {
    const canceled = await life.api.post(`${life.path}/cancel`, { when: 'periodEnd' });
    expect(canceled).toMatchObject({ status: 200 });
    await life.advance('2026-05-25T09:00:00.000Z');
    expect(await life.show()).toMatchObject({ status: 'canceled' });
    expect((await life.use('1')).body).toMatchObject({ limits: [{ limit: 'gate' }] });
    expect(await life.balance()).toMatchObject({ available: '20.000000' });
  });

  test('leaves books that add up', async () => {
    expect(await world.audit`select * from ledger_audit()`).toHaveLength(0);
  });
});
