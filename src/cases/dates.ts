import {
  localMidnight,
  localTime,
  parseDuration,
  inDays,
  inMonths,
  wallTimeOf,
  type TimeStep,
} from '../domain/values/calendar-recurrence.ts';
import { isTimeZone, localDate, type Instant } from '../domain/values/calendar.ts';
import { inexpressible } from './unsupported.ts';

const dateShape = /^\d{4}-\d\d-\d\d$/;
const momentShape = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(\.\d{1,3})?Z$/;
const wallShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;

/** A date (its local midnight), a moment in UTC or a local wall time; `undefined` for other text. */
export function parseMoment(value: unknown, timeZone: string): Instant | undefined {
  if (typeof value !== 'string') return undefined;
  if (dateShape.test(value)) return onCalendar(value, () => localMidnight(value, timeZone));
  if (wallShape.test(value)) return onCalendar(value, () => localTime(value, timeZone));
  const match = momentShape.exec(value);
  if (match === null) return undefined;
  const [, minutes = '', seconds = ':00', fraction = '.000'] = match;
  onCalendar(value, () => localTime(`${minutes}${seconds}`, 'UTC'));
  return `${minutes}${seconds}${fraction.padEnd('.000'.length, '0')}Z`;
}

/** A date of the right form that no calendar has is a mistake of the case. */
function onCalendar(text: string, moment: () => Instant): Instant {
  try {
    return moment();
  } catch (error) {
    if (error instanceof RangeError) throw inexpressible(`there is no ${text} on the calendar`);
    throw error;
  }
}

/** The same, where only a date or a moment can stand. */
export function momentOf(value: unknown, timeZone: string, name: string): Instant {
  const moment = parseMoment(value, timeZone);
  if (moment === undefined) {
    throw inexpressible(`${name} is neither a date nor a moment: ${JSON.stringify(value)}`);
  }
  return moment;
}

/** A moment in the form in which it is expected: a date, a wall time, or UTC without empty parts. */
export function momentLike(expected: unknown, at: Instant, timeZone: string): string {
  if (typeof expected === 'string' && dateShape.test(expected)) return localDate(at, timeZone);
  if (typeof expected === 'string' && wallShape.test(expected)) return wallTimeOf(at, timeZone);
  if (typeof expected === 'string' && /T\d\d:\d\dZ$/.test(expected) && at.endsWith(':00.000Z')) {
    return at.replace(':00.000Z', 'Z');
  }
  return at.replace('.000Z', 'Z');
}

/** The zone that a case names, UTC if none. */
export function zoneOf(name: string | undefined): string {
  const timeZone = name ?? 'UTC';
  if (!isTimeZone(timeZone)) throw inexpressible(`"${timeZone}" names no time zone`);
  return timeZone;
}

const intervals: Readonly<Record<string, TimeStep>> = {
  day: inDays(1),
  daily: inDays(1),
  week: inDays(7),
  weekly: inDays(7),
  month: inMonths(1),
  monthly: inMonths(1),
  quarter: inMonths(3),
  quarterly: inMonths(3),
  halfyear: inMonths(6),
  halfyearly: inMonths(6),
  semiannual: inMonths(6),
  year: inMonths(12),
  yearly: inMonths(12),
  annual: inMonths(12),
};

/** A billing interval by its name, or a duration of ISO 8601; `undefined` for any other text. */
export function parseInterval(name: string): TimeStep | undefined {
  const word = name.toLowerCase().replaceAll(/[\s_-]/g, '');
  return Object.hasOwn(intervals, word) ? intervals[word] : parseDuration(name);
}

/** The same, where only an interval can stand. */
export function intervalOf(name: string): TimeStep {
  const step = parseInterval(name);
  if (step === undefined) throw inexpressible(`"${name}" is no interval that we bill by`);
  return step;
}

/** The months of an interval that is counted in whole months. */
export function monthsIn(name: string): number {
  const { months, days, milliseconds } = intervalOf(name);
  if (months === 0 || days !== 0 || milliseconds !== 0) {
    throw inexpressible(`a bill day needs an interval of whole months, not "${name}"`);
  }
  return months;
}
