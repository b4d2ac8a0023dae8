import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let tools: HttpClient;
const at = '2026-01-31T10:00:00.000Z';
const acme = '/api/workspaces/acme';

beforeAll(async () => {
  served = await serveApi();
  tools = await served.client('tools', 'debit', 'record', 'read', 'manage');
  // Free includes 50 credits.
  const made = await tools.put(acme, { plan: 'free', owner: 'ada', testClock: at });
  expect(made.status).toBe(201);
});
afterAll(() => served.stop());

describe('what a run costs', () => {
  test.each([
    ['an image', { line: 'run', rate: 'image-hd', quantity: 2 }, '12.000000'],
    ['seconds of video', { line: 'run', rate: 'video-standard', quantity: 3 }, '9.000000'],
    ['calls of a tool', { line: 'tools', rate: 'web-search', quantity: 3 }, '1.500000'],
    [
      'a batch of tokens',
      { line: 'run', model: 'text-standard', tokens: { input: 2_000, output: 1_000 } },
      '0.700000',
    ],
  ])('%s [3.01 3.10 3.11]', async (_what, line, credits) => {
    const { status, body } = await tools.post(`${acme}/debits`, { lines: [line] });
    expect([status, body['credits']]).toEqual([200, credits]);
  });

  test('what a standard run of each tool expects is told before [3.06 3.12]', async () => {
    const { body } = await tools.get('/api/rate-card');
    expect(body['estimates']).toEqual([
      { tool: 'deep-research', name: 'Deep research', low: '20.000000', high: '70.000000' },
      { tool: 'image-studio', name: 'Image studio', low: '2.000000', high: '8.000000' },
      { tool: 'video-maker', name: 'Video maker', low: '15.000000', high: '45.000000' },
      { tool: 'web-search', name: 'Web search', low: '0.500000', high: '1.500000' },
    ]);
  });
});

test('the offer of top-ups is the one of the plan [3.17 3.18]', async () => {
  const { body } = await tools.get('/api/plans');
  const step = (credits: string, amount: string) => ({
    topUps: { offer: 'steps', step: { credits, price: { amount, currency: 'usd' } } },
  });
  expect(body['plans']).toMatchObject([
    { id: 'free', ...step('10.000000', '1.00') },
    { id: 'creator', ...step('10.000000', '1.00') },
    { id: 'business', ...step('1000.000000', '80.00') },
  ]);
});

