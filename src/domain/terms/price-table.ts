import { divide, plus, times, type MicroCredits, type Minor } from '../values/money.ts';
import { monthsOf } from '../values/interval.ts';
import type { Interval, Plan, Price } from './terms.ts';

/** What a plan comes to at a number of seats, as its card on a pricing page says it. */
export type Quote = {
  readonly seats: number;
  /** For one interval; null: not sold by it. */
  readonly prices: Readonly<Record<Interval, Minor | null>>;
  /** What it saves on as many months, in tenths of a percent; null where there is nothing to compare. */
  readonly savesPermille: Readonly<Record<Interval, number | null>>;
  /** Credits of each window. */
  readonly includedMicro: MicroCredits;
  /** One credit by the month, in millionths of a minor unit; null: nothing is paid, or nothing included. */
  readonly creditMicroMinor: bigint | null;
};

/**
 * A plan's price at a number of seats, with its discount computed from the two prices and never stored [K4
 * 0.24 0.25 2.07], and what one of its credits comes to [1.18]; rounded once, half away from zero.
 */
export function quoteFor(plan: Plan, seats: number): Quote {
  const prices = byInterval((interval) => {
    const price = plan.prices[interval];
    return price === undefined ? null : costOf(price, seats);
  });
  const { baseMicro, perSeatMicro } = plan.included;
  const includedMicro = plus(baseMicro, times(perSeatMicro, seats));
  return {
    ...{ seats, prices, includedMicro },
    savesPermille: byInterval((interval) => savingOf(prices, interval)),
    creditMicroMinor: creditCost(prices.month, includedMicro),
  };
}

const costOf = ({ baseMinor, perSeatMinor }: Price, seats: number): Minor =>
  plus(baseMinor, times(perSeatMinor, seats));

const byInterval = <Value>(of: (interval: Interval) => Value): Record<Interval, Value> => ({
  month: of('month'),
  quarter: of('quarter'),
  halfYear: of('halfYear'),
  year: of('year'),
});

function savingOf(prices: Quote['prices'], interval: Interval): number | null {
  const { month, [interval]: price } = prices;
  if (interval === 'month' || month === null || price === null || month === 0n) return null;
  const months = times(month, monthsOf(interval));
  return Number(divide((months - price) * 1_000n, months, 'halfAwayFromZero'));
}

/** A credit is a million micro-credits, and told to the millionth of a minor unit. */
function creditCost(month: Minor | null, included: MicroCredits): bigint | null {
  if (month === null || month === 0n || included === 0n) return null;
  const millionths = month * 1_000_000n * 1_000_000n;
  return divide(millionths, included, 'halfAwayFromZero');
}

/**
 * The rows of a comparison of plans [0.24 4.18]: every feature that any of them names, in the order of their
 * first naming, with what each plan has of it; what a plan does not name it does not have.
 */
export function compareFeatures(
  plans: readonly Plan[],
): { readonly feature: string; readonly values: readonly (boolean | string)[] }[] {
  const named = [...new Set(plans.flatMap(({ features }) => Object.keys(features)))];
  return named.map((feature) => ({
    feature,
    // Own properties only: a feature named "constructor" is in no plan.
    values: plans.map(({ features }) =>
      Object.hasOwn(features, feature) ? (features[feature] ?? false) : false,
    ),
  }));
}
