import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
const holds = '/api/workspaces/acme/holds';

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'debit', 'read', 'manage');
  const acme = { plan: 'starter', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await studio.put('/api/workspaces/acme', acme)).status).toBe(201);
});
afterAll(async () => {
  await served.stop();
});

const credits = (amount: string) => ({ lines: [{ line: 'llm', credits: amount }] });
const take = async (amount: string): Promise<string> =>
  (await studio.post(holds, credits(amount))).body['id'] ?? '';

describe('200', () => {
  test('sets credits aside for 15 minutes by default', async () => {
    const { status, body } = await studio.post(holds, credits('3'));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      payer: 'acme',
      credits: '3.000000',
      at: '2026-01-31T10:00:00.000Z',
      expiresAt: '2026-01-31T10:15:00.000Z',
      balance: '17.000000',
    });
    await studio.post(`${holds}/${String(body['id'])}/release`, {});
  });

  test('settles the true usage, and the rest returns', async () => {
    const id = await take('3');
    const { status, body } = await studio.post(`${holds}/${id}/settle`, credits('1'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ credits: '1.000000', balance: '19.000000', aboveHold: false });
  });

  test('books more than was held, and says so', async () => {
    const id = await take('1');
    const { status, body } = await studio.post(`${holds}/${id}/settle`, credits('2'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ credits: '2.000000', aboveHold: true });
  });

  test('moves the end of an open hold', async () => {
    const id = await take('1');
    const { body } = await studio.post(`${holds}/${id}/extend`, { lifetimeMinutes: 60 });
    expect(body).toEqual({ id, expiresAt: '2026-01-31T11:00:00.000Z' });
    const released = await studio.post(`${holds}/${id}/release`, {});
    expect(released.body).toMatchObject({ id, credits: '1.000000' });
  });

  test('answers the same settle with the first receipt', async () => {
    const id = await take('1');
    const first = await studio.post(`${holds}/${id}/settle`, credits('1'), 'settle-twin');
    const again = await studio.post(`${holds}/${id}/settle`, credits('1'), 'settle-twin');
    expect(again.body).toEqual(first.body);
  });
});

describe('402', () => {
  test('denies what the pool cannot hold', async () => {
    const { status, body } = await studio.post(holds, credits('500'));
    expect([status, body['code']]).toEqual([402, 'outOfCredits']);
  });
});

describe('404', () => {
  const unknown = '00000000-0000-7000-8000-000000000000';
  test.each([
    ['settle', credits('1')],
    ['extend', { lifetimeMinutes: 5 }],
    ['release', {}],
  ])('%s finds no unknown hold', async (what, body) => {
    const { status } = await studio.post(`${holds}/${unknown}/${what}`, body);
    expect(status).toBe(404);
  });
});

describe('409', () => {
  test('refuses to extend a released hold', async () => {
    const id = await take('1');
    await studio.post(`${holds}/${id}/release`, {});
    const answer = await studio.post(`${holds}/${id}/extend`, { lifetimeMinutes: 5 });
    expect([answer.status, answer.body['code']]).toEqual([409, 'holdClosed']);
  });
});

describe('422', () => {
  test('refuses a life of more than a day', async () => {
    const { status, body } = await studio.post(holds, { ...credits('1'), lifetimeMinutes: 1441 });
    expect(status).toBe(422);
    expect(body['pointers']).toMatchObject([{ pointer: '/lifetimeMinutes' }]);
  });
});
