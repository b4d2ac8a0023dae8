import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proveBooks } from '../../src/cli/audit/prove-books.ts';
import type { Json } from '../support/http-client.ts';
import { startLife, type Life } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  const findings = await proveBooks(world.audit);
  expect(findings.filter(({ broken }) => broken > 0)).toEqual([]);
  await world.stop();
});

const usd = (amount: string) => ({ amount, currency: 'usd' });
const slow = { timeout: 60_000, interval: 50 };

/** An agents workspace on Pro from its trial's end on: 30 credits a month, and 200 beyond them. */
async function pro(workspace: string, interval = 'month'): Promise<Life> {
  const life = await startLife(
    world,
    { product: 'agents', workspace },
    { owner: 'ada', plan: 'pro', interval, timeZone: 'UTC', testClock: '2025-12-18T00:00:00.000Z' },
  );
  await life.addCard();
  await life.advance('2026-01-01T00:00:00.000Z');
  await life.becomes('active');
  return life;
}

const run = (life: Life, credits: string, more: object = {}) =>
  life.api.post(`${life.path}/debits`, { lines: [{ line: 'llm', credits }], ...more });

const linesOf = async (life: Life, index = 0): Promise<readonly Json[]> => {
  const invoice = (await life.invoices())[index];
  const { body } = await life.api.get(`${life.path}/invoices/${String(invoice?.['id'])}`);
  return body['lines'] ?? [];
};

describe('a plan with metered usage', () => {
  test('goes on beyond its credits, and invoices plan price and metered usage [4.36]', async () => {
    const life = await pro('grows');
    expect((await run(life, '40')).body).toMatchObject({
      entries: [
        { from: 'grant', credits: '30.000000' },
        { from: 'overage', credits: '10.000000' },
        { from: 'nothing' },
        { from: 'nothing' },
      ],
    });
    expect((await life.show())['banners']).toMatchObject([
      { code: 'creditsUsedUp' },
      { code: 'overageRunning' },
    ]);
    expect(await life.feature('newRuns')).toMatchObject({ allowed: true });
    await life.advance('2026-02-01T00:00:00.000Z');
    expect(await linesOf(life)).toMatchObject([
      { kind: 'base', amount: usd('49.00') },
      {
        kind: 'metered',
        description: 'Metered usage: 10 credits at 1.00 USD',
        amount: usd('10.00'),
        metered: { credits: '10.000000', price: '1.00' },
        period: { start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' },
      },
    ]);
    expect((await life.invoices())[0]).toMatchObject({ status: 'paid', total: usd('59.00') });
  });

  test('is invoiced and paid by the time its clock arrives, however slow Stripe is', async () => {
    const life = await pro('patient');
    await run(life, '32');
    const pathPattern = '/v1/invoices/[^/]+/pay';
    const slowness = { kind: 'error500', method: 'POST', pathPattern, times: 2 };
    expect((await world.stripe.post('/_control/faults', slowness)).status).toBe(200);
    const to = String((await life.show())['period']['end']);
    const moved = life.api.post(`${life.path}/clock`, { to });
    await expect.poll(() => life.show(), slow).toMatchObject({ at: to, movingTo: null });
    expect((await life.invoices())[0]).toMatchObject({ status: 'paid', total: usd('51.00') });
    expect(await moved).toMatchObject({ status: 200 });
  });

  test('denies beyond the plan’s limit, and names it', async () => {
    const life = await pro('ends');
    await run(life, '230');
    expect(await run(life, '1')).toMatchObject({
      status: 402,
      body: {
        code: 'overageReached',
        limits: [{ limit: 'overage', used: '200.000000', cap: '200.000000' }],
      },
    });
  });

  test('is invoiced by the month where the plan is by the year', async () => {
    const life = await pro('yearly', 'year');
    await run(life, '32');
    await life.advance('2026-02-01T00:00:00.000Z');
    expect((await life.invoices())[0]).toMatchObject({
      reason: 'supplementary',
      total: usd('2.00'),
    });
    await life.advance('2026-03-01T00:00:00.000Z');
    expect(await life.invoices()).toHaveLength(2);
  });

  test('gives back what is refunded after its invoice on the next one', async () => {
    const life = await pro('refunds');
    const { body } = await run(life, '34');
    await life.advance('2026-02-01T00:00:00.000Z');
    await life.api.post(`${life.path}/debits/${String(body['id'])}/refund`, { credits: '1.5' });
    await life.advance('2026-03-01T00:00:00.000Z');
    expect(await linesOf(life)).toMatchObject([
      { kind: 'base', amount: usd('49.00') },
      { kind: 'metered', amount: usd('-1.50'), metered: { credits: '-1.500000', price: '1.00' } },
    ]);
  });

  test('is invoiced a last time when the plan is canceled, and nothing goes beyond it then', async () => {
    const life = await pro('leaves');
    await run(life, '33');
    expect((await life.api.post(`${life.path}/cancel`, { when: 'now' })).status).toBe(200);
    await expect
      .poll(async () => (await life.invoices())[0], slow)
      .toMatchObject({ reason: 'supplementary', status: 'paid', total: usd('3.00') });
    expect(await run(life, '1')).toMatchObject({ status: 402, body: { code: 'canceled' } });
  });

  test('stops at the owner’s spend cap, and goes on when it is raised [0.06]', async () => {
    const life = await pro('capped');
    await life.api.put(`${life.path}/limits`, { spend: usd('5.00') });
    await run(life, '34');
    expect(await run(life, '2')).toMatchObject({
      status: 402,
      body: {
        code: 'spendCapReached',
        limits: [
          {
            limit: 'spend',
            used: usd('4.00'),
            cap: usd('5.00'),
            resetsAt: '2026-02-01T00:00:00.000Z',
          },
        ],
        remedies: [{ action: 'raiseSpendCap' }],
      },
    });
    const price = usd('10.00');
    expect(
      await life.api.post(`${life.path}/top-ups`, { price, pay: 'savedMethod' }),
    ).toMatchObject({ status: 402, body: { code: 'spendCapReached' } });
    await run(life, '1');
    expect(await life.feature('newRuns')).toMatchObject({
      allowed: false,
      reasons: [{ code: 'spendCapReached' }],
      remedies: ['raiseSpendCap'],
    });
    await life.api.put(`${life.path}/limits`, { spend: usd('6.00') });
    expect((await run(life, '1')).status).toBe(200);
  });
});
