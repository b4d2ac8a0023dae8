import { divide, plus, times, type MicroCredits, type Minor } from './money.ts';
import type { Plan, Price } from './terms.ts';

/** What a plan comes to at a number of seats, as its card on a pricing page says it. */
export type Quote = {
  readonly seats: number;
  /** For one month; null: not sold by the month. */
  readonly monthMinor: Minor | null;
  /** For one year; null: not sold by the year. */
  readonly yearMinor: Minor | null;
  /** What a year saves on twelve months, in tenths of a percent; null where there is nothing to compare. */
  readonly yearSavesPermille: number | null;
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
  const { month, year } = plan.prices;
  const monthMinor = month === undefined ? null : costOf(month, seats);
  const yearMinor = year === undefined ? null : costOf(year, seats);
  const { baseMicro, perSeatMicro } = plan.included;
  const includedMicro = plus(baseMicro, times(perSeatMicro, seats));
  return {
    ...{ seats, monthMinor, yearMinor, includedMicro },
    yearSavesPermille: savingOf(monthMinor, yearMinor),
    creditMicroMinor: creditCost(monthMinor, includedMicro),
  };
}

const costOf = ({ baseMinor, perSeatMinor }: Price, seats: number): Minor =>
  plus(baseMinor, times(perSeatMinor, seats));

function savingOf(month: Minor | null, year: Minor | null): number | null {
  if (month === null || year === null || month === 0n) return null;
  const twelve = times(month, 12);
  return Number(divide((twelve - year) * 1_000n, twelve, 'halfAwayFromZero'));
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
