import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let tools: HttpClient;
let team: HttpClient;
const testClock = '2026-01-31T10:00:00.000Z';
const acme = '/api/workspaces/acme';
const crew = '/api/workspaces/crew';

beforeAll(async () => {
  served = await serveApi();
  tools = await served.client('tools', 'read', 'manage');
  team = await served.client('team', 'read', 'manage');
  await tools.put(acme, { plan: 'free', owner: 'ada', testClock });
  await tools.put(`${acme}/members/bob`, { role: 'editor', state: 'accepted' });
  await team.put(crew, { plan: 'starter', owner: 'ada', testClock });
  await team.put(`${crew}/members/bob`, { role: 'member', state: 'accepted' });
});
afterAll(() => served.stop());

describe('the workspace', () => {
  test('goes to an accepted member, and the lifecycle knows it [2.38]', async () => {
    const given = await tools.post(`${acme}/ownership?viewer=ada`, { to: 'bob' });
    expect(given).toMatchObject({ status: 200, body: { owner: 'bob', space: null } });
    const { body } = await tools.get(`${acme}/members`);
    expect(body['members']).toMatchObject([
      { member: 'ada', role: 'admin', state: 'accepted' },
      { member: 'bob', role: 'owner', state: 'accepted' },
    ]);
    expect((await tools.get(acme)).body['owner']).toBe('bob');
    await served.live('tools', 'acme');
    const [row] = await served.owner<{ owner: string }[]>`
      select lifecycle ->> 'owner' as owner from workspace
      where product_id = 'tools' and external_id = 'acme'`;
    expect(row?.owner).toBe('bob');
  });

  test('is handed over once: again changes nothing, and the owner before may not any more', async () => {
    expect((await tools.post(`${acme}/ownership`, { to: 'bob' })).status).toBe(200);
    expect((await tools.post(`${acme}/ownership?viewer=ada`, { to: 'ada' })).status).toBe(403);
    const rows = await served.owner`
      select 1 from audit_log where action = 'ownershipTransferred'`;
    expect(rows).toHaveLength(1);
  });

  test('is refused to who owns as many as their plan allows [3.19]', async () => {
    const path = '/api/workspaces/second';
    await tools.put(path, { plan: 'free', owner: 'cleo', testClock });
    await tools.put(`${path}/members/bob`, { role: 'editor', state: 'accepted' });
    expect(await tools.post(`${path}/ownership`, { to: 'bob' })).toMatchObject({
      status: 402,
      body: { code: 'ownedOrgLimitReached', limits: [{ scope: 'bob', used: 1, cap: 1 }] },
    });
    expect((await tools.get(path)).body['owner']).toBe('cleo');
  });

  test.each([
    ['a stranger', { to: 'zoe' }, 422, 'memberUnknown'],
    ['a role that there is not', { to: 'ada', formerRole: 'king' }, 422, 'invalidRequest'],
    ['two owners', { to: 'ada', formerRole: 'owner' }, 422, 'invalidRequest'],
  ])('%s is refused', async (_what, body, status, code) => {
    expect(await tools.post(`${acme}/ownership`, body)).toMatchObject({ status, body: { code } });
  });

  test('a personal one stays with its user', async () => {
    await team.put('/api/workspaces/user:pia', { plan: 'starter', owner: 'pia', testClock });
    const given = await team.post('/api/workspaces/user:pia/ownership', { to: 'bob' });
    expect(given).toMatchObject({ status: 409, body: { code: 'ownerStays' } });
  });
});

describe('a key', () => {
  const path = '/api/workspaces/keyed';

  beforeAll(async () => {
    await tools.put(path, { plan: 'free', owner: 'dan', testClock });
    await tools.put(`${path}/members/eve`, { role: 'editor', state: 'accepted' });
    await tools.put(`${path}/resources/space/den`, { name: 'Den', owner: 'dan' });
  });

  test('of a late retry moves nothing again, and answers as it did to who may not any more', async () => {
    const give = (viewer: string, to: string, key: string) =>
      tools.post(`${path}/ownership?viewer=${viewer}`, { to, formerRole: 'editor' }, key);
    const first = await give('dan', 'eve', 'first');
    expect(first.status).toBe(200);
    expect((await give('eve', 'dan', 'back')).status).toBe(200);
    expect(await give('dan', 'eve', 'first')).toMatchObject({ status: 200, body: first.body });
    expect(await give('eve', 'dan', 'back')).toMatchObject({ status: 200 });
    expect((await tools.get(path)).body['owner']).toBe('dan');
  });

  test('that changed nothing at first changes nothing later', async () => {
    const give = (to: string, key: string) => tools.post(`${path}/ownership`, { to }, key);
    expect((await give('dan', 'same')).status).toBe(200);
    expect((await give('eve', 'on')).status).toBe(200);
    expect((await give('dan', 'same')).status).toBe(200);
    expect((await tools.get(path)).body['owner']).toBe('eve');
    expect((await give('dan', 'home')).status).toBe(200);
  });

  test('of a Space given on moves it once', async () => {
    const give = (to: string, key: string) =>
      tools.post(`${path}/ownership`, { to, space: 'den' }, key);
    expect((await give('eve', 'den-1')).status).toBe(200);
    expect((await give('dan', 'den-2')).status).toBe(200);
    expect((await give('eve', 'den-1')).status).toBe(200);
    const { body } = await tools.get(`${path}/resources`);
    expect(body['resources']).toMatchObject([{ id: 'den', owner: 'dan' }]);
  });

  test.each([
    ['another member', { to: 'dan' }],
    ['a Space', { to: 'eve', space: 'den' }],
  ])('that was used is refused for %s', async (_what, body) => {
    await tools.post(`${path}/ownership`, { to: 'eve' }, 'used');
    expect(await tools.post(`${path}/ownership`, body, 'used')).toMatchObject({
      status: 409,
      body: { code: 'idempotencyKeyReused' },
    });
  });
});

describe('a Space', () => {
  const space = `${crew}/resources/space/lab`;

  test('goes on by its owner, whatever their role, or by who manages [2.37 2.38]', async () => {
    await team.put(space, { name: 'Lab', owner: 'ada' });
    const give = (to: string, viewer: string) =>
      team.post(`${crew}/ownership?viewer=${viewer}`, { to, space: 'lab' });
    expect((await give('bob', 'bob')).status).toBe(403);
    expect(await give('bob', 'ada')).toMatchObject({ status: 200, body: { owner: 'bob' } });
    expect(await give('ada', 'bob')).toMatchObject({ status: 200, body: { owner: 'ada' } });
    const { body } = await team.get(`${crew}/resources`);
    expect(body['resources']).toMatchObject([{ id: 'lab', name: 'Lab', owner: 'ada' }]);
  });

  test.each([
    ['to a stranger', { to: 'zoe', space: 'lab' }, 422, 'memberUnknown'],
    ['that there is not', { to: 'bob', space: 'none' }, 404, 'notFound'],
  ])('%s is refused', async (_what, body, status, code) => {
    expect(await team.post(`${crew}/ownership`, body)).toMatchObject({ status, body: { code } });
  });
});
