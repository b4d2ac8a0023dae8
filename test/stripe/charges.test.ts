import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minor } from '../../src/domain/values/money.ts';
import { PaymentsUnavailable } from '../../src/ports/payments.ts';
import { customerWith, loseAnswer, startEmulated, type Emulated } from './support/emulated.ts';

let emulated: Emulated;
beforeAll(async () => {
  emulated = await startEmulated();
});
afterAll(() => emulated.stop());

const topUp = (customer: string, payment: string) => ({
  customer,
  payment,
  line: { description: '1,000 credits', amountMinor: minor(1000) },
  currency: 'usd',
  method: null,
  key: `topUp:${payment}`,
});

const intentsOf = async (customer: string) =>
  (await emulated.dashboard.paymentIntents.list({ customer })).data;

describe('a charge of the saved method', () => {
  test('takes the amount once, named as ours', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, 'works');
    const result = await payments.charge(topUp(customer, 'p1'));
    const [intent, ...others] = await intentsOf(customer);
    expect(others).toEqual([]);
    expect(result).toEqual({ kind: 'succeeded', paymentIntent: intent?.id });
    expect(intent).toMatchObject({
      amount_received: 1000,
      currency: 'usd',
      description: '1,000 credits',
      metadata: {
        tollgate_product: 'studio',
        tollgate_workspace: 'w1',
        tollgate_payment: 'p1',
        tollgate_key: 'topUp:p1',
      },
    });
    expect(await payments.charge(topUp(customer, 'p1'))).toEqual(result);
    expect(await intentsOf(customer)).toHaveLength(1);
  });

  test.each([
    ['failsLater', { kind: 'declined', code: 'generic_decline', hard: false }],
    ['insufficientFunds', { kind: 'declined', code: 'insufficient_funds', hard: false }],
    ['lost', { kind: 'declined', code: 'lost_card', hard: true }],
    ['expired', { kind: 'declined', code: 'expired_card', hard: false }],
    ['alwaysNeedsAuthentication', { kind: 'authenticationRequired' }],
  ])('with the card "%s" answers %j, the same when repeated', async (card, answer) => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, card);
    expect(await payments.charge(topUp(customer, `p-${card}`))).toEqual(answer);
    expect(await payments.charge(topUp(customer, `p-${card}`))).toEqual(answer);
    expect(await intentsOf(customer)).toHaveLength(1);
  });

  test('without a method makes nothing', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, null);
    expect(await payments.charge(topUp(customer, 'p2'))).toEqual({ kind: 'noPaymentMethod' });
    expect(await intentsOf(customer)).toEqual([]);
  });

  test('a key that acted does not act again with a new card; a new key does', async () => {
    const { payments, control } = emulated;
    const customer = await customerWith(emulated, 'failsLater');
    const first = topUp(customer, 'p3');
    expect(await payments.charge(first)).toMatchObject({ kind: 'declined' });
    await control(`customers/${customer}/card`, { card: 'works' });
    expect(await payments.charge(first)).toMatchObject({ kind: 'declined' });
    const second = await payments.charge({ ...first, key: 'topUp:p3:2' });
    expect(second).toMatchObject({ kind: 'succeeded' });
    expect(await payments.charge({ ...first, key: 'topUp:p3:3' })).toEqual(second);
    expect((await intentsOf(customer)).map(({ status }) => status).sort()).toEqual([
      'requires_payment_method',
      'succeeded',
    ]);
  });
});

describe('a charge whose answer was lost', () => {
  test.each([
    ['the making', '/v1/payment_intents$'],
    ['the confirmation', '/confirm$'],
  ])('after %s is found by the next try, and taken once', async (_step, pathPattern) => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, 'works');
    const request = topUp(customer, `lost ${pathPattern}`);
    await loseAnswer(emulated, pathPattern);
    await expect(payments.charge(request)).rejects.toThrow(PaymentsUnavailable);
    expect(await payments.charge(request)).toMatchObject({ kind: 'succeeded' });
    expect(await intentsOf(customer)).toMatchObject([{ amount_received: 1000 }]);
  });

  test('is found when its key was forgotten', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, 'works');
    const request = topUp(customer, 'p4');
    // What an attempt left behind of which Stripe remembers no key.
    const [method] = await payments.paymentMethods(customer);
    const left = await dashboard.paymentIntents.create({
      customer,
      amount: 1000,
      currency: 'usd',
      payment_method: method?.id ?? 'no method',
      confirm: true,
      off_session: true,
      metadata: { tollgate_payment: 'p4', tollgate_key: 'topUp:p4' },
    });
    expect(await payments.charge(request)).toEqual({ kind: 'succeeded', paymentIntent: left.id });
  });

  test('a failure at Stripe in between does not block the payment', async () => {
    const { payments, control } = emulated;
    const customer = await customerWith(emulated, 'works');
    await control('faults', {
      kind: 'error500',
      method: 'POST',
      pathPattern: '/confirm$',
      times: 1,
    });
    const request = topUp(customer, 'p5');
    await expect(payments.charge(request)).rejects.toThrow(PaymentsUnavailable);
    expect(await payments.charge(request)).toMatchObject({ kind: 'succeeded' });
  });
});

test('two charges of one payment at the same time take the money once', async () => {
  const { payments } = emulated;
  const customer = await customerWith(emulated, 'works');
  const request = topUp(customer, 'p6');
  const settled = await Promise.allSettled([payments.charge(request), payments.charge(request)]);
  const unexpected = settled.filter(
    (one) => one.status === 'rejected' && !(one.reason instanceof PaymentsUnavailable),
  );
  expect(unexpected).toEqual([]);
  expect(await payments.charge(request)).toMatchObject({ kind: 'succeeded' });
  expect(await intentsOf(customer)).toMatchObject([{ amount_received: 1000 }]);
});

describe('a payment seen', () => {
  test('tells why it failed', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, 'insufficientFunds');
    await payments.charge(topUp(customer, 'p7'));
    const [intent] = await intentsOf(customer);
    expect(await payments.seePayment(intent?.id ?? 'no intent')).toMatchObject({
      status: 'failed',
      payment: 'p7',
      amountMinor: 1000n,
      declineCode: 'insufficient_funds',
    });
  });

  test('is pending before its first try, and failed when canceled', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, null);
    const { id } = await dashboard.paymentIntents.create({
      customer,
      amount: 500,
      currency: 'usd',
    });
    expect(await payments.seePayment(id)).toMatchObject({ status: 'pending', payment: null });
    await dashboard.paymentIntents.cancel(id);
    expect(await payments.seePayment(id)).toMatchObject({ status: 'failed' });
  });
});
