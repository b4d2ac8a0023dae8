import type { Fraction } from '../values/fraction.ts';
import { allocate, divide, minor, minus, type Minor } from '../values/money.ts';

/** A line's tax, from its rounded net and by itself, half away from zero. The rate is in percent. */
export const taxOn = (netMinor: Minor, ratePercent: Fraction): Minor =>
  minor(divide(netMinor * ratePercent.part, ratePercent.whole * 100n, 'halfAwayFromZero'));

/** A line after its part of a discount, and its tax. */
export type TaxedLine = {
  readonly discountMinor: Minor;
  readonly netMinor: Minor;
  readonly taxMinor: Minor;
};

/** Spreads a discount over lines by their amounts, and taxes what is left of each by its rate. */
export function taxLines(
  lines: readonly { readonly amountMinor: Minor; readonly taxPercent: Fraction }[],
  discountMinor: Minor,
): TaxedLine[] {
  const weights = lines.map(({ amountMinor }) => amountMinor);
  const parts = discountMinor === 0n ? [] : allocate(discountMinor, weights);
  return lines.map(({ amountMinor, taxPercent }, index) => {
    const part = parts[index] ?? minor(0);
    const netMinor = minus(amountMinor, part);
    return { discountMinor: part, netMinor, taxMinor: taxOn(netMinor, taxPercent) };
  });
}
