import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lifeOf, returnTo, startLife, type Life } from '../support/life.ts';
import { recordHistory } from '../support/record-history.ts';
import { openWorld, type World } from '../support/world.ts';

const of = { product: 'team', workspace: `acme-${randomUUID()}` };
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

const accept = { role: 'member', state: 'accepted' };

describe('a team organisation, told in order', () => {
  test('holds no credits on a plan of its members, and charges the caller [2.02]', async () => {
    expect(await life.show()).toMatchObject({ status: 'memberPaid', plan: { id: 'pro' } });
    const denied = await life.use('1', { member: 'ada' });
    expect(denied).toMatchObject({ status: 402, body: { code: 'memberPlanRequired' } });
  });

  test('is paid for in Checkout, by base and seats, and its pool is seeded [2.09 2.10 2.12 2.13]', async () => {
    const asked = await life.api.post(`${life.path}/plan-change`, { plan: 'team', returnTo });
    expect(asked.status).toBe(200);
    expect(await life.show()).toMatchObject({ status: 'memberPaid' });
    await life.pay(asked.body['checkoutUrl']);
    expect(await life.becomes('active')).toMatchObject({
      plan: { id: 'team' },
      period: { start: '2026-01-10T12:00:00.000Z', end: '2026-02-10T12:00:00.000Z' },
    });
    expect(await life.balance()).toMatchObject({ available: '9000.000000' });
    expect(await life.invoices()).toMatchObject([
      { number: 'TEA-000001', status: 'paid', total: { amount: '61.00', currency: 'usd' } },
    ]);
  });

  test('invoices five members accepted mid-month as five day-prorated lines [2.16 2.17]', async () => {
    await life.advance('2026-01-25T09:00:00.000Z');
    await life.api.put(`${life.path}/members/zoe`, { role: 'member', state: 'invited' });
    for (const member of ['bob', 'cyd', 'dee', 'eve', 'fay']) {
      expect(await life.api.put(`${life.path}/members/${member}`, accept)).toMatchObject({
        status: 200,
      });
    }
    await life.advance('2026-01-26T00:00:00.000Z');
    await expect.poll(async () => (await life.invoices()).length).toBe(2);
    const [newest] = await life.invoices();
    expect(newest).toMatchObject({
      reason: 'supplementary',
      status: 'paid',
      total: { amount: '30.95', currency: 'usd' },
    });
    const { body } = await life.api.get(`${life.path}/invoices/${newest?.['id']}`);
    const line = { amount: { amount: '6.19', currency: 'usd' }, days: { part: 16, whole: 31 } };
    expect(body['lines']).toMatchObject([line, line, line, line, line]);
    expect(await life.balance()).toMatchObject({ available: '14000.000000' });
  });

  test('burns top-ups before the allotment [2.24]', async () => {
    const bought = await life.api.post(`${life.path}/top-ups`, {
      price: { amount: '20.00', currency: 'usd' },
      pay: 'savedMethod',
    });
    expect(bought).toMatchObject({ status: 200 });
    expect(await life.use('500', { member: 'bob' })).toMatchObject({ status: 200 });
    const { grants } = await life.balance();
    expect(grants).toMatchObject([
      { kind: 'topUp', remaining: '1500.000000' },
      ...Array.from({ length: 6 }, () => ({ kind: 'included' })),
    ]);
  });

  test('stops a member at their cap and nobody else [2.26 2.27 2.30]', async () => {
    const capped = await life.api.put(`${life.path}/limits`, {
      caps: [{ scope: 'member', subject: 'bob', credits: '600' }],
    });
    expect(capped).toMatchObject({ status: 200 });
    const denied = await life.use('101', { member: 'bob' });
    expect(denied).toMatchObject({ status: 402, body: { code: 'memberCapReached' } });
    expect(denied.body['limits']).toMatchObject([
      { limit: 'member', scope: 'bob', resetsAt: '2026-02-10T12:00:00.000Z' },
    ]);
    expect(await life.use('101', { member: 'cyd' })).toMatchObject({ status: 200 });
  });

  test('credits two members removed later on the next bill [2.18]', async () => {
    await life.advance('2026-02-02T09:00:00.000Z');
    for (const member of ['bob', 'cyd']) {
      expect(await life.api.delete(`${life.path}/members/${member}`)).toMatchObject({
        status: 200,
      });
    }
    expect(await life.invoices()).toHaveLength(3);
    await life.advance('2026-02-10T12:00:00.000Z');
    await expect.poll(async () => (await life.invoices()).length).toBe(4);
    const [bill] = await life.invoices();
    // 49 + 4 × 12, less 2 × 8 of 31 days of 12.
    expect(bill).toMatchObject({
      reason: 'renewal',
      status: 'paid',
      total: { amount: '90.80', currency: 'usd' },
    });
  });

  test('refills on the anniversary and keeps what was bought [2.21 2.22 2.23]', async () => {
    const { grants, window } = await life.balance();
    expect(window).toMatchObject({ resetsAt: '2026-03-10T12:00:00.000Z' });
    expect(grants).toMatchObject([
      { kind: 'topUp', remaining: '1399.000000' },
      { kind: 'included', remaining: '12000.000000' },
    ]);
  });

  test('loses the pool at the period’s end when it goes back to solo, not before [2.35 2.36]', async () => {
    const down = await life.api.post(`${life.path}/plan-change`, { plan: 'pro' });
    expect(down).toMatchObject({ status: 200 });
    await life.advance('2026-03-10T11:59:59.999Z');
    expect(await life.balance()).toMatchObject({ available: '13399.000000' });
    await life.advance('2026-03-10T12:00:00.000Z');
    expect(await life.becomes('memberPaid')).toMatchObject({ plan: { id: 'pro' } });
    await expect.poll(() => life.balance()).toMatchObject({ available: '0.000000' });
    const personal = lifeOf(world, life.api, '/api/workspaces/user:ada');
    await expect.poll(() => personal.balance()).toMatchObject({ available: '1399.000000' });
    expect(await personal.becomes('incomplete')).toMatchObject({ plan: { id: 'pro' } });
    await personal.addCard();
    await personal.becomes('active');
    expect(await life.use('1', { member: 'ada' })).toMatchObject({ status: 200 });
    expect(await personal.balance()).toMatchObject({ available: '2898.000000' });
  });

  test('leaves books that add up', async () => {
    expect(await world.audit`select * from ledger_audit()`).toHaveLength(0);
  });
});
