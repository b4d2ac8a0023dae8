import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { emulated, eventTypes, refusalOf, steer } from './support/emulated.ts';

const { stripe, url } = emulated();

const success_url = 'https://app.example/done?session={CHECKOUT_SESSION_ID}';
const cancel_url = 'https://app.example/plans?from=<checkout>';

const topUp = (customer: string): Promise<Stripe.Checkout.Session> =>
  stripe().checkout.sessions.create({
    mode: 'payment',
    customer,
    line_items: [
      {
        quantity: 2,
        price_data: {
          currency: 'usd',
          unit_amount: 1050,
          product_data: { name: '1,000 credits & <more>' },
        },
      },
    ],
    payment_intent_data: { metadata: { topUp: 't1' }, setup_future_usage: 'off_session' },
    metadata: { workspace: 'w1' },
    success_url,
    cancel_url,
  });

const setup = (customer: string): Promise<Stripe.Checkout.Session> =>
  stripe().checkout.sessions.create({
    mode: 'setup',
    currency: 'usd',
    customer,
    setup_intent_data: { metadata: { workspace: 'w1' } },
    success_url,
    cancel_url,
  });

const newCustomer = async (): Promise<string> => (await stripe().customers.create({})).id;

/** What a browser without JavaScript does with the form. */
const submit = (page: string, fields: Record<string, string>): Promise<Response> =>
  fetch(page, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

const doneAt = (session: Stripe.Checkout.Session): string =>
  `https://app.example/done?session=${session.id}`;

describe('the payment page', () => {
  test('shows what is bought, and every input has a label', async () => {
    const session = await topUp(await newCustomer());
    expect(session).toMatchObject({ status: 'open', payment_status: 'unpaid', amount_total: 2100 });
    const response = await fetch(session.url ?? '');
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain('1,000 credits &amp; &lt;more&gt; × 2');
    expect(html).toContain('$21.00');
    expect(html).toContain('href="https://app.example/plans?from=&lt;checkout&gt;"');
    expect(html).not.toContain('<script');
    const inputs = html.match(/<input/g) ?? [];
    const labelled = html.match(/<label[^>]*>[^<]*\n?<input/g) ?? [];
    expect(labelled).toHaveLength(inputs.length);
  });

  test('takes the payment, saves the card, and returns to the shop', async () => {
    const customer = await newCustomer();
    const session = await topUp(customer);
    const response = await submit(session.url ?? '', { card: 'works' });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(doneAt(session));
    const done = await stripe().checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent', 'line_items'],
    });
    expect(done).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      metadata: { workspace: 'w1' },
      payment_intent: { status: 'succeeded', amount: 2100, metadata: { topUp: 't1' }, customer },
      line_items: { data: [{ quantity: 2, amount_total: 2100 }] },
    });
    const [card] = (await stripe().paymentMethods.list({ customer })).data;
    expect(card?.card?.last4).toBe('4242');
    expect(await eventTypes(stripe(), session.id)).toEqual(['checkout.session.completed']);
    expect((await (await fetch(session.url ?? '')).text()).includes('is done')).toBe(true);
  });

  test.each([
    ['declines', 'Your card was declined.'],
    ['insufficientFunds', 'Your card has insufficient funds.'],
    ['failsLater', 'Your card was declined.'],
  ])('a card that %s is told so, and another can be tried', async (card, message) => {
    const customer = await newCustomer();
    const session = await topUp(customer);
    const response = await submit(session.url ?? '', { card });
    expect(response.status).toBe(402);
    expect(await response.text()).toContain(`<p class="error" role="alert">${message}</p>`);
    const again = await submit(session.url ?? '', {
      card: 'number',
      number: '5555 5555 5555 4444',
    });
    expect(again.headers.get('location')).toBe(doneAt(session));
    const { data } = await stripe().charges.list({ customer });
    expect(data.map((charge) => charge.status)).toEqual(['succeeded', 'failed']);
  });

  test('an unknown number is refused with what to do', async () => {
    const session = await topUp(await newCustomer());
    const response = await submit(session.url ?? '', {
      card: 'number',
      number: '4111111111111111',
    });
    expect(response.status).toBe(402);
    expect(await response.text()).toContain('There is no such test card. Choose one of these');
  });

  test('a number that was typed in is charged, whatever else is chosen', async () => {
    const customer = await newCustomer();
    const session = await topUp(customer);
    await submit(session.url ?? '', { card: 'works', number: ' 5555-5555-5555-4444 ' });
    const [charge] = (await stripe().charges.list({ customer })).data;
    expect(charge?.payment_method_details?.card?.last4).toBe('4444');
  });

  test('the bank’s question is answered on a second page', async () => {
    const session = await topUp(await newCustomer());
    const asked = await submit(session.url ?? '', { card: 'needsAuthentication' });
    const bank = asked.headers.get('location') ?? '';
    expect(bank).toContain('/authenticate/pi_');
    const failed = await submit(bank, { answer: 'fail' });
    expect(failed.status).toBe(402);
    expect(await failed.text()).toContain('failed authentication');
    const askedAgain = await submit(session.url ?? '', { card: 'needsAuthentication' });
    const answered = await submit(askedAgain.headers.get('location') ?? '', { answer: 'complete' });
    expect(answered.headers.get('location')).toBe(doneAt(session));
  });

  test('offers the customer’s saved cards, and nobody else’s', async () => {
    const customer = await newCustomer();
    const card = await stripe().paymentMethods.attach('pm_card_amex', { customer });
    const other = await stripe().paymentMethods.attach('pm_card_visa', {
      customer: await newCustomer(),
    });
    const session = await topUp(customer);
    expect(await (await fetch(session.url ?? '')).text()).toContain(`value="${card.id}"`);
    expect((await submit(session.url ?? '', { card: other.id })).status).toBe(402);
    await submit(session.url ?? '', { card: card.id });
    const [paid] = (await stripe().paymentIntents.list({ customer })).data;
    expect(paid).toMatchObject({ status: 'succeeded', payment_method: card.id });
  });

  test('without a customer it asks for an email, and makes one if the card is kept', async () => {
    const session = await stripe().checkout.sessions.create({
      mode: 'payment',
      line_items: [
        { price_data: { currency: 'jpy', unit_amount: 500, product_data: { name: 'Tea' } } },
      ],
      payment_intent_data: { setup_future_usage: 'off_session' },
      success_url,
    });
    const html = await (await fetch(session.url ?? '')).text();
    expect(html).toContain('name="email"');
    expect(html).toContain('¥500');
    await submit(session.url ?? '', { card: 'works', email: 'new@example.com' });
    const done = await stripe().checkout.sessions.retrieve(session.id, { expand: ['customer'] });
    expect(done).toMatchObject({
      customer: { object: 'customer', email: 'new@example.com' },
      customer_details: { email: 'new@example.com' },
    });
  });
});

