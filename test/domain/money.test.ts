import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allocate,
  divide,
  fromDecimal,
  greater,
  lesser,
  minor,
  minorDigits,
  prorate,
  sum,
  toDecimal,
  type Rounding,
} from '../../src/domain/values/money.ts';

const amounts = fc.bigInt(-(10n ** 15n), 10n ** 15n);
const sizes = fc.bigInt(1n, 10n ** 9n);

describe('a quotient', () => {
  test.each<[bigint, bigint, Rounding, bigint]>([
    [5n, 2n, 'halfAwayFromZero', 3n],
    [-5n, 2n, 'halfAwayFromZero', -3n],
    [7n, 3n, 'halfAwayFromZero', 2n],
    [-7n, 3n, 'halfAwayFromZero', -2n],
    [8n, 3n, 'halfAwayFromZero', 3n],
    [5n, 2n, 'down', 2n],
    [-5n, 2n, 'down', -2n],
    [0n, 7n, 'halfAwayFromZero', 0n],
    [5n, 2n, 'halfToEven', 2n],
    [7n, 2n, 'halfToEven', 4n],
    [-5n, 2n, 'halfToEven', -2n],
    [8n, 3n, 'halfToEven', 3n],
    [5n, 2n, 'halfTowardsZero', 2n],
    [8n, 3n, 'halfTowardsZero', 3n],
    [4n, 3n, 'up', 2n],
    [-4n, 3n, 'up', -2n],
    [4n, 2n, 'up', 2n],
  ])('of %d by %d, rounded %s, is %d', (numerator, denominator, rounding, quotient) => {
    expect(divide(numerator, denominator, rounding)).toBe(quotient);
  });

  test.each([0n, -1n])('by %d is a defect', (denominator) => {
    expect(() => divide(1n, denominator, 'down')).toThrow(RangeError);
  });

  test('is never further from the exact value than half a unit, or than one when cut', () => {
    fc.assert(
      fc.property(amounts, sizes, (numerator, denominator) => {
        const off = (rounding: Rounding): bigint => {
          const difference = divide(numerator, denominator, rounding) * denominator - numerator;
          return difference < 0n ? -difference : difference;
        };
        for (const rounding of ['halfAwayFromZero', 'halfTowardsZero', 'halfToEven'] as const) {
          expect(2n * off(rounding)).toBeLessThanOrEqual(denominator);
        }
        expect(off('down')).toBeLessThan(denominator);
        expect(off('up')).toBeLessThan(denominator);
      }),
    );
  });

  test('of a credit mirrors that of a charge', () => {
    fc.assert(
      fc.property(amounts, sizes, (amount, whole) => {
        for (const rounding of ['halfAwayFromZero', 'halfToEven', 'down', 'up'] as const) {
          expect(divide(-amount, whole, rounding)).toBe(-divide(amount, whole, rounding));
        }
      }),
    );
  });
});

describe('a share of an amount', () => {
  test('is rounded once, after the product', () => {
    expect(prorate(minor(1000), { part: 1, whole: 3 }, 'halfAwayFromZero')).toBe(333n);
    expect(prorate(minor(1000), { part: 2, whole: 3 }, 'halfAwayFromZero')).toBe(667n);
    expect(prorate(minor(1000), { part: 2, whole: 3 }, 'down')).toBe(666n);
  });
});

describe('an amount divided among parts', () => {
  test.each<[string, bigint, bigint[], bigint[]]>([
    ['gives the odd unit to the earlier of equals', 100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    ['gives it to the largest remainder first', 10n, [1n, 5n, 1n], [2n, 7n, 1n]],
    ['gives nothing to a weight of zero', 5n, [0n, 2n, 0n], [0n, 5n, 0n]],
    ['divides what is owed like what is due', -100n, [1n, 1n, 1n], [-34n, -33n, -33n]],
    ['divides nothing into nothings', 0n, [3n, 1n], [0n, 0n]],
  ])('%s', (_name, total, weights, parts) => {
    expect(allocate(minor(total), weights)).toEqual(parts);
  });

  test('sums exactly to the whole, with no part off by a unit or more', () => {
    fc.assert(
      fc.property(amounts, fc.array(sizes, { minLength: 1, maxLength: 20 }), (total, weights) => {
        const parts = allocate(minor(total), weights);
        const weight = weights.reduce((a, b) => a + b, 0n);
        expect(sum(parts)).toBe(total);
        for (const [index, part] of parts.entries()) {
          const off = part * weight - total * (weights[index] ?? 0n);
          expect(off < 0n ? -off : off).toBeLessThan(weight);
        }
      }),
    );
  });

  test.each([
    ['no weights', []],
    ['weights of zero', [0n, 0n]],
    ['a negative weight', [2n, -1n]],
  ])('by %s is a defect', (_name, weights) => {
    expect(() => allocate(minor(1), weights)).toThrow(RangeError);
  });
});

describe('the smaller and the larger of two amounts', () => {
  test('are the two amounts', () => {
    expect(lesser(minor(2), minor(-3))).toBe(-3n);
    expect(greater(minor(2), minor(-3))).toBe(2n);
  });
});

describe('an amount as a decimal', () => {
  test.each<[bigint, number, string]>([
    [12_500_000n, 6, '12.500000'],
    [-5n, 2, '-0.05'],
    [0n, 2, '0.00'],
    [980n, 0, '980'],
    [1n, 3, '0.001'],
  ])('%d with %d digits is %s', (amount, digits, text) => {
    expect(toDecimal(amount, digits)).toBe(text);
    expect(fromDecimal(text, digits)).toBe(amount);
  });

  test('comes back as it was', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 6 }), (amount, digits) => {
        expect(fromDecimal(toDecimal(amount, digits), digits)).toBe(amount);
      }),
    );
  });

  test.each(['', '.5', '5.', '1e3', '1,000.00', ' 1', '+1', '0x10', '1.234', '１'])(
    '%j is no decimal of two digits',
    (text) => {
      expect(fromDecimal(text, 2)).toBeUndefined();
    },
  );

  test('fewer digits than the unit has are filled up', () => {
    expect(fromDecimal('12.5', 6)).toBe(12_500_000n);
    expect(fromDecimal('12', 2)).toBe(1_200n);
  });
});

test.each([
  ['usd', 2],
  ['jpy', 0],
  ['kwd', 3],
])('%s has %d digits after the point', (currency, digits) => {
  expect(minorDigits(currency)).toBe(digits);
});
