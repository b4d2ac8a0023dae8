import type { Minor } from '../domain/values/money.ts';

/** An amount as the SDK wants it: a number, and never one that lost a unit. */
export function amountFor(amountMinor: Minor): number {
  const amount = Number(amountMinor);
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${amountMinor} is too large an amount`);
  return amount;
}
