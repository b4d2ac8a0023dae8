/**
 * When the steps of a case happen. Cases tell times in words: `t0+1h`, `t2`, "before void", "+1y" from
 * a grant's own beginning. What no rule can parse is a moment with a name, one day after the last.
 */
import {
  boundaryAt,
  inDays,
  inMilliseconds,
  inMonths,
  type TimeStep,
} from '../../domain/values/calendar-recurrence.ts';
import { isBefore, latest, type Instant } from '../../domain/values/calendar.ts';
import { parseMoment } from '../dates.ts';
import { inexpressible } from '../unsupported.ts';

/** The moments that are known so far. */
export type Moments = {
  /** Where `t0` is. */
  readonly base: Instant;
  /** Names are added as they are met: every mention of one means the same moment. */
  readonly named: Map<string, Instant>;
  /** The latest moment of a step so far. */
  readonly last: Instant;
};

const units: Readonly<Record<string, TimeStep>> = {
  ms: inMilliseconds(1),
  s: inMilliseconds(1000),
  m: inMilliseconds(60_000),
  h: inMilliseconds(3_600_000),
  d: inDays(1),
  w: inDays(7),
  mo: inMonths(1),
  y: inMonths(12),
  second: inMilliseconds(1000),
  minute: inMilliseconds(60_000),
  hour: inMilliseconds(3_600_000),
  day: inDays(1),
  week: inDays(7),
  month: inMonths(1),
  year: inMonths(12),
};

/** The moment a number of units later, or earlier. */
export function later(at: Instant, count: number, unit: string): Instant {
  const step = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (step === undefined) throw inexpressible(`there is no unit of time "${unit}"`);
  return boundaryAt({ anchor: at, step, timeZone: 'UTC' }, count);
}

/** `+1h`, `-1y+1d` and the like, applied in their order; `undefined` for other text. */
function shifted(at: Instant, text: string): Instant | undefined {
  if (!/^(?:[+-]\d{1,6}(?:ms|mo|[smhdwy]))+$/.test(text)) return undefined;
  return [...text.matchAll(/([+-]\d+)([a-z]+)/g)].reduce(
    (moment, [, count = '0', unit = '']) => later(moment, Number(count), unit),
    at,
  );
}

/** Remarks in brackets go, and of a range its beginning stays. */
const withoutRemarks = (text: string): string =>
  text
    .replace(/\s*\([^)]*\)\s*$/, '')
    .replace(/(\d+)\.\.\d+(?=[a-z])/, '$1')
    .trim();

/** A moment on the case's own clock or on the calendar; `undefined` for a name. */
export function parseClock(moments: Moments, words: string): Instant | undefined {
  const text = withoutRemarks(words);
  const onCalendar = parseMoment(text, 'UTC');
  if (onCalendar !== undefined) return onCalendar;
  const match = /^[tT](\d{1,4})(.*)$/.exec(text);
  if (match === null) return undefined;
  // The marks t0, t1, … lie a minute apart: later than any step's own tick, before any hour.
  const mark = later(moments.base, Number(match[1]), 'minute');
  return match[2] === '' ? mark : shifted(mark, match[2]?.replaceAll(' ', '') ?? '');
}

/** A moment counted from another: `+1w`, `30d`, `one day sooner`; `undefined` for other text. */
export function parseRelative(
  words: string,
  from: { readonly own: Instant; readonly other: Instant | null },
): Instant | undefined {
  const text = withoutRemarks(words);
  const span = shifted(from.own, /^\d/.test(text) ? `+${text}` : text);
  if (span !== undefined) return span;
  const match = /^(one|\d{1,5}) (second|minute|hour|day|week|month|year)s? (sooner|later)$/.exec(
    text,
  );
  if (match === null || from.other === null) return undefined;
  const [, count = '', unit = '', direction] = match;
  const size = count === 'one' ? 1 : Number(count);
  return later(from.other, direction === 'sooner' ? -size : size, unit);
}

/** A named moment: where it was when it was first met, or a day after the last step. */
export function nameMoment(moments: Moments, words: string): Instant {
  const name = withoutRemarks(words).toLowerCase();
  const at = moments.named.get(name) ?? newMoment(moments, name);
  moments.named.set(name, at);
  return at;
}

/** A name whose moment is known already. */
export const namedBefore = (moments: Moments, words: string): Instant | undefined =>
  moments.named.get(withoutRemarks(words).toLowerCase());

function newMoment({ base, last }: Moments, name: string): Instant {
  if (name === 'end') return later(last, 1, 'second');
  if (name === 'later') return later(base, 100, 'year');
  return later(last, 1, 'day');
}

/** A step happened there. */
export const passedTo = (moments: Moments, at: Instant): Moments => ({
  ...moments,
  last: latest(at, moments.last),
});

/** The first of the moments on the calendar that steps happen at; where `t0` then is. */
export function baseOf(texts: readonly string[]): Instant {
  const dated = texts.flatMap((text) => parseMoment(withoutRemarks(text), 'UTC') ?? []);
  return dated.reduce((a, b) => (isBefore(b, a) ? b : a), dated[0] ?? '2025-01-01T00:00:00.000Z');
}
