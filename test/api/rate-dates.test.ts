import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishTerms } from '../../src/store/publish-terms.ts';
import { flipped } from '../catalog/policies/flip.ts';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
const acme = '/api/workspaces/acme';
const begins = '2026-02-01T00:00:00.000Z';
const nextCentury = '2099-01-01T00:00:00.000Z';
const figures = { input: '2', cacheRead: '0.2', cacheWrite: '2', output: '9' };

beforeAll(async () => {
  served = await serveApi();
  const terms = flipped('studio', {
    version: 2,
    'rates/items/haiku-4.5/changes': [
      { from: '2026-02-01', ...figures },
      { from: '2099-01-01', ...figures, input: '4' },
    ],
  });
  await publishTerms(served.sql, [terms]);
  studio = await served.client('studio', 'debit', 'record', 'read', 'manage');
  const fresh = { plan: 'starter', owner: 'ada', testClock: '2026-01-31T23:59:00.000Z' };
  expect((await studio.put(acme, fresh)).status).toBe(201);
});
afterAll(() => served.stop());

const lines = [{ line: 'llm', model: 'haiku-4.5', tokens: { input: 1_000_000 } }];

const charged = async (more: object = {}) => {
  const { status, body } = await studio.post(`${acme}/debits`, { lines, ...more });
  expect(status).toBe(200);
  const from = [...(body['entries'] ?? [])].map(({ rateFrom }) => rateFrom);
  return [body['credits'], body['rateVersion'], ...from, body['occurredAt']];
};

test('usage is priced by the figures of its own instant, and the receipt says since when they are', async () => {
  expect(await charged()).toEqual(['1.000000', 1, null, '2026-01-31T23:59:00.000Z']);
  expect((await studio.post(`${acme}/clock`, { to: begins })).status).toBe(200);
  expect(await charged()).toEqual(['2.000000', 1, begins, begins]);
  const before = '2026-01-31T23:59:59.999Z';
  expect(await charged({ occurredAt: before })).toEqual(['1.000000', 1, null, before]);
  const elsewhere = '2026-02-01T01:00:00+01:00';
  expect(await charged({ occurredAt: elsewhere })).toEqual(['2.000000', 1, begins, begins]);
});

test('a hold and an estimate stand at the figures of now, its settle at those of the usage', async () => {
  const estimate = await studio.post(`${acme}/estimates`, { high: lines });
  expect(estimate.body['high']).toMatchObject({ credits: '2.000000' });
  const hold = await studio.post(`${acme}/holds`, { lines });
  expect(hold.body['credits']).toBe('2.000000');
  const occurredAt = '2026-01-31T23:00:00.000Z';
  const settle = { lines, occurredAt };
  const { body } = await studio.post(`${acme}/holds/${String(hold.body['id'])}/settle`, settle);
  expect(body).toMatchObject({ credits: '1.000000', occurredAt });
});

test('a refund goes by what was charged, and by the card of that run', async () => {
  const debit = await studio.post(`${acme}/debits`, { lines });
  const path = `${acme}/debits/${String(debit.body['id'])}/refund`;
  const { body } = await studio.post(path, {});
  expect(body).toMatchObject({ credits: '-2.000000', rateVersion: 1 });
  expect(body['entries']).toMatchObject([{ rateFrom: begins }]);
});

test('the rate card shows the figures in force, and what will be', async () => {
  const { body } = await studio.get('/api/rate-card');
  const haiku = [...(body['rates'] ?? [])].find(({ id }) => id === 'haiku-4.5');
  expect(haiku).toMatchObject({
    ...{ input: '2.000000', output: '9.000000', since: begins },
    changes: [{ from: nextCentury, input: '4.000000', output: '9.000000' }],
  });
});
