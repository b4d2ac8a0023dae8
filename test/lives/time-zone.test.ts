import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLife } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

test('an owner who moves to the east gets the next month’s credits by the new zone, once', async () => {
  const of = { product: 'studio', workspace: 'traveller' };
  const life = await startLife(world, of, {
    ...{ owner: 'ada', plan: 'free', timeZone: 'America/New_York' },
    testClock: '2026-01-20T12:00:00.000Z',
  });
  expect(await life.use('1')).toMatchObject({ status: 200 });
  const moved = await life.api.put(`${life.path}/time-zone`, { timeZone: 'Europe/Paris' });
  expect(moved).toMatchObject({
    status: 200,
    body: { workspace: { timeZone: 'Europe/Paris' } },
  });
  const left = await life.balance();

  // Midnight of February in Paris: January's window runs on until New York's.
  await life.advance('2026-01-31T23:00:00.000Z');
  expect(await life.balance()).toMatchObject({ available: left['available'] });
  await life.advance('2026-02-01T05:00:00.000Z');
  expect(await life.balance()).toMatchObject({ available: '1.000000' });
  await life.advance('2026-02-28T22:59:59.999Z');
  expect(await life.use('1')).toMatchObject({ status: 200 });
  await life.advance('2026-02-28T23:00:00.000Z');
  expect(await life.balance()).toMatchObject({ available: '1.000000' });
});

test('a zone that is none is refused, and nothing changes', async () => {
  const of = { product: 'studio', workspace: 'rooted' };
  const life = await startLife(world, of, {
    ...{ owner: 'ada', plan: 'free', timeZone: 'UTC', testClock: '2026-01-20T12:00:00.000Z' },
  });
  const refused = await life.api.put(`${life.path}/time-zone`, { timeZone: '+02:00' });
  expect([refused.status, refused.body['pointers']]).toEqual([
    422,
    [
      {
        in: 'body',
        pointer: '/timeZone',
        message: 'must be a time zone, such as "Europe/Paris"',
      },
    ],
  ]);
  expect(await life.show()).toMatchObject({ timeZone: 'UTC' });
});
