import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { topUpNeeded, type AutoTopUp } from '../../src/domain/credits/auto-top-up.ts';
import { fraction } from '../../src/domain/values/fraction.ts';
import { micro, minus, plus } from '../../src/domain/values/money.ts';
import { hasReached, overdueStage } from '../../src/domain/invoices/overdue.ts';
import { carriedOver, fullRollover, noRollover } from '../../src/domain/credits/rollover.ts';

describe('what of a remainder goes on', () => {
  const rollover = (min: number, max: number) => ({ minMicro: micro(min), maxMicro: micro(max) });

  test.each([
    ['all of it', fullRollover, 70, 70n],
    ['nothing', noRollover, 70, 0n],
    ['at most the most', rollover(0, 50), 70, 50n],
    ['at least the least', rollover(50, 80), 10, 50n],
    ['the most wins over the least', rollover(80, 50), 10, 50n],
  ])('%s', (_name, rule, remaining, carried) => {
    expect(carriedOver(rule, micro(remaining))).toBe(carried);
  });
});

describe('an automatic top-up', () => {
  const packs: AutoTopUp = {
    thresholdMicro: micro(50),
    buy: { by: 'packs', packMicro: micro(10) },
  };
  const target: AutoTopUp = {
    thresholdMicro: micro(5),
    buy: { by: 'target', targetMicro: micro(10) },
  };

  test.each([
    ['buys nothing above the threshold', packs, 51, 0n],
    ['buys at the threshold itself', packs, 50, 10n],
    ['buys all the packs that are needed at once', packs, 5, 50n],
    ['pays a debt as well', packs, -20, 80n],
    ['fills up to its target', target, 4, 6n],
    ['buys nothing above the target’s threshold', target, 6, 0n],
  ])('%s', (_name, rule, balance, bought) => {
    expect(topUpNeeded(rule, micro(balance))).toBe(bought);
  });

  test('leaves the balance above the threshold, and with one pack less it would not be', () => {
    const balances = fc.bigInt(-1000n, 1000n).map(micro);
    fc.assert(
      fc.property(balances, fc.bigInt(1n, 300n).map(micro), (balance, packMicro) => {
        const rule: AutoTopUp = { thresholdMicro: micro(50), buy: { by: 'packs', packMicro } };
        const after = plus(balance, topUpNeeded(rule, balance));
        expect(after > 50n).toBe(true);
        if (balance <= 50n) expect(minus(after, packMicro) <= 50n).toBe(true);
      }),
    );
  });

  test('of packs of nothing is a defect', () => {
    const rule: AutoTopUp = { ...packs, buy: { by: 'packs', packMicro: micro(0) } };
    expect(() => topUpNeeded(rule, micro(0))).toThrow(RangeError);
  });
});

describe('the stages of owing', () => {
  const stages = [
    { name: 'blocked', fromDays: 40 },
    { name: 'warned', fromDays: 30 },
  ];

  test.each([
    ['none while nothing is unpaid', null, null],
    ['none before the first', 29, null],
    ['reached on the day itself', 30, 'warned'],
    ['the last one reached', 41, 'blocked'],
  ])('%s', (_name, days, stage) => {
    expect(overdueStage(stages, days)).toBe(stage);
  });

  test('a threshold is reached at itself, and never without debt', () => {
    expect(hasReached(fraction(10), fraction(10))).toBe(true);
    expect(hasReached(fraction(9), fraction(10))).toBe(false);
    expect(hasReached(null, fraction(0))).toBe(false);
  });
});
