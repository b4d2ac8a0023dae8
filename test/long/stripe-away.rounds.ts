import { afterAll, beforeAll, expect, test } from 'vitest';
import { proveAtRest } from '../chaos/portrait.ts';
import { startLife } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

/** An attempt at Stripe is given up after a minute, and the task rests for another one. */
const outageSeconds = 75;

test('a purchase is made once after an outage that was longer than an attempt lasts', async () => {
  const life = await startLife(
    world,
    { product: 'studio', workspace: 'patient' },
    { owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T12:00:00.000Z' },
  );
  await life.addCard();
  await world.stripe.post('/_control/faults', { kind: 'outage', seconds: outageSeconds });
  const wish = { price: { amount: '25.00', currency: 'usd' }, pay: 'savedMethod' };
  const kept = await life.api.post(`${life.path}/top-ups`, wish);
  expect(kept).toMatchObject({ status: 202, body: { state: 'waiting' } });
  const look = async () => (await life.api.get(kept.headers.get('location') ?? '')).body['state'];
  await expect.poll(look, { timeout: 240_000, interval: 1_000 }).toBe('done');
  expect(await life.balance()).toMatchObject({ available: '70.000000' });
  await proveAtRest(world);
});
