import { divide, fromDecimal, toDecimal } from '../domain/values/money.ts';

const creditDigits = 6;
const perCent = 10_000n; // micro-credits in a hundredth of a credit

/** Micro-credits of a decimal string as the API writes it. */
export function microOf(text: string): bigint {
  const value = fromDecimal(text, creditDigits);
  if (value === undefined) throw new Error(`"${text}" is no amount of credits`);
  return value;
}

/** As the API writes it: six digits after the point. */
export const decimalOf = (micro: bigint): string => toDecimal(micro, creditDigits);

/** Credits for people: two digits, thousands apart, a sign only where it is a change. */
export const showCredits = (micro: bigint): string =>
  apart(toDecimal(divide(micro, perCent, 'halfAwayFromZero'), 2));

export const showChange = (micro: bigint): string =>
  `${micro > 0n ? '+' : ''}${showCredits(micro)}`;

/** "1234.50" of dollars as people write it. */
export const showMoney = (amount: string): string =>
  amount.startsWith('-') ? `-$${apart(amount.slice(1))}` : `$${apart(amount)}`;

export const sumMoney = (amounts: readonly string[]): string =>
  toDecimal(
    amounts.reduce((sum, amount) => sum + minorOf(amount), 0n),
    2,
  );

function minorOf(text: string): bigint {
  const value = fromDecimal(text, 2);
  if (value === undefined) throw new Error(`"${text}" is no amount of dollars`);
  return value;
}

export const showCount = (count: number | bigint): string => apart(String(count));

const apart = (digits: string): string => digits.replaceAll(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');