describe('the setup page', () => {
  test('saves the card on the customer, and takes no money', async () => {
    const customer = await newCustomer();
    const session = await setup(customer);
    expect(await (await fetch(session.url ?? '')).text()).toContain('Save card');
    const response = await submit(session.url ?? '', { card: 'works' });
    expect(response.headers.get('location')).toBe(doneAt(session));
    const done = await stripe().checkout.sessions.retrieve(session.id, {
      expand: ['setup_intent'],
    });
    const [card] = (await stripe().paymentMethods.list({ customer })).data;
    expect(done).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      setup_intent: {
        status: 'succeeded',
        payment_method: card?.id,
        metadata: { workspace: 'w1' },
      },
    });
    expect((await stripe().paymentIntents.list({ customer })).data).toEqual([]);
  });

  test('a card that fails later is saved, and a declined one is not', async () => {
    const customer = await newCustomer();
    const session = await setup(customer);
    expect((await submit(session.url ?? '', { card: 'declines' })).status).toBe(402);
    expect((await stripe().paymentMethods.list({ customer })).data).toEqual([]);
    await submit(session.url ?? '', { card: 'failsLater' });
    const [card] = (await stripe().paymentMethods.list({ customer })).data;
    expect(card?.card?.last4).toBe('0341');
  });
});

