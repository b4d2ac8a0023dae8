import type { PaymentMethodKind } from '../domain/terms/terms.ts';

/** What debits a bank account in a currency, by Stripe's name. */
const bankDebits: Readonly<Record<string, string>> = {
  usd: 'us_bank_account',
  eur: 'sepa_debit',
  gbp: 'bacs_debit',
  cad: 'acss_debit',
  aud: 'au_becs_debit',
};

/**
 * What a page of Stripe's takes: methods that can be charged again without the person. Throws where a
 * currency has none of the kinds, which the catalog's check refuses.
 */
export function methodTypes(kinds: readonly PaymentMethodKind[], currency: string): string[] {
  const types = kinds.map((kind) => (kind === 'card' ? 'card' : bankDebits[currency]));
  const known = types.filter((type) => type !== undefined);
  if (known.length === 0) throw new RangeError(`no ${kinds.join(', ')} can pay in ${currency}`);
  return known;
}
