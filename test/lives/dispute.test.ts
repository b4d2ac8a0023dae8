import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proveBooks } from '../../src/cli/audit/prove-books.ts';
import type { Json } from '../support/http-client.ts';
import { returnTo, startLife, type Life } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await (await openPro('tried')).addCard(); // the card's one trial: whoever pays with it pays at once
});
afterAll(() => world.stop());

type Customer = {
  readonly life: Life;
  readonly workspace: string;
  readonly paymentIntent: string;
};

const openPro = (workspace: string): Promise<Life> =>
  startLife(
    world,
    { product: 'studio', workspace },
    { owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T12:00:00.000Z' },
  );

/** A month of 45 credits and a top-up of 25 for 25.00; what is used beyond 45 is of the top-up. */
async function buy(workspace: string): Promise<Customer> {
  const life = await openPro(workspace);
  await life.addCard();
  await life.becomes('active');
  const asked = await life.api.post(`${life.path}/top-ups`, {
    price: { amount: '25.00', currency: 'usd' },
    pay: 'checkout',
    returnTo,
  });
  await life.pay(asked.body['checkoutUrl']);
  const customer = await world.customerOf({ product: 'studio', workspace });
  const [intent] = (await world.dashboard.paymentIntents.list({ customer: customer ?? 'none' }))
    .data;
  return { life, workspace, paymentIntent: intent?.id ?? 'none' };
}

const steer = async ({ paymentIntent }: Customer, how: object): Promise<void> => {
  const body = { payment_intent: paymentIntent, ...how };
  expect(await world.stripe.post('/_control/dispute', body)).toMatchObject({ status: 200 });
};

const refund = ({ paymentIntent }: Customer, amount: number) =>
  world.dashboard.refunds.create({ payment_intent: paymentIntent, amount });

const use = async ({ life }: Customer, credits: string): Promise<number> =>
  (await life.use(credits)).status;

/** What money that went back was told of, oldest first. */
async function told({ life, workspace }: Customer): Promise<readonly Json[]> {
  const rows: Json[] = [];
  for (let after = '0'; ;) {
    const { body } = await life.api.get(`/api/events?limit=500&after=${after}`);
    const page: readonly Json[] = body['events'] ?? [];
    rows.push(...page.filter((row) => row['workspace'] === workspace));
    if (page.length === 0) break;
    after = String(body['after']);
  }
  return rows.filter((row) => /^(?:dispute|refund)/.test(String(row['kind'])));
}

const slow = { timeout: 30_000, interval: 50 };

/** Waits until exactly this was told. */
async function tells(customer: Customer, kinds: readonly string[]): Promise<void> {
  await expect
    .poll(async () => (await told(customer)).map((row) => String(row['kind'])), slow)
    .toEqual(kinds);
}

const figures = async ({ life }: Customer) => {
  const { available, held, debt } = await life.balance();
  return { available, held, debt };
};

const deliveries = async (how: object): Promise<void> => {
  expect(await world.stripe.post('/_control/webhooks', how)).toMatchObject({ status: 200 });
};

describe('a disputed top-up', () => {
  test('is frozen while the bank only asks, told to the operator, and free again when won', async () => {
    const customer = await buy('asked');
    expect(await use(customer, '55')).toBe(200);
    await steer(customer, { kind: 'inquiry' });
    await tells(customer, ['disputeOpened']);
    expect((await told(customer))[0]).toMatchObject({ data: { mustAct: 'operator' } });
    expect(await figures(customer)).toEqual({
      available: '0.000000',
      held: '15.000000',
      debt: '0.000000',
    });
    expect(await use(customer, '1')).toBe(402);
    expect((await customer.life.show())['banners']).toContainEqual(
      expect.objectContaining({ code: 'disputeOpen' }),
    );
    await steer(customer, { outcome: 'won' });
    await tells(customer, ['disputeOpened', 'disputeWon']);
    expect(await figures(customer)).toMatchObject({ available: '15.000000', held: '0.000000' });
    expect((await customer.life.show())['banners']).not.toContainEqual(
      expect.objectContaining({ code: 'disputeOpen' }),
    );
    expect(await use(customer, '15')).toBe(200);
  });

  // https://github.com/pocketpaw/pocketpaw/pull/2041: taken at the opening and again at the end.
  test('is taken back once when the bank takes the money and then decides; what was spent is owed', async () => {
    const customer = await buy('lost');
    expect(await use(customer, '55')).toBe(200);
    await steer(customer, { kind: 'inquiry' });
    await steer(customer, { outcome: 'fundsWithdrawn' });
    await expect
      .poll(() => figures(customer), slow)
      .toEqual({ available: '0.000000', held: '0.000000', debt: '10.000000' });
    await steer(customer, { outcome: 'lost' });
    await expect
      .poll(async () => (await told(customer)).at(-1)?.['kind'], slow)
      .toBe('disputeLost');
    expect(await figures(customer)).toMatchObject({ available: '0.000000', debt: '10.000000' });
    expect(await customer.life.invoices()).toMatchObject([
      { reason: 'purchase', status: 'paid' },
      { reason: 'renewal', status: 'paid' },
    ]);
  });

  test('is given back whole when the bank returns the money, and the debt with it', async () => {
    const customer = await buy('won');
    expect(await use(customer, '55')).toBe(200);
    await steer(customer, {});
    await expect.poll(() => figures(customer), slow).toMatchObject({ debt: '10.000000' });
    await steer(customer, { outcome: 'won' });
    await expect
      .poll(() => figures(customer), slow)
      .toEqual({ available: '15.000000', held: '0.000000', debt: '0.000000' });
  });

  test('about a part of the money loses that part', async () => {
    const customer = await buy('part');
    await steer(customer, { amount: 1000, outcome: 'lost' });
    await expect.poll(() => figures(customer), slow).toMatchObject({ available: '60.000000' });
  });

  test('that was paid by a debit which the bank returns is lost at once', async () => {
    const customer = await buy('returned');
    await steer(customer, { kind: 'bankReturn' });
    await tells(customer, ['disputeOpened', 'disputeLost']);
    expect((await told(customer))[1]).toMatchObject({
      data: { reason: 'insufficient_funds', mustAct: 'nobody' },
    });
    expect(await figures(customer)).toMatchObject({ available: '45.000000', debt: '0.000000' });
  });
});

describe('a refunded top-up', () => {
  // https://github.com/anomalyco/opencode/pull/28400: the whole grant taken for a part of the money.
  test('loses the part that was refunded, each refund only what it adds', async () => {
    const customer = await buy('refunded');
    await refund(customer, 1000);
    await tells(customer, ['refundBooked']);
    expect(await figures(customer)).toMatchObject({ available: '60.000000' });
    await refund(customer, 500);
    await tells(customer, ['refundBooked', 'refundBooked']);
    expect(await figures(customer)).toMatchObject({ available: '55.000000' });
    await refund(customer, 1000);
    await expect.poll(() => figures(customer), slow).toMatchObject({ available: '45.000000' });
  });

  test('gets its credits back when the bank fails to pay the refund out', async () => {
    const customer = await buy('bounced');
    const { id } = await refund(customer, 1000);
    await expect.poll(() => figures(customer), slow).toMatchObject({ available: '60.000000' });
    const failed = await world.stripe.post(`/_control/refunds/${id}/fail`, {});
    expect(failed).toMatchObject({ status: 200 });
    await tells(customer, ['refundBooked', 'refundReturned']);
    expect(await figures(customer)).toMatchObject({ available: '70.000000' });
  });

  test('and then disputed loses the rest, never more than was granted', async () => {
    const customer = await buy('both');
    expect(await use(customer, '50')).toBe(200);
    await refund(customer, 1000);
    await expect.poll(() => figures(customer), slow).toMatchObject({ available: '10.000000' });
    await steer(customer, { outcome: 'lost' });
    await expect
      .poll(() => figures(customer), slow)
      .toEqual({ available: '0.000000', held: '0.000000', debt: '5.000000' });
  });
});

describe('events about money that went back', () => {
  // https://github.com/ChuanQiao1128/replyinmyvoice/issues/301
  test('change nothing when they come twice, in reverse and in one second, the outcome first', async () => {
    const customer = await buy('echoes');
    await deliveries({ mode: 'hold' });
    await refund(customer, 500);
    await steer(customer, {});
    await steer(customer, { outcome: 'won' });
    await deliveries({ mode: 'release', duplicate: 2, reorder: true });
    await expect.poll(() => figures(customer), slow).toMatchObject({ available: '65.000000' });
    await quiet();
    expect(await figures(customer)).toEqual({
      available: '65.000000',
      held: '0.000000',
      debt: '0.000000',
    });
    await tells(customer, ['refundBooked', 'disputeOpened', 'disputeWon']);
    await deliveries({ mode: 'normal' });
  });

  test('about an invoice leave it paid and are the operator’s to answer', async () => {
    const life = await openPro('invoiced');
    await life.addCard();
    await expect.poll(() => life.invoices(), slow).toMatchObject([{ status: 'paid' }]);
    const id = await world.customerOf({ product: 'studio', workspace: 'invoiced' });
    const [intent] = (await world.dashboard.paymentIntents.list({ customer: id ?? 'none' })).data;
    const customer = { life, workspace: 'invoiced', paymentIntent: intent?.id ?? 'none' };
    await steer(customer, { outcome: 'lost' });
    await tells(customer, ['disputeOpened', 'disputeLost']);
    expect((await told(customer))[1]).toMatchObject({
      data: { payment: null, claim: 'none', mustAct: 'operator' },
    });
    expect(await life.invoices()).toMatchObject([{ status: 'paid' }]);
  });
});

/** Waits until every event that was delivered has been looked into. */
async function quiet(): Promise<void> {
  await expect
    .poll(async () => {
      const [row] = await world.app<{ waiting: number }[]>`
        select count(*)::int as waiting from stripe_event where handled_at is null`;
      return row?.waiting;
    }, slow)
    .toBe(0);
}

test('leaves books that add up', async () => {
  const findings = await proveBooks(world.audit);
  expect(findings.filter(({ broken }) => broken > 0)).toEqual([]);
});
