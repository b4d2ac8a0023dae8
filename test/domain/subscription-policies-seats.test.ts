import { describe, expect, test } from 'vitest';
import { membersMost } from '../../src/domain/life/seats.ts';
import type { Plan, Terms } from '../../src/domain/terms/terms.ts';
import { planOf } from '../../src/domain/terms/terms.ts';
import { grantsIn, invoicesIn, linesOf, openWorkspace, orderIn, termsOf } from './support.ts';

const at = '2026-01-10T09:00:00.000Z';
const later = '2026-01-20T12:00:00.000Z';

/** Every plan that has seats has them by this model. */
const withSeats =
  (seats: Plan['seats']) =>
  (terms: Terms): Terms => ({
    ...terms,
    plans: terms.plans.map((plan) => (plan.seats.model === 'none' ? plan : { ...plan, seats })),
  });

/** Studio's Pro by the month, $30 a seat, with one seat bought. */
function onPro(terms: Terms) {
  const workspace = openWorkspace(terms, { at });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
  return workspace;
}

const accept = (member: string) => ({ kind: 'memberAccepted', member }) as const;

describe('seats that are bought, when more members come than were bought [K5]', () => {
  const bought = (whenOver: 'warn' | 'block' | 'expand') =>
    termsOf('studio', withSeats({ model: 'purchased', whenOver }));

  test('warn: the member is in, and nothing is bought [0.09]', () => {
    const workspace = onPro(bought('warn'));
    expect(workspace.happens(later, accept('bob'))).toEqual([]);
    expect(workspace.life).toMatchObject({ members: 2, purchasedSeats: 1, upcoming: [] });
    expect(membersMost(workspace.life, planOf(workspace.terms, 'pro'))).toBeNull();
  });

  test('block: as many are let in as seats are bought', () => {
    const workspace = onPro(bought('block'));
    const pro = planOf(workspace.terms, 'pro');
    expect(membersMost(workspace.life, pro)).toBe(1);
    workspace.happens(later, { kind: 'seatsRequested', purchased: 3 });
    expect(membersMost(workspace.life, pro)).toBe(3);
  });

  test('expand: the seat that lacks is bought from the acceptance on, once', () => {
    const workspace = onPro(bought('expand'));
    const effects = workspace.happens(later, accept('bob'));
    expect(workspace.life.purchasedSeats).toBe(2);
    expect(linesOf(workspace.life.upcoming)).toEqual(['1 × seat, Pro, 21 of 31 days: 20.32']);
    expect(orderIn(effects)).toBe(
      'included:2026-02: 90 from 2026-02-01T00:00:00.000Z to 2026-03-01T00:00:00.000Z',
    );
    workspace.happens(later, { kind: 'memberRemoved', member: 'bob' });
    workspace.happens(later, accept('eve'));
    expect(workspace.life).toMatchObject({ members: 2, purchasedSeats: 2 });
    expect(workspace.life.upcoming).toHaveLength(1);
    expect(workspace.refuses(later, { kind: 'seatsRequested', purchased: 1 })).toEqual({
      kind: 'seatsBelowMinimum',
      minimum: 2,
    });
  });

  test('expand, charged now: one invoice per acceptance', () => {
    const terms = bought('expand');
    const seats = { ...terms.planChange.seats, add: 'now' } as const;
    const workspace = onPro({ ...terms, planChange: { ...terms.planChange, seats } });
    expect(invoicesIn(workspace.happens(later, accept('bob')))).toEqual([
      {
        key: `seats:${later}`,
        lines: ['1 × seat, Pro, 21 of 31 days: 20.32'],
        total: '20.32 open',
      },
    ]);
  });
});

