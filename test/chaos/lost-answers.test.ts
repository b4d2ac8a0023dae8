import { afterAll, beforeAll, expect, test } from 'vitest';
import { httpClient } from '../support/http-client.ts';
import { lifeOf, type Life } from '../support/life.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { issueKeys, openWorld, type World } from '../support/world.ts';

// The network breaks after the API, or Postgres, has done what was asked, and before anybody hears of it.

let world: World;
let proxy: TcpProxy;
let life: Life;
beforeAll(async () => {
  world = await openWorld();
  const { host, port } = world.config.http;
  proxy = await startTcpProxy({ host, port });
  const key = (await issueKeys(world.config)).get('studio') ?? '';
  const api = httpClient(`http://127.0.0.1:${proxy.port}`, {
    authorization: `Bearer ${key}`,
    // Each request has a connection of its own, so that none is sent again by the client itself.
    connection: 'close',
  });
  life = lifeOf(world, api, '/api/workspaces/unheard');
  const body = {
    owner: 'ada',
    plan: 'pro',
    timeZone: 'UTC',
    testClock: '2026-01-10T12:00:00.000Z',
  };
  expect(await life.api.put(life.path, body)).toMatchObject({ status: 201 });
});
afterAll(async () => {
  await proxy.stop();
  await world.stop();
});

/** Asks, hears nothing, and asks again under the same key. */
async function askTwice(path: string, body: object, key: string) {
  proxy.loseAnswer();
  await expect(life.api.post(life.path + path, body, key)).rejects.toThrow('fetch failed');
  expect(proxy.heal()).toBe(true);
  return life.api.post(life.path + path, body, key);
}

const lines = (credits: string) => [{ line: 'llm', credits }];

test('a debit whose answer was lost is made once', async () => {
  const answer = await askTwice('/debits', { lines: lines('4') }, 'debit-1');
  expect(answer).toMatchObject({ status: 200, body: { credits: '4.000000' } });
  expect(await life.balance()).toMatchObject({ available: '41.000000' });
});

test('a hold, its settling and the refund whose answers were lost are made once', async () => {
  const hold = await askTwice('/holds', { lines: lines('10') }, 'hold-1');
  expect(hold).toMatchObject({ status: 200 });
  expect(await life.balance()).toMatchObject({ available: '31.000000', held: '10.000000' });
  const settled = await askTwice(
    `/holds/${String(hold.body['id'])}/settle`,
    { lines: lines('12') },
    'settle-1',
  );
  expect(settled).toMatchObject({ status: 200, body: { credits: '12.000000' } });
  expect(await life.balance()).toMatchObject({ available: '29.000000', held: '0.000000' });
  const refunded = await askTwice(`/debits/${String(settled.body['id'])}/refund`, {}, 'refund-1');
  expect(refunded).toMatchObject({ status: 200 });
  expect(await life.balance()).toMatchObject({ available: '41.000000' });
});

test('a denial whose answer was lost is given again, and moves nothing', async () => {
  const denied = await askTwice('/debits', { lines: lines('42') }, 'debit-2');
  expect(denied).toMatchObject({ status: 402, body: { code: 'outOfCredits' } });
  expect(await life.balance()).toMatchObject({ available: '41.000000' });
});

test('a change of the lifecycle whose answer was lost is made once', async () => {
  const changed = await askTwice('/plan-change', { plan: 'team' }, 'change-1');
  expect(changed).toMatchObject({ status: 200 });
  expect(await life.show()).toMatchObject({ plan: { id: 'team' } });
  const [counted] = await world.audit`select count(*)::int as changes from command
    where kind = 'changePlan'`;
  expect(counted).toEqual({ changes: 1 });
});

test('leaves books that add up', async () => {
  expect(await world.audit`select * from ledger_audit()`).toHaveLength(0);
});
