import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { pay } from './support/pay.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
let customer: string;
const returnTo = 'https://product.example/editor?tab=1';

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'read', 'manage');
  const acme = { plan: 'starter', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await studio.put('/api/workspaces/acme', acme)).status).toBe(201);
  const opened = await studio.post('/api/workspaces/acme/payment-method', { returnTo });
  expect(await pay(served, opened.body['url'])).toBe(returnTo);
  const { body } = await studio.get('/api/workspaces/acme');
  expect(body['paymentMethod']).toEqual({ kind: 'card', brand: 'visa', last4: '4242' });
  const [row] = await served.owner<{ customer: string }[]>`
    select stripe_customer as customer from workspace`;
  customer = row?.customer ?? '';
});
afterAll(() => served.stop());

const eventOf = (id: string): string =>
  JSON.stringify({
    id,
    object: 'event',
    api_version: 'whatever',
    type: 'payment_method.attached',
    data: { object: { id: 'pm_unknown', object: 'payment_method', customer } },
  });

const deliver = async (payload: string, signature: string | null): Promise<Response> =>
  fetch(`${served.url}/webhooks/stripe`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(signature === null ? {} : { 'stripe-signature': signature }),
    },
    body: payload,
  });

const signed = (payload: string, secret = served.webhookSecret): string =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret });

const stored = async (id: string): Promise<unknown> => {
  const rows = await served.sql<{ type: string; customer: string; object_id: string }[]>`
    select type, customer, object_id from stripe_event where id = ${id}`;
  return rows.map((row) => ({ ...row }));
};

describe('200', () => {
  test('stores the hint once, however often it is delivered', async () => {
    const id = `evt_${randomUUID()}`;
    const payload = eventOf(id);
    for (let times = 0; times < 3; times += 1) {
      expect((await deliver(payload, signed(payload))).status).toBe(200);
    }
    expect(await stored(id)).toEqual([
      { type: 'payment_method.attached', customer, object_id: 'pm_unknown' },
    ]);
  });

  test('takes an event of a customer whom nobody here knows', async () => {
    const id = `evt_${randomUUID()}`;
    const payload = eventOf(id).replace(customer, 'cus_stranger');
    expect((await deliver(payload, signed(payload))).status).toBe(200);
    expect(await stored(id)).toHaveLength(1);
  });
});

describe('400', () => {
  test('badSignature for none, another secret, and another body; nothing is stored', async () => {
    const id = `evt_${randomUUID()}`;
    const payload = eventOf(id);
    const wrong = [
      await deliver(payload, null),
      await deliver(payload, 'nonsense'),
      await deliver(payload, signed(payload, 'whsec_other')),
      await deliver(`${payload} `, signed(payload)),
    ];
    for (const response of wrong) {
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'badSignature' });
    }
    expect(await stored(id)).toEqual([]);
  });

  test('badJson for a signed body that is no event', async () => {
    for (const payload of ['{', '[]', '{"object":"event"}']) {
      const response = await deliver(payload, signed(payload));
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'badJson' });
    }
  });
});

describe('413', () => {
  test('for more than Stripe ever sends', async () => {
    const payload = 'x'.repeat(1024 * 1024 + 1);
    expect((await deliver(payload, signed(payload))).status).toBe(413);
  });
});

describe('the way back from Checkout', () => {
  test('422 without a session, and for what cannot be one', async () => {
    for (const query of ['', '?session=', '?session=../../v1/charges', '?session=cs_1&x=1']) {
      const response = await fetch(`${served.url}/checkout/return${query}`);
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ code: 'invalidRequest' });
    }
  });
});
