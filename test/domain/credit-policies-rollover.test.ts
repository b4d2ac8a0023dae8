import { describe, expect, test } from 'vitest';
import type { Effect, EventKind } from '../../src/domain/life/lifecycle.ts';
import { micro } from '../../src/domain/values/money.ts';
import { rolledOver } from '../../src/domain/credits/rollover.ts';
import type { RolloverTerms, Terms } from '../../src/domain/terms/terms.ts';
import { ofKind, openWorkspace, termsOf } from './support.ts';

const opened = '2026-01-10T00:00:00.000Z';
const half: RolloverTerms = {
  minMicro: micro(0),
  maxMicro: micro(20_000_000),
  percent: 50,
  expiresAfterWindows: 1,
};

const rollover = (effects: readonly Effect[]) => ofKind(effects, 'placeOrder').at(-1)?.rollover;

function start(rule: RolloverTerms | null, change: (terms: Terms) => Terms = (terms) => terms) {
  const terms = termsOf('studio', (all) =>
    change({ ...all, credits: { ...all.credits, rollover: rule } }),
  );
  const workspace = openWorkspace(terms, { at: opened });
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  const effects = workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
  return { workspace, effects };
}

describe('what is left of included credits at a reset', () => {
  test('ends where the catalog carries nothing over [0.41]', () => {
    expect(rollover(start(null).effects)).toBeNull();
  });

  test('goes on by the rule that the order of the next window carries, until that ends', () => {
    expect(rollover(start(half).effects)).toEqual({
      minMicro: 0n,
      maxMicro: 20_000_000n,
      percent: 50,
      endsAt: '2026-03-01T00:00:00.000Z',
    });
  });

  test('goes on for as many windows as the catalog says', () => {
    const { effects } = start({ ...half, expiresAfterWindows: 3 });
    expect(rollover(effects)?.endsAt).toBe('2026-05-01T00:00:00.000Z');
  });

  test('ends with a downgrade that forfeits the pool', () => {
    const { workspace } = start(half, (terms) => ({
      ...terms,
      credits: { ...terms.credits, reset: { on: 'anniversary' } },
      planChange: {
        ...terms.planChange,
        downgrade: { ...terms.planChange.downgrade, pooledCredits: 'forfeit' },
      },
    }));
    const smaller: EventKind = {
      kind: 'planChangeRequested',
      plan: 'starter',
      interval: 'month',
      payment: 'p1',
      returnTo: null,
      preview: null,
    };
    expect(rollover(workspace.happens('2026-01-20T00:00:00.000Z', smaller))).toBeNull();
  });
});

test.each([
  ['half of what is left', 30_000_001n, 15_000_000n],
  ['at most the bound', 90_000_000n, 20_000_000n],
  ['nothing of nothing', 0n, 0n],
])('%s', (_name, left, goesOn) => {
  expect(rolledOver(half, micro(left))).toBe(goesOn);
});

test('a least amount goes on even where less is left', () => {
  expect(rolledOver({ ...half, minMicro: micro(3_000_000) }, micro(1_000_000))).toBe(3_000_000n);
});