describe('seats that are counted [2.14 2.19 3.22 K5]', () => {
  const counted = (count: 'accepted' | 'acceptedAndPending') =>
    onPro(termsOf('studio', withSeats({ model: 'counted', count })));
  const invite = { kind: 'memberInvited', member: 'bob' } as const;

  test('accepted: an invitation costs nothing until it is accepted', () => {
    const workspace = counted('accepted');
    expect(workspace.happens(at, invite)).toEqual([]);
    workspace.happens(later, accept('bob'));
    expect(linesOf(workspace.life.upcoming)).toEqual(['Seat of bob, Pro, 21 of 31 days: 20.32']);
    expect(workspace.life).toMatchObject({ members: 2, invited: [] });
  });

  test('acceptedAndPending: an invitation is a seat, and its acceptance costs nothing more', () => {
    const workspace = counted('acceptedAndPending');
    const effects = workspace.happens(later, invite);
    expect(linesOf(workspace.life.upcoming)).toEqual(['Seat of bob, Pro, 21 of 31 days: 20.32']);
    expect(orderIn(effects)).toMatch('included:2026-02: 90 from');
    expect(workspace.happens(later, invite)).toEqual([]);
    expect(workspace.happens(later, accept('bob'))).toEqual([]);
    expect(workspace.life).toMatchObject({ members: 2, invited: [] });
    expect(workspace.life.upcoming).toHaveLength(1);
  });

  test('acceptedAndPending: an invitation that is withdrawn is credited by the day', () => {
    const workspace = counted('acceptedAndPending');
    workspace.happens(later, invite);
    const withdrawn = { kind: 'invitationWithdrawn', member: 'bob' } as const;
    workspace.happens('2026-01-30T12:00:00.000Z', withdrawn);
    expect(linesOf(workspace.life.upcoming)).toEqual([
      'Seat of bob, Pro, 21 of 31 days: 20.32',
      'Credit: Seat of bob, Pro, 11 of 31 days: -10.65',
    ]);
    expect(workspace.life.invited).toEqual([]);
  });
});

describe('what a part of a term is counted in [2.16 K32]', () => {
  const by = (granularity: 'day' | 'second'): Terms =>
    termsOf('studio', (terms) => {
      const seats = { ...terms.planChange.seats, granularity };
      return { ...terms, planChange: { ...terms.planChange, seats, granularity } };
    });

  test('seats by the day: the day of the change counts whole', () => {
    const workspace = onPro(by('day'));
    workspace.happens(later, { kind: 'seatsRequested', purchased: 2 });
    expect(linesOf(workspace.life.upcoming)).toEqual(['1 × seat, Pro, 21 of 31 days: 20.32']);
    expect(workspace.life.upcoming[0]?.days).toEqual({ part: 21, whole: 31 });
  });

  test('seats by the second: 20 days and 21 hours of 31 days', () => {
    const workspace = onPro(by('second'));
    workspace.happens(later, { kind: 'seatsRequested', purchased: 2 });
    expect(linesOf(workspace.life.upcoming)).toEqual([
      '1 × seat, Pro, 1803600 of 2678400 seconds: 20.20',
    ]);
    expect(workspace.life.upcoming[0]?.days).toBeNull();
  });

  test('a plan by the day, and by the second', () => {
    const lines = (terms: Terms) => {
      const workspace = onPro(terms);
      const wish = { kind: 'planChangeRequested', plan: 'team', interval: 'month' } as const;
      workspace.happens(later, { ...wish, payment: 'p', returnTo: null, preview: null });
      return linesOf(workspace.life.upcoming);
    };
    expect(lines(by('day'))).toEqual([
      'Remaining time: Team, seats, 21 of 31 days: 40.65',
      'Unused time: Pro, seats, 21 of 31 days: -20.32',
    ]);
    expect(lines(by('second'))).toEqual([
      'Remaining time: Team, seats, 1803600 of 2678400 seconds: 40.40',
      'Unused time: Pro, seats, 1803600 of 2678400 seconds: -20.20',
    ]);
  });
});

test('seats that came while the plan was suspended are owed for the term that runs', () => {
  const workspace = onPro(termsOf('studio', withSeats({ model: 'counted', count: 'accepted' })));
  workspace.card = 'declines';
  workspace.until('2026-02-26T00:00:00.000Z');
  expect(workspace.life.subscription.status).toBe('suspended');
  expect(grantsIn(workspace.happens('2026-02-26T12:00:00.000Z', accept('bob')))).toEqual([]);
  expect(linesOf(workspace.life.upcoming)).toEqual(['Seat of bob, Pro, 12 of 28 days: 12.86']);
  workspace.card = 'works';
  const back = workspace.happens('2026-02-27T12:00:00.000Z', { kind: 'paymentMethodAttached' });
  expect(workspace.life.subscription.status).toBe('active');
  expect(grantsIn(back)).toEqual(['included:2026-02:seats:2: 45 until 2026-03-01T00:00:00.000Z']);
});
