import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { pay } from './support/pay.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
const acme = '/api/workspaces/acme';
const returnTo = 'http://product.test/billing?tab=credits';

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'read', 'manage');
  const fresh = { plan: 'starter', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await studio.put(acme, fresh)).status).toBe(201);
});
afterAll(async () => {
  await served.stop();
});

const sessionIn = (url: string | undefined): string => /cs_\w+/.exec(url ?? '')?.[0] ?? '';

describe('payment-method', () => {
  test('200: a page, and the same one for the same key [0.30]', async () => {
    const first = await studio.post(`${acme}/payment-method`, { returnTo }, 'card');
    expect(first.status).toBe(200);
    // The page is Stripe's own: nothing of a card is ever sent to us.
    const path = `/v1/checkout/sessions/${sessionIn(first.body['url'])}`;
    const { body: session } = await served.stripe.get(path);
    expect(session).toMatchObject({ mode: 'setup', url: first.body['url'] });
    const again = await studio.post(`${acme}/payment-method`, { returnTo }, 'card');
    expect(again.body).toEqual(first.body);
  });

  test('409: a key that was used with another way back', async () => {
    await studio.post(`${acme}/payment-method`, { returnTo }, 'way');
    const other = { returnTo: 'http://product.test/other' };
    expect(await studio.post(`${acme}/payment-method`, other, 'way')).toMatchObject({
      status: 409,
      body: { code: 'idempotencyKeyReused' },
    });
  });

  test('303: who comes back with a card is sent on, and the card is there', async () => {
    const { body } = await studio.post(`${acme}/payment-method`, { returnTo });
    const session = sessionIn(body['url']);
    await served.stripe.post(`/_control/checkout/${session}/pay`, { card: 'works' });
    const back = await fetch(`${served.url}/checkout/return?session=${session}`, {
      redirect: 'manual',
    });
    expect(back.status).toBe(303);
    expect(back.headers.get('location')).toBe(returnTo);
    const { body: shown } = await studio.get(acme);
    expect(shown['paymentMethod']).toMatchObject({ kind: 'card', last4: '4242' });
  });

  test.each([
    ['http://product.test/billing?from=credits page'],
    ['https://caf\u00e9.test/\u{1f4b3}'],
  ])('200: returnTo %s is written as Stripe takes it', async (address) => {
    const { status, body } = await studio.post(`${acme}/payment-method`, { returnTo: address });
    expect(status).toBe(200);
    const page = await studio.post(`${acme}/top-ups`, {
      ...{ price: { amount: '10.00', currency: 'usd' }, pay: 'checkout', returnTo: address },
    });
    expect([body['url'], page.body['checkoutUrl']]).toEqual([
      expect.stringContaining('cs_'),
      expect.stringContaining('cs_'),
    ]);
  });

  test.each([
    ['javascript:alert(1)'],
    ['/billing'],
    [''],
    ['https://product.test/a\r\nb'],
    ['https://product.test/\u0000'],
  ])('422: returnTo %j', async (address) => {
    const { status, body } = await studio.post(`${acme}/payment-method`, { returnTo: address });
    expect(status).toBe(422);
    expect(body['pointers']).toMatchObject([{ pointer: '/returnTo' }]);
  });
});

describe('top-ups', () => {
  const price = (amount: string, currency = 'usd') => ({ price: { amount, currency } });

  test('200: charges the saved method and grants the credits, once [1.03 1.09]', async () => {
    await pay(served, (await studio.post(`${acme}/payment-method`, { returnTo })).body['url']);
    const before = await studio.get(`${acme}/balance`);
    const wish = { ...price('25.00'), pay: 'savedMethod' };
    const first = await studio.post(`${acme}/top-ups`, wish, 'buy');
    expect(first.status).toBe(200);
    const again = await studio.post(`${acme}/top-ups`, wish, 'buy');
    expect(again.status).toBe(200);
    const after = await studio.get(`${acme}/balance`);
    const available = ({ body }: typeof before): number => Number(body['available']);
    expect(available(after) - available(before)).toBe(25);
    const { body } = await studio.get(`${acme}/invoices`);
    expect(body['invoices']).toMatchObject([
      { reason: 'purchase', status: 'paid', total: { amount: '25.00', currency: 'usd' } },
    ]);
  });

  test('200: the invoice in full has the line that says what was bought', async () => {
    const { body } = await studio.get(`${acme}/invoices`);
    const id = String(body['invoices']?.[0]?.['id']);
    const { body: invoice } = await studio.get(`${acme}/invoices/${id}`);
    expect(invoice['lines']).toMatchObject([
      { kind: 'topUp', description: 'Top-up of 25 credits', amount: { amount: '25.00' } },
    ]);
  });

  test('200: answers where the person pays', async () => {
    const wish = { ...price('10.00'), pay: 'checkout', returnTo };
    const { status, body } = await studio.post(`${acme}/top-ups`, wish);
    expect(status).toBe(200);
    expect(body['checkoutUrl']).toContain('cs_');
  });

  test('402: nothing on file to charge', async () => {
    const fresh = { plan: 'free', owner: 'bob', testClock: '2026-01-31T10:00:00.000Z' };
    await studio.put('/api/workspaces/cardless', fresh);
    const wish = { ...price('10.00'), pay: 'savedMethod' };
    const { status, body } = await studio.post('/api/workspaces/cardless/top-ups', wish);
    expect([status, body['code']]).toEqual([402, 'paymentMethodRequired']);
  });

  test('409: a key that was used with another body', async () => {
    await studio.post(`${acme}/top-ups`, { ...price('10.00'), pay: 'checkout', returnTo }, 'reuse');
    const other = { ...price('25.00'), pay: 'checkout', returnTo };
    const { status, body } = await studio.post(`${acme}/top-ups`, other, 'reuse');
    expect([status, body['code']]).toEqual([409, 'idempotencyKeyReused']);
  });

  test.each([
    ['notATopUp', { ...price('11.00'), pay: 'savedMethod' }],
    ['returnToRequired', { ...price('10.00'), pay: 'checkout' }],
  ])('422: %s', async (code, wish) => {
    const { status, body } = await studio.post(`${acme}/top-ups`, wish);
    expect([status, body['code']]).toEqual([422, code]);
  });

  test.each([
    ['/price/amount', price('10.001')],
    ['/price/amount', price('-10.00')],
    ['/price/currency', price('10.00', 'eur')],
    ['/price/currency', price('10.00', 'USD')],
  ])('422: points at %s', async (pointer, wish) => {
    const { status, body } = await studio.post(`${acme}/top-ups`, { ...wish, pay: 'savedMethod' });
    expect(status).toBe(422);
    expect(body['pointers']).toMatchObject([{ pointer }]);
  });
});

