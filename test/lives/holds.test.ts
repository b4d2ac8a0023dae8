import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLife, type Life } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
let life: Life;

beforeAll(async () => {
  world = await openWorld();
  const of = { product: 'studio', workspace: 'acme' };
  const fresh = { owner: 'ada', plan: 'pro', timeZone: 'UTC' };
  life = await startLife(world, of, { ...fresh, testClock: '2026-01-10T12:00:00.000Z' });
});
afterAll(() => world.stop());

const dayMinutes = 24 * 60;
const lines = (credits: string) => [{ line: 'llm', credits }];

async function hold(credits: string): Promise<string> {
  const body = { lines: lines(credits), lifetimeMinutes: dayMinutes };
  const held = await life.api.post(`${life.path}/holds`, body);
  expect(held.status).toBe(200);
  return String(held.body['id']);
}

const settle = async (id: string, credits: string) => {
  const { status, body } = await life.api.post(`${life.path}/holds/${id}/settle`, {
    lines: lines(credits),
  });
  return { status, credits: body['credits'], holdExpired: body['holdExpired'] };
};

const settled = { status: 200, credits: '5.000000', holdExpired: false };

test('a paid plan begins', async () => {
  await life.addCard();
  await life.advance('2026-01-24T12:00:00.000Z');
  expect(await life.becomes('active')).toMatchObject({ plan: { id: 'pro' } });
});

test('a hold survives the reset: it is settled from the window that it was taken in', async () => {
  await life.advance('2026-01-31T12:00:00.000Z');
  const id = await hold('10');
  await life.advance('2026-02-01T00:00:00.000Z');
  const { available, held } = await life.balance();
  expect({ available, held }).toEqual({ available: '45.000000', held: '10.000000' });
  expect(await settle(id, '5')).toEqual(settled);
  expect(await life.balance()).toMatchObject({ available: '45.000000', held: '0.000000' });
});

test('a hold survives a change of plan', async () => {
  const id = await hold('10');
  const preview = await life.api.post(`${life.path}/plan-change`, { plan: 'team', preview: true });
  const { previewToken } = preview.body;
  const changed = await life.api.post(`${life.path}/plan-change`, { plan: 'team', previewToken });
  expect(changed.status).toBe(200);
  expect(await life.balance()).toMatchObject({ held: '10.000000' });
  expect(await settle(id, '5')).toEqual(settled);
  expect(await life.balance()).toMatchObject({ held: '0.000000' });
});

test('a hold survives the cancellation: what runs may finish, and nothing new begins', async () => {
  const id = await hold('10');
  expect((await life.api.post(`${life.path}/cancel`, { when: 'now' })).status).toBe(200);
  await life.becomes('canceled');
  expect(await life.use('1')).toMatchObject({ status: 402, body: { code: 'canceled' } });
  expect(await settle(id, '5')).toEqual(settled);
});
