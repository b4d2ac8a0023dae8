import { isTimeZone, type Instant } from '../../domain/values/calendar.ts';
import { intervals, type Interval } from '../../domain/terms/terms.ts';
import type { Card } from '../../foresight/bank.ts';
import { CannotForesee } from './cannot-foresee.ts';

/** A whole number from 1, as an option says it. */
export function countFrom(text: string, option: string, most: number): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (count >= 1 && count <= most) return count;
  throw new CannotForesee(`${option} takes a whole number from 1 to ${most}, not "${text}"`);
}

export function intervalFrom(text: string): Interval {
  const interval = intervals.find((each) => each === text);
  if (interval !== undefined) return interval;
  throw new CannotForesee(`an interval is ${intervals.join(', ')}, not "${text}"`);
}

export function cardFrom(text: string): Card {
  if (text === 'works' || text === 'declines' || text === 'none') return text;
  throw new CannotForesee(`a card works, declines or is none, not "${text}"`);
}

export function timeZoneFrom(text: string): string {
  if (isTimeZone(text)) return text;
  throw new CannotForesee(`"${text}" is no time zone, like Europe/Paris`);
}

/** A day, from its midnight in UTC, or an instant. */
export function instantFrom(text: string): Instant {
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,3})?Z)?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  const at = Number.isNaN(time) ? '' : new Date(time).toISOString();
  if (at !== '' && at.startsWith(text.slice(0, 10))) return at;
  throw new CannotForesee(`"${text}" is no day, like 2026-02-28, nor an instant of UTC`);
}
