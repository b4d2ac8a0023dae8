import { daysBetween } from '../../domain/values/calendar.ts';
import { boundaryAt, inMonths } from '../../domain/values/calendar-recurrence.ts';
import { minor, plus, prorate, type Minor, type Rounding } from '../../domain/values/money.ts';
import {
  priceAfterDiscount,
  prorateChange,
  type ChangeLines,
  type FullPrice,
} from '../../domain/life/proration.ts';
import { momentOf, zoneOf } from '../dates.ts';
import { moneyOf, mustBeFigure } from '../figures.ts';
import { inexpressible, undetermined } from '../unsupported.ts';
import type { Inputs, PriceInput } from './shape.ts';
import { shareOf, type Share } from './share.ts';
import { roundingOf } from './splits.ts';

/** What a change of price in a period comes to, and what it was made from. */
export type ChangeFacts = {
  readonly currency: string | null;
  readonly rounding: Rounding;
  readonly share: Share;
  readonly oldMinor: Minor | null;
  readonly newMinor: Minor | null;
  readonly lines: ChangeLines;
  /** The credit as it would be if more had been paid. */
  readonly uncappedMinor: Minor | null;
};

/** Reads a change of price and computes its lines. */
export function changeOf(inputs: Inputs, tags: readonly string[]): ChangeFacts {
  const currency = inputs.currency ?? null;
  const rounding = roundingOf(inputs.rounding);
  const oldMinor = fullPrice(inputs, 'old', currency);
  const newMinor = fullPrice(inputs, 'new', currency);
  if (oldMinor === null && newMinor === null && inputs.prior_item === undefined) {
    throw undetermined('no price is given');
  }
  const share = shareOf(inputs, tags);
  const anchor = restarts(inputs, tags) ? ('restart' as const) : ('keep' as const);
  const change = { oldMinor, newMinor, share, anchor, rounding };
  const uncapped = prorateChange(change);
  const adjustment = inputs.prior_adjustment;
  const paid =
    oldMinor === null || adjustment === undefined
      ? {}
      : { paidMinor: plus(oldMinor, moneyOf(adjustment, currency, 'prior_adjustment')) };
  const lines = withOtherParts(inputs, prorateChange({ ...change, ...paid }), {
    newMinor,
    rounding,
    currency,
  });
  const uncappedMinor = uncapped.creditMinor;
  return { currency, rounding, share, oldMinor, newMinor, lines, uncappedMinor };
}

/** Whether a new period begins at the change, with its whole price. */
function restarts({ anchor_reset, old, new: next }: Inputs, tags: readonly string[]): boolean {
  if (anchor_reset !== undefined) return anchor_reset;
  if (tags.some((tag) => tag === 'anchor-reset' || tag === 'interval-change')) return true;
  if (old?.interval !== undefined && next?.interval !== undefined) {
    if (old.interval === next.interval) return false;
    throw undetermined('whether the anchor restarts with another interval is not given');
  }
  return false;
}

/** A line that is prorated over another stretch than the period of the change. */
function withOtherParts(
  inputs: Inputs,
  lines: ChangeLines,
  given: {
    readonly newMinor: Minor | null;
    readonly rounding: Rounding;
    readonly currency: string | null;
  },
): ChangeLines {
  const { newMinor, rounding, currency } = given;
  const charged =
    newMinor === null || inputs.new_period_end === undefined
      ? lines.chargeMinor
      : prorate(newMinor, newPeriodShare(inputs, inputs.new_period_end), rounding);
  const creditMinor = priorCredit(inputs, rounding, currency) ?? lines.creditMinor;
  const netMinor = plus(creditMinor ?? minor(0), charged ?? minor(0));
  return { creditMinor, chargeMinor: charged, netMinor };
}

/** The new price runs from the change to another period's end. */
function newPeriodShare(inputs: Inputs, newPeriodEnd: string): { part: number; whole: number } {
  const timeZone = zoneOf(inputs.zone);
  const at = momentOf(inputs.change_at, timeZone, 'change_at');
  const end = momentOf(newPeriodEnd, timeZone, 'new_period_end');
  const start = boundaryAt({ anchor: end, step: inMonths(12), timeZone }, -1);
  const whole = inputs.new_year_days ?? daysBetween(start, end, timeZone);
  return { part: daysBetween(at, end, timeZone), whole };
}

/** An item that was itself charged for a part of the period is credited over its own stretch. */
function priorCredit(
  { prior_item: item, ...inputs }: Inputs,
  rounding: Rounding,
  currency: string | null,
): Minor | null {
  if (item === undefined) return null;
  const timeZone = zoneOf(inputs.zone);
  const share = shareOf(
    {
      granularity: inputs.granularity,
      zone: timeZone,
      change_at: inputs.change_at,
      period_start: item.start,
      period_end: item.end,
    },
    [],
  );
  const oldMinor = moneyOf(item.amount, currency, 'prior_item.amount');
  return prorateChange({ oldMinor, newMinor: null, share, anchor: 'keep', rounding }).creditMinor;
}

/** The price of a whole period before (`old`) or after (`new`) a change; `null` if there is none. */
export function fullPrice(
  inputs: Inputs,
  which: 'old' | 'new',
  currency: string | null,
): Minor | null {
  const price = inputs[which];
  if (price !== undefined)
    return price === null ? null : priceAfterDiscount(priceOf(price, currency));
  const amount = inputs[`${which}_amount`] ?? (which === 'new' ? inputs.amount : undefined);
  if (amount !== undefined) return moneyOf(amount, currency, `${which}_amount`);
  const quantity = inputs[`${which}_quantity`];
  if (quantity === undefined || inputs.unit_amount === undefined) return null;
  return priceAfterDiscount(priceOf({ unit_amount: inputs.unit_amount, quantity }, currency));
}

function priceOf(price: PriceInput, currency: string | null): FullPrice {
  if (price.unit_amount === undefined) throw undetermined('no price of a unit is given');
  const full = {
    unitMinor: moneyOf(price.unit_amount, currency, 'unit_amount'),
    quantity: price.quantity ?? 1,
  };
  if (price.percent_off !== undefined && price.amount_off !== undefined) {
    throw inexpressible('two discounts on one price');
  }
  if (price.amount_off !== undefined) {
    const offMinor = moneyOf(price.amount_off, currency, 'amount_off');
    return { ...full, discount: { kind: 'money', offMinor } };
  }
  if (price.percent_off === undefined) return full;
  const percent = mustBeFigure(price.percent_off, 'percent_off');
  return { ...full, discount: { kind: 'percent', percent } };
}
