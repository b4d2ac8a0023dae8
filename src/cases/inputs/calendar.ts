import {
  boundaryAt,
  calendarRecurrence,
  recurringPeriod,
  wallTimeOf,
  type Recurrence,
} from '../../domain/values/calendar-recurrence.ts';
import { billedPeriod, firstBillingDate } from '../../domain/terms/billing-cycles.ts';
import { addDays, localDate, type Instant, type Period } from '../../domain/values/calendar.ts';
import { countOf, itemOf, type Answers } from '../answers.ts';
import { intervalOf, momentLike, momentOf, monthsIn, parseMoment, zoneOf } from '../dates.ts';
import type { Json } from '../figures.ts';
import { inexpressible, undetermined } from '../unsupported.ts';
import type { Inputs } from './shape.ts';

/** Whether a case asks about dates: a bill day, steps from a start, or periods of an anchor. */
export const asksForDates = (inputs: Inputs, asked: readonly string[]): boolean =>
  (inputs.anchor !== undefined || inputs.count !== undefined || inputs.bill_day !== undefined) &&
  !asked.includes('billing_cycles');

/** Answers about dates. */
export function answerDates(inputs: Inputs): Answers {
  if (inputs.bill_day !== undefined) return answerBillDay(inputs, inputs.bill_day);
  if (inputs.count !== undefined) return answerSteps(inputs, inputs.count);
  return answerPeriods(inputs);
}

function answerBillDay(inputs: Inputs, billDay: number): Answers {
  const timeZone = zoneOf(inputs.zone);
  const subscription = {
    start: momentOf(inputs.start, timeZone, 'start'),
    billDay,
    months: monthsIn(inputs.interval ?? 'month'),
    timeZone,
  };
  const period = billedPeriod(
    subscription,
    momentOf(inputs.target ?? inputs.start, timeZone, 'target'),
  );
  return {
    policy: `bill day ${billDay}, clamped to the month's last day and never drifting`,
    answer: (asked, form) => {
      if (asked === 'first_billing_date') {
        return momentLike(form, firstBillingDate(subscription), timeZone);
      }
      return periodPart(period, asked, form, timeZone);
    },
  };
}

function answerSteps(inputs: Inputs, count: number): Answers {
  const timeZone = zoneOf(inputs.zone);
  const start = momentOf(inputs.start ?? inputs.start_local, timeZone, 'start');
  if (inputs.interval === undefined) throw undetermined('no interval is given');
  const end = boundaryAt({ anchor: start, step: intervalOf(inputs.interval), timeZone }, count);
  return {
    policy: 'counted from the start: months and days on the local calendar, hours exactly',
    answer: (asked, form) => {
      if (asked === 'boundary_local') return wallTimeOf(end, timeZone);
      return asked === 'boundary' ? momentLike(form, end, timeZone) : undefined;
    },
  };
}

function answerPeriods(inputs: Inputs): Answers {
  const timeZone = zoneOf(inputs.zone);
  const recurrence = recurrenceOf(inputs, timeZone);
  const at = inputs.at === undefined ? recurrence.anchor : momentOf(inputs.at, timeZone, 'at');
  const period = whichPeriod(recurrence, at, inputs.which ?? 'current');
  return {
    policy: `periods counted from the anchor, half-open, in ${timeZone}`,
    answer: (asked, form) =>
      listed(recurrence, asked, form) ?? periodPart(period, asked, form, timeZone),
  };
}

function recurrenceOf(inputs: Inputs, timeZone: string): Recurrence {
  if (inputs.interval === undefined) throw undetermined('no interval is given');
  const step = intervalOf(inputs.interval);
  const anchor = parseMoment(inputs.anchor, timeZone);
  if (anchor !== undefined) return { anchor, step, timeZone };
  if (/calendar/i.test(inputs.anchor ?? '')) return calendarRecurrence(step, timeZone);
  throw inexpressible(`the anchor "${inputs.anchor}" is neither a date nor the calendar`);
}

function whichPeriod(recurrence: Recurrence, at: Instant, which: string): Period {
  const current = recurringPeriod(recurrence, at);
  switch (which) {
    case 'current':
      return current;
    case 'previous':
      // The last moment before the current period belongs to the one before.
      return { start: neighbour(recurrence, current.start, -1), end: current.start };
    case 'next':
      return { start: current.end, end: neighbour(recurrence, current.start, 2) };
    default:
      throw inexpressible(`"${which}" names no period`);
  }
}

/** The boundary so many places after one of the boundaries. */
function neighbour(recurrence: Recurrence, boundary: Instant, places: number): Instant {
  let index = 0;
  const direction = boundary < recurrence.anchor ? -1 : 1;
  while (boundaryAt(recurrence, index) !== boundary) index += direction;
  return boundaryAt(recurrence, index + places);
}

function periodPart(
  period: Period,
  asked: string,
  form: unknown,
  timeZone: string,
): Json | undefined {
  switch (asked) {
    case 'period_start':
    case 'previous':
      return momentLike(form, period.start, timeZone);
    case 'period_end':
    case 'next':
      return momentLike(form, period.end, timeZone);
    case 'period_end_inclusive':
      return momentLike(form, addDays(period.end, -1, timeZone), timeZone);
    default:
      return undefined;
  }
}

/** Answers that are lists: as many boundaries as are asked for. */
function listed(recurrence: Recurrence, asked: string, form: unknown): Json | undefined {
  const { timeZone } = recurrence;
  const at = (index: number): Instant => boundaryAt(recurrence, index);
  const numbers = Array.from({ length: countOf(form) }, (_, index) => index);
  switch (asked) {
    case 'period_ends':
    case 'resets':
    case 'boundaries':
      return numbers.map((index) => momentLike(itemOf(form, index), at(index + 1), timeZone));
    case 'leap_year':
      return leapDays(recurrence, countOf(form)).map((day, index) =>
        momentLike(itemOf(form, index), day, timeZone),
      );
    case 'periods':
      return numbers.map((index) => inclusiveDates(at(index), at(index + 1), timeZone));
    case 'end_inclusive':
      return true;
    default:
      return undefined;
  }
}

/** A period by its first and its last day. */
const inclusiveDates = (start: Instant, end: Instant, timeZone: string): Json => [
  localDate(start, timeZone),
  localDate(addDays(end, -1, timeZone), timeZone),
];

/** The next boundaries that fall on 29 February; none comes if eight years have none. */
function leapDays(recurrence: Recurrence, count: number): Instant[] {
  const boundaries = Array.from({ length: 12 * 8 * count }, (_, index) =>
    boundaryAt(recurrence, index + 1),
  );
  return boundaries
    .filter((boundary) => localDate(boundary, recurrence.timeZone).endsWith('-02-29'))
    .slice(0, count);
}
