import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proveBooks } from '../../src/cli/audit/prove-books.ts';
import { startLife, type Life } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  const findings = await proveBooks(world.audit);
  expect(findings.filter(({ broken }) => broken > 0)).toEqual([]);
  await world.stop();
});

const usd = (amount: string) => ({ amount, currency: 'usd' });
const testClock = '2026-01-10T12:00:00.000Z';
const slow = { timeout: 60_000, interval: 50 };

async function studio(workspace: string): Promise<Life> {
  const life = await startLife(
    world,
    { product: 'studio', workspace },
    { owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock },
  );
  await life.addCard();
  return life;
}

const buy = (life: Life, amount: string) =>
  life.api.post(`${life.path}/top-ups`, { price: usd(amount), pay: 'savedMethod' });
/** One card pays for one trial, so whether another banner tells of it depends on who came first. */
const bannersOf = async (life: Life): Promise<string> =>
  JSON.stringify((await life.show())['banners']);
const cap = (life: Life, spend: unknown) => life.api.put(`${life.path}/limits`, { spend });

describe('PUT …/limits, the spend cap [0.06]', () => {
  test('at it a purchase is refused with what is used, the cap and the next month', async () => {
    const life = await studio('capped');
    expect(await cap(life, usd('25.00'))).toMatchObject({
      status: 200,
      body: {
        spend: { cap: usd('25.00'), used: usd('0.00'), resetsAt: '2026-02-01T00:00:00.000Z' },
      },
    });
    expect((await buy(life, '10.00')).status).toBe(200);
    expect((await buy(life, '10.00')).status).toBe(200);
    const refused = await buy(life, '10.00');
    expect(refused).toMatchObject({ status: 402, body: { code: 'spendCapReached' } });
    expect(String(refused.body['detail'])).toContain('20.00 of 25.00 USD');
    expect(String(refused.body['detail'])).toContain('2026-02-01T00:00:00.000Z');
    expect(await bannersOf(life)).toContain('spendCapNear');
  });

  test('a change counts at once, and the next month begins anew', async () => {
    const life = await studio('raised');
    await cap(life, usd('10.00'));
    expect((await buy(life, '10.00')).status).toBe(200);
    expect((await buy(life, '10.00')).status).toBe(402);
    expect(await bannersOf(life)).toContain('spendCapReached');
    expect((await cap(life, usd('20.00'))).status).toBe(200);
    expect((await buy(life, '10.00')).status).toBe(200);
    expect((await buy(life, '10.00')).status).toBe(402);
    await life.advance('2026-02-01T00:00:00.000Z');
    expect((await buy(life, '10.00')).status).toBe(200);
    await cap(life, null);
    expect((await buy(life, '50.00')).status).toBe(200);
  });

  test('an automatic top-up waits at it, and goes on when the owner raises it', async () => {
    const life = await studio('automatic');
    await cap(life, usd('5.00'));
    const rule = { threshold: '5', price: usd('10.00') };
    expect((await life.api.put(`${life.path}/auto-top-up`, { rule })).status).toBe(200);
    const available = async (): Promise<number> => Number((await life.balance())['available']);
    expect((await life.use(String((await available()) - 4))).status).toBe(200);
    const rests = async (): Promise<number> => {
      const { body } = await life.api.get('/api/events?limit=500');
      return JSON.stringify(body['events']).split('"autoTopUpRests"').length - 1;
    };
    await expect.poll(rests, slow).toBe(1);
    expect(await available()).toBe(4);
    await cap(life, usd('10.00'));
    await expect.poll(available, slow).toBe(14);
  });

  test('403 for who may set caps and not spend money', async () => {
    const tools = world.api('tools');
    await tools.put('/api/workspaces/shared', { owner: 'ada', plan: 'free', testClock });
    await tools.put('/api/workspaces/shared/members/eve', { role: 'admin', state: 'accepted' });
    expect(
      await tools.put('/api/workspaces/shared/limits?viewer=eve', { spend: usd('5.00') }),
    ).toMatchObject({ status: 403, body: { code: 'permissionRequired' } });
  });

  test('spendCapNotOffered where the catalog offers none', async () => {
    const team = world.api('team');
    await team.put('/api/workspaces/plain', { owner: 'bob', plan: 'team', testClock });
    expect(await team.put('/api/workspaces/plain/limits', { spend: usd('5.00') })).toMatchObject({
      status: 422,
      body: { code: 'spendCapNotOffered' },
    });
  });

  test('422 for another currency, and for a request that names nothing', async () => {
    const life = await studio('foreign');
    expect((await cap(life, { amount: '5.00', currency: 'eur' })).status).toBe(422);
    expect((await life.api.put(`${life.path}/limits`, {})).status).toBe(422);
  });
});
