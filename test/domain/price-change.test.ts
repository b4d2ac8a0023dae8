import { describe, expect, test } from 'vitest';
import { fraction } from '../../src/domain/values/fraction.ts';
import { minor, type Minor } from '../../src/domain/values/money.ts';
import {
  chargeAboveHighest,
  priceAfterDiscount,
  prorateChange,
  remainingShare,
  type Change,
  type Discount,
} from '../../src/domain/life/proration.ts';
import { taxLines, taxOn } from '../../src/domain/terms/tax.ts';

const change = (more: Partial<Change>): Change => ({
  oldMinor: minor(1000),
  newMinor: minor(2000),
  share: { part: 2, whole: 3 },
  anchor: 'keep',
  rounding: 'halfAwayFromZero',
  ...more,
});

describe('a change of price', () => {
  test.each<[string, Partial<Change>, bigint | null, bigint | null, bigint]>([
    ['credits the old and charges the new, each rounded by itself', {}, -667n, 1333n, 666n],
    ['that restarts charges the new whole', { anchor: 'restart' }, -667n, 2000n, 1333n],
    ['with nothing before charges only', { oldMinor: null }, null, 1333n, 1333n],
    ['with nothing after credits only', { newMinor: null }, -667n, null, -667n],
    ['credits no more than was paid', { paidMinor: minor(500) }, -500n, 1333n, 833n],
    ['at the end moves nothing', { share: { part: 0, whole: 31 } }, 0n, 0n, 0n],
    ['rounded down', { rounding: 'down' }, -666n, 1333n, 667n],
  ])('%s', (_name, more, creditMinor, chargeMinor, netMinor) => {
    expect(prorateChange(change(more))).toEqual({ creditMinor, chargeMinor, netMinor });
  });
});

test('what is left of a period, by day and by second', () => {
  const moment = {
    at: '2026-06-16T12:00:00.000Z',
    period: { start: '2026-06-01T00:00:00.000Z', end: '2026-07-01T00:00:00.000Z' },
    timeZone: 'UTC',
  };
  expect(remainingShare('day', moment)).toEqual({ part: 15, whole: 30 });
  expect(remainingShare('second', moment)).toEqual({ part: 1_252_800, whole: 2_592_000 });
  const outside = { ...moment, at: '2026-07-01T00:00:00.001Z' };
  expect(() => remainingShare('second', outside)).toThrow(RangeError);
});

describe('a price after its discount', () => {
  test.each<[string, Discount | undefined, bigint]>([
    ['none', undefined, 30_000n],
    ['in percent', { kind: 'percent', percent: fraction(25) }, 22_500n],
    ['in parts of a percent', { kind: 'percent', percent: fraction(333, 10) }, 20_010n],
    ['in money', { kind: 'money', offMinor: minor(2500) }, 27_500n],
    ['in more money than the price', { kind: 'money', offMinor: minor(50_000) }, 0n],
  ])('%s', (_name, discount, price) => {
    const full = { unitMinor: minor(10_000), quantity: 3 };
    expect(priceAfterDiscount(discount === undefined ? full : { ...full, discount })).toBe(price);
  });
});

test('without proration only what is above the most paid before is charged', () => {
  expect(chargeAboveHighest(minor(1000), [10, 5, 15, 15, 16])).toEqual([
    10_000n,
    0n,
    5000n,
    0n,
    1000n,
  ]);
});

describe('tax', () => {
  test.each<[Minor, number, number, bigint]>([
    [minor(2571), 2333, 100, 600n],
    [minor(-19_333), 25, 1, -4833n],
    [minor(50), 1, 1, 1n],
    [minor(100), 0, 1, 0n],
  ])('on %d at %d/%d percent is %d', (net, part, whole, tax) => {
    expect(taxOn(net, fraction(part, whole))).toBe(tax);
  });

  test('is on what a discount leaves of each line', () => {
    const lines = [10_000, 5000, 3000, 2000].map((amount, index) => ({
      amountMinor: minor(amount),
      taxPercent: fraction([10, 0, 20, 20][index] ?? 0),
    }));
    expect(taxLines(lines, minor(1000))).toEqual([
      { discountMinor: 500n, netMinor: 9500n, taxMinor: 950n },
      { discountMinor: 250n, netMinor: 4750n, taxMinor: 0n },
      { discountMinor: 150n, netMinor: 2850n, taxMinor: 570n },
      { discountMinor: 100n, netMinor: 1900n, taxMinor: 380n },
    ]);
    expect(taxLines(lines, minor(0))[0]).toEqual({
      discountMinor: 0n,
      netMinor: 10_000n,
      taxMinor: 1000n,
    });
  });
});
