import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { emulated, eventTypes, refusalOf, steer } from './support/emulated.ts';

const { stripe, url } = emulated();

const customerWith = async (
  card: string,
): Promise<{ customer: string; payment_method: string }> => {
  const { id } = await stripe().customers.create({});
  const { id: method } = await stripe().paymentMethods.attach(card, { customer: id });
  return { customer: id, payment_method: method };
};

const idOf = (reference: string | { readonly id: string } | null): string =>
  typeof reference === 'object' ? (reference?.id ?? '') : reference;

const offSession = { amount: 2500, currency: 'usd', off_session: true, confirm: true } as const;

describe('payment intents', () => {
  test('a saved card is charged while its holder is away', async () => {
    const payer = await customerWith('pm_card_visa');
    const paid = await stripe().paymentIntents.create({
      ...offSession,
      ...payer,
      metadata: { order: '7' },
      expand: ['latest_charge', 'customer'],
    });
    expect(paid).toMatchObject({
      status: 'succeeded',
      amount_received: 2500,
      metadata: { order: '7' },
      latest_charge: { object: 'charge', paid: true, amount: 2500, metadata: { order: '7' } },
      customer: { object: 'customer', id: payer.customer },
    });
    expect(await eventTypes(stripe(), paid.id)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });

  test('a later decline is a 402 that names the charge and carries the intent', async () => {
    const payer = await customerWith('pm_card_chargeCustomerFail');
    const refusal = await refusalOf(stripe().paymentIntents.create({ ...offSession, ...payer }));
    expect(refusal).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'generic_decline',
      payment_intent: { status: 'requires_payment_method', payment_method: null },
    });
    const intent = await stripe().paymentIntents.retrieve(refusal.payment_intent?.id ?? '');
    expect(intent.last_payment_error).toMatchObject({
      code: 'card_declined',
      decline_code: 'generic_decline',
      payment_method: { id: payer.payment_method },
    });
    expect(await eventTypes(stripe(), intent.id)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ]);
    const retried = await stripe().paymentIntents.confirm(intent.id, {
      payment_method: 'pm_card_visa',
    });
    expect(retried).toMatchObject({ status: 'succeeded', last_payment_error: null });
  });

  test('a card that needs its holder fails at once while they are away', async () => {
    const payer = await customerWith('pm_card_authenticationRequired');
    const refusal = await refusalOf(stripe().paymentIntents.create({ ...offSession, ...payer }));
    expect(refusal).toMatchObject({ statusCode: 402, code: 'authentication_required' });
    const { status } = await stripe().paymentIntents.retrieve(refusal.payment_intent?.id ?? '');
    expect(status).toBe('requires_payment_method');
  });

  test('error_on_requires_action turns the question into an error', async () => {
    const payer = await customerWith('pm_card_authenticationRequired');
    const refusal = await refusalOf(
      stripe().paymentIntents.create({
        amount: 2500,
        currency: 'usd',
        confirm: true,
        error_on_requires_action: true,
        ...payer,
      }),
    );
    expect(refusal).toMatchObject({ statusCode: 402, code: 'authentication_required' });
  });

  test.each([
    ['complete', 'succeeded'],
    ['fail', 'requires_payment_method'],
  ])('a present holder who answers "%s" leaves the payment %s', async (answer, status) => {
    const payer = await customerWith('pm_card_authenticationRequired');
    const asked = await stripe().paymentIntents.create({
      amount: 2500,
      currency: 'usd',
      confirm: true,
      return_url: 'https://app.example/back',
      ...payer,
    });
    expect(asked.status).toBe('requires_action');
    const bank = asked.next_action?.redirect_to_url?.url ?? '';
    expect(await (await fetch(bank)).text()).toContain('Complete authentication');
    const answered = await fetch(bank, {
      method: 'POST',
      body: new URLSearchParams({ answer }),
      redirect: 'manual',
    });
    expect(answered.headers.get('location')).toBe('https://app.example/back');
    expect(await stripe().paymentIntents.retrieve(asked.id)).toMatchObject({
      status,
      next_action: null,
    });
  });

  test('only a payment that has not ended can be canceled', async () => {
    const { id } = await stripe().paymentIntents.create({ amount: 500, currency: 'eur' });
    const canceled = await stripe().paymentIntents.cancel(id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    const refusal = await refusalOf(stripe().paymentIntents.cancel(id));
    expect(refusal).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect(await eventTypes(stripe(), id)).toEqual([
      'payment_intent.created',
      'payment_intent.canceled',
    ]);
  });

  test('an amount below the minimum is refused', async () => {
    const refusal = await refusalOf(
      stripe().paymentIntents.create({ amount: 49, currency: 'usd' }),
    );
    expect(refusal).toMatchObject({ statusCode: 400, code: 'amount_too_small', param: 'amount' });
  });

  test('another customer’s card is refused', async () => {
    const { payment_method } = await customerWith('pm_card_visa');
    const { customer } = await customerWith('pm_card_visa');
    const refusal = await refusalOf(
      stripe().paymentIntents.create({ ...offSession, customer, payment_method }),
    );
    expect(refusal.message).toContain('belongs to another Customer');
  });

  test('a list by customer finds the payment by its metadata', async () => {
    const payer = await customerWith('pm_card_visa');
    await stripe().paymentIntents.create({ ...offSession, ...payer, metadata: { key: 'a' } });
    const b = await stripe().paymentIntents.create({
      ...offSession,
      ...payer,
      metadata: { key: 'b' },
    });
    const { data } = await stripe().paymentIntents.list({ customer: payer.customer });
    expect(data.map((each) => each.metadata.key)).toEqual(['b', 'a']);
    expect(data[0]?.id).toBe(b.id);
  });
});

