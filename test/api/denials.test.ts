import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refuseDenied } from '../../src/api/usage/denial.ts';
import { denialKinds } from '../../src/domain/gates/denial.ts';
import { micro } from '../../src/domain/values/money.ts';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let tools: HttpClient;
const testClock = '2026-01-31T10:00:00.000Z';
const acme = '/api/workspaces/acme';
const said = {
  outOfCredits: { status: 403 },
  projectLimitReached: { status: 409, code: 'tooManyProjects' },
  toolLimitReached: { status: 429 },
};

beforeAll(async () => {
  served = await serveApi();
  await served.owner`
    insert into plan_term (product_id, version, terms, hash)
    select product_id, 2,
      jsonb_set(jsonb_set(terms, '{denials}', ${served.owner.json(said)}), '{version}', '2'), 'told'
    from plan_term where product_id = 'tools' and version = 1`;
  tools = await served.client('tools', 'debit', 'read', 'manage');
  await tools.put(acme, { plan: 'free', owner: 'ada', testClock });
});
afterAll(() => served.stop());

describe('a catalog says how its denials are told [K13]', () => {
  test('by a status, of usage', async () => {
    const lines = [{ line: 'run', credits: '51' }];
    expect(await tools.post(`${acme}/debits`, { lines })).toMatchObject({
      status: 403,
      body: { status: 403, code: 'outOfCredits', limits: [{ limit: 'pool' }] },
    });
    const search = { lines: [{ line: 'run', credits: '0.1' }], tool: 'web-search' };
    for (let calls = 1; calls <= 10; calls += 1) await tools.post(`${acme}/debits`, search);
    expect(await tools.post(`${acme}/debits`, search)).toMatchObject({
      status: 429,
      body: { code: 'toolLimitReached' },
    });
  });

  test('by a code of its own, whose meaning stands under the kind’s name', async () => {
    const project = (id: string) => tools.put(`${acme}/resources/project/${id}`, { name: id });
    await project('p1');
    await project('p2');
    expect(await project('p3')).toMatchObject({
      status: 409,
      body: {
        ...{ status: 409, code: 'tooManyProjects', type: '/docs/errors#projectLimitReached' },
        limits: [{ limit: 'projects', used: 2, cap: 2 }],
      },
    });
  });

  test('and of what it does not speak, 402 and the kind [0.39 1.06]', async () => {
    expect(
      await tools.put('/api/workspaces/second', { plan: 'free', owner: 'ada', testClock }),
    ).toMatchObject({ status: 402, body: { code: 'ownedOrgLimitReached' } });
  });
});

test('who is canceled is offered a plan, and no credits, which would not be sold', () => {
  const pool = { limit: 'pool', subject: null, usedMicro: micro(5), capMicro: micro(5) } as const;
  const gate = { limit: 'gate', code: 'canceled', closedAt: testClock } as const;
  const of = { publicUrl: 'https://x.test', payer: 'acme', denials: {}, currency: 'usd' };
  const denied = refuseDenied([gate, { ...pool, resetsAt: null }], {
    ...of,
    growth: { kind: 'plan' },
  });
  expect(denied.ok ? null : denied.refusal.more?.['remedies']).toEqual([
    { action: 'changePlan', url: 'https://x.test/api/workspaces/acme/plan-change' },
  ]);
});

test('every kind of denial is documented [3.30]', async () => {
  const page = await (await fetch(`${served.url}/docs/errors`)).text();
  for (const kind of denialKinds) expect(page).toContain(`id="${kind}"`);
});
