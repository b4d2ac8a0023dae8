import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { httpClient, type Answer, type HttpClient } from '../support/http-client.ts';
import { openKillableWorld, type KillableWorld } from '../support/killable-world.ts';
import { lifeOf, returnTo, type Life } from '../support/life.ts';
import { issueKeys } from '../support/world.ts';
import { proveAtRest } from './portrait.ts';

// What callers see while a part is away, and that nothing which they asked for is lost or done twice.

let world: KillableWorld;
let key: string;
let life: Life;
/** Asks once, and takes the first answer. */
let impatient: HttpClient;
let lives = 0;

beforeAll(async () => {
  world = await openKillableWorld();
  key = (await issueKeys(world.config)).get('studio') ?? '';
  impatient = httpClient(world.config.http.publicUrl, { authorization: `Bearer ${key}` });
});
afterAll(() => world.stop());

beforeEach(async () => {
  lives += 1;
  life = lifeOf(world, world.api('studio'), `/api/workspaces/away-${lives}`);
  const body = {
    owner: 'ada',
    plan: 'pro',
    timeZone: 'UTC',
    testClock: '2026-01-10T12:00:00.000Z',
  };
  await life.api.put(life.path, body);
  await life.addCard();
  await life.advance('2026-01-25T12:00:00.000Z');
});

const debit = { lines: [{ line: 'llm', credits: '5' }] };
const price = { amount: '25.00', currency: 'usd' };

const patience = { timeout: 60_000, interval: 100 };
async function eventually(look: () => Promise<unknown>, expected: unknown): Promise<void> {
  await expect.poll(look, patience).toBe(expected);
}

function expectUnavailable({ status, headers, body }: Answer, code: string): void {
  expect({ status, code: body['code'] }).toEqual({ status: 503, code });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
}

test('without its database the API says 503 and when to come back, and loses nothing', async () => {
  await world.parts.postgres.kill();
  const asked = () => impatient.post(`${life.path}/debits`, debit, 'while-away');
  expectUnavailable(await asked(), 'databaseUnavailable');
  expectUnavailable(await impatient.get(`${life.path}/balance`), 'databaseUnavailable');
  const seats = { purchased: 2 };
  expectUnavailable(await impatient.put(`${life.path}/seats`, seats), 'databaseUnavailable');
  expect(await impatient.get('/healthz')).toMatchObject({ status: 200 });
  expect(await impatient.get('/readyz')).toMatchObject({
    status: 503,
    body: { status: 'unready', postgres: 'away' },
  });

  await world.parts.postgres.restart();
  await eventually(async () => (await asked()).status, 200);
  expect(await asked()).toMatchObject({ status: 200 });
  expect(await life.balance()).toMatchObject({ available: '40.000000' });
  expect(await life.show()).toMatchObject({ seats: { purchased: 1 } });
  await proveAtRest(world);
});

test('what Stripe tells while the database is away is booked once it is back', async () => {
  const wish = { price, pay: 'checkout', returnTo };
  const { body } = await life.api.post(`${life.path}/top-ups`, wish);
  const session = String(body['checkoutUrl']).split('/').at(-1);
  await world.parts.postgres.kill();
  await world.stripe.post(`/_control/checkout/${session}/pay`, { card: 'works' });
  const back = await impatient.get(`/checkout/return?session=${session}`);
  expect(back.status).toBe(503);

  await world.parts.postgres.restart();
  // By the webhook alone: the person does not come back a second time.
  await eventually(async () => (await life.balance())['available'], '70.000000');
  await proveAtRest(world);
});

test('without Temporal debits go on, and a change is kept and made once', async () => {
  await world.parts.temporal.kill();
  expect(await impatient.post(`${life.path}/debits`, debit)).toMatchObject({ status: 200 });
  const buy = () => impatient.post(`${life.path}/top-ups`, { price, pay: 'savedMethod' }, 'kept');
  const kept = await buy();
  expect(kept).toMatchObject({ status: 202, body: { kind: 'topUp', state: 'waiting' } });
  const location = kept.headers.get('location') ?? '';
  expect(await impatient.get(location)).toMatchObject({ status: 200, body: { state: 'waiting' } });
  expect(await impatient.get('/readyz')).toMatchObject({
    status: 200,
    body: { status: 'ready', temporal: 'degraded' },
  });

  await world.parts.temporal.restart();
  await eventually(async () => (await life.api.get(location)).body['state'], 'done');
  expect(await buy()).toMatchObject({ status: 200 });
  expect(await life.balance()).toMatchObject({ available: '65.000000' });
  await proveAtRest(world);
});

test('without Stripe debits go on, a page is refused, and a purchase is kept and charged once', async () => {
  await world.stripe.post('/_control/faults', { kind: 'outage', seconds: 600 });
  expect(await impatient.post(`${life.path}/debits`, debit)).toMatchObject({ status: 200 });
  const page = await impatient.post(`${life.path}/payment-method`, { returnTo });
  expectUnavailable(page, 'paymentsUnavailable');
  const buy = () => impatient.post(`${life.path}/top-ups`, { price, pay: 'savedMethod' }, 'bought');
  const kept = await buy();
  expect(kept).toMatchObject({ status: 202, body: { kind: 'topUp', state: 'waiting' } });
  expect(await life.balance()).toMatchObject({ available: '40.000000' });

  await world.stripe.post('/_control/faults', { kind: 'clear' });
  const location = kept.headers.get('location') ?? '';
  await eventually(async () => (await life.api.get(location)).body['state'], 'done');
  expect(await buy()).toMatchObject({ status: 200 });
  expect(await life.balance()).toMatchObject({ available: '65.000000' });
  await proveAtRest(world);
});
