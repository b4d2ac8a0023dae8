import { afterAll, beforeAll, expect, test } from 'vitest';
import { proveBooks } from '../../src/cli/audit/prove-books.ts';
import { startLife, type Life } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

const rule = { threshold: '5', price: { amount: '10.00', currency: 'usd' } };
const slow = { timeout: 60_000, interval: 50 };

async function withRule(workspace: string, card = 'works'): Promise<Life> {
  const life = await startLife(
    world,
    { product: 'studio', workspace },
    { owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T12:00:00.000Z' },
  );
  await life.addCard(card);
  expect((await life.api.put(`${life.path}/auto-top-up`, { rule })).status).toBe(200);
  return life;
}

const available = async (life: Life): Promise<number> =>
  Number((await life.balance())['available']);

test('a debit that brings the balance to the threshold buys a pack with the card on file', async () => {
  const life = await withRule('refilled');
  const before = await available(life);
  expect((await life.use(String(before - 5))).status).toBe(200);
  await expect.poll(() => available(life), slow).toBe(15);
  const rule = async () => (await life.show())['autoTopUp'];
  await expect.poll(rule, slow).toMatchObject({ state: 'waiting', stoppedBy: null });
  const bought = (await life.invoices()).filter(({ reason }) => reason === 'purchase');
  expect(bought).toMatchObject([{ status: 'paid', total: { amount: '10.00', currency: 'usd' } }]);
  const findings = await proveBooks(world.audit);
  expect(findings.filter(({ broken }) => broken > 0)).toEqual([]);
});

test('a card that is declined is asked once a day, and credits stay as they are', async () => {
  const life = await withRule('resting', 'failsLater');
  const before = await available(life);
  expect((await life.use(String(before - 4))).status).toBe(200);
  const rests = async (): Promise<number> => {
    const { body } = await life.api.get('/api/events?limit=500');
    return JSON.stringify(body['events']).split('"autoTopUpRests"').length - 1;
  };
  await expect.poll(rests, slow).toBe(1);
  expect((await life.show())['autoTopUp']).toMatchObject({ state: 'resting' });
  expect((await life.use('1')).status).toBe(200);
  expect(await available(life)).toBe(3);
});
