import { minorDigits, toDecimal } from './money.ts';

/**
 * An amount in minor units as people write it: `$12.50`, `¥1,200`, `-€3.00`. For pages and mails, never
 * inside a workflow: another version of Node may write a currency in another way.
 */
export function showMoney(amountMinor: bigint, currency: string): string {
  const decimal = toDecimal(amountMinor, minorDigits(currency));
  // `toDecimal` writes plain decimals, which is what this type of the formatter means.
  const literal = decimal as Intl.StringNumericLiteral;
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(literal);
}
