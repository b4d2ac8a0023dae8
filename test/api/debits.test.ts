import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { putCardOnFile } from './support/card.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
let team: HttpClient;

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'debit', 'read', 'manage');
  team = await served.client('team', 'debit', 'record', 'read', 'manage');
  // A trial of Studio's Starter holds 20 credits.
  const acme = { plan: 'starter', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await studio.put('/api/workspaces/acme', acme)).status).toBe(201);
  // On Team's Starter every member pays with a plan of their own.
  const solo = { plan: 'starter', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await team.put('/api/workspaces/crew', solo)).status).toBe(201);
});
afterAll(async () => {
  await served.stop();
});

const million = { line: 'llm', model: 'haiku-4.5', tokens: { input: 1_000_000 } };

describe('200', () => {
  test('charges tokens by the rate card and names what paid for them', async () => {
    const { status, body } = await studio.post('/api/workspaces/acme/debits', {
      lines: [million, { line: 'tools', credits: '0.25' }],
      member: 'ada',
      runId: 'run-1',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      payer: 'acme',
      at: '2026-01-31T10:00:00.000Z',
      credits: '1.250000',
      balance: '18.750000',
      entries: [
        { line: 'llm', model: 'haiku-4.5', credits: '1.000000', from: 'grant', grant: 'included' },
        { line: 'tools', model: null, credits: '0.250000', from: 'grant', grant: 'included' },
      ],
      aboveHold: false,
      holdExpired: false,
      promos: [],
      limitsLeft: [],
    });
  });

  test('gives the very same answer to the same key, and charges once', async () => {
    const body = { lines: [{ line: 'tools', credits: '1' }] };
    const first = await studio.post('/api/workspaces/acme/debits', body, 'twin');
    const again = await studio.post('/api/workspaces/acme/debits', body, 'twin');
    expect(again.body).toEqual(first.body);
    const { body: now } = await studio.get('/api/workspaces/acme/balance');
    expect(now['available']).toBe(first.body['balance']);
  });

  test('knows a body again whatever the order of its fields', async () => {
    const url = '/api/workspaces/acme/debits';
    const line = { line: 'tools', credits: '0.1' };
    const first = await studio.post(url, { lines: [line], member: 'ada' }, 'order');
    const again = await studio.post(url, { member: 'ada', lines: [line] }, 'order');
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body).toEqual(first.body);
  });

  test("charges the member's own workspace on a plan that belongs to the user", async () => {
    const ben = { plan: 'starter', owner: 'ben', testClock: '2026-01-31T10:00:00.000Z' };
    await team.put('/api/workspaces/user:ben', ben);
    await putCardOnFile(served, team, { product: 'team', workspace: 'user:ben' });
    await team.put('/api/workspaces/crew/members/ben', { role: 'member', state: 'accepted' });
    const { status, body } = await team.post('/api/workspaces/crew/debits', {
      lines: [{ line: 'llm', credits: '2' }],
      member: 'ben',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ payer: 'user:ben', credits: '2.000000', balance: '498.000000' });
    const [entry] = await served.owner`
      select e.on_behalf_of = w.id as is_for_crew from usage_entry e
      join workspace w on w.external_id = 'crew' where e.member = 'ben'`;
    expect(entry).toEqual({ is_for_crew: true });
  });

  test('records what has happened as debt, for a key that may', async () => {
    const { status, body } = await team.post('/api/workspaces/user:ben/debits', {
      lines: [{ line: 'llm', credits: '500' }],
      onShort: 'record',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      credits: '500.000000',
      balance: '0.000000',
      entries: [
        { from: 'grant', credits: '498.000000' },
        { from: 'debt', credits: '2.000000' },
      ],
    });
  });
});

describe('402', () => {
  test('names the pool, what would help, and charges nothing [1.06 3.25 3.26]', async () => {
    const before = await studio.get('/api/workspaces/acme/balance');
    const { status, headers, body } = await studio.post('/api/workspaces/acme/debits', {
      lines: [{ line: 'llm', credits: '1000' }],
    });
    expect(status).toBe(402);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({
      type: '/docs/errors#outOfCredits',
      status: 402,
      code: 'outOfCredits',
      limits: [{ limit: 'pool', scope: null, cap: '20.000000' }],
      remedies: [
        { action: 'buyCredits', url: 'http://billing.test/api/workspaces/acme/top-ups' },
        { action: 'changePlan', url: 'http://billing.test/api/workspaces/acme/plan-change' },
      ],
    });
    expect(body['message']).toBe(body['detail']);
    const after = await studio.get('/api/workspaces/acme/balance');
    expect(after.body['available']).toBe(before.body['available']);
  });

  test('sends a member without a plan to a personal plan', async () => {
    await team.put('/api/workspaces/crew/members/eve', { role: 'member', state: 'accepted' });
    const { status, body } = await team.post('/api/workspaces/crew/debits', {
      lines: [{ line: 'llm', credits: '1' }],
      member: 'eve',
    });
    expect(status).toBe(402);
    expect(body).toMatchObject({
      code: 'memberPlanRequired',
      limits: [],
      remedies: [{ action: 'startPlan', url: 'http://billing.test/api/workspaces/user%3Aeve' }],
    });
  });
});

