import { describe, expect, test } from 'vitest';
import { callLimitsOf, earmarksOf } from '../../src/domain/credits/call-limits.ts';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import { minor } from '../../src/domain/values/money.ts';
import { planOf } from '../../src/domain/terms/terms.ts';
import { ofKind, openWorkspace, termsOf, type Workspace } from './support.ts';

const terms = termsOf('tools');
const opened = '2026-01-10T09:00:00.000Z';
const returnTo = 'https://example.test/billing';

const topUp = (priceMinor: number): EventKind => ({
  kind: 'topUpRequested',
  payment: 'p2',
  priceMinor: minor(priceMinor),
  pay: 'checkout',
  returnTo,
});

const started = (plan: string): Workspace => {
  const workspace = openWorkspace(terms, { at: opened });
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  workspace.happens(opened, { kind: 'started', plan, interval: 'month' });
  return workspace;
};

describe('a top-up', () => {
  test.each([
    ['free', 500, 50_000_000n],
    ['free', 20_000, 2_000_000_000n],
    ['business', 8_000, 1_000_000_000n],
    ['business', 16_000, 2_000_000_000n],
  ])('on %s for %d cents gives %d micro-credits [3.17 3.18]', (plan, price, creditsMicro) => {
    const effects = started(plan).happens(opened, topUp(price));
    expect(ofKind(effects, 'openCheckout')).toMatchObject([
      { purchase: { purpose: { kind: 'topUp', creditsMicro } } },
    ]);
  });

  test.each([
    ['free', 400, '5 to 200 times 1.00 USD'],
    ['free', 550, '5 to 200 times 1.00 USD'],
    ['business', 500, '1 to 50 times 80.00 USD'],
  ])('on %s for %d cents is refused with what is on offer [3.18]', (plan, price, choices) => {
    expect(started(plan).refuses(opened, topUp(price))).toMatchObject({
      kind: 'notATopUp',
      choices,
    });
  });
});

test('an upgrade from Free goes through checkout [3.13 3.16]', () => {
  const workspace = started('free');
  const effects = workspace.happens(opened, {
    kind: 'planChangeRequested',
    plan: 'creator',
    interval: 'year',
    payment: 'p1',
    returnTo,
    preview: null,
  });
  expect(ofKind(effects, 'openCheckout')).toMatchObject([{ purchase: { totalMinor: 29_000n } }]);
  expect(workspace.life.subscription.status).toBe('free');
});

describe('the limits that a call counts in', () => {
  const free = planOf(terms, 'free').limits;

  test.each([
    ['deep-research', [{ limit: 'tool', subject: 'deep-research', cap: 3, per: 'day' }]],
    ['video-maker', [{ limit: 'tool', subject: 'video-maker', cap: 2, per: 'window' }]],
    ['image-studio', []],
    ['constructor', []],
    [undefined, []],
  ])('of the tool %s [3.23 3.24]', (tool, limits) => {
    expect(callLimitsOf(free, tool)).toEqual(limits);
  });

  test('the quota of runs stands before the tool’s [4.05]', () => {
    const quota = { limit: 'runs', subject: '', cap: 100, per: 'window' };
    const limits = callLimitsOf({ ...free, runsPerWindow: 100 }, 'web-search');
    expect(limits).toEqual([
      quota,
      { limit: 'tool', subject: 'web-search', cap: 10, per: 'minute' },
    ]);
  });
});

test('a call may burn the earmarks of its tool, Space, member and models [3.08]', () => {
  const call = { tool: 'search', space: 's1', member: 'bob', models: ['a', 'b', 'a'] };
  expect(earmarksOf(call)).toEqual(['tool:search', 'space:s1', 'member:bob', 'model:a', 'model:b']);
  expect(earmarksOf({ models: [] })).toEqual([]);
});
