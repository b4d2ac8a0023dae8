import { planOf, type Terms } from '../terms/terms.ts';

/** Where more than the present plan is to be had. */
export type Growth =
  | { readonly kind: 'plan' }
  | { readonly kind: 'contract'; readonly contact: string }
  | { readonly kind: 'none' };

/**
 * The way to more than a plan gives [2.34 3.26 4.04]: a bigger plan that is sold here, else one by contract
 * and whom to ask for it, else nothing. Null: no plan yet, so that every plan is bigger.
 */
export function growthOf(terms: Terms, plan: string | null): Growth {
  const rank = plan === null ? -1 : planOf(terms, plan).rank;
  const bigger = terms.plans.filter((other) => other.rank > rank);
  if (bigger.some(({ selfServe }) => selfServe)) return { kind: 'plan' };
  const contact = bigger.find((other) => other.contact !== null)?.contact ?? null;
  return contact === null ? { kind: 'none' } : { kind: 'contract', contact };
}