describe('sessions', () => {
  test('an expired session can no longer be paid', async () => {
    const session = await topUp(await newCustomer());
    const page = session.url ?? '';
    const expired = await stripe().checkout.sessions.expire(session.id);
    expect(expired).toMatchObject({ status: 'expired', url: null });
    expect(await (await submit(page, { card: 'works' })).text()).toContain('has expired');
    const refusal = await refusalOf(stripe().checkout.sessions.expire(session.id));
    expect(refusal.message).toContain('status of expired');
    expect(await eventTypes(stripe(), session.id)).toEqual(['checkout.session.expired']);
  });

  test('a session expires by the clock of its customer', async () => {
    const customer = await newCustomer();
    await steer(url(), 'clock', { customer, at: '2027-01-01T00:00:00Z' });
    const session = await topUp(customer);
    expect(session).toMatchObject({ created: 1_798_761_600, expires_at: 1_798_848_000 });
    await steer(url(), 'clock', { customer, at: '2027-01-01T23:59:59Z' });
    expect((await stripe().checkout.sessions.retrieve(session.id)).status).toBe('open');
    await steer(url(), 'clock', { customer, at: '2027-01-02T00:00:00Z' });
    expect((await stripe().checkout.sessions.retrieve(session.id)).status).toBe('expired');
  });

  test('a test pays by one control request', async () => {
    const customer = await newCustomer();
    const session = await topUp(customer);
    const step = await steer(url(), `checkout/${session.id}/pay`, { card: '4242424242424242' });
    expect(step).toEqual({ kind: 'complete', redirect: doneAt(session) });
    expect((await stripe().checkout.sessions.list({ customer })).data[0]?.status).toBe('complete');
  });

  test.each([
    [{ mode: 'payment' as const }, 'line_items'],
    [{ mode: 'setup' as const }, 'currency'],
    [{ mode: 'setup' as const, currency: 'usd', expires_at: 1 }, 'expires_at'],
  ])('misses of %o are refused', async (params, param) => {
    const refusal = await refusalOf(stripe().checkout.sessions.create({ ...params, success_url }));
    expect(refusal).toMatchObject({ statusCode: 400, param });
  });
});

test('the portal shows, chooses, adds and removes cards', async () => {
  const { id: customer } = await stripe().customers.create({
    name: 'Ada & Co',
    payment_method: 'pm_card_visa',
  });
  const [visa] = (await stripe().paymentMethods.list({ customer })).data;
  const session = await stripe().billingPortal.sessions.create({
    customer,
    return_url: 'https://app.example/settings',
  });
  const html = await (await fetch(session.url)).text();
  expect(html).toContain('Ada &amp; Co');
  expect(html).toContain('Visa ending in 4242');
  expect(html).toContain('href="https://app.example/settings"');
  const defaultCard = async () => {
    const seen = await stripe().customers.retrieve(customer, {
      expand: ['invoice_settings.default_payment_method'],
    });
    return JSON.stringify(seen);
  };
  await submit(session.url, { card: visa?.id ?? '', act: 'choose' });
  expect(await defaultCard()).toContain('"last4":"4242"');
  await submit(session.url, { card: 'number', number: '378282246310005' });
  expect(await defaultCard()).toContain('"last4":"0005"');
  expect((await submit(session.url, { card: 'declines' })).status).toBe(402);
  await submit(session.url, { card: visa?.id ?? '', act: 'remove' });
  const left = await stripe().paymentMethods.list({ customer });
  expect(left.data.map((card) => card.card?.last4)).toEqual(['0005']);
});
