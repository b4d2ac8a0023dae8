import { describe, expect, test } from 'vitest';
import type { Effect, EventKind } from '../../src/domain/life/lifecycle.ts';
import type { Included } from '../../src/domain/terms/terms.ts';
import { grantsIn, ofKind, openWorkspace, termsOf } from './support.ts';

const opened = '2026-01-01T00:00:00.000Z';

/** Studio's Pro: 45 credits a month for each seat, bought up front. */
function withSeats(seats: number, change: Partial<Included>) {
  const terms = termsOf('studio', (all) => ({
    ...all,
    plans: all.plans.map((plan) => ({ ...plan, included: { ...plan.included, ...change } })),
  }));
  const workspace = openWorkspace(terms, { at: opened });
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
  workspace.happens(opened, { kind: 'seatsRequested', purchased: seats });
  return workspace;
}

const seats = (purchased: number): EventKind => ({ kind: 'seatsRequested', purchased });

const takenIn = (effects: readonly Effect[]) =>
  ofKind(effects, 'clawBackIncluded').map(({ label, amountMicro }) => [label, amountMicro]);
const returnedIn = (effects: readonly Effect[]) =>
  ofKind(effects, 'returnClawedBack').map(({ label, atMostMicro }) => [label, atMostMicro]);

describe('a seat that is given back [K7 K35]', () => {
  test('keeps its credits where the catalog keeps them, and a seat added again brings none', () => {
    const workspace = withSeats(3, { onSeatRemoved: 'keep' });
    const removed = workspace.happens('2026-01-10T00:00:00.000Z', seats(2));
    const again = workspace.happens('2026-01-12T00:00:00.000Z', seats(3));
    expect([takenIn(removed), grantsIn(again), returnedIn(again)]).toEqual([[], [], []]);
  });

  test('loses them where the catalog claws back, and gets back at most what was taken', () => {
    const workspace = withSeats(3, { onSeatRemoved: 'clawBack' });
    const removed = workspace.happens('2026-01-10T00:00:00.000Z', seats(1));
    expect(takenIn(removed)).toEqual([['2026-01', 90_000_000n]]);
    const again = workspace.happens('2026-01-12T00:00:00.000Z', seats(2));
    expect([grantsIn(again), returnedIn(again)]).toEqual([[], [['2026-01', 45_000_000n]]]);
  });

  test('beyond those taken, new seats bring new credits', () => {
    const workspace = withSeats(2, { onSeatRemoved: 'clawBack' });
    workspace.happens('2026-01-10T00:00:00.000Z', seats(1));
    const grown = workspace.happens('2026-01-12T00:00:00.000Z', seats(4));
    expect(returnedIn(grown)).toEqual([['2026-01', 45_000_000n]]);
    expect(grantsIn(grown)).toEqual([
      'included:2026-01:seats:4: 90 until 2026-02-01T00:00:00.000Z',
    ]);
  });

  test('where a seat brings the part of the window that is left, it loses that part', () => {
    const workspace = withSeats(2, { onSeatRemoved: 'clawBack', onSeatAdded: 'prorated' });
    // 11 of January's 31 days are left: 45 × 11 / 31, rounded down to a micro-credit.
    const removed = workspace.happens('2026-01-21T00:00:00.000Z', seats(1));
    expect(takenIn(removed)).toEqual([['2026-01', 15_967_741n]]);
  });

  test('of which the window never granted anything, has nothing to lose', () => {
    const workspace = withSeats(1, { onSeatRemoved: 'clawBack', onSeatAdded: 'nextPeriod' });
    workspace.happens('2026-01-05T00:00:00.000Z', seats(3));
    expect(takenIn(workspace.happens('2026-01-06T00:00:00.000Z', seats(2)))).toEqual([]);
    // The first seat's credits were granted by the window itself.
    workspace.happens('2026-02-02T00:00:00.000Z', seats(1));
    expect(workspace.life.subscription).toMatchObject({
      window: { label: '2026-02', seatsGranted: 2, seatsTakenBack: 1 },
    });
  });

  test('is counted anew in the next window', () => {
    const workspace = withSeats(3, { onSeatRemoved: 'clawBack' });
    workspace.happens('2026-01-10T00:00:00.000Z', seats(2));
    workspace.until('2026-02-01T00:00:00.000Z');
    const grown = workspace.happens('2026-02-03T00:00:00.000Z', seats(3));
    expect(returnedIn(grown)).toEqual([]);
    expect(grantsIn(grown)).toEqual([
      'included:2026-02:seats:3: 45 until 2026-03-01T00:00:00.000Z',
    ]);
  });
});