describe('403', () => {
  test('lets only the scope record charge without asking', async () => {
    const { status, body } = await studio.post('/api/workspaces/acme/debits', {
      lines: [{ line: 'llm', credits: '1' }],
      onShort: 'record',
    });
    expect([status, body['code']]).toEqual([403, 'scopeRequired']);
  });
});

describe('404', () => {
  test("does not find another product's workspace", async () => {
    const { status, body } = await team.post('/api/workspaces/acme/debits', {
      lines: [{ line: 'llm', credits: '1' }],
    });
    expect([status, body['code']]).toEqual([404, 'notFound']);
  });
});

describe('409', () => {
  test('refuses a key that was used with another body', async () => {
    const url = '/api/workspaces/acme/debits';
    await studio.post(url, { lines: [{ line: 'llm', credits: '0.5' }] }, 'reused');
    const { status, body } = await studio.post(
      url,
      { lines: [{ line: 'llm', credits: '0.6' }] },
      'reused',
    );
    expect([status, body['code']]).toEqual([409, 'idempotencyKeyReused']);
  });
});

describe('422', () => {
  test('points at every mistake at once', async () => {
    const { status, body } = await studio.post('/api/workspaces/acme/debits', {
      lines: [
        { line: 'llm', credits: '1.1234567' },
        { line: 'llm', credits: '-1' },
        { line: 'llm', credits: 1 },
        { line: 'llm' },
        { line: 'llm', tokens: { input: 1.5 } },
      ],
      surprise: true,
      member: 'no spaces',
    });
    expect([status, body['code']]).toEqual([422, 'invalidRequest']);
    const pointers = [...(body['pointers'] ?? [])].map(({ pointer }) => String(pointer));
    expect(pointers.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      '/lines/0/credits',
      '/lines/1/credits',
      '/lines/2/credits',
      '/lines/3/tokens',
      '/lines/4/tokens/input',
      '/member',
      '/surprise',
    ]);
  });

  test('names the nearest model', async () => {
    const { status, body } = await studio.post('/api/workspaces/acme/debits', {
      lines: [{ line: 'llm', model: 'haiku-4.6', tokens: { input: 1 } }],
    });
    expect(status).toBe(422);
    expect(body['pointers']).toEqual([
      {
        in: 'body',
        pointer: '/lines/0/model',
        message: 'is not on the rate card. Did you mean "haiku-4.5"?',
      },
    ]);
  });

  test.each([
    ['memberRequired', {}],
    ['memberUnknown', { member: 'mallory' }],
  ])('%s where members pay themselves', async (code, whom) => {
    const { status, body } = await team.post('/api/workspaces/crew/debits', {
      lines: [{ line: 'llm', credits: '1' }],
      ...whom,
    });
    expect([status, body['code']]).toEqual([422, code]);
  });

  test.each([
    ['occurredAhead', '2026-01-31T10:06:00.000Z'],
    ['occurredTooLate', '2025-12-20T10:00:00.000Z'],
  ])('%s by the time of the workspace', async (code, occurredAt) => {
    const { status, body } = await studio.post('/api/workspaces/acme/debits', {
      lines: [{ line: 'llm', credits: '0.1' }],
      occurredAt,
    });
    expect([status, body['code']]).toEqual([422, code]);
  });
});

describe('refund', () => {
  const charge = async (credits: string): Promise<string> => {
    const lines = [{ line: 'llm', credits }];
    return (await studio.post('/api/workspaces/acme/debits', { lines })).body['id'] ?? '';
  };

  test('200: gives a part back, then the rest', async () => {
    const id = await charge('2');
    const url = `/api/workspaces/acme/debits/${id}/refund`;
    const part = await studio.post(url, { credits: '0.5' });
    expect(part.body).toMatchObject({ credits: '-0.500000' });
    const rest = await studio.post(url, {});
    expect(rest.body).toMatchObject({ credits: '-1.500000' });
  });

  test('404: an unknown receipt', async () => {
    const unknown = '00000000-0000-7000-8000-000000000000';
    const { status } = await studio.post(`/api/workspaces/acme/debits/${unknown}/refund`, {});
    expect(status).toBe(404);
  });

  test('409: more than is left', async () => {
    const id = await charge('1');
    const url = `/api/workspaces/acme/debits/${id}/refund`;
    const { status, body } = await studio.post(url, { credits: '1.5' });
    expect([status, body['code']]).toEqual([409, 'nothingToRefund']);
    expect(body['detail']).toContain('1.000000');
  });

  test('422: nothing is no refund', async () => {
    const id = await charge('1');
    const url = `/api/workspaces/acme/debits/${id}/refund`;
    const { status, body } = await studio.post(url, { credits: '0' });
    expect(status).toBe(422);
    expect(body['pointers']).toMatchObject([{ pointer: '/credits' }]);
  });
});
