import { divide, type Rounding } from './money.ts';

/** An exact ratio of two integers; `whole` is positive, and both have no common divisor. */
export type Fraction = { readonly part: bigint; readonly whole: bigint };

/** The ratio in lowest terms, so that equal ratios look equal; a defect if `whole` is 0. */
export function fraction(part: bigint | number, whole: bigint | number = 1n): Fraction {
  const [top, bottom] = [BigInt(part), BigInt(whole)];
  if (bottom === 0n) throw new RangeError('a fraction needs a divisor other than 0');
  const common = greatestCommonDivisor(sizeOf(top), sizeOf(bottom)) * (bottom < 0n ? -1n : 1n);
  return { part: top / common, whole: bottom / common };
}

/** `a + b`, exactly. */
export const addFractions = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.part * b.whole + b.part * a.whole, a.whole * b.whole);

/** `a − b`, exactly. */
export const subtractFractions = (a: Fraction, b: Fraction): Fraction =>
  addFractions(a, { part: -b.part, whole: b.whole });

/** `a × b`, exactly. */
export const multiplyFractions = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.part * b.part, a.whole * b.whole);

/** Negative, 0 or positive, as `a` is less than, equal to or greater than `b`. */
export function compareFractions(a: Fraction, b: Fraction): number {
  const difference = a.part * b.whole - b.part * a.whole;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The lesser of two ratios. */
export const lesserFraction = (a: Fraction, b: Fraction): Fraction =>
  compareFractions(a, b) <= 0 ? a : b;

/** The greater of two ratios. */
export const greaterFraction = (a: Fraction, b: Fraction): Fraction =>
  compareFractions(a, b) >= 0 ? a : b;

/** All of them together; 0 if there are none. */
export const sumFractions = (all: readonly Fraction[]): Fraction =>
  all.reduce(addFractions, fraction(0));

/** The ratio in units of 10^-digits, rounded once, as stated. */
export const roundFraction = (exact: Fraction, digits: number, rounding: Rounding): bigint =>
  divide(exact.part * 10n ** BigInt(digits), exact.whole, rounding);

/** The least whole number that is not below the ratio. */
export function ceilingOf({ part, whole }: Fraction): bigint {
  const down = part / whole;
  return part > 0n && part % whole !== 0n ? down + 1n : down;
}

/** A plain decimal such as `-12.50` as an exact ratio; `undefined` for any other text. */
export function parseDecimal(text: string): Fraction | undefined {
  const match = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', decimals = ''] = match;
  const size = BigInt(whole + decimals);
  return fraction(sign === '-' ? -size : size, 10n ** BigInt(decimals.length));
}

const sizeOf = (value: bigint): bigint => (value < 0n ? -value : value);

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
