import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { putCardOnFile } from './support/card.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
let team: HttpClient;
beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'debit', 'read', 'manage');
  team = await served.client('team', 'debit', 'read', 'manage');
});
afterAll(() => served.stop());

const lines = [{ line: 'tools', credits: '1' }];
const testClock = '2026-01-31T10:00:00.000Z';

/** As another process changes it: this one hears nothing. */
const removeElsewhere = (workspace: string, member: string) =>
  served.owner`update membership m set state = 'removed', removed_at = now()
    from workspace w, app_user u
    where w.id = m.workspace_id and w.external_id = ${workspace}
      and u.id = m.user_id and u.external_id = ${member}`;

test('a member whom another process removed is charged no more, with the very next call', async () => {
  await studio.put('/api/workspaces/acme', { plan: 'starter', owner: 'ada', testClock });
  await studio.put('/api/workspaces/acme/members/bob', { role: 'member', state: 'accepted' });
  const run = { lines, member: 'bob' };
  expect((await studio.post('/api/workspaces/acme/debits', run)).status).toBe(200);
  expect((await studio.post('/api/workspaces/acme/debits', run)).status).toBe(200);
  await removeElsewhere('acme', 'bob');
  const { status, body } = await studio.post('/api/workspaces/acme/debits', run);
  expect(status).toBe(422);
  expect(body['code']).toBe('memberUnknown');
  const held = await studio.post('/api/workspaces/acme/holds', run);
  expect(held.body['code']).toBe('memberUnknown');
});

test('who is asked for first says why a run is refused, remembered or not', async () => {
  await studio.put('/api/workspaces/duo', { plan: 'starter', owner: 'ada', testClock });
  expect((await studio.post('/api/workspaces/duo/debits', { lines })).status).toBe(200);
  const wrong = { lines: [{ line: 'llm', model: 'nobody', tokens: { input: 1 } }], member: 'eve' };
  const { body } = await studio.post('/api/workspaces/duo/debits', wrong);
  expect(body['code']).toBe('memberUnknown');
});

test('the payer of a member-paid call is remembered too, and found anew when it has changed', async () => {
  await team.put('/api/workspaces/crew', { plan: 'starter', owner: 'ada', testClock });
  const call = () => team.post('/api/workspaces/crew/debits', { lines, member: 'ada' });
  expect((await call()).body['code']).toBe('memberPlanRequired');
  await team.put('/api/workspaces/user:ada', { plan: 'starter', owner: 'ada', testClock });
  await putCardOnFile(served, team, { product: 'team', workspace: 'user:ada' });
  const payers = [(await call()).body['payer'], (await call()).body['payer']];
  expect(payers).toEqual(['user:ada', 'user:ada']);
  // Another process takes the plan away.
  await served.owner`update workspace set version = version + 1,
      lifecycle = jsonb_set(lifecycle, '{subscription}', '{"status": "none"}')
    where external_id = 'user:ada'`;
  expect((await call()).body['code']).toBe('memberPlanRequired');
});