describe('limits on tools', () => {
  const lab = '/api/workspaces/lab';
  const search = {
    lines: [{ line: 'tools', rate: 'web-search', quantity: 1 }],
    tool: 'web-search',
  };
  const research = { lines: [{ line: 'run', credits: '1' }], tool: 'deep-research' };

  beforeAll(async () => {
    await tools.put(lab, { plan: 'free', owner: 'lou', testClock: at });
  });

  test('a receipt and a hold say how many calls are left [3.23]', async () => {
    const debit = await tools.post(`${lab}/debits`, research);
    expect(debit.body['countsLeft']).toEqual([
      { limit: 'tool', tool: 'deep-research', per: 'day', left: 2 },
    ]);
    const hold = await tools.post(`${lab}/holds`, research);
    expect(hold.body['countsLeft']).toEqual([
      { limit: 'tool', tool: 'deep-research', per: 'day', left: 1 },
    ]);
    const lines = [{ line: 'run', credits: '1' }];
    const settled = await tools.post(`${lab}/holds/${String(hold.body['id'])}/settle`, { lines });
    expect(settled).toMatchObject({ status: 200, body: { countsLeft: [] } });
  });

  test('the call beyond a limit is denied, and the limit and its end are named [3.23 3.25 3.26]', async () => {
    expect((await tools.post(`${lab}/debits`, research)).status).toBe(200);
    const { body: before } = await tools.get(`${lab}/balance`);
    const denied = await tools.post(`${lab}/debits`, research);
    expect(denied).toMatchObject({
      status: 402,
      body: {
        code: 'toolLimitReached',
        detail:
          'The tool was called as often as the plan allows. Calls of "deep-research" in this day: ' +
          '3 of 3; it ends at 2026-02-01T00:00:00.000Z. ' +
          'Wait until its window ends, or choose a plan that allows more.',
        limits: [
          {
            limit: 'tool',
            scope: 'deep-research',
            per: 'day',
            used: 3,
            cap: 3,
            resetsAt: '2026-02-01T00:00:00.000Z',
          },
        ],
        remedies: [
          {
            action: 'changePlan',
            url: 'http://billing.test/api/workspaces/lab/plan-change',
          },
        ],
      },
    });
    const { body: after } = await tools.get(`${lab}/balance`);
    expect(after['available']).toBe(before['available']);
  });

  test('another tool, and a call of no tool, go on', async () => {
    expect((await tools.post(`${lab}/debits`, search)).status).toBe(200);
    const plain = { lines: [{ line: 'run', credits: '1' }] };
    expect(await tools.post(`${lab}/debits`, plain)).toMatchObject({
      status: 200,
      body: { countsLeft: [] },
    });
  });

  test('a limit by the minute is full again a minute later [3.23]', async () => {
    for (let calls = 1; calls < 10; calls += 1) {
      expect((await tools.post(`${lab}/debits`, search)).status).toBe(200);
    }
    const denied = await tools.post(`${lab}/debits`, search);
    expect(denied).toMatchObject({ status: 402, body: { code: 'toolLimitReached' } });
    await tools.post(`${lab}/clock`, { to: '2026-01-31T10:01:00.000Z' });
    await served.live('tools', 'lab');
    expect(await tools.post(`${lab}/debits`, search)).toMatchObject({
      status: 200,
      body: { countsLeft: [{ limit: 'tool', tool: 'web-search', per: 'minute', left: 9 }] },
    });
  });

  test('an experimental ceiling counts in the credits’ window [3.24]', async () => {
    const clip = {
      lines: [{ line: 'run', rate: 'video-standard', quantity: 1 }],
      tool: 'video-maker',
    };
    for (const left of [1, 0]) {
      expect(await tools.post(`${lab}/debits`, clip)).toMatchObject({
        status: 200,
        body: { countsLeft: [{ tool: 'video-maker', per: 'window', left }] },
      });
    }
    expect(await tools.post(`${lab}/debits`, clip)).toMatchObject({
      status: 402,
      body: { limits: [{ scope: 'video-maker', resetsAt: '2026-02-01T00:00:00.000Z' }] },
    });
  });

  test('usage can be looked at by tool', async () => {
    const { body } = await tools.get(`${lab}/usage?by=tool`);
    expect(body['rows']).toContainEqual(
      expect.objectContaining({ by: { tool: 'web-search' }, credits: '5.500000', runs: '11' }),
    );
  });
});

describe('a cap on the whole organisation', () => {
  const club = '/api/workspaces/club';
  const cap = (credits: string | null) => ({ caps: [{ scope: 'org', credits }] });
  const use = (credits: string) => ({ lines: [{ line: 'run', credits }] });

  test('is one more spend control: beyond it calls are denied [3.13]', async () => {
    await tools.put(club, { plan: 'free', owner: 'cleo', testClock: at });
    const set = await tools.put(`${club}/limits`, cap('10'));
    expect(set.body['caps']).toEqual([
      { scope: 'org', subject: '', credits: '10.000000', used: '0.000000' },
    ]);
    const used = await tools.post(`${club}/debits`, use('8'));
    expect(used.body['limitsLeft']).toEqual([{ limit: 'org', subject: '', left: '2.000000' }]);
    expect(await tools.post(`${club}/debits`, use('3'))).toMatchObject({
      status: 402,
      body: {
        code: 'orgCapReached',
        limits: [{ limit: 'org', used: '8.000000', cap: '10.000000' }],
        remedies: [{ action: 'raiseLimit' }],
      },
    });
    await tools.put(`${club}/limits`, cap(null));
    expect((await tools.post(`${club}/debits`, use('3'))).status).toBe(200);
  });

  test.each([
    ['a subject of the organisation', { scope: 'org', subject: 'acme', credits: '1' }],
    ['a member’s cap without a subject', { scope: 'member', credits: '1' }],
  ])('422 for %s', async (_what, wrong) => {
    expect(await tools.put(`${club}/limits`, { caps: [wrong] })).toMatchObject({
      status: 422,
      body: { pointers: [{ in: 'body', pointer: '/caps/0/subject' }] },
    });
  });
});
