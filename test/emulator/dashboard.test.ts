import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmulator, type Emulator } from '../../src/local/stripe/emulator.ts';

let emulator: Emulator;
let stripe: Stripe;

beforeAll(async () => {
  emulator = await startEmulator();
  const { hostname, port } = new URL(emulator.url);
  stripe = new Stripe('sk_test_dashboard', { host: hostname, port, protocol: 'http' });
});
afterAll(() => emulator.stop());

async function pay(customer: string, amount: number): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({
    amount,
    currency: 'usd',
    customer,
    payment_method: 'pm_card_visa',
    description: '<b>Top-up</b>',
    confirm: true,
    off_session: true,
  });
}

async function open(path: string): Promise<{ readonly status: number; readonly html: string }> {
  const response = await fetch(`${emulator.url}${path}`);
  return { status: response.status, html: await response.text() };
}

const press = (path: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(`${emulator.url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields),
  });

describe('the emulator’s pages', () => {
  test('list what there is, and lead from one object to another', async () => {
    const customer = await stripe.customers.create({ email: 'ada@acme.example' });
    const payment = await pay(customer.id, 2_500);
    expect((await open('/')).html).toContain('<a href="/dashboard/payments">Payments</a>');
    const list = await open('/dashboard/payments');
    expect(list.html).toContain(`<a href="/dashboard/payments/${payment.id}">${payment.id}</a>`);
    expect(list.html).toContain('$25.00');
    const one = await open(`/dashboard/payments/${payment.id}`);
    expect(one.html).toContain('payment_intent.succeeded');
    expect(one.html).toContain(
      `&quot;customer&quot;: &quot;<a href="/dashboard/customers/${customer.id}">${customer.id}</a>`,
    );
    expect((await open(`/dashboard/customers/${customer.id}`)).html).toContain('charge.succeeded');
  });

  test('show what people wrote as text', async () => {
    const customer = await stripe.customers.create({ name: '<script>alert(1)</script>' });
    const payment = await pay(customer.id, 500);
    for (const path of [`customers/${customer.id}`, `payments/${payment.id}`, 'customers']) {
      const { html } = await open(`/dashboard/${path}`);
      expect(html).not.toMatch(/<(?:script|b)>/);
    }
  });

  test.each([
    ['won', 'won', 'funds_reinstated'],
    ['lost', 'lost', 'closed'],
  ])('dispute a payment, and decide it: %s', async (act, status, event) => {
    const customer = await stripe.customers.create();
    const payment = await pay(customer.id, 2_500);
    const disputed = await press(`/dashboard/payments/${payment.id}`, { act: 'chargeback' });
    expect(disputed.status).toBe(303);
    const page = disputed.headers.get('location') ?? '';
    expect(page).toMatch(/^\/dashboard\/disputes\/du_/);
    expect((await press(page, { act })).headers.get('location')).toBe(page);
    const { data } = await stripe.disputes.list({ payment_intent: payment.id });
    expect(data[0]?.status).toBe(status);
    const { html } = await open(page);
    expect(html).toContain(`charge.dispute.${event}`);
    expect(html).not.toContain('The bank decides');
  });

  test('refund a part of a payment, then the rest', async () => {
    const customer = await stripe.customers.create();
    const payment = await pay(customer.id, 2_500);
    const page = `/dashboard/payments/${payment.id}`;
    const refunded = await press(page, { act: 'refund', amount: '1000' });
    expect(refunded.headers.get('location')).toMatch(/^\/dashboard\/refunds\/re_/);
    expect((await open(page)).html).toContain('value="1500"');
    await press(page, { act: 'refund', amount: '' });
    const { data } = await stripe.charges.list({ payment_intent: payment.id });
    expect(data).toMatchObject([{ amount_refunded: 2_500, refunded: true }]);
    expect((await open(page)).html).not.toContain('value="refund"');
  });

  test('put another card in the place of a customer’s', async () => {
    const customer = await stripe.customers.create();
    const page = `/dashboard/customers/${customer.id}`;
    expect((await press(page, { act: 'card', card: 'declines' })).status).toBe(303);
    const cards = await stripe.customers.listPaymentMethods(customer.id);
    expect(cards.data.map(({ card }) => card?.last4)).toEqual(['0002']);
  });

  test('say what is wrong with a wish, and change nothing', async () => {
    const customer = await stripe.customers.create();
    const payment = await pay(customer.id, 2_500);
    const page = `/dashboard/payments/${payment.id}`;
    const tooMuch = await press(page, { act: 'refund', amount: '9999' });
    expect(tooMuch.status).toBe(400);
    expect(await tooMuch.text()).toContain('at most what is unrefunded');
    expect((await press(page, { act: 'refund', amount: 'all' })).status).toBe(400);
    expect((await press(page, { act: 'smash' })).status).toBe(400);
    expect(await stripe.refunds.list({ payment_intent: payment.id })).toMatchObject({ data: [] });
  });

  test.each(['/dashboard/secrets', '/dashboard/payments/pi_none', '/dashboard/'])(
    'have no %s',
    async (path) => {
      expect((await open(path)).status).toBe(404);
    },
  );
});
