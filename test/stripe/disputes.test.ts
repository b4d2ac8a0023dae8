import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minor } from '../../src/domain/values/money.ts';
import { customerWith, startEmulated, type Emulated } from './support/emulated.ts';

let emulated: Emulated;
beforeAll(async () => {
  emulated = await startEmulated();
});
afterAll(() => emulated.stop());

/** A top-up of 25.00 that was paid; answers its intent. */
async function paid(payment: string): Promise<{ customer: string; paymentIntent: string }> {
  const customer = await customerWith(emulated, 'works');
  const result = await emulated.payments.charge({
    customer,
    payment,
    line: { description: '25 credits', amountMinor: minor(2500) },
    currency: 'usd',
    method: null,
    key: `topUp:${payment}`,
  });
  if (result.kind !== 'succeeded') throw new Error(`the charge ended ${result.kind}`);
  return { customer, paymentIntent: result.paymentIntent };
}

const steer = (paymentIntent: string, how: object) =>
  emulated.control('dispute', { payment_intent: paymentIntent, ...how });

const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const seen = (paymentIntent: string) => emulated.payments.seeMoneyBack(paymentIntent);

describe('what went back of a payment', () => {
  test('is nothing at first', async () => {
    const { paymentIntent } = await paid('p1');
    expect(await seen(paymentIntent)).toEqual({
      paymentIntent,
      payment: 'p1',
      stripeInvoice: null,
      currency: 'usd',
      refundedMinor: 0n,
      disputes: [],
    });
  });

  test('is all that was refunded until now, however many refunds that were', async () => {
    const { dashboard } = emulated;
    const { paymentIntent } = await paid('p2');
    await dashboard.refunds.create({ payment_intent: paymentIntent, amount: 1000 });
    expect(await seen(paymentIntent)).toMatchObject({ refundedMinor: 1000n });
    const second = await dashboard.refunds.create({ payment_intent: paymentIntent, amount: 700 });
    expect(await seen(paymentIntent)).toMatchObject({ refundedMinor: 1700n });
    expect(await emulated.payments.paymentIntentOf(second.id)).toBe(paymentIntent);
  });

  test('tells of an inquiry that the money is still ours, and until when to answer', async () => {
    const { paymentIntent } = await paid('p3');
    await steer(paymentIntent, { kind: 'inquiry' });
    expect((await seen(paymentIntent)).disputes).toEqual([
      {
        dispute: like(/^du_/),
        state: 'open',
        amountMinor: 2500n,
        reason: 'fraudulent',
        respondBy: like(/^\d{4}-.*Z$/),
      },
    ]);
    await steer(paymentIntent, { outcome: 'won' });
    expect((await seen(paymentIntent)).disputes).toMatchObject([{ state: 'won', respondBy: null }]);
  });

  test.each([
    ['an inquiry that becomes a chargeback', [{ kind: 'inquiry' }, { outcome: 'fundsWithdrawn' }]],
    ['a chargeback', [{ kind: 'chargeback' }]],
  ])('tells of %s that the money is gone, and what the bank decided', async (_what, steps) => {
    for (const outcome of ['won', 'lost'] as const) {
      const { paymentIntent } = await paid(`p4:${outcome}:${steps.length}`);
      for (const step of steps) await steer(paymentIntent, step);
      expect((await seen(paymentIntent)).disputes).toMatchObject([{ state: 'withdrawn' }]);
      await steer(paymentIntent, { outcome });
      expect((await seen(paymentIntent)).disputes).toMatchObject([{ state: outcome }]);
    }
  });

  test('tells of a debit that the bank returned as lost, with nobody to answer', async () => {
    const { paymentIntent } = await paid('p5');
    await steer(paymentIntent, { kind: 'bankReturn' });
    expect((await seen(paymentIntent)).disputes).toMatchObject([
      { state: 'lost', reason: 'insufficient_funds', respondBy: null },
    ]);
  });

  test('tells of a dispute about a part of the money', async () => {
    const { paymentIntent } = await paid('p6');
    await steer(paymentIntent, { amount: 900 });
    expect((await seen(paymentIntent)).disputes).toMatchObject([{ amountMinor: 900n }]);
  });
});

describe('whose money a dispute is about', () => {
  test('is found by its charge: the dispute itself names no customer', async () => {
    const { payments, dashboard } = emulated;
    const { customer, paymentIntent } = await paid('p7');
    await steer(paymentIntent, {});
    const [dispute] = (await dashboard.disputes.list({ payment_intent: paymentIntent })).data;
    expect(dispute).not.toHaveProperty('customer');
    expect(await payments.seeDispute(dispute?.id ?? 'none')).toEqual({ customer, paymentIntent });
  });

  test('is nobody when there is no such dispute', async () => {
    expect(await emulated.payments.seeDispute('du_unknown')).toBeUndefined();
  });
});
