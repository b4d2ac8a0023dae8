/** What one customer has agreed on, and the terms that come of it [2.34 4.04 4.35]. */
import { termAfter, type Instant, type Period } from '../values/calendar.ts';
import { monthsOf } from '../values/interval.ts';
import type { Included, Interval, Plan, Price, Terms } from './terms.ts';

/** Figures of its own for a plan that is sold by contract. */
export type Contract = {
  readonly plan: string;
  /** What it is invoiced by. */
  readonly interval: Interval;
  /** For one interval, in minor units. */
  readonly price: Price;
  /** For each credit window. */
  readonly included: Pick<Included, 'baseMicro' | 'perSeatMicro'>;
  /** Its length: a whole number of intervals. */
  readonly months: number;
  /** Local days in which its invoices are to be paid; 0: on their day, or by the method on file. */
  readonly netDays: number;
  /** The customer's own number, which stands on each invoice. */
  readonly purchaseOrder: string | null;
  /** What follows: the same again, or a plan that anybody can have. */
  readonly follows: 'renew' | { readonly plan: string; readonly interval: Interval };
};

export type AgreedContract = Contract & {
  /** The command that agreed on it. */
  readonly id: string;
  readonly agreedAt: Instant;
};

/** The contract that a workspace's plan is under; it goes with the plan. */
export type RunningContract = {
  readonly agreed: AgreedContract;
  /** How many more terms of its length come after the running one. */
  readonly termsLeft: number;
  /** What takes its place when the running term ends; null: nothing does. */
  readonly amended: AgreedContract | null;
};

/** How many terms a contract has. A defect if its length is no whole number of intervals. */
function termsIn({ months, interval }: Contract): number {
  const terms = months / monthsOf(interval);
  if (!Number.isInteger(terms)) throw new Error(`${months} months are no whole ${interval}s`);
  return terms;
}

/** A contract at its first term. */
export const begun = (agreed: AgreedContract): RunningContract => ({
  agreed,
  termsLeft: termsIn(agreed) - 1,
  amended: null,
});

/** The contract of the next term: the amended one, the same with one term less, or the same again. */
export function nextTerm({ agreed, termsLeft, amended }: RunningContract): RunningContract {
  if (amended !== null) return begun(amended);
  return termsLeft === 0 ? begun(agreed) : { agreed, termsLeft: termsLeft - 1, amended };
}

type PaidTerm = {
  readonly anchor: Instant;
  readonly interval: Interval;
  readonly term: Period;
};

/** When a contract's length is over, counted on from the running term. */
export function contractEndsAt(
  running: RunningContract,
  paid: PaidTerm,
  timeZone: string,
): Instant {
  const { anchor, interval } = paid;
  let { end } = paid.term;
  for (let left = running.termsLeft; left > 0; left -= 1) {
    ({ end } = termAfter(end, { anchor, interval, timeZone }));
  }
  return end;
}

/** The terms as they were published, without what a contract has laid over them. */
export const publishedOf = (terms: Terms): Terms => terms.published ?? terms;

/**
 * The terms that a workspace with this contract lives by [4.04 4.35]: its plan at the contract's price, sold by
 * the contract's interval alone, with the contract's credits; and its invoices to be paid in the contract's
 * days. Everything else is as published. Without a contract it is all as published. Laid over terms under a
 * contract already, it takes that one's place.
 */
export function termsUnder(contract: Contract | undefined, terms: Terms): Terms {
  const published = publishedOf(terms);
  if (contract === undefined) return published;
  const { netDays: days, purchaseOrder } = contract;
  return {
    ...published,
    plans: published.plans.map((plan) =>
      plan.id === contract.plan ? agreed(plan, contract) : plan,
    ),
    invoices: { ...published.invoices, agreed: { days, purchaseOrder } },
    published,
  };
}

const agreed = (plan: Plan, { interval, price, included }: Contract): Plan => ({
  ...plan,
  prices: { [interval]: price },
  included: { ...plan.included, ...included },
});
