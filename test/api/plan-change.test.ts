import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { pay } from './support/pay.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
let team: HttpClient;

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'read', 'manage');
  team = await served.client('team', 'read', 'manage');
});
afterAll(() => served.stop());

const testClock = '2026-01-10T12:00:00.000Z';
const returnTo = 'https://product.example/editor';
const change = (id: string): string => `/api/workspaces/${id}/plan-change`;

const make = async (api: HttpClient, id: string, plan: string): Promise<void> => {
  const made = await api.put(`/api/workspaces/${id}`, { plan, owner: 'ada', testClock });
  expect(made.status).toBe(201);
};

/** A workspace whose plan is paid for: a card was added, and the trial has ended. */
const makeActive = async (api: HttpClient, id: string, plan: string): Promise<void> => {
  await make(api, id, plan);
  const opened = await api.post(`/api/workspaces/${id}/payment-method`, { returnTo });
  await pay(served, opened.body['url']);
  const to = '2026-01-24T12:00:00.000Z';
  const { body } = await api.post(`/api/workspaces/${id}/clock`, { to });
  expect(body['workspace']).toMatchObject({ status: 'active', at: to });
};

describe('200, a preview', () => {
  test('shows what a change during a trial comes to, and changes nothing', async () => {
    await make(studio, 'trial', 'starter');
    const before = await studio.get('/api/workspaces/trial');
    const { status, body } = await studio.post(change('trial'), { plan: 'pro', preview: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      when: 'now',
      at: testClock,
      charge: null,
      nextInvoice: [],
      loses: null,
      validUntil: '2026-01-10T12:30:00.000Z',
    });
    expect(body['previewToken']).toMatch(/^[0-9a-f-]{36}$/);
    expect(await studio.get('/api/workspaces/trial')).toMatchObject({ body: before.body });
  });

  test('the same key shows the same preview', async () => {
    await make(studio, 'again', 'starter');
    const key = randomUUID();
    const first = await studio.post(change('again'), { plan: 'pro', preview: true }, key);
    const again = await studio.post(change('again'), { plan: 'pro', preview: true }, key);
    expect(again.body).toEqual(first.body);
  });

  test('what is shown of Checkout is what it charges [2.10]', async () => {
    await make(team, 'crew', 'pro');
    const { body } = await team.post(change('crew'), { plan: 'team', preview: true });
    expect(body).toMatchObject({
      when: 'afterCheckout',
      charge: {
        by: 'checkout',
        lines: [
          { kind: 'base', quantity: 1, amount: { amount: '49.00', currency: 'usd' } },
          { kind: 'seats', quantity: 1, amount: { amount: '12.00', currency: 'usd' } },
        ],
        total: { amount: '61.00', currency: 'usd' },
      },
      credits: { now: '0.000000', granted: '9000.000000', after: '9000.000000' },
      period: { start: testClock, end: '2026-02-10T12:00:00.000Z' },
    });
    const { previewToken } = body;
    const asked = await team.post(change('crew'), { plan: 'team', previewToken, returnTo });
    expect(asked.status).toBe(200);
    expect(asked.body['checkoutUrl']).toMatch(/^http/);
  });

  test('names who loses the pool when an organisation goes back to solo [2.35 2.37 2.38]', async () => {
    await make(team, 'studio9', 'pro');
    const asked = await team.post(change('studio9'), { plan: 'team', returnTo });
    await pay(served, asked.body['checkoutUrl']);
    await expect
      .poll(async () => (await team.get('/api/workspaces/studio9')).body['status'])
      .toBe('active');
    await team.put('/api/workspaces/studio9/members/bob', { state: 'accepted' });
    await team.put('/api/workspaces/studio9/members/eve', { state: 'invited' });
    const space = '/api/workspaces/studio9/resources/space';
    await team.put(`${space}/ours`, { name: 'Ours', owner: 'bob' });
    await team.put(`${space}/nobodys`, { name: "Nobody's" });
    const { body } = await team.post(change('studio9'), { plan: 'pro', preview: true });
    expect(body).toMatchObject({
      when: 'atPeriodEnd',
      at: '2026-02-10T12:00:00.000Z',
      charge: null,
      renewal: [{ kind: 'base', amount: { amount: '19.00', currency: 'usd' } }],
      loses: { members: ['bob'], spaces: ['nobodys'], includedCredits: true, topUps: false },
    });
  });
});

