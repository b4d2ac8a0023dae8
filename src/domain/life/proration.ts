import type { Fraction } from '../values/fraction.ts';
import {
  daysBetween,
  isAtOrBefore,
  millisecondsBetween,
  type Instant,
  type Period,
} from '../values/calendar.ts';
import type { Granularity } from '../terms/terms.ts';
import {
  lesser,
  minor,
  minus,
  negate,
  plus,
  prorate,
  times,
  type Minor,
  type Rounding,
} from '../values/money.ts';

/** Days or seconds of a period that are still to come, of all of them. */
export type DayShare = { readonly part: number; readonly whole: number };

type Moment = { readonly at: Instant; readonly period: Period; readonly timeZone: string };

/** How much of a period is left, counted as the policy says; a defect outside of the period. */
export const remainingShare = (granularity: Granularity, moment: Moment): DayShare =>
  granularity === 'second' ? secondShare(moment) : dayShare(moment);

/** A share as an invoice's line says it: `18 of 31 days`. */
export const shareInWords = ({ part, whole }: DayShare, granularity: Granularity): string =>
  `${part} of ${whole} ${granularity}s`;

/**
 * How much of a period is left, by local calendar days, counting the day of `at` as left [2.16].
 * Whatever happens twice on one day therefore counts the same both times, and nets to zero.
 */
export function dayShare({ at, period, timeZone }: Moment): DayShare {
  mustBeWithin(at, period);
  return {
    part: daysBetween(at, period.end, timeZone),
    whole: daysBetween(period.start, period.end, timeZone),
  };
}

/** How much of a period is left, in whole seconds; the second of `at` counts as left. */
function secondShare({ at, period }: Moment): DayShare {
  mustBeWithin(at, period);
  return {
    part: Math.ceil(millisecondsBetween(at, period.end) / 1000),
    whole: Math.ceil(millisecondsBetween(period.start, period.end) / 1000),
  };
}

function mustBeWithin(at: Instant, period: Period): void {
  if (isAtOrBefore(period.start, at) && isAtOrBefore(at, period.end)) return;
  throw new RangeError(`${at} is not in the period from ${period.start} to ${period.end}`);
}

/** The part of a full price for the days left, rounded once, half away from zero. */
export const prorateByDay = (full: Minor, moment: Moment): Minor =>
  prorate(full, dayShare(moment), 'halfAwayFromZero');

/** What a whole period costs: units, then a discount in percent, then one in money. */
export type FullPrice = {
  readonly unitMinor: Minor;
  readonly quantity: number;
  readonly discount?: Discount;
};

/** Money off a price; never more than the price. */
export type Discount =
  | { readonly kind: 'percent'; readonly percent: Fraction }
  | { readonly kind: 'money'; readonly offMinor: Minor };

/** A whole period's price after its discount, half away from zero. */
export function priceAfterDiscount(price: FullPrice): Minor {
  const full = times(price.unitMinor, price.quantity);
  const { discount } = price;
  if (discount === undefined) return full;
  if (discount.kind === 'money') return minus(full, lesser(full, discount.offMinor));
  const { part, whole } = discount.percent;
  return prorate(full, { part: 100n * whole - part, whole: 100n * whole }, 'halfAwayFromZero');
}

/** A change of what runs in a period: the unused part of the old price back, the new one charged. */
export type Change = {
  /** What was paid for a whole period; `null`: nothing ran before. */
  readonly oldMinor: Minor | null;
  /** What a whole period costs from now on; `null`: nothing runs any more. */
  readonly newMinor: Minor | null;
  readonly share: { readonly part: bigint | number; readonly whole: bigint | number };
  /** `restart`: a new period begins now, whose whole price is due. */
  readonly anchor: 'keep' | 'restart';
  readonly rounding: Rounding;
  /** The most that can be credited, where less was really paid. */
  readonly paidMinor?: Minor;
};

/** The two lines of a change, each rounded by itself; a credit is negative. */
export type ChangeLines = {
  readonly creditMinor: Minor | null;
  readonly chargeMinor: Minor | null;
  readonly netMinor: Minor;
};

/** Credits the unused part of what was paid, never more than that, and charges what begins. */
export function prorateChange(change: Change): ChangeLines {
  const { oldMinor, newMinor, share, anchor, rounding, paidMinor } = change;
  const unused = oldMinor === null ? null : prorate(oldMinor, share, rounding);
  const capped = unused === null || paidMinor === undefined ? unused : lesser(unused, paidMinor);
  const creditMinor = capped === null ? null : negate(capped);
  const chargeMinor =
    newMinor === null || anchor === 'restart' ? newMinor : prorate(newMinor, share, rounding);
  const netMinor = plus(creditMinor ?? minor(0), chargeMinor ?? minor(0));
  return { creditMinor, chargeMinor, netMinor };
}

/**
 * What each of several changes of a quantity costs when nothing is prorated or given back: only the
 * units above the most that was paid before in the period.
 */
export function chargeAboveHighest(unitMinor: Minor, quantities: readonly number[]): Minor[] {
  let highest = 0;
  return quantities.map((quantity) => {
    const above = Math.max(0, quantity - highest);
    highest += above;
    return times(unitMinor, above);
  });
}
