/**
 * Instants as milliseconds since 1970 and back, by integer arithmetic: what adding minutes and comparing
 * moments needs of a calendar, at a small part of a date library's cost.
 */

const dayMs = 86_400_000;
const written = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z$/;

/** Milliseconds from 1970 to an instant. A RangeError for any other form, or no day or time at all. */
export function epochMilliseconds(at: string): number {
  const found = written.exec(at);
  if (found === null) throw new RangeError(`not an instant in UTC with milliseconds: "${at}"`);
  const [year = 0, month = 0, day = 0, ...time] = found.slice(1).map(Number);
  const [hour = 0, minute = 0, second = 0, rest = 0] = time;
  const isTime = hour < 24 && minute < 60 && second < 60;
  if (!isTime || !isDate(year, month, day)) {
    throw new RangeError(`there is no such moment: "${at}"`);
  }
  const seconds = (hour * 60 + minute) * 60 + second;
  return daysSince1970(year, month, day) * dayMs + seconds * 1_000 + rest;
}

const isDate = (year: number, month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);

/** The reverse of `epochMilliseconds`, for the years 0 to 9999; a RangeError outside. */
export function instantFromEpoch(ms: number): string {
  const days = Math.floor(ms / dayMs);
  const rest = ms - days * dayMs;
  const { year, month, day } = dateOf(days);
  if (!(year >= 0 && year <= 9_999))
    throw new RangeError(`beyond the calendar: ${ms} ms from 1970`);
  const time = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60]
    .concat(Math.floor(rest / 1_000) % 60)
    .map((part) => padded(part, 2));
  const date = `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
  return `${date}T${time.join(':')}.${padded(rest % 1_000, 3)}Z`;
}

const padded = (value: number, digits: number): string => String(value).padStart(digits, '0');

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const daysIn400Years = 146_097;
/** From 1 March of the year 0 to 1 January 1970. */
const epochDay = 719_468;

/** Days from 1970 to a date. Years are counted from March, so that a leap day is a year's last. */
function daysSince1970(year: number, month: number, day: number): number {
  const years = month > 2 ? year : year - 1;
  const months = (month + 9) % 12;
  const leaps = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return years * 365 + leaps + daysBeforeMonth(months) + day - 1 - epochDay;
}

/** Days of the months since March: five months have 153 of them, again and again. */
const daysBeforeMonth = (months: number): number => Math.floor((153 * months + 2) / 5);

function dateOf(days: number): {
  readonly year: number;
  readonly month: number;
  readonly day: number;
} {
  const all = days + epochDay;
  const era = Math.floor(all / daysIn400Years);
  const inEra = all - era * daysIn400Years;
  // Without the leap days before it, a day's year is its number over 365.
  const leaps =
    Math.floor(inEra / 1_460) - Math.floor(inEra / 36_524) + Math.floor(inEra / 146_096);
  const years = Math.floor((inEra - leaps) / 365);
  const inYear = inEra - (365 * years + Math.floor(years / 4) - Math.floor(years / 100));
  const months = Math.floor((5 * inYear + 2) / 153);
  const month = ((months + 2) % 12) + 1;
  const year = era * 400 + years + (month <= 2 ? 1 : 0);
  return { year, month, day: inYear - daysBeforeMonth(months) + 1 };
}
