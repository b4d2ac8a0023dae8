import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { micro } from '../../src/domain/values/money.ts';
import { inProduct } from '../../src/store/connect.ts';
import { grantCredits, lockLedger } from '../../src/store/ledger-writes.ts';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let tools: HttpClient;
const at = '2026-01-31T10:00:00.000Z';

beforeAll(async () => {
  served = await serveApi();
  tools = await served.client('tools', 'debit', 'record', 'read', 'manage');
});
afterAll(() => served.stop());

async function allocate(workspace: string, earmark: string, credits: number): Promise<void> {
  const [row] = await served.owner<{ id: string }[]>`
    select id from workspace where product_id = 'tools' and external_id = ${workspace}`;
  const id = BigInt(row?.id ?? 0);
  await inProduct(served.sql, 'tools', async (tx) => {
    await lockLedger(tx, [id]);
    await grantCredits(tx, id, {
      kind: 'promo',
      amountMicro: micro(credits * 1_000_000),
      effectiveAt: at,
      expiresAt: null,
      priority: 0,
      earmark,
      sourceKey: `allocation:${earmark}`,
    });
  });
}

describe('an earmark', () => {
  const shop = '/api/workspaces/shop';

  test.each([
    ['tool:image-studio', { tool: 'image-studio' }],
    ['space:lab', { space: 'lab' }],
    ['member:ada', { member: 'ada' }],
  ])('%s is burned by its own calls, and by no others [3.08]', async (earmark, whom) => {
    await tools.put(shop, { plan: 'free', owner: 'ada', testClock: at });
    const used = { lines: [{ line: 'run', credits: '7' }] };
    await allocate('shop', earmark, 7);
    const own = await tools.post(`${shop}/debits`, { ...used, ...whom });
    expect(own).toMatchObject({ status: 200, body: { balance: '50.000000' } });
    expect(own.body['entries']).toMatchObject([{ grant: 'promo', credits: '7.000000' }]);
  });

  test('model:image-hd is burned by runs with that rate alone [3.08]', async () => {
    await allocate('shop', 'model:image-hd', 100);
    const big = [{ line: 'run', rate: 'image-hd', quantity: 10 }];
    expect(await tools.post(`${shop}/debits`, { lines: big })).toMatchObject({
      status: 200,
      body: { balance: '50.000000' },
    });
    const other = [{ line: 'run', rate: 'image-standard', quantity: 26 }];
    expect(await tools.post(`${shop}/debits`, { lines: other })).toMatchObject({
      status: 402,
      body: { code: 'outOfCredits', limits: [{ limit: 'pool', cap: '50.000000' }] },
    });
  });
});

describe('GET …/balance for a viewer', () => {
  const vault = '/api/workspaces/vault';

  beforeAll(async () => {
    await tools.put(vault, { plan: 'free', owner: 'val', testClock: at });
    await tools.put(`${vault}/members/vic`, { role: 'viewer', state: 'accepted' });
    await tools.put(`${vault}/members/gus`, { role: 'viewer', state: 'accepted' });
    // As one whose role an older catalog had.
    await served.owner`update membership set role = 'guest'
      from app_user where app_user.id = user_id and app_user.external_id = 'gus'`;
    await allocate('vault', 'tool:video-maker', 100);
    await allocate('vault', 'member:vic', 7);
  });

  const earmarksSeenBy = async (query: string): Promise<unknown> => {
    const { body } = await tools.get(`${vault}/balance${query}`);
    return [...(body['grants'] ?? [])].map((grant) => grant['earmark']);
  };

  test('who may allocate sees every earmark [3.08]', async () => {
    const all = ['tool:video-maker', 'member:vic', null];
    expect(await earmarksSeenBy('')).toEqual(expect.arrayContaining(all));
    expect(await earmarksSeenBy('?viewer=val')).toEqual(expect.arrayContaining(all));
  });

  test('others see no earmark but their own, and nothing of it in a total [3.09]', async () => {
    const { status, body } = await tools.get(`${vault}/balance?viewer=vic`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ available: '50.000000', held: '0.000000' });
    expect(await earmarksSeenBy('?viewer=vic')).toEqual(
      expect.arrayContaining(['member:vic', null]),
    );
    expect(await earmarksSeenBy('?viewer=vic')).not.toContain('tool:video-maker');
    expect(JSON.stringify(body)).not.toContain('100.000000');
  });

  test.each([
    ['a role that may not read', 'gus'],
    ['an invitation that was not accepted', 'ina'],
    ['a stranger', 'zoe'],
  ])('404 for %s', async (_who, viewer) => {
    // Free has places for three, so the guest leaves theirs to the invitation.
    if (viewer === 'ina') {
      await tools.delete(`${vault}/members/gus`);
      await tools.put(`${vault}/members/ina`, { role: 'viewer', state: 'invited' });
    }
    expect(await tools.get(`${vault}/balance?viewer=${viewer}`)).toMatchObject({
      status: 404,
      body: { code: 'notFound', detail: `There is nothing here for "${viewer}" to see.` },
    });
  });
});
