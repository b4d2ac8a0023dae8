import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minor } from '../../src/domain/values/money.ts';
import { customerWith, startEmulated, type Emulated } from './support/emulated.ts';

let emulated: Emulated;
beforeAll(async () => {
  emulated = await startEmulated();
});
afterAll(() => emulated.stop());

const returnTo = 'https://studio.example/billing?from=checkout';

const purchase = (customer: string, key: string) => ({
  customer,
  payment: `payment-${key}`,
  line: { description: '5,000 credits', amountMinor: minor(4900) },
  currency: 'usd',
  kinds: ['card' as const],
  returnTo,
  key,
});

const card = { kinds: ['card'], currency: 'usd' } as const;

describe('a setup page', () => {
  test('puts a card on file, and its session tells where the person goes back to', async () => {
    const { payments, control } = emulated;
    const customer = await customerWith(emulated, null);
    const { session, url } = await payments.openSetup({
      customer,
      ...card,
      returnTo,
      key: 'setup:1',
    });
    expect(url).toMatch(/^http/);
    const open = { mode: 'setup', complete: false, customer, paymentIntent: null, returnTo };
    expect(await payments.seeCheckout(session)).toEqual(open);
    await control(`checkout/${session}/pay`, { card: 'works' });
    expect(await payments.seeCheckout(session)).toEqual({ ...open, complete: true });
    expect(await payments.paymentMethods(customer)).toMatchObject([{ last4: '4242' }]);
  });

  test('is opened once per key', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, null);
    const request = { customer, ...card, returnTo, key: 'setup:2' };
    expect(await payments.openSetup(request)).toEqual(await payments.openSetup(request));
  });
});

describe('a payment page', () => {
  test('asks for one line of the net total, and names our payment on the money', async () => {
    const { payments, dashboard, control } = emulated;
    const customer = await customerWith(emulated, null);
    const { session } = await payments.openCheckout(purchase(customer, 'buy:1'));
    const shown = await dashboard.checkout.sessions.listLineItems(session);
    expect(shown.data).toMatchObject([
      { description: '5,000 credits', amount_total: 4900, currency: 'usd', quantity: 1 },
    ]);
    expect(await dashboard.checkout.sessions.retrieve(session)).toMatchObject({
      success_url: 'https://billing.example/checkout/return?session={CHECKOUT_SESSION_ID}',
      cancel_url: returnTo,
      metadata: {
        tollgate_product: 'studio',
        tollgate_workspace: 'w1',
        tollgate_payment: 'payment-buy:1',
      },
    });
    await control(`checkout/${session}/pay`, { card: 'works' });
    const seen = await payments.seeCheckout(session);
    expect(seen?.complete).toBe(true);
    const paymentIntent = seen?.paymentIntent ?? 'no payment';
    expect(await payments.seePayment(paymentIntent)).toEqual({
      paymentIntent,
      status: 'succeeded',
      amountMinor: 4900n,
      currency: 'usd',
      payment: 'payment-buy:1',
      declineCode: null,
    });
  });

  test('saves the card, so that it can be charged later without the person', async () => {
    const { payments, control } = emulated;
    const customer = await customerWith(emulated, null);
    const { session } = await payments.openCheckout(purchase(customer, 'buy:2'));
    await control(`checkout/${session}/pay`, { card: 'works' });
    const later = { ...purchase(customer, 'later:2'), method: null };
    expect(await payments.charge(later)).toMatchObject({ kind: 'succeeded' });
  });

  test('shows no money while it is unpaid', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, null);
    const { session } = await payments.openCheckout(purchase(customer, 'buy:3'));
    expect(await payments.seeCheckout(session)).toEqual({
      mode: 'payment',
      complete: false,
      customer,
      paymentIntent: null,
      returnTo,
    });
  });

  test('expires when told, once or twice, and is not complete then', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, null);
    const { session } = await payments.openCheckout(purchase(customer, 'buy:4'));
    await payments.expireCheckout(session, 'expire:4');
    await payments.expireCheckout(session, 'expire:4');
    await payments.expireCheckout(session, 'expire:4 again');
    expect((await dashboard.checkout.sessions.retrieve(session)).status).toBe('expired');
    expect(await payments.seeCheckout(session)).toMatchObject({ complete: false });
  });

  test('stays paid when it is told to expire after', async () => {
    const { payments, control } = emulated;
    const customer = await customerWith(emulated, null);
    const { session } = await payments.openCheckout(purchase(customer, 'buy:5'));
    await control(`checkout/${session}/pay`, { card: 'works' });
    await payments.expireCheckout(session, 'expire:5');
    expect(await payments.seeCheckout(session)).toMatchObject({ complete: true });
  });

  test('a session that there never was is nobody’s', async () => {
    expect(await emulated.payments.seeCheckout('cs_test_nobody')).toBeUndefined();
  });

  test('money that is paid on a page is never charged again for the same payment', async () => {
    const { payments, dashboard, control } = emulated;
    const customer = await customerWith(emulated, null);
    const request = purchase(customer, 'buy:6');
    const { session } = await payments.openCheckout(request);
    await control(`checkout/${session}/pay`, { card: 'works' });
    const seen = await payments.seeCheckout(session);
    expect(await payments.charge({ ...request, method: null, key: 'charge:6' })).toEqual({
      kind: 'succeeded',
      paymentIntent: seen?.paymentIntent,
    });
    expect((await dashboard.paymentIntents.list({ customer })).data).toHaveLength(1);
  });
});
