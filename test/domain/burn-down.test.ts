import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  burnable,
  burnDown,
  inBurnOrder,
  type BurnableGrant,
  type GrantComparator,
} from '../../src/domain/credits/burn-down.ts';
import { micro } from '../../src/domain/values/money.ts';
import type { GrantKind } from '../../src/domain/terms/terms.ts';

const grant = (
  grantNo: number,
  kind: GrantKind,
  more: Partial<BurnableGrant> = {},
): BurnableGrant => ({
  grantNo,
  kind,
  remainingMicro: micro(10),
  priority: 0,
  earmark: null,
  effectiveAt: '2026-01-01T00:00:00.000Z',
  expiresAt: null,
  ...more,
});

const january31 = '2026-01-31T00:00:00.000Z';
const february28 = '2026-02-28T00:00:00.000Z';

describe('the order in which grants burn', () => {
  const topUp = grant(1, 'topUp');
  const promo = grant(2, 'promo', { expiresAt: january31, priority: 2 });
  const included = grant(3, 'included', { expiresAt: february28, priority: 1 });
  const marked = grant(4, 'promo', {
    remainingMicro: micro(11),
    earmark: 'images',
    effectiveAt: '2025-12-01T00:00:00.000Z',
  });

  test.each<[string, GrantComparator[], number[]]>([
    ['included before top-ups [0.36 1.05]', [{ kind: ['included', 'topUp'] }], [3, 1, 2, 4]],
    ['top-ups before included [2.24]', [{ kind: ['topUp', 'included'] }], [1, 3, 2, 4]],
    ['sooner end first, what never ends last', ['expiresSoonest'], [2, 3, 1, 4]],
    ['lower priority number first', ['priority'], [1, 4, 3, 2]],
    ['earmarked first', ['earmarkedFirst'], [4, 1, 2, 3]],
    ['begun earlier first', ['oldest'], [4, 1, 2, 3]],
    ['ties go to the next comparator', ['earmarkedFirst', 'expiresSoonest'], [4, 2, 3, 1]],
    ['granted earlier first where all are equal', [], [1, 2, 3, 4]],
    ['granted earlier first, when it is said', ['grantedFirst', 'oldest'], [1, 2, 3, 4]],
    ['the other way round', [{ reversed: 'grantedFirst' }], [4, 3, 2, 1]],
    [
      'latest end first, what never ends first of all',
      [{ reversed: 'expiresSoonest' }],
      [1, 4, 3, 2],
    ],
    ['the larger one first', ['largest'], [4, 1, 2, 3]],
  ])('%s', (_name, order, expected) => {
    const sorted = inBurnOrder([included, marked, promo, topUp], order);
    expect(sorted.map(({ grantNo }) => grantNo)).toEqual(expected);
  });
});

describe('what a call may burn', () => {
  const dated = grant(1, 'promo', { effectiveAt: january31, expiresAt: february28 });

  test.each([
    ['2026-01-30T23:59:59.999Z', 0],
    [january31, 1],
    ['2026-02-27T23:59:59.999Z', 1],
    [february28, 0],
  ])('of a grant in [31 January, 28 February) at %s: %i', (at, count) => {
    expect(burnable([dated], { at, earmark: null })).toHaveLength(count);
  });

  test('is not earmarked for something else, and has something left', () => {
    const grants = [
      grant(1, 'promo', { earmark: 'images' }),
      grant(2, 'topUp', { remainingMicro: micro(0) }),
      grant(3, 'topUp'),
    ];
    const call = { at: january31, earmark: null };
    expect(burnable(grants, call).map((g) => g.grantNo)).toEqual([3]);
    expect(burnable(grants, { ...call, earmark: 'images' }).map((g) => g.grantNo)).toEqual([1, 3]);
  });
});

test('an amount goes down the grants in order, and what they lack is short', () => {
  const grants = [grant(1, 'topUp'), grant(2, 'included')];
  expect(burnDown(grants, [{ kind: ['included', 'topUp'] }], micro(25))).toEqual({
    burns: [
      { grantNo: 2, amountMicro: 10n },
      { grantNo: 1, amountMicro: 10n },
    ],
    shortMicro: 5n,
  });
});

test('whatever is burned and short adds up to the amount, and no grant gives more than it has', () => {
  const anyGrant = fc.record({
    kind: fc.constantFrom<GrantKind>('included', 'topUp', 'promo', 'adjustment'),
    remaining: fc.integer({ min: 0, max: 1000 }),
    priority: fc.integer({ min: 0, max: 3 }),
  });
  const orders = fc.subarray<GrantComparator>([
    'priority',
    { kind: ['topUp', 'included'] },
    'oldest',
  ]);
  fc.assert(
    fc.property(fc.array(anyGrant), orders, fc.nat({ max: 3000 }), (made, order, amount) => {
      const grants = made.map(({ kind, remaining, priority }, index) =>
        grant(index + 1, kind, { remainingMicro: micro(remaining), priority }),
      );
      const { burns, shortMicro } = burnDown(grants, order, micro(amount));
      const burned = burns.reduce((sum, burn) => sum + burn.amountMicro, 0n);
      expect(burned + shortMicro).toBe(BigInt(amount));
      for (const burn of burns) {
        const from = grants[burn.grantNo - 1];
        expect(burn.amountMicro > 0n && burn.amountMicro <= (from?.remainingMicro ?? 0n)).toBe(
          true,
        );
      }
    }),
    { seed: 20260103 },
  );
});
