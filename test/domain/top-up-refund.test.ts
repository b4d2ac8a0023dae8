import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claimMoneyBack } from '../../src/domain/invoices/money-back.ts';
import { micro, minor } from '../../src/domain/values/money.ts';
import type { RefundTerms } from '../../src/domain/terms/terms.ts';
import {
  refundableUntil,
  refundOf,
  type BoughtTopUp,
  type RefundAsked,
} from '../../src/domain/credits/top-up-refund.ts';

/** 25 credits for 20.00, untouched. */
const bought: BoughtTopUp = {
  boughtAt: '2026-03-01T12:00:00.000Z',
  paidMinor: minor(2000),
  creditsMicro: micro(25_000_000),
  unspentMicro: micro(25_000_000),
  refundedMinor: minor(0),
  isDisputed: false,
  isRefunding: false,
};

const asked = (change: Partial<RefundAsked> = {}): RefundAsked => ({
  at: '2026-03-02T12:00:00.000Z',
  timeZone: 'UTC',
  byOperator: false,
  ...change,
});

const within: RefundTerms = { unusedWithinDays: 14 };
const quote = (change: Partial<BoughtTopUp>, policy = within) =>
  refundOf(policy, { ...bought, ...change }, asked());

describe('what a refund of a top-up gives back [3.28]', () => {
  test.each([
    ['all of it while nothing is spent', {}, 2000n, 25_000_000n],
    ['the part that is unspent', { unspentMicro: micro(10_000_000) }, 800n, 10_000_000n],
    ['rounded down to a minor unit', { unspentMicro: micro(12_499) }, null, null],
    ['the smallest minor unit there is', { unspentMicro: micro(12_500) }, 1n, 12_500n],
    ['credits only for money that goes back', { unspentMicro: micro(24_999) }, 1n, 12_500n],
    [
      'what is left after a refund before it',
      { refundedMinor: minor(500), unspentMicro: micro(18_750_000) },
      1500n,
      18_750_000n,
    ],
    [
      'never more money than was paid',
      { refundedMinor: minor(1990), unspentMicro: micro(25_000_000) },
      10n,
      125_000n,
    ],
    ['nothing when all is spent', { unspentMicro: micro(0) }, null, null],
  ] as const)('%s', (_rule, change, amountMinor, creditsMicro) => {
    const expected =
      amountMinor === null
        ? { ok: false, refusal: { kind: 'topUpSpent' } }
        : { ok: true, value: { amountMinor, creditsMicro } };
    expect(quote(change)).toEqual(expected);
  });

  test('never takes more credits than are unspent, nor gives more money than they cost', () => {
    const amount = fc.bigInt({ min: 1n, max: 10_000_000_000n });
    fc.assert(
      fc.property(amount, amount, amount, amount, (paid, credits, spent, refunded) => {
        const paidMinor = minor(paid);
        const creditsMicro = micro(credits);
        const refundedMinor = minor(refunded % (paid + 1n));
        const claimed = claimMoneyBack({ paidMinor, creditsMicro, refundedMinor, disputes: [] });
        const left = credits - claimed.refundedMicro;
        const unspentMicro = micro(left - (spent % (left + 1n)));
        const quoted = quote({ paidMinor, creditsMicro, refundedMinor, unspentMicro });
        if (!quoted.ok) return;
        const { amountMinor, creditsMicro: taken } = quoted.value;
        expect(taken).toBeLessThanOrEqual(unspentMicro);
        expect(refundedMinor + amountMinor).toBeLessThanOrEqual(paidMinor);
        expect(amountMinor * creditsMicro).toBeLessThanOrEqual(paidMinor * unspentMicro);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('who gets a top-up back, and until when [1.17 3.28]', () => {
  const last = { at: '2026-03-15T11:59:59.999Z' };
  const over = { at: '2026-03-15T12:00:00.000Z' };
  test.each([
    ['nobody where the catalog refunds none', 'none', {}, 'refundNotOffered'],
    ['not even an operator there', 'none', { byOperator: true }, 'refundNotOffered'],
    ['no customer by themselves', 'manual', {}, 'refundByOperator'],
    ['an operator, whenever they like', 'manual', { byOperator: true, ...over }, 'given'],
    ['a customer until the last moment of the days', within, last, 'given'],
    ['nobody from the next moment on', within, over, 'refundTooLate'],
  ] as const)('%s', (_rule, policy, change, answer) => {
    const quoted = refundOf(policy, bought, asked(change));
    expect(quoted.ok ? 'given' : quoted.refusal.kind).toBe(answer);
  });

  test('the days are those of the workspace, also where one of them has 23 hours', () => {
    const boughtAt = '2026-03-28T12:00:00.000Z'; // Berlin moves its clocks on the 29th
    const two: RefundTerms = { unusedWithinDays: 2 };
    expect(refundableUntil(two, boughtAt, 'Europe/Berlin')).toBe('2026-03-30T11:00:00.000Z');
  });

  test.each([
    ['topUpDisputed', { isDisputed: true }],
    ['refundUnderWay', { isRefunding: true }],
  ] as const)('nobody for now: %s', (kind, change) => {
    expect(quote(change)).toEqual({ ok: false, refusal: { kind } });
  });
});
