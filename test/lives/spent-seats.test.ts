import { afterAll, beforeAll, expect, test } from 'vitest';
import { proveBooks } from '../../src/cli/audit/prove-books.ts';
import { startLife } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

test('seats that are given back with their credits spent are paid to the end of the month', async () => {
  const life = await startLife(
    world,
    { product: 'studio', workspace: 'yoyo' },
    { owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T12:00:00.000Z' },
  );
  await life.addCard();
  await life.advance('2026-01-26T12:00:00.000Z');
  await life.becomes('active');
  expect((await life.api.put(`${life.path}/seats`, { purchased: 3 })).status).toBe(200);
  const { available } = await life.balance();
  // Of the three seats' 135 credits 45 stay: half of those that two of them brought.
  expect((await life.use(String(Number(available) - 45))).status).toBe(200);
  expect((await life.api.put(`${life.path}/seats`, { purchased: 1 })).status).toBe(200);
  await life.advance('2026-02-25T12:00:00.000Z');
  const renewal = (await life.invoices()).find(({ period }) =>
    JSON.stringify(period).includes('2026-02-24'),
  );
  const { body } = await life.api.get(`${life.path}/invoices/${String(renewal?.['id'])}`);
  const lines: readonly { description: string; amount: { amount: string } }[] = body['lines'] ?? [];
  expect(lines.map(({ description, amount }) => `${description}: ${amount.amount}`)).toEqual([
    'Pro, seats: 30.00',
    '2 × seat, Pro, 29 of 31 days: 56.13',
    'Credit: 2 × seat, Pro, 29 of 31 days: -56.13',
    // Six days of January are left: 11.61, of which half is charged.
    'Spent credits: 2 × seat, Pro: 5.81',
  ]);
  expect(await life.balance()).toMatchObject({ available: '45.000000' });
  const findings = await proveBooks(world.audit);
  expect(findings.filter(({ broken }) => broken > 0)).toEqual([]);
});
