import {
  boundaryAt,
  calendarRecurrence,
  inMonths,
  localMidnight,
  recurringPeriod,
} from '../../domain/values/calendar-recurrence.ts';
import {
  addDays,
  daysBetween,
  isBefore,
  localDate,
  type Instant,
  type Period,
} from '../../domain/values/calendar.ts';
import { parseSum } from '../figures.ts';
import { remainingShare, type DayShare } from '../../domain/life/proration.ts';
import { momentOf, monthsIn, zoneOf } from '../dates.ts';
import { inexpressible, undetermined } from '../unsupported.ts';
import type { Inputs } from './shape.ts';

/** A part of a period, and the policy by which it was counted. */
export type Share = {
  readonly part: bigint | number;
  readonly whole: bigint | number;
  readonly policy: string;
};

type Tags = readonly string[];
type Granularity = Parameters<typeof remainingShare>[0];

/** Which part of its period a price is for, by what the inputs say of it. */
export function shareOf(inputs: Inputs, tags: Tags): Share {
  const { fraction, days_in_period: whole, days_remaining: part } = inputs;
  if (fraction !== undefined) {
    const exact = parseSum(fraction);
    if (exact === undefined) throw inexpressible(`"${fraction}" is no ratio`);
    return { ...exact, policy: 'the given part of the period' };
  }
  if (whole !== undefined && part !== undefined) {
    return { part, whole, policy: 'the given days of the period' };
  }
  if (inputs.end_inclusive !== undefined) return usedShare(inputs);
  return remaining(inputs, tags);
}

/** What ran from a first to a last day, of a period of so many days: paid in arrears. */
function usedShare(inputs: Inputs): Share {
  const timeZone = zoneOf(inputs.zone);
  const whole = inputs.days_in_period;
  if (whole === undefined) throw undetermined('the length of the period is not given');
  const start = momentOf(inputs.start, timeZone, 'start');
  const end = addDays(momentOf(inputs.end_inclusive, timeZone, 'end_inclusive'), 1, timeZone);
  return {
    part: daysBetween(start, end, timeZone),
    whole,
    policy: 'by day, first and last counted',
  };
}

/** What is left of a period when something changes or begins in it. */
function remaining(inputs: Inputs, tags: Tags): Share {
  const timeZone = zoneOf(inputs.zone);
  const at = changedAt(inputs, timeZone);
  const period = periodOf(inputs, { at, tags, timeZone });
  const granularity = granularityOf(inputs, [at, period.start, period.end], timeZone);
  const counted = remainingShare(granularity, { at, period, timeZone });
  return { ...adjusted(inputs, counted), policy: `by ${inputs.granularity ?? granularity}` };
}

/**
 * By day the day of the change counts as left, and a last day that is named is part of the period.
 * Between midnights nothing else comes out by second, so there nothing needs to be said.
 */
function granularityOf(
  { granularity }: Inputs,
  moments: readonly Instant[],
  timeZone: string,
): Granularity {
  if (granularity === undefined) {
    const isByDay = moments.every((at) => at === localMidnight(localDate(at, timeZone), timeZone));
    if (isByDay) return 'day';
    throw undetermined('the granularity is not given');
  }
  if (granularity === 'second') return 'second';
  if (granularity === 'day' || granularity === 'day-inclusive') return 'day';
  throw inexpressible(`there is no proration by "${granularity}"`);
}

/** A policy may count other days than those between the dates: the day of the change as used, say. */
function adjusted(inputs: Inputs, counted: DayShare): DayShare {
  const { days_in_period: whole = counted.whole, days_used: used } = inputs;
  return { part: used === undefined ? counted.part : whole - used, whole };
}

/** When the price changes or begins: after the trial, if there is one. */
function changedAt(inputs: Inputs, timeZone: string): Instant {
  const name = inputs.change_at === undefined ? 'start' : 'change_at';
  const text = inputs[name];
  if (text === undefined) throw undetermined('no moment of the change is given');
  if (/not given|unknown/i.test(text)) throw undetermined(`${name}: ${text}`);
  return addDays(momentOf(text, timeZone, name), inputs.trial_days ?? 0, timeZone);
}

function periodOf(
  inputs: Inputs,
  given: { readonly at: Instant; readonly tags: Tags; readonly timeZone: string },
): Period {
  const { timeZone } = given;
  const [from, to] = inputs.period?.split('..') ?? [];
  const start = inputs.period_start ?? from;
  const end = exclusiveEnd(inputs, to, timeZone);
  if (start !== undefined && end !== undefined) {
    return { start: momentOf(start, timeZone, 'period_start'), end };
  }
  if (end !== undefined) return { start: startBefore(end, inputs, given), end };
  if (inputs.start === undefined) throw undetermined('the end of the period is not given');
  return calendarPeriod(inputs, given);
}

function exclusiveEnd(
  inputs: Inputs,
  to: string | undefined,
  timeZone: string,
): Instant | undefined {
  const { period_end: end = to, period_end_inclusive: last } = inputs;
  if (last !== undefined) {
    return addDays(momentOf(last, timeZone, 'period_end_inclusive'), 1, timeZone);
  }
  if (end === undefined) return undefined;
  const moment = momentOf(end, timeZone, 'period_end');
  return inputs.granularity === 'day-inclusive' ? addDays(moment, 1, timeZone) : moment;
}

/** Without a start, the period is the whole interval that ends there. */
function startBefore(
  end: Instant,
  inputs: Inputs,
  { at, tags, timeZone }: { readonly at: Instant; readonly tags: Tags; readonly timeZone: string },
): Instant {
  const step = inMonths(monthsIn(intervalName(inputs, tags)));
  const start = boundaryAt({ anchor: end, step, timeZone }, -1);
  if (isBefore(at, start)) throw undetermined('the start of the period is not given');
  return start;
}

/** Without an end, the calendar's period that contains the start, if it has as many days as given. */
function calendarPeriod(
  inputs: Inputs,
  { at, tags, timeZone }: { readonly at: Instant; readonly tags: Tags; readonly timeZone: string },
): Period {
  const step = inMonths(monthsIn(intervalName(inputs, tags)));
  const period = recurringPeriod(calendarRecurrence(step, timeZone), at);
  const days = daysBetween(period.start, period.end, timeZone);
  if (inputs.days_in_period !== undefined && days !== inputs.days_in_period) {
    throw undetermined(`the period is not the calendar's: that one has ${days} days`);
  }
  return period;
}

/** The interval that the inputs or the tags name, a month if none. */
function intervalName(inputs: Inputs, tags: Tags): string {
  if (inputs.interval !== undefined) return inputs.interval;
  if (tags.some((tag) => tag === 'annual' || tag === 'yearly')) return 'year';
  return tags.includes('quarterly') ? 'quarter' : 'month';
}
