import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLife } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

test('whoever asks while a long history begins anew is answered', async () => {
  const of = { product: 'studio', workspace: 'methuselah' };
  const life = await startLife(world, of, {
    ...{ owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T12:00:00.000Z' },
  });
  await life.addCard();
  await life.advance('2026-01-24T12:00:00.000Z');
  await life.becomes('active');
  // A change makes eight events or more, and a history begins anew after 500: so it does here,
  // at an instant at which another change is already asked for.
  for (let round = 1; round <= 80; round += 1) {
    const purchased = 1 + (round % 5);
    const changed = await life.api.put(`${life.path}/seats`, { purchased });
    expect(changed).toMatchObject({ status: 200, body: { workspace: { seats: { purchased } } } });
  }
});
