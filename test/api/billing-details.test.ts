import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient, Json } from '../support/http-client.ts';
import { putCardOnFile } from './support/card.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'read', 'manage');
  const fresh = { plan: 'pro', owner: 'ada', testClock: '2026-01-10T12:00:00.000Z' };
  expect((await studio.put('/api/workspaces/acme', fresh)).status).toBe(201);
});
afterAll(() => served.stop());

const url = '/api/workspaces/acme/billing-details';

const address = {
  ...{ line1: 'ul. Piotrkowska 1', line2: 'lok. 5', city: 'Łódź', region: null },
  ...{ postalCode: '90-001', country: 'PL' },
};
const full = {
  ...{ name: 'Acme sp. z o.o.', address, email: 'bills@acme.test', taxId: 'PL5260000000' },
  copies: ['boss@acme.test'],
};
const nothing = { name: null, address: null, email: null, taxId: null, copies: [] };

const tell = async (details: object): Promise<Json> => {
  const { status, body } = await studio.put(url, details);
  expect([status, body]).toEqual([200, expect.any(Object)]);
  return body;
};

test('200: kept, shown, and changed back and forth [2.40]', async () => {
  for (const wish of [full, nothing, full]) {
    expect(await tell(wish)).toEqual(wish);
    expect((await studio.get(url)).body).toEqual(wish);
    expect((await studio.get('/api/workspaces/acme')).body['billing']).toEqual(wish);
  }
});

test('200: what is left out is none', async () => {
  const { line1, city, country } = address;
  const short = { email: 'bills@acme.test', taxId: null, address: { line1, city, country } };
  expect(await tell(short)).toEqual({
    ...{ ...nothing, email: 'bills@acme.test' },
    address: { line1, line2: null, city, region: null, postalCode: null, country },
  });
});

test('200: stand at Stripe, and on invoices as they were when those were issued [2.41]', async () => {
  await tell(full);
  await putCardOnFile(served, studio, { product: 'studio', workspace: 'acme' });
  const moved = await studio.post('/api/workspaces/acme/clock', { to: '2026-01-24T12:00:00.000Z' });
  expect(moved.status).toBe(200);
  const [row] = await served.owner<{ stripe_customer: string }[]>`
    select stripe_customer from workspace where external_id = 'acme'`;
  const customerNow = async () => {
    const path = `/v1/customers/${row?.stripe_customer ?? ''}`;
    return (await served.stripe.get(path)).body;
  };
  expect(await customerNow()).toMatchObject({
    ...{ name: 'Acme sp. z o.o.', email: 'bills@acme.test' },
    address: { line1: 'ul. Piotrkowska 1', postal_code: '90-001', country: 'PL' },
  });
  await tell({ ...full, name: 'Another', taxId: null });
  const { body } = await studio.get('/api/workspaces/acme/invoices');
  const { copies: _notOnInvoices, ...billed } = full;
  expect(body['invoices']).toMatchObject([{ billing: billed }]);
  expect(await customerNow()).toMatchObject({
    name: 'Another',
  });
});

describe('422: points at', () => {
  const at = (change: object) => ({ ...full, address: { ...address, ...change } });
  test.each([
    ['/email', { ...full, email: 'nobody' }],
    ['/email', { ...full, email: null }],
    ['/copies/0', { ...full, copies: ['x'] }],
    ['/copies', { ...full, copies: ['a@b.test', 'a@b.test'] }],
    ['/taxId', { ...full, taxId: 'a\u0007b' }],
    ['/taxId', { email: null }],
    ['/name', { ...full, name: 'Ac\nme' }],
    ['/address/country', at({ country: 'XX' })],
    ['/address/country', at({ country: 'pl' })],
    ['/address/country', at({ country: 'EU' })],
    ['/address/line1', at({ line1: ' ' })],
    ['/address/city', at({ city: undefined })],
  ])('%s of %j', async (pointer, wish) => {
    const { status, body } = await studio.put(url, wish);
    expect(status).toBe(422);
    expect(body['pointers']).toMatchObject([{ pointer }]);
  });
});

test('a user’s own address is kept and taken away; nobody else’s is told', async () => {
  const user = '/api/users/ada';
  expect((await studio.get(user)).body).toEqual({ email: null });
  expect(await studio.put(user, { email: 'ada@acme.test' })).toMatchObject({ status: 200 });
  expect((await studio.get(user)).body).toEqual({ email: 'ada@acme.test' });
  const other = await served.client('team', 'manage');
  expect((await other.get(user)).body).toEqual({ email: null });
  expect(await studio.put(user, { email: null })).toMatchObject({ status: 200 });
  expect((await studio.get(user)).body).toEqual({ email: null });
  expect((await studio.put(user, { email: 'x' })).body['pointers']).toMatchObject([
    { pointer: '/email' },
  ]);
});
