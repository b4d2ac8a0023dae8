import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
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

const testClock = '2026-01-31T10:00:00.000Z';
const starter = { plan: 'starter', owner: 'ada', testClock };

describe('201', () => {
  test('makes the workspace, starts its plan, and shows it', async () => {
    const { status, body } = await studio.put('/api/workspaces/acme', starter);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      checkoutUrl: null,
      workspace: {
        id: 'acme',
        personal: false,
        owner: 'ada',
        currency: 'usd',
        timeZone: 'UTC',
        testClock: true,
        at: testClock,
        status: 'trialing',
        shownAs: 'Trial',
        plan: { id: 'starter', name: 'Starter', badge: 'STARTER', interval: 'month' },
        may: ['read', 'usage', 'caps', 'allocate', 'manage'],
        trial: { endsAt: '2026-02-14T10:00:00.000Z', daysLeft: 14 },
        members: 1,
        seats: { model: 'purchased', used: 1, purchased: 1, warning: null },
        scheduledChange: null,
        paymentMethod: null,
        autoTopUp: null,
        billing: { name: null, address: null, email: null, taxId: null, copies: [] },
      },
    });
    expect(body['workspace']?.['banners']).toEqual([
      {
        ...{ code: 'trialing', text: 'The trial ends in 14 days.' },
        remedy: {
          action: 'addPaymentMethod',
          url: 'http://billing.test/api/workspaces/acme/payment-method',
        },
      },
    ]);
  });

  test("makes a user's own workspace under the user's name", async () => {
    const { status, body } = await team.put('/api/workspaces/user:ada', starter);
    expect(status).toBe(201);
    expect(body['workspace']).toMatchObject({ personal: true, status: 'incomplete' });
  });

  test('lives in real time where no test clock is given', async () => {
    const { status, body } = await studio.put('/api/workspaces/real', {
      ...starter,
      testClock: undefined,
    });
    expect(status).toBe(201);
    expect(body['workspace']).toMatchObject({ testClock: false, status: 'trialing' });
  });
});

describe('200', () => {
  test('answers the same to the same body, in whatever order and under whatever key', async () => {
    const { plan, owner } = starter;
    const first = await studio.put('/api/workspaces/twice', { plan, owner, testClock });
    const again = await studio.put('/api/workspaces/twice', { testClock, owner, plan });
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
  });

  test('shows what is there, by GET', async () => {
    const made = await studio.put('/api/workspaces/shown', starter);
    const { status, body } = await studio.get('/api/workspaces/shown');
    expect(status).toBe(200);
    expect(body).toEqual(made.body['workspace']);
  });
});

describe('404', () => {
  test('is all that another product learns of it, and it may use the name itself', async () => {
    await studio.put('/api/workspaces/secret', starter);
    expect(await team.get('/api/workspaces/secret')).toMatchObject({
      status: 404,
      body: { code: 'notFound' },
    });
    expect(await team.put('/api/workspaces/secret', starter)).toMatchObject({ status: 201 });
    expect(await studio.get('/api/workspaces/secret')).toMatchObject({
      body: { status: 'trialing' },
    });
  });
});

describe('409', () => {
  test('workspaceExists for another body, and nothing changes', async () => {
    await studio.put('/api/workspaces/taken', starter);
    const other = { ...starter, plan: 'free' };
    expect(await studio.put('/api/workspaces/taken', other)).toMatchObject({
      status: 409,
      body: { code: 'workspaceExists' },
    });
    expect(await studio.get('/api/workspaces/taken')).toMatchObject({
      body: { plan: { id: 'starter' } },
    });
  });
});

describe('422', () => {
  test.each([
    ['unknownPlan', { plan: 'platinum' }],
    ['contactSales', { plan: 'enterprise' }],
    ['intervalNotSold', { plan: 'free', interval: 'year' }],
  ])('%s, and no workspace is made', async (code, wish) => {
    const { status, body } = await studio.put(`/api/workspaces/${code}`, { ...starter, ...wish });
    expect({ status, code: body['code'] }).toEqual({ status: 422, code });
    expect(await studio.get(`/api/workspaces/${code}`)).toMatchObject({ status: 404 });
  });

  test("personalPlanOnly for an organisation's plan in a user's own workspace", async () => {
    expect(
      await team.put('/api/workspaces/user:bob', { ...starter, owner: 'bob', plan: 'team' }),
    ).toMatchObject({ status: 422, body: { code: 'personalPlanOnly' } });
  });

  test.each([
    ['a personal workspace of another owner', 'user:eve', {}, '/owner'],
    ['a currency that the catalog has no prices in', 'euro', { currency: 'eur' }, '/currency'],
    ['a time zone that is none', 'zone', { timeZone: 'Mars/Olympus' }, '/timeZone'],
    ['an offset for a time zone', 'zone', { timeZone: '+02:00' }, '/timeZone'],
    ['a clock without an offset', 'clock', { testClock: '2026-01-31T10:00:00' }, '/testClock'],
    [
      'a clock of microseconds',
      'clock',
      { testClock: '2026-01-31T10:00:00.000001Z' },
      '/testClock',
    ],
    ['a clock of another age', 'clock', { testClock: '0001-01-01T00:00:00Z' }, '/testClock'],
  ])('invalidRequest for %s', async (_what, id, wish, pointer) => {
    const { status, body } = await studio.put(`/api/workspaces/${id}`, { ...starter, ...wish });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'invalidRequest', pointers: [{ in: 'body', pointer }] });
  });
});
