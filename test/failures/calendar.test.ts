import { describe, expect, test } from 'vitest';
import { anniversaryPeriod, creditWindow, type Instant } from '../../src/domain/values/calendar.ts';
import { inMonths, nextBoundary } from '../../src/domain/values/calendar-recurrence.ts';
import { dayShare } from '../../src/domain/life/proration.ts';
import { grantsIn, invoicesIn, openWorkspace, termsOf } from '../domain/support.ts';

/** Stories of dates that other engines got wrong; each title ends with where it is told. */
const periodOf = (anchor: Instant, at: Instant, timeZone = 'UTC') =>
  anniversaryPeriod({ anchor, interval: 'month', at, timeZone });

describe('an anchor that some months lack', () => {
  test('30 January: the boundary is 29 February, then 30 March https://github.com/getlago/lago-api/pull/1840', () => {
    const anchor = '2024-01-30T00:00:00.000Z';
    expect(periodOf(anchor, '2024-02-29T00:00:00.000Z')).toEqual({
      start: '2024-02-29T00:00:00.000Z',
      end: '2024-03-30T00:00:00.000Z',
    });
  });

  test('the 31st is billed every month of a year https://github.com/killbill/killbill/issues/127', () => {
    const anchor = '2026-01-31T00:00:00.000Z';
    const days = Array.from({ length: 12 }, (_, month) => {
      const at = new Date(Date.UTC(2026, month + 1, 0)).toISOString();
      return periodOf(anchor, at).start.slice(5, 10);
    });
    expect(days.join(' ')).toBe(
      '01-31 02-28 03-31 04-30 05-31 06-30 07-31 08-31 09-30 10-31 11-30 12-31',
    );
  });
});

test('a quarter is prorated over its own days https://github.com/getlago/lago-api/pull/6194', () => {
  const period = { start: '2026-04-01T00:00:00.000Z', end: '2026-07-01T00:00:00.000Z' };
  const share = dayShare({ at: '2026-05-20T00:00:00.000Z', period, timeZone: 'UTC' });
  expect(share).toEqual({ part: 42, whole: 91 });
});

describe('a change of clocks', () => {
  test('ends no period twice and none never https://github.com/killbill/killbill/issues/445', () => {
    const anchor = '2026-01-31T01:30:00.000Z'; // 02:30 in Berlin, an hour that 29 March lacks
    const first = periodOf(anchor, '2026-03-31T00:31:00.000Z', 'Europe/Berlin');
    expect(first).toEqual({ start: '2026-03-31T00:30:00.000Z', end: '2026-04-30T00:30:00.000Z' });
    const before = periodOf(anchor, '2026-03-31T00:29:59.999Z', 'Europe/Berlin');
    expect(before).toEqual({ start: '2026-02-28T01:30:00.000Z', end: first.start });
  });
});

/** Studio's Pro, far east of Greenwich: its local month begins on the day before in UTC. */
function yearIn(timeZone: string) {
  const at = '2026-01-10T09:00:00.000Z';
  const workspace = openWorkspace(termsOf('studio'), { at, timeZone });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  const begun = workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
  return { workspace, effects: [...begun, ...workspace.until('2027-01-10T08:59:59.000Z')] };
}

test('one invoice a month, also in UTC+14 https://github.com/getlago/lago-api/pull/1074', () => {
  const invoices = invoicesIn(yearIn('Pacific/Kiritimati').effects);
  expect(invoices).toHaveLength(12);
  expect(new Set(invoices.map((invoice) => JSON.stringify(invoice))).size).toBe(12);
});

describe('the instant of a reset', () => {
  const reset = { on: 'anniversary' } as const;
  const anchor = '2026-01-10T09:00:00.000Z';
  const windowAt = (at: Instant) => creditWindow({ reset, at, anchor, timeZone: 'UTC' }).label;

  test('is in the new window only https://github.com/openmeterio/openmeter/pull/1408', () => {
    expect(windowAt('2026-02-10T08:59:59.999Z')).toBe('2026-01-10T09:00:00.000Z');
    expect(windowAt('2026-02-10T09:00:00.000Z')).toBe('2026-02-10T09:00:00.000Z');
  });

  test('at the creation itself is not one more https://github.com/openmeterio/openmeter/pull/1071', () => {
    const recurrence = { anchor, step: inMonths(1), timeZone: 'UTC' };
    expect(windowAt(anchor)).toBe(anchor);
    expect(nextBoundary(recurrence, anchor)).toBe('2026-02-10T09:00:00.000Z');
  });

  test('grants once, whatever happens at it https://github.com/openmeterio/openmeter/pull/4252', () => {
    const at = '2026-02-01T00:00:00.000Z';
    const workspace = openWorkspace(termsOf('studio'), { at });
    workspace.happens(at, { kind: 'paymentMethodAttached' });
    const effects = workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
    effects.push(...workspace.until(at));
    expect(grantsIn(effects)).toEqual(['included:2026-02: 45 until 2026-03-01T00:00:00.000Z']);
  });
});

test('a plan by the year resets by the month https://github.com/dust-tt/dust/pull/32018', () => {
  const at = '2026-01-10T09:00:00.000Z';
  const workspace = openWorkspace(termsOf('studio'), { at });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'year' });
  expect(workspace.life.subscription).toMatchObject({
    term: { end: '2027-01-10T09:00:00.000Z' },
    window: { end: '2026-02-01T00:00:00.000Z' },
  });
});
