declare const unit: unique symbol;

/** An amount of credits in millionths of one credit. Signed. */
export type MicroCredits = bigint & { readonly [unit]: 'microCredits' };
/** An amount of money in the currency's minor unit (cents for usd, yen for jpy). Signed. */
export type Minor = bigint & { readonly [unit]: 'minor' };
/** A price of one credit, in millionths of the currency's minor unit. */
export type MicroMinor = bigint & { readonly [unit]: 'microMinor' };

type Amount = MicroCredits | Minor;

/**
 * How a quotient becomes an integer. `down` is towards zero and `up` away from it; the halves go
 * away from zero, towards zero, or to the even neighbour. What a rule uses, the rule says.
 */
export type Rounding = 'halfAwayFromZero' | 'halfTowardsZero' | 'halfToEven' | 'down' | 'up';

/** Names an integer number of millionths of a credit as credits. */
export const micro = (value: bigint | number | string): MicroCredits =>
  BigInt(value) as MicroCredits; // the one place where the brand is given

/** Names an integer number of minor units as money. */
export const minor = (value: bigint | number | string): Minor => BigInt(value) as Minor; // likewise

/** Names an integer number of millionths of a minor unit as a price of one credit. */
export const microMinor = (value: bigint | number | string): MicroMinor =>
  BigInt(value) as MicroMinor; // likewise

const added = (a: bigint, b: bigint): bigint => a + b;
export const plus = <A extends Amount>(a: A, b: A): A => added(a, b) as A;
export const minus = <A extends Amount>(a: A, b: A): A => plus(a, negate(b));
export const times = <A extends Amount>(a: A, count: bigint | number): A =>
  (a * BigInt(count)) as A;
export const negate = <A extends Amount>(a: A): A => (0n - a) as A;
export const lesser = <A extends Amount>(a: A, b: A): A => (a < b ? a : b);
export const greater = <A extends Amount>(a: A, b: A): A => (a > b ? a : b);
export const sum = <A extends Amount>(amounts: readonly A[]): A =>
  amounts.reduce<bigint>((total, amount) => total + amount, 0n) as A;

/**
 * The exact quotient of two integers, rounded once, as stated.
 * `halfAwayFromZero` for money and usage, `down` (towards zero) for credits given to a customer.
 */
export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (denominator <= 0n) throw new RangeError(`denominator must be positive, got ${denominator}`);
  const size = numerator < 0n ? -numerator : numerator;
  const whole = size / denominator;
  const rounded = roundsUp({ whole, rest: size % denominator, denominator, rounding })
    ? whole + 1n
    : whole;
  return numerator < 0n ? -rounded : rounded;
}

function roundsUp(quotient: {
  readonly whole: bigint;
  readonly rest: bigint;
  readonly denominator: bigint;
  readonly rounding: Rounding;
}): boolean {
  const { whole, rest, denominator, rounding } = quotient;
  const twice = 2n * rest;
  switch (rounding) {
    case 'down':
      return false;
    case 'up':
      return rest > 0n;
    case 'halfAwayFromZero':
      return twice >= denominator;
    case 'halfTowardsZero':
      return twice > denominator;
    case 'halfToEven':
      return twice > denominator || (twice === denominator && whole % 2n === 1n);
  }
}

/** `full × part / whole`, rounded once [2.16]. */
export const prorate = <A extends Amount>(
  full: A,
  share: { readonly part: bigint | number; readonly whole: bigint | number },
  rounding: Rounding,
): A => divide(full * BigInt(share.part), BigInt(share.whole), rounding) as A;

/**
 * Splits an amount by weights, with no unit lost: parts sum exactly to the whole.
 * Largest remainder; equal remainders go to the earlier part.
 */
export function allocate<A extends Amount>(total: A, weights: readonly bigint[]): A[] {
  const sumOfWeights = weights.reduce((a, b) => a + b, 0n);
  if (sumOfWeights <= 0n || weights.some((w) => w < 0n)) {
    throw new RangeError('weights must be non-negative, with a positive sum');
  }
  const size = total < 0n ? 0n - total : total;
  const parts = weights.map((w) => (size * w) / sumOfWeights);
  const short = size - parts.reduce((a, b) => a + b, 0n);
  const byRemainder = weights
    .map((w, index) => ({ index, remainder: (size * w) % sumOfWeights }))
    .sort((a, b) => Number(b.remainder - a.remainder) || a.index - b.index);
  for (const { index } of byRemainder.slice(0, Number(short))) {
    parts[index] = (parts[index] ?? 0n) + 1n;
  }
  return parts.map((part) => (total < 0n ? 0n - part : part) as A);
}

/** Digits after the point of a currency's minor unit; ISO 4217's exceptions to two. */
export const minorDigits = (currency: string): number =>
  withoutDecimals.includes(currency) ? 0 : withThreeDecimals.includes(currency) ? 3 : 2;

const withoutDecimals: readonly string[] =
  'bif clp djf gnf isk jpy kmf krw pyg rwf ugx vnd vuv xaf xof xpf'.split(' ');
const withThreeDecimals: readonly string[] = 'bhd iqd jod kwd lyd omr tnd'.split(' ');

/** An integer of 10^-digits units as a decimal string: `(12500000n, 6)` is `12.500000`. */
export function toDecimal(amount: bigint, digits: number): string {
  const size = (amount < 0n ? -amount : amount).toString().padStart(digits + 1, '0');
  const text =
    digits === 0 ? size : `${size.slice(0, size.length - digits)}.${size.slice(-digits)}`;
  return amount < 0n ? `-${text}` : text;
}

/** The reverse of `toDecimal`; `undefined` for anything but a plain decimal that fits the digits. */
export function fromDecimal(text: string, digits: number): bigint | undefined {
  const match = /^(-?)(\d{1,16})(?:\.(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '0', fraction = ''] = match;
  if (fraction.length > digits) return undefined;
  const size = BigInt(whole + fraction.padEnd(digits, '0'));
  return sign === '-' ? -size : size;
}