describe('200, a change', () => {
  test('is done at once as it was shown, and is made once under its key [0.26]', async () => {
    await makeActive(studio, 'up', 'starter');
    const shown = await studio.post(change('up'), { plan: 'pro', preview: true });
    expect(shown.body).toMatchObject({ when: 'now', charge: null });
    expect(shown.body['nextInvoice']).toMatchObject([
      { kind: 'proration', amount: { amount: '30.00' }, days: { part: 31, whole: 31 } },
      { kind: 'proration', amount: { amount: '-15.00' }, days: { part: 31, whole: 31 } },
    ]);
    const wish = { plan: 'pro', previewToken: shown.body['previewToken'] };
    const key = randomUUID();
    const done = await studio.post(change('up'), wish, key);
    expect(done).toMatchObject({
      status: 200,
      body: { checkoutUrl: null, workspace: { status: 'active', plan: { id: 'pro' } } },
    });
    const again = await studio.post(change('up'), wish, key);
    expect(again).toMatchObject({ status: 200, body: done.body });
    const told = await served.owner`
      select 1 from event_feed where kind = 'planChanged' and data ->> 'to' = 'pro'`;
    expect(told).toHaveLength(1);
  });

  test('is scheduled for the end of the period, and canceled before [0.28]', async () => {
    await makeActive(studio, 'down', 'pro');
    const scheduled = await studio.post(change('down'), { plan: 'starter' });
    expect(scheduled.body['workspace']).toMatchObject({
      plan: { id: 'pro' },
      scheduledChange: {
        kind: 'plan',
        plan: 'starter',
        interval: 'month',
        // The card had its trial in another workspace, so this one was paid for from the start.
        at: '2026-02-10T12:00:00.000Z',
      },
    });
    const kept = await studio.delete(change('down'));
    expect(kept).toMatchObject({ status: 200, body: { workspace: { scheduledChange: null } } });
  });
});

describe('404', () => {
  test("for another product's workspace", async () => {
    await make(studio, 'theirs', 'starter');
    const refused = { status: 404, body: { code: 'notFound' } };
    expect(await team.post(change('theirs'), { plan: 'pro' })).toMatchObject(refused);
    expect(await team.delete(change('theirs'))).toMatchObject(refused);
  });
});

describe('409', () => {
  test('idempotencyKeyReused for the same key with another plan', async () => {
    await make(studio, 'reused', 'starter');
    const key = randomUUID();
    expect((await studio.post(change('reused'), { plan: 'pro' }, key)).status).toBe(200);
    expect(await studio.post(change('reused'), { plan: 'team' }, key)).toMatchObject({
      status: 409,
      body: { code: 'idempotencyKeyReused' },
    });
    expect(await studio.get('/api/workspaces/reused')).toMatchObject({
      body: { plan: { id: 'pro' } },
    });
  });

  test('previewStale when something changed since, and for a token that is none', async () => {
    await makeActive(studio, 'stale', 'starter');
    const shown = await studio.post(change('stale'), { plan: 'pro', preview: true });
    await studio.put('/api/workspaces/stale/seats', { purchased: 3 });
    for (const previewToken of [shown.body['previewToken'], randomUUID()]) {
      expect(await studio.post(change('stale'), { plan: 'pro', previewToken })).toMatchObject({
        status: 409,
        body: { code: 'previewStale' },
      });
    }
    expect(await studio.get('/api/workspaces/stale')).toMatchObject({
      body: { plan: { id: 'starter' } },
    });
  });

  test.each([
    ['another plan', { plan: 'team' }],
    ['another interval', { plan: 'pro', interval: 'year' }],
  ])('previewStale for %s than was shown', async (what, wish) => {
    const id = what.replace(' ', '-');
    await make(studio, id, 'starter');
    const { body } = await studio.post(change(id), { plan: 'pro', preview: true });
    const { previewToken } = body;
    expect(await studio.post(change(id), { ...wish, previewToken })).toMatchObject({
      status: 409,
      body: { code: 'previewStale' },
    });
    expect((await studio.get(`/api/workspaces/${id}`)).body).toMatchObject({
      plan: { id: 'starter' },
    });
    const confirmed = { plan: 'pro', interval: 'month', previewToken, returnTo };
    expect((await studio.post(change(id), confirmed)).status).toBe(200);
  });

  test('nothingScheduled when there is nothing to take back', async () => {
    await make(studio, 'calm', 'starter');
    expect(await studio.delete(change('calm'))).toMatchObject({
      status: 409,
      body: { code: 'nothingScheduled' },
    });
  });
});

describe('422', () => {
  test.each([
    ['unknownPlan', { plan: 'platinum' }],
    ['contactSales', { plan: 'enterprise' }],
    ['intervalNotSold', { plan: 'free', interval: 'year' }],
  ])('%s, previewed or not', async (code, wish) => {
    await make(studio, code, 'starter');
    const refused = { status: 422, body: { code } };
    expect(await studio.post(change(code), wish)).toMatchObject(refused);
    expect(await studio.post(change(code), { ...wish, preview: true })).toMatchObject(refused);
  });

  test('returnToRequired where Checkout needs to know the way back', async () => {
    await make(team, 'lost', 'pro');
    expect(await team.post(change('lost'), { plan: 'team' })).toMatchObject({
      status: 422,
      body: { code: 'returnToRequired' },
    });
  });

  test.each([
    [
      'an address that no browser opens',
      { plan: 'pro', returnTo: 'javascript:alert(1)' },
      '/returnTo',
    ],
    ['a token that is no id', { plan: 'pro', previewToken: 'x' }, '/previewToken'],
    [
      'a preview of a preview',
      { plan: 'pro', preview: true, previewToken: randomUUID() },
      '/previewToken',
    ],
  ])('for %s', async (_what, body, pointer) => {
    await make(studio, 'asks', 'starter').catch(() => undefined);
    expect(await studio.post(change('asks'), body)).toMatchObject({
      status: 422,
      body: { code: 'invalidRequest', pointers: [{ pointer }] },
    });
  });
});