describe('cancel and reactivate', () => {
  test('200: an end is scheduled, and taken back', async () => {
    // The trial becomes a paid plan once its time is over, for a card is on file.
    await studio.post(`${acme}/clock`, { to: '2026-02-15T10:00:00.000Z' });
    const canceled = await studio.post(`${acme}/cancel`, {});
    expect(canceled.status).toBe(200);
    expect(canceled.body['workspace']?.['scheduledChange']).toMatchObject({ kind: 'cancel' });
    const back = await studio.post(`${acme}/reactivate`, {});
    expect(back.status).toBe(200);
    expect(back.body['workspace']?.['scheduledChange']).toBeNull();
  });

  test('409: nothing is scheduled', async () => {
    const { status, body } = await studio.post(`${acme}/reactivate`, {});
    expect([status, body['code']]).toEqual([409, 'nothingScheduled']);
  });

  test('409: it was canceled before', async () => {
    expect((await studio.post(`${acme}/cancel`, { when: 'now' })).status).toBe(200);
    const { status, body } = await studio.post(`${acme}/cancel`, { when: 'now' });
    expect([status, body['code']]).toEqual([409, 'alreadyCanceled']);
  });
});

describe('webhooks', () => {
  test.each([
    ['no signature', {}],
    ['a wrong one', { 'stripe-signature': 't=1,v1=00' }],
  ])('400: %s', async (_what, headers: Readonly<Record<string, string>>) => {
    const response = await fetch(`${served.url}/webhooks/stripe`, {
      method: 'POST',
      headers,
      body: '{}',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'badSignature' });
  });
});

describe('checkout return', () => {
  test('422: a session that cannot be one', async () => {
    expect((await fetch(`${served.url}/checkout/return?session=../x`)).status).toBe(422);
  });
});

describe('what Stripe refuses for good', () => {
  const lost = '/api/workspaces/lost';
  const price = { amount: '10.00', currency: 'usd' };
  const refused = { status: 422, body: { code: 'paymentsRefused' } };

  beforeAll(async () => {
    const fresh = { plan: 'starter', owner: 'ada' };
    expect((await studio.put(lost, fresh)).status).toBe(201);
    const { body } = await studio.post(`${lost}/payment-method`, { returnTo });
    await pay(served, body['url']);
    await served.live('studio', 'lost');
    await served.owner`update workspace set stripe_customer = 'cus_gone'
      where external_id = 'lost'`;
  });

  test('is a refusal to who asked for a page', async () => {
    expect(await studio.post(`${lost}/payment-method`, { returnTo })).toMatchObject(refused);
  });

  test.each([['savedMethod'], ['checkout']])('settles a top-up by %s', async (by) => {
    const wish = { price, pay: by, returnTo };
    expect(await studio.post(`${lost}/top-ups`, wish)).toMatchObject(refused);
    expect(await served.owner`select 1 from outbox where done_at is null`).toHaveLength(0);
  });

  test('is an alert where nobody waits, and holds up nothing behind it', async () => {
    await served.owner`insert into outbox (workspace_id, product_id, key, at, effect)
      select id, product_id, 'draft', now(), '{"kind":"mirrorUpcoming","lines":[]}'
      from workspace where external_id = 'lost'`;
    expect(await studio.post(`${lost}/cancel`, {})).toMatchObject({ status: 200 });
    expect(await served.owner`select 1 from outbox where done_at is null`).toHaveLength(0);
    const told = await served.owner<{ task: string }[]>`
      select data ->> 'task' as task from event_feed where kind = 'paymentsRefused'`;
    expect(told).toMatchObject([{ task: 'mirrorUpcoming' }]);
  });

  test('is a failed try of an invoice, so that dunning goes on by its own days', async () => {
    const path = '/api/workspaces/dunned';
    const testClock = '2026-01-10T12:00:00.000Z';
    await studio.put(path, { plan: 'starter', owner: 'eve', testClock });
    const { body } = await studio.post(`${path}/payment-method`, { returnTo });
    await pay(served, body['url']);
    await studio.post(`${path}/clock`, { to: '2026-01-25T12:00:00.000Z' });
    await served.owner`update workspace set stripe_customer = 'cus_gone2'
      where external_id = 'dunned'`;
    const moved = await studio.post(`${path}/clock`, { to: '2026-02-11T12:00:00.000Z' });
    expect(moved.body['workspace']).toMatchObject({ status: 'pastDue' });
    const told =
      await served.owner`select 1 from event_feed f join workspace w on w.id = f.workspace_id
      where w.external_id = 'dunned' and f.kind = 'paymentsRefused'
        and f.data ->> 'task' = 'collectInvoice'`;
    expect(told).toHaveLength(1);
  });
});
