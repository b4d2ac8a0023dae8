import { divide, minorDigits, toDecimal } from './money.ts';
import type { CreditTerms } from '../terms/terms.ts';

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

const creditDigits = 6;

/** Credits as the product calls them: `$12.50` where a credit is money, else `12.5 credits`. */
export function showCredits(amountMicro: bigint, unit: CreditTerms['unit']): string {
  if (unit.kind === 'credits') {
    const decimal = toDecimal(amountMicro, creditDigits) as Intl.StringNumericLiteral; // likewise
    const most = { maximumFractionDigits: creditDigits };
    return `${new Intl.NumberFormat('en-US', most).format(decimal)} ${unit.name}`;
  }
  // Never more than there is.
  const perMinor = 10n ** BigInt(creditDigits - minorDigits(unit.currency));
  return showMoney(divide(amountMicro, perMinor, 'down'), unit.currency);
}
