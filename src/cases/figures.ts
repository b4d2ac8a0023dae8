import {
  compareFractions,
  fraction,
  parseDecimal,
  roundFraction,
  sumFractions,
  type Fraction,
} from '../domain/values/fraction.ts';
import {
  micro,
  minor,
  minorDigits,
  toDecimal,
  type MicroCredits,
  type Minor,
} from '../domain/values/money.ts';
import { inexpressible } from './unsupported.ts';

/** A value as JSON can hold it. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const microDigits = 6;

/** A number of JSON or a plain decimal as an exact ratio; `undefined` for anything else. */
function exactOf(value: unknown): Fraction | undefined {
  if (typeof value === 'number') return parseDecimal(String(value));
  return typeof value === 'string' ? parseDecimal(value) : undefined;
}

/** The same, where only a figure can stand. */
export function mustBeFigure(value: unknown, name: string): Fraction {
  const exact = exactOf(value);
  if (exact === undefined) throw inexpressible(`${name} is no figure: ${JSON.stringify(value)}`);
  return exact;
}

/** Credits; a millionth is the finest that there is. */
export function creditsOf(value: unknown, name: string): MicroCredits {
  const exact = mustBeFigure(value, name);
  if (10n ** BigInt(microDigits) % exact.whole !== 0n) {
    throw inexpressible(`${name} is finer than a millionth of a credit: ${String(value)}`);
  }
  return micro(roundFraction(exact, microDigits, 'halfAwayFromZero'));
}

/** Credits as an exact ratio, to be shown. */
export const creditsShown = (amount: MicroCredits): Fraction =>
  fraction(amount, 10n ** BigInt(microDigits));

/** Money: a number is in minor units, a decimal text in the currency's major unit. */
export function moneyOf(value: unknown, currency: string | null, name: string): Minor {
  const exact = mustBeFigure(value, name);
  const digits = typeof value === 'string' ? minorDigits(currency ?? '') : 0;
  if (10n ** BigInt(digits) % exact.whole !== 0n) {
    throw inexpressible(`${name} is finer than the currency's smallest unit: ${String(value)}`);
  }
  return minor(roundFraction(exact, digits, 'halfAwayFromZero'));
}

/** Money in the form in which it is expected: minor units as a number, or the major unit as text. */
export function moneyLike(expected: unknown, amount: Minor, currency: string | null): Json {
  return typeof expected === 'string'
    ? toDecimal(amount, minorDigits(currency ?? ''))
    : numberOf(fraction(amount));
}

/** An exact figure in the form in which it is expected: a number, or text with as many digits. */
export function figureLike(expected: unknown, exact: Fraction): Json {
  if (typeof expected !== 'string') return numberOf(exact);
  const digits = /^-?\d+\.(\d+)$/.exec(expected)?.[1]?.length ?? 0;
  return decimalOf(exact, digits);
}

/** A plain number where that is exact enough to be read back, otherwise text. */
function numberOf(exact: Fraction): Json {
  const text = decimalOf(exact, 0);
  return text.length < 16 ? Number(text) : text;
}

/** At least so many digits, more if the figure needs them and comes to an end. */
function decimalOf(exact: Fraction, atLeast: number): string {
  for (let digits = atLeast; digits <= 12; digits += 1) {
    if ((exact.part * 10n ** BigInt(digits)) % exact.whole === 0n) return cut(exact, digits);
  }
  return cut(exact, Math.max(atLeast, 12));
}

const cut = (exact: Fraction, digits: number): string =>
  toDecimal(roundFraction(exact, digits, 'halfAwayFromZero'), digits);

/** A sum of ratios such as `14/31+1+12/28`; `undefined` for any other text. */
export function parseSum(text: string): Fraction | undefined {
  const terms = text
    .split('+')
    .map((term) => /^(\d{1,15})(?:\/([1-9]\d{0,14}))?$/.exec(term.trim()));
  if (terms.some((term) => term === null)) return undefined;
  return sumFractions(
    terms.map((term) => fraction(BigInt(term?.[1] ?? 0), BigInt(term?.[2] ?? 1))),
  );
}

/** Ratios as such a sum. */
export const sumText = (terms: readonly Fraction[]): string =>
  terms.map(({ part, whole }) => (whole === 1n ? part.toString() : `${part}/${whole}`)).join('+');

/**
 * Whether a long figure was printed from a binary number near this exact one: the printer may have
 * rounded its last digit or cut it off.
 */
function isPrintOf(printed: unknown, exact: Fraction): boolean {
  const digits = /^-?\d+\.(\d+)$/.exec(String(printed))?.[1]?.length ?? 0;
  if (typeof printed !== 'string' || digits < fewestPrintedDigits) return false;
  return (['down', 'halfAwayFromZero'] as const).some(
    (rounding) => toDecimal(roundFraction(exact, digits, rounding), digits) === printed,
  );
}

/** Fewer digits are a figure that someone wrote. */
const fewestPrintedDigits = 12;

/** Whether two values are the same figure, however they are written. */
export function isSameFigure(expected: unknown, actual: unknown): boolean {
  const [a, b] = [expected, actual].map(
    (value) => exactOf(value) ?? (typeof value === 'string' ? parseSum(value) : undefined),
  );
  if (a === undefined || b === undefined) return false;
  return compareFractions(a, b) === 0 || isPrintOf(expected, b);
}
