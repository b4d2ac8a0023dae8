import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { emulated, refusalOf, steer, testKey } from './support/emulated.ts';

const { stripe, url } = emulated();

const ask = (
  path: string,
  request: {
    readonly method?: string;
    readonly body?: string;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<Response> =>
  fetch(`${url()}${path}`, {
    ...request,
    headers: { authorization: `Bearer ${testKey}`, ...request.headers },
  });

describe('who may ask, and what', () => {
  test.each([
    ['no key', {}],
    ['a live key', { authorization: 'Bearer sk_live_abc' }],
    ['a word', { authorization: 'Bearer hello' }],
  ])('%s is 401', async (_, headers: Record<string, string>) => {
    const response = await fetch(`${url()}/v1/customers`, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  test('an unknown path is 404 in Stripe’s words', async () => {
    const response = await ask('/v1/subscriptions');
    expect(response.status).toBe(404);
    const text = await response.text();
    expect(text).toContain('"type": "invalid_request_error"');
    expect(text).toContain('"Unrecognized request URL (GET: /v1/subscriptions)');
  });

  test('another API version is refused', async () => {
    const response = await ask('/v1/customers', { headers: { 'stripe-version': '2020-08-27' } });
    expect(response.status).toBe(400);
  });

  test.each([
    ['name[first]=Ada', 'name', undefined],
    ['frist_name=Ada', 'frist_name', 'parameter_unknown'],
    ['invoice_settings[colour]=red', 'invoice_settings[colour]', 'parameter_unknown'],
    ['payment_method=', 'payment_method', 'parameter_invalid_empty'],
  ])('the parameter of %s is refused by its name', async (body, param, code) => {
    const response = await ask('/v1/customers', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param, ...(code && { code }) } });
  });

  test('a missing parameter and a wrong integer are refused by their names', async () => {
    const missing = await ask('/v1/payment_intents', { method: 'POST', body: 'amount=100' });
    expect(await missing.json()).toMatchObject({
      error: { code: 'parameter_missing', param: 'currency' },
    });
    const wrong = await ask('/v1/payment_intents', {
      method: 'POST',
      body: 'amount=1.5&currency=usd',
    });
    expect(await wrong.json()).toMatchObject({
      error: { code: 'parameter_invalid_integer', param: 'amount' },
    });
  });

  test('what cannot be expanded is refused, and nested paths are followed', async () => {
    const { id: customer } = await stripe().customers.create({
      email: 'a@example.com',
      payment_method: 'pm_card_visa',
    });
    const refusal = await refusalOf(stripe().customers.retrieve(customer, { expand: ['email'] }));
    expect(refusal.message).toBe('This property cannot be expanded (email).');
    const [card] = (await stripe().paymentMethods.list({ customer })).data;
    await stripe().paymentIntents.create({
      amount: 500,
      currency: 'usd',
      customer,
      payment_method: card?.id ?? '',
      confirm: true,
    });
    const list = await stripe().paymentIntents.list({
      customer,
      expand: ['data.latest_charge.customer'],
    });
    expect(list.data[0]?.latest_charge).toMatchObject({ customer: { object: 'customer' } });
  });
});

describe('idempotency keys', () => {
  test('the same request is answered again and done once', async () => {
    const idempotencyKey = crypto.randomUUID();
    const one = await stripe().customers.create({ name: 'Once' }, { idempotencyKey });
    const two = await stripe().customers.create({ name: 'Once' }, { idempotencyKey });
    expect(two.id).toBe(one.id);
    expect(two.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(two.lastResponse.headers['original-request']).toBe(one.lastResponse.requestId);
    expect(two.lastResponse.requestId).not.toBe(one.lastResponse.requestId);
  });

  test('a decline is repeated, and not tried again', async () => {
    const { id: customer } = await stripe().customers.create({});
    const card = await stripe().paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    const idempotencyKey = crypto.randomUUID();
    const pay = () =>
      stripe().paymentIntents.create(
        { amount: 500, currency: 'usd', customer, payment_method: card.id, confirm: true },
        { idempotencyKey },
      );
    const one = await refusalOf(pay());
    const two = await refusalOf(pay());
    expect(two.payment_intent?.id).toBe(one.payment_intent?.id);
    expect((await stripe().charges.list({ customer })).data).toHaveLength(1);
  });

  test('the same key with another body is 400', async () => {
    const idempotencyKey = crypto.randomUUID();
    await stripe().customers.create({ name: 'One' }, { idempotencyKey });
    const refusal = await refusalOf(stripe().customers.create({ name: 'Two' }, { idempotencyKey }));
    expect(refusal).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' });
  });

  test('a request that never began leaves its key free', async () => {
    const idempotencyKey = crypto.randomUUID();
    await refusalOf(
      stripe().rawRequest('POST', '/v1/customers', { frist_name: 'x' }, { idempotencyKey }),
    );
    const made = await stripe().customers.create({ name: 'Now' }, { idempotencyKey });
    expect(made.name).toBe('Now');
  });

  test('while the first request runs, the second is 409', async () => {
    await steer(url(), 'faults', { kind: 'hold', pathPattern: '^/v1/products$' });
    const idempotencyKey = crypto.randomUUID();
    const slow = stripe().products.create({ name: 'Slow' }, { idempotencyKey });
    await held(1);
    const refusal = await refusalOf(stripe().products.create({ name: 'Slow' }, { idempotencyKey }));
    expect(refusal).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    await steer(url(), 'faults', { kind: 'clear' });
    expect((await slow).name).toBe('Slow');
  });
});

/** Asks until so many requests are held: the request and the question race each other. */
async function held(count: number): Promise<void> {
  for (;;) {
    const state = await (await fetch(`${url()}/_control/state`)).text();
    if (state.includes(`"held": ${count}`)) return;
  }
}

describe('faults', () => {
  const once = { method: 'POST', pathPattern: '^/v1/prices$' };

  const makePrice = async (idempotencyKey: string) => {
    const product = await stripe().products.create(
      { name: 'P' },
      { idempotencyKey: `${idempotencyKey}p` },
    );
    return stripe().prices.create(
      { product: product.id, currency: 'usd', unit_amount: 100 },
      { idempotencyKey },
    );
  };

  test('a dropped answer hides what was done, and a retry with the key finds it', async () => {
    // The SDK asks once more by itself after a closed connection: two answers are lost.
    await steer(url(), 'faults', { kind: 'dropResponseAfterCommit', ...once, times: 2 });
    const key = crypto.randomUUID();
    const lost = await refusalOf(makePrice(key));
    expect(lost).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    const found = await makePrice(key);
    expect(found.lastResponse.headers['idempotent-replayed']).toBe('true');
  });

  test.each([
    ['rateLimit429', 429, 'StripeRateLimitError', 'rate_limit'],
    ['lockTimeout', 429, 'StripeRateLimitError', 'lock_timeout'],
  ])('%s does nothing, as often as it was armed', async (kind, status, type, code) => {
    await steer(url(), 'faults', { kind, ...once, times: 2 });
    const key = crypto.randomUUID();
    for (let time = 0; time < 2; time += 1) {
      const refusal = await refusalOf(makePrice(key));
      expect(refusal).toMatchObject({ statusCode: status, type, ...(code && { code }) });
    }
    const made = await makePrice(key);
    expect(made.lastResponse.headers['idempotent-replayed']).toBeUndefined();
  });

  test('error500 does nothing, and is remembered under its key, as at Stripe', async () => {
    await steer(url(), 'faults', { kind: 'error500', ...once });
    const key = crypto.randomUUID();
    const broken = await refusalOf(makePrice(key));
    expect(broken).toMatchObject({ statusCode: 500, type: 'StripeAPIError' });
    const again = await refusalOf(makePrice(key));
    expect(again).toMatchObject({ statusCode: 500 });
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect((await makePrice(crypto.randomUUID())).unit_amount).toBe(100);
  });

  test('an outage drops every connection until it ends', async () => {
    await steer(url(), 'faults', { kind: 'outage', pathPattern: '^/v1/prices', seconds: 3600 });
    for (const key of [crypto.randomUUID(), crypto.randomUUID()]) {
      expect(await refusalOf(makePrice(key))).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    }
    await steer(url(), 'faults', { kind: 'clear' });
    expect((await makePrice(crypto.randomUUID())).unit_amount).toBe(100);
  });

  test('the SDK’s own retries get over one dropped answer without doing it twice', async () => {
    const { port } = new URL(url());
    const patient = new Stripe(testKey, {
      host: '127.0.0.1',
      port: Number(port),
      protocol: 'http',
      maxNetworkRetries: 1,
    });
    await steer(url(), 'faults', {
      kind: 'dropResponseAfterCommit',
      pathPattern: '^/v1/customers$',
    });
    await patient.customers.create({ email: 'retried@example.com' });
    expect((await stripe().customers.list({ email: 'retried@example.com' })).data).toHaveLength(1);
  });

  test('an unknown control is refused with what is wrong', async () => {
    await expect(steer(url(), 'faults', { kind: 'earthquake' })).rejects.toThrow('400');
    await expect(steer(url(), 'volume', {})).rejects.toThrow('There is no control POST');
  });
});
