import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pay } from '../api/support/pay.ts';
import { serveApi, type Served } from '../api/support/served.ts';
import type { HttpClient, Json } from '../support/http-client.ts';

/**
 * What the pages of rules that no page shows yet will read: the data is there now, and so is who may see it.
 * The rules stand in words, not in brackets: they pass once a page shows them.
 */
let served: Served;
let studio: HttpClient;
const acme = '/api/workspaces/acme';

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'debit', 'read', 'manage', 'admin');
  const fresh = { plan: 'free', owner: 'ana', testClock: '2026-01-10T10:00:00.000Z' };
  expect((await studio.put(acme, fresh)).status).toBe(201);
  expect((await studio.put(`${acme}/members/ben`, { state: 'accepted' })).status).toBe(200);
  const gift = { credits: '10', reason: 'a promise', kind: 'promo' };
  expect((await studio.post(`${acme}/grants`, gift)).status).toBe(201);
  const used = { lines: [{ line: 'llm', credits: '0.4' }], member: 'ben' };
  expect((await studio.post(`${acme}/debits`, used)).status).toBe(200);
});
afterAll(() => served.stop());

const read = async (path: string): Promise<Json> => {
  const { status, body } = await studio.get(`${acme}${path}`);
  expect({ path, status }).toEqual({ path, status: 200 });
  return body;
};

describe('a billing page finds', () => {
  test('the plan, its badge, its status and the next billing date: rules 2.11 and 4.07', async () => {
    expect(await read('')).toMatchObject({
      ...{ plan: { id: 'free', name: 'Free', badge: 'FREE' }, shownAs: 'Active' },
      nextBillingAt: null,
    });
  });

  test('what of the month’s credits is used, and its reset: rules 0.11, 0.12 and 0.18', async () => {
    const balance = await read('/balance');
    expect(balance).toMatchObject({
      window: { resetsAt: '2026-02-01T00:00:00.000Z' },
      grants: [{ kind: 'included', granted: '1.000000', spent: '0.400000' }, { kind: 'promo' }],
    });
    const { rows } = await read('/usage?by=member');
    expect(rows).toMatchObject([{ by: { member: 'ben' }, credits: '0.400000' }]);
  });

  test('credits beside the plan, that they never expire, and what can be bought: rules 0.14, 1.07 and 4.11', async () => {
    const { grants } = await read('/balance');
    expect(grants[1]).toMatchObject({ remaining: '10.000000', expiresAt: null });
    const { body } = await studio.get('/api/plans');
    const plans: readonly Json[] = body['plans'] ?? [];
    const packs = [10, 25, 50, 100].map((amount) => ({ price: { amount: `${amount}.00` } }));
    expect(plans[0]?.['topUps']).toMatchObject({ offer: 'packs', packs });
  });

  test('the invoices, each with its status: rules 0.21 and 4.14', async () => {
    expect(await read('/invoices')).toMatchObject({ invoices: [] });
  });

  test('what helps whoever is blocked, at the route that does it: rule 1.12', async () => {
    const wish = { lines: [{ line: 'llm', credits: '100' }] };
    const { status, body } = await studio.post(`${acme}/debits`, wish);
    expect(status).toBe(402);
    expect(body['remedies']).toContainEqual({
      action: 'buyCredits',
      url: `http://billing.test${acme}/top-ups`,
    });
  });
});

describe('who pays, or leaves the page that asks for it', () => {
  const place = 'https://studio.example/editor/p7?draft=d-42&panel=chat#input';
  const price = { amount: '10.00', currency: 'usd' };

  test('comes back to the very place in the editor, where the message waits: rule 1.13', async () => {
    const wish = { price, pay: 'checkout', returnTo: place };
    const { body } = await studio.post(`${acme}/top-ups`, wish);
    const session = /cs_\w+/.exec(String(body['checkoutUrl']))?.[0] ?? '';
    const page = await served.stripe.get(`/v1/checkout/sessions/${session}`);
    expect(page.body['cancel_url']).toBe(place);
    expect(await pay(served, body['checkoutUrl'])).toBe(place);
  });

  test('with a new card as well: rule 1.13', async () => {
    const { body } = await studio.post(`${acme}/payment-method`, { returnTo: place });
    expect(await pay(served, body['url'])).toBe(place);
  });
});

test('a member sees the totals and may change nothing: rules 0.04, 3.07 and 4.01', async () => {
  const shown = await read('?viewer=ben');
  expect(shown['may']).toEqual(['read', 'usage']);
  const wish = { price: { amount: '10.00', currency: 'usd' }, pay: 'savedMethod' };
  const bought = await studio.post(`${acme}/top-ups?viewer=ben`, wish);
  expect(bought).toMatchObject({ status: 403, body: { code: 'permissionRequired' } });
});