describe('setup intents', () => {
  test('a saved card that needed its holder once is charged without them later', async () => {
    const { id: customer } = await stripe().customers.create({});
    const setup = await stripe().setupIntents.create({
      customer,
      payment_method: 'pm_card_authenticationRequiredOnSetup',
      confirm: true,
      return_url: 'https://app.example/back',
    });
    expect(setup.status).toBe('requires_action');
    await fetch(setup.next_action?.redirect_to_url?.url ?? '', {
      method: 'POST',
      body: new URLSearchParams({ answer: 'complete' }),
      redirect: 'manual',
    });
    const done = await stripe().setupIntents.retrieve(setup.id);
    expect(done).toMatchObject({ status: 'succeeded', customer });
    const paid = await stripe().paymentIntents.create({
      ...offSession,
      customer,
      payment_method: idOf(done.payment_method),
    });
    expect(paid.status).toBe('succeeded');
    expect(await eventTypes(stripe(), setup.id)).toEqual([
      'setup_intent.created',
      'setup_intent.requires_action',
      'setup_intent.succeeded',
    ]);
  });

  test('a declined card leaves the setup waiting for another', async () => {
    const { id: customer } = await stripe().customers.create({});
    const refusal = await refusalOf(
      stripe().setupIntents.create({
        customer,
        payment_method: 'pm_card_chargeDeclined',
        confirm: true,
      }),
    );
    expect(refusal).toMatchObject({ statusCode: 402, code: 'card_declined' });
    const [setup] = (await stripe().setupIntents.list({ customer })).data;
    expect(setup).toMatchObject({ status: 'requires_payment_method', payment_method: null });
    const saved = await stripe().setupIntents.confirm(setup?.id ?? '', {
      payment_method: 'pm_card_visa',
    });
    expect(saved.status).toBe('succeeded');
    const refused = await refusalOf(stripe().setupIntents.cancel(saved.id));
    expect(refused.code).toBe('setup_intent_unexpected_state');
  });
});

const paidCharge = async (): Promise<{ intent: Stripe.PaymentIntent; charge: string }> => {
  const payer = await customerWith('pm_card_visa');
  const intent = await stripe().paymentIntents.create({ ...offSession, ...payer });
  return { intent, charge: idOf(intent.latest_charge) };
};

describe('charges and refunds', () => {
  test('refunds add up on the charge, and never exceed it', async () => {
    const { intent, charge } = await paidCharge();
    await stripe().refunds.create({
      payment_intent: intent.id,
      amount: 1000,
      metadata: { a: 'b' },
    });
    expect(await stripe().charges.retrieve(charge)).toMatchObject({
      amount_refunded: 1000,
      refunded: false,
    });
    const refusal = await refusalOf(stripe().refunds.create({ charge, amount: 1501 }));
    expect(refusal).toMatchObject({ statusCode: 400, param: 'amount' });
    const rest = await stripe().refunds.create({ charge, reason: 'requested_by_customer' });
    expect(rest).toMatchObject({ amount: 1500, status: 'succeeded', payment_intent: intent.id });
    const whole = await stripe().charges.retrieve(charge, { expand: ['refunds'] });
    expect(whole).toMatchObject({ amount_refunded: 2500, refunded: true });
    expect(whole.refunds?.data.map((each) => each.amount)).toEqual([1500, 1000]);
    const again = await refusalOf(stripe().refunds.create({ charge }));
    expect(again.code).toBe('charge_already_refunded');
    expect((await stripe().refunds.list({ payment_intent: intent.id })).data).toHaveLength(2);
    expect(await eventTypes(stripe(), charge)).toContain('charge.refunded');
    expect(await eventTypes(stripe(), rest.id)).toContain('refund.created');
  });

  test('a payment without a paid charge cannot be refunded', async () => {
    const { id } = await stripe().paymentIntents.create({ amount: 500, currency: 'usd' });
    const refusal = await refusalOf(stripe().refunds.create({ payment_intent: id }));
    expect(refusal.code).toBe('payment_intent_unexpected_state');
  });

  test('a charge is found by its payment, and its metadata can be changed', async () => {
    const { intent, charge } = await paidCharge();
    const [found] = (await stripe().charges.list({ payment_intent: intent.id })).data;
    expect(found?.id).toBe(charge);
    const updated = await stripe().charges.update(charge, { metadata: { seen: 'yes' } });
    expect(updated.metadata).toEqual({ seen: 'yes' });
  });
});

describe('disputes', () => {
  test('the money is withdrawn when a dispute opens, and comes back when it is won', async () => {
    const { intent, charge } = await paidCharge();
    await steer(url(), 'dispute', { payment_intent: intent.id });
    const [dispute] = (await stripe().disputes.list({ payment_intent: intent.id })).data;
    expect(dispute).toMatchObject({ status: 'needs_response', amount: 2500, charge });
    expect((await stripe().charges.retrieve(charge)).disputed).toBe(true);
    const refusal = await refusalOf(stripe().refunds.create({ charge }));
    expect(refusal.code).toBe('charge_disputed');
    await steer(url(), 'dispute', { charge, outcome: 'won' });
    expect((await stripe().disputes.retrieve(dispute?.id ?? '')).status).toBe('won');
    expect(await eventTypes(stripe(), dispute?.id ?? '')).toEqual([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.closed',
      'charge.dispute.funds_reinstated',
    ]);
  });

  test('closing a dispute loses it', async () => {
    const { charge } = await paidCharge();
    await steer(url(), 'dispute', { charge });
    const [dispute] = (await stripe().disputes.list({ charge })).data;
    expect((await stripe().disputes.close(dispute?.id ?? '')).status).toBe('lost');
  });
});
