import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addFractions,
  ceilingOf,
  compareFractions,
  fraction,
  greaterFraction,
  lesserFraction,
  multiplyFractions,
  parseDecimal,
  roundFraction,
  subtractFractions,
  sumFractions,
} from '../../src/domain/values/fraction.ts';

const any = fc
  .tuple(fc.bigInt(-(10n ** 9n), 10n ** 9n), fc.bigInt(1n, 10n ** 6n))
  .map(([part, whole]) => fraction(part, whole));

describe('a fraction', () => {
  test.each([
    ['in lowest terms', fraction(6, 4), { part: 3n, whole: 2n }],
    ['with its sign on top', fraction(1, -2), { part: -1n, whole: 2n }],
    ['of nothing', fraction(0, 7), { part: 0n, whole: 1n }],
  ])('stands %s', (_name, ratio, expected) => {
    expect(ratio).toEqual(expected);
  });

  test('of nothing at all is a defect', () => {
    expect(() => fraction(1, 0)).toThrow(RangeError);
  });

  test('is added, taken away and multiplied exactly', () => {
    expect(sumFractions([fraction(14, 31), fraction(1), fraction(12, 28)])).toEqual({
      part: 408n,
      whole: 217n,
    });
    expect(subtractFractions(fraction(1, 2), fraction(1, 3))).toEqual({ part: 1n, whole: 6n });
    expect(multiplyFractions(fraction(2, 3), fraction(3, 4))).toEqual({ part: 1n, whole: 2n });
  });

  test('adds and multiplies in any order, and what is added can be taken away', () => {
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect(addFractions(a, b)).toEqual(addFractions(b, a));
        expect(multiplyFractions(a, addFractions(b, c))).toEqual(
          addFractions(multiplyFractions(a, b), multiplyFractions(a, c)),
        );
        expect(subtractFractions(addFractions(a, b), b)).toEqual(a);
      }),
    );
  });

  test('is compared by value', () => {
    expect(compareFractions(fraction(1, 3), fraction(2, 6))).toBe(0);
    expect(compareFractions(fraction(-1, 2), fraction(1, 3))).toBe(-1);
    expect(lesserFraction(fraction(1, 2), fraction(1, 3))).toEqual(fraction(1, 3));
    expect(greaterFraction(fraction(1, 2), fraction(1, 3))).toEqual(fraction(1, 2));
  });

  test.each([
    [7, 2, 4n],
    [8, 2, 4n],
    [0, 3, 0n],
    [-7, 2, -3n],
  ])('%d/%d is at most the whole number %d', (part, whole, ceiling) => {
    expect(ceilingOf(fraction(part, whole))).toBe(ceiling);
  });

  test('is rounded once, to so many digits', () => {
    expect(roundFraction(fraction(1, 8), 2, 'halfAwayFromZero')).toBe(13n);
    expect(roundFraction(fraction(1, 8), 2, 'halfToEven')).toBe(12n);
    expect(roundFraction(fraction(-1, 3), 3, 'down')).toBe(-333n);
  });
});

test.each([
  ['12.50', { part: 25n, whole: 2n }],
  ['-0.1', { part: -1n, whole: 10n }],
  ['7', { part: 7n, whole: 1n }],
])('the decimal %s is read exactly', (text, expected) => {
  expect(parseDecimal(text)).toEqual(expected);
});

test.each(['', '1e3', '.5', '1,5', ' 1', '+1', 'x'])('%j is no decimal', (text) => {
  expect(parseDecimal(text)).toBeUndefined();
});
