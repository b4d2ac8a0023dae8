import type { Instant } from '../domain/values/calendar.ts';

/** A day in the workspace's time: `10 February 2026`. */
export const showDay = (at: Instant, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone }).format(new Date(at));

/** An instant in the workspace's time: `24 February 2026 at 01:00 (Europe/Warsaw)`. */
export function showInstant(at: Instant, timeZone: string): string {
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const; // literal kinds
  const time = new Intl.DateTimeFormat('en-GB', { ...clock, timeZone }).format(new Date(at));
  return `${showDay(at, timeZone)} at ${time} (${timeZone})`;
}

/** `a`, `a and b`, `a, b and c`. */
export const list = (names: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names);

/** A feature class of a catalog, in words: `newRuns` is "new runs", `ai` is "AI". */
export const showFeature = (name: string): string =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/\bai\b/g, 'AI');
