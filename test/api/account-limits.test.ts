import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let tools: HttpClient;
let agents: HttpClient;
const testClock = '2026-01-31T10:00:00.000Z';
const path = (workspace: string): string => `/api/workspaces/${workspace}`;

beforeAll(async () => {
  served = await serveApi();
  tools = await served.client('tools', 'read', 'manage');
  agents = await served.client('agents', 'read', 'manage');
});
afterAll(() => served.stop());

const make = (api: HttpClient, workspace: string, owner: string, plan = 'free') =>
  api.put(path(workspace), { plan, owner, testClock });

/** What a denial says by name. */
const denial = (code: string, limit: string, used: number, scope: string | null) => ({
  status: 402,
  body: { code, limits: [{ limit, scope, used, cap: used, resetsAt: null }] },
});

describe('organisations that one may own [3.19]', () => {
  test('one by Free; the second is denied with the limit and the way out [3.25 3.26]', async () => {
    expect((await make(tools, 'owned-1', 'ada')).status).toBe(201);
    const denied = await make(tools, 'owned-2', 'ada');
    expect(denied).toMatchObject(denial('ownedOrgLimitReached', 'ownedOrgs', 1, 'ada'));
    expect(denied.body['remedies']).toEqual([
      { action: 'changePlan', url: 'http://billing.test/api/workspaces/owned-1/plan-change' },
    ]);
    expect(await tools.get(path('owned-2'))).toMatchObject({ status: 404 });
    expect((await make(tools, 'owned-1', 'ada')).status).toBe(200);
  });

  test('of two at once on the last place one is made', async () => {
    const answers = await Promise.all([
      make(tools, 'race-1', 'rob'),
      make(tools, 'race-2', 'rob'),
      make(tools, 'race-3', 'rob'),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 402, 402]);
  });
});

describe('workspaces of one owner [4.06]', () => {
  test('one by Free, and without limit by Pro [4.02 4.03]', async () => {
    expect((await make(agents, 'one', 'ada')).status).toBe(201);
    const limit = denial('workspaceLimitReached', 'workspaces', 1, 'ada');
    expect(await make(agents, 'two', 'ada')).toMatchObject(limit);
    expect(await make(agents, 'two', 'ada', 'pro')).toMatchObject(limit);
    expect((await make(agents, 'pro-1', 'bob', 'pro')).status).toBe(201);
    expect((await make(agents, 'pro-2', 'bob')).status).toBe(201);
    expect((await make(agents, 'pro-3', 'bob')).status).toBe(201);
  });
});

describe('organisations that one may join [3.20]', () => {
  test('three by Free: accepted ones count, invitations do not, and who leaves has room', async () => {
    const join = (n: number, state: string) =>
      tools.put(`${path(`joined-${n}`)}/members/jo`, { role: 'viewer', state });
    for (const n of [1, 2, 3, 4]) {
      await make(tools, `joined-${n}`, `owner-${n}`);
      expect((await join(n, 'invited')).status).toBe(200);
    }
    for (const n of [1, 2, 3]) expect((await join(n, 'accepted')).status).toBe(200);
    const limit = denial('joinedOrgLimitReached', 'joinedOrgs', 3, 'jo');
    expect(await join(4, 'accepted')).toMatchObject(limit);
    expect((await join(3, 'accepted')).status).toBe(200);
    await tools.delete(`${path('joined-1')}/members/jo`);
    expect((await join(4, 'accepted')).status).toBe(200);
  });
});

describe('projects that live at the same time [3.21]', () => {
  const project = (id: string) => `${path('lab')}/resources/project/${id}`;

  test('two by Free; closing one frees its place, and renaming takes none', async () => {
    await make(tools, 'lab', 'lou');
    expect((await tools.put(project('p1'), { name: 'P1' })).status).toBe(200);
    expect((await tools.put(project('p2'), { name: 'P2' })).status).toBe(200);
    const denied = await tools.put(project('p3'), { name: 'P3' });
    expect(denied).toMatchObject(denial('projectLimitReached', 'projects', 2, null));
    expect(denied.body['remedies']).toEqual([
      { action: 'changePlan', url: 'http://billing.test/api/workspaces/lab/plan-change' },
    ]);
    expect((await tools.put(project('p2'), { name: 'P two' })).status).toBe(200);
    expect((await tools.put(`${path('lab')}/resources/agent/a1`, { name: 'A' })).status).toBe(200);
    await tools.delete(project('p1'));
    expect((await tools.put(project('p3'), { name: 'P3' })).status).toBe(200);
    expect((await tools.put(project('p1'), { name: 'P1 again' })).status).toBe(402);
  });

  test('of four at once on two places two are made', async () => {
    await make(tools, 'crowd', 'cleo');
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((id) =>
        tools.put(`${path('crowd')}/resources/project/${id}`, { name: id }),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, 200, 402, 402]);
  });
});

describe('members and invitations together [3.22]', () => {
  test('three by Free: an invitation takes a place, its acceptance no second one', async () => {
    await make(tools, 'club', 'kim');
    const put = (member: string, state: string) =>
      tools.put(`${path('club')}/members/${member}`, { role: 'viewer', state });
    expect((await put('m1', 'invited')).status).toBe(200);
    expect((await put('m2', 'invited')).status).toBe(200);
    const limit = denial('seatLimitReached', 'seatsAndInvitations', 3, null);
    expect(await put('m3', 'invited')).toMatchObject(limit);
    expect(await put('m3', 'accepted')).toMatchObject(limit);
    expect((await put('m1', 'accepted')).status).toBe(200);
    await tools.delete(`${path('club')}/members/m2`);
    expect((await put('m3', 'accepted')).status).toBe(200);
  });
});
