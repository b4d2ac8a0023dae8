import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addMinutes } from '../../src/domain/values/calendar.ts';
import type { Interval } from '../../src/domain/terms/terms.ts';
import { ofKind, openWorkspace, orderIn, termsOf, type Product } from './support.ts';

const paris = 'Europe/Paris';
const newYork = 'America/New_York';
const start = '2026-01-15T09:00:00.000Z';

function paying(product: Product, plan: string, first: { timeZone: string; interval: Interval }) {
  const workspace = openWorkspace(termsOf(product), { at: start, timeZone: first.timeZone });
  workspace.happens(start, { kind: 'paymentMethodAttached' });
  workspace.happens(start, { kind: 'started', plan, interval: first.interval });
  return workspace;
}

describe('another time zone', () => {
  test.each([
    [
      'to the west',
      paris,
      newYork,
      'included:2026-02: 45 from 2026-01-31T23:00:00.000Z to 2026-03-01T05:00:00.000Z',
    ],
    [
      'to the east',
      newYork,
      paris,
      'included:2026-02: 45 from 2026-02-01T05:00:00.000Z to 2026-02-28T23:00:00.000Z',
    ],
  ])('%s leaves the running window its end; the next begins there', (_way, from, to, next) => {
    const workspace = paying('studio', 'pro', { timeZone: from, interval: 'month' });
    const effects = workspace.happens('2026-01-20T09:00:00.000Z', {
      kind: 'timeZoneSet',
      timeZone: to,
    });
    expect(orderIn(effects)).toBe(next);
    const rolled = workspace.until('2026-02-02T00:00:00.000Z');
    expect(ofKind(rolled, 'openWindow')).toEqual([
      { kind: 'openWindow', start: next.slice(-52, -28), end: next.slice(-24) },
    ]);
  });

  test('in the hours between two zones’ months grants no month twice, nor a plan change a new one', () => {
    const workspace = paying('studio', 'pro', { timeZone: newYork, interval: 'month' });
    // In Paris it is February already; the window of January goes on.
    workspace.happens('2026-02-01T01:00:00.000Z', { kind: 'timeZoneSet', timeZone: paris });
    const effects = workspace.happens('2026-02-01T02:00:00.000Z', {
      kind: 'planChangeRequested',
      plan: 'team',
      interval: 'month',
      payment: 'p1',
      returnTo: null,
      preview: null,
    });
    expect(ofKind(effects, 'grantCredits').map(({ sourceKey }) => sourceKey)).toEqual([
      'included:2026-01:to:team',
    ]);
  });

  test('moves no term: the year that is paid ends when it was to end, and is renewed once', () => {
    const workspace = paying('studio', 'pro', { timeZone: newYork, interval: 'year' });
    workspace.happens('2026-06-01T00:00:00.000Z', {
      kind: 'timeZoneSet',
      timeZone: 'Pacific/Kiritimati',
    });
    const renewals = ofKind(workspace.until('2027-03-01T00:00:00.000Z'), 'issueInvoice');
    expect(renewals.map(({ invoice }) => [invoice.issuedAt, invoice.period.end])).toEqual([
      ['2027-01-15T09:00:00.000Z', '2028-01-15T09:00:00.000Z'],
    ]);
  });
});

const zones = [
  'UTC',
  newYork,
  'Asia/Kathmandu',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Africa/Cairo',
];

test('who travels all the time has every window and every term once, without a gap', () => {
  const moves = fc.array(
    fc.record({ days: fc.integer({ min: 0, max: 23 }), zone: fc.constantFrom(...zones) }),
    { maxLength: 30 },
  );
  const first = fc.record({
    product: fc.constantFrom<[Product, string]>(['studio', 'pro'], ['agents', 'pro']),
    timeZone: fc.constantFrom(...zones),
    interval: fc.constantFrom<Interval>('month', 'year'),
  });
  fc.assert(
    fc.property(first, moves, ({ product: [product, plan], ...opening }, hops) => {
      const workspace = paying(product, plan, opening);
      const effects = [];
      let now = start;
      for (const { days, zone: timeZone } of hops) {
        now = addMinutes(now, days * 1_440 + 7);
        effects.push(
          ...workspace.until(now),
          ...workspace.happens(now, { kind: 'timeZoneSet', timeZone }),
        );
      }
      effects.push(...workspace.until('2028-01-10T00:00:00.000Z'));
      const windows = ofKind(effects, 'openWindow');
      for (const [index, { end }] of windows.slice(0, -1).entries()) {
        expect(windows[index + 1]?.start).toBe(end);
      }
      const terms = ofKind(effects, 'issueInvoice').filter(
        ({ invoice }) => invoice.reason === 'renewal',
      );
      expect(terms).toHaveLength(opening.interval === 'year' ? 1 : 23);
      for (const [index, { invoice }] of terms.slice(0, -1).entries()) {
        expect(terms[index + 1]?.invoice.period.start).toBe(invoice.period.end);
      }
    }),
    { numRuns: 100 },
  );
});
