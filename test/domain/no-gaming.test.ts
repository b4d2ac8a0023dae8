import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Effect, EventKind } from '../../src/domain/life/lifecycle.ts';
import { micro, minor } from '../../src/domain/values/money.ts';
import type { Interval, Terms } from '../../src/domain/terms/terms.ts';
import { atOnce, chargedIn, grantedIn, worthOf, worthOfSpenders } from './gaming.ts';
import { drawn } from './laws.ts';
import { live, type Taken } from './live.ts';
import { randomLife, termsFor, type RandomLife } from './random-life.ts';
import { grantsIn, linesOf, ofKind, openWorkspace, termsOf } from './support.ts';

const ofTheBank = ['card', 'bankPays', 'bankRefuses'];

/** Lives of somebody who pays whatever is asked, and changes everything as often as they like. */
const neverGamed = (
  law: (taken: readonly Taken[], terms: Terms) => void,
  asIf: (random: RandomLife) => RandomLife = (random) => random,
): void =>
  fc.assert(
    fc.property(randomLife(), (random) => {
      // A preview fixes its instant for half an hour, which is worth a day at most: not asked here.
      const deeds = random.deeds
        .filter(({ deed }) => !ofTheBank.includes(deed.do))
        .map(({ minutes, deed }) => ({
          minutes,
          deed: atOnce(deed),
        }));
      const life = asIf({ ...random, deeds });
      law(live(life), termsFor(life));
    }),
    { ...drawn, numRuns: drawn.numRuns * 5 },
  );

test('per window, each plan that was held grants once what it includes at most, at the most seats', () => {
  neverGamed((taken, terms) => {
    for (const { labels, grantedMicro, mostMicro } of grantedIn(taken, terms)) {
      expect(`${labels.join(' ')}: ${grantedMicro}`).toBe(
        `${labels.join(' ')}: ${grantedMicro < mostMicro ? grantedMicro : mostMicro}`,
      );
    }
  });
});

test('whoever pays what is asked has paid for each day the plan that they held on it', () => {
  neverGamed((taken, terms) => {
    const { minor, lines } = chargedIn(taken);
    expect(minor + lines + 1e-6).toBeGreaterThanOrEqual(worthOf(taken, terms));
  });
});

test.each([
  ['all', 1],
  ['half', 0.5],
] as const)(
  'whoever spends %s of the credits at once holds that part to the end of its window',
  (spends, part) => {
    neverGamed(
      (taken, terms) => {
        const { minor, lines } = chargedIn(taken);
        const held = worthOf(taken, terms);
        const worth = held + part * (worthOfSpenders(taken, terms) - held);
        expect(minor + lines + 1e-6).toBeGreaterThanOrEqual(worth);
      },
      (random) => ({ ...random, spends }),
    );
  },
);

test('a workspace has one trial', () => {
  neverGamed((taken) => {
    const trials = taken.flatMap(({ effects }) =>
      ofKind(effects, 'grantCredits').filter(({ sourceKey }) => sourceKey.startsWith('trial:')),
    );
    expect(trials.length).toBeLessThanOrEqual(1);
  });
});

describe('what the law found, and failures that others told of', () => {
  const at = '2026-01-10T09:00:00.000Z';
  const later = '2026-01-20T12:00:00.000Z';
  const changeTo = (plan: string, interval: Interval = 'month'): EventKind => ({
    kind: 'planChangeRequested',
    plan,
    interval,
    payment: `to ${plan}`,
    returnTo: 'https://example.test',
    preview: null,
  });
  const start = (plan: string): EventKind => ({ kind: 'started', plan, interval: 'month' });
  const card: EventKind = { kind: 'paymentMethodAttached' };
  const cancelNow: EventKind = { kind: 'cancelRequested', when: 'now' };

  function opened(terms: Terms, ...events: readonly EventKind[]) {
    const workspace = openWorkspace(terms, { at });
    for (const event of events) workspace.happens(at, event);
    return workspace;
  }

  test('trial hopping: when one plan’s trial is over, another plan’s is not given', () => {
    const workspace = opened(termsOf('studio'), start('pro'));
    const effects = workspace.happens('2026-02-01T00:00:00.000Z', changeTo('team'));
    expect(workspace.life.subscription).toMatchObject({ status: 'incomplete', plan: 'team' });
    expect(grantsIn(effects)).toEqual([]);
  });

  test('free re-purchase: leaving Free and coming back is granted under its window’s key again, so once (polar#8696)', () => {
    const workspace = opened(termsOf('agents'), start('free'));
    workspace.happens(later, cancelNow);
    const back = workspace.happens(later, start('free'));
    expect(grantsIn(back).map((grant) => grant.split(': ')[0])).toEqual([`included:${at}`]);
    expect(workspace.life.subscription).toMatchObject({ status: 'free', anchor: at });
  });

  test('free re-purchase: a paid plan that is never paid does not start a window either', () => {
    const workspace = opened(termsOf('agents'), start('free'));
    workspace.happens(later, cancelNow);
    workspace.happens(later, start('pro'));
    const back = workspace.happens(later, changeTo('free'));
    expect(grantsIn(back).map((grant) => grant.split(': ')[0])).toEqual([`included:${at}`]);
  });

  test('A->B->A->B in one window grants B once, and costs a day of it each day (polar#5826)', () => {
    const workspace = opened(termsOf('studio'), card, start('starter'));
    const up = workspace.happens(later, changeTo('pro'));
    expect(grantsIn(up)).toHaveLength(1);
    workspace.happens(later, changeTo('starter'));
    expect(grantsIn(workspace.happens(later, changeTo('pro')))).toEqual([]);
    expect(workspace.life.upcoming).toHaveLength(2);
  });

  test('by the year instead of by the month: the same plan grants nothing twice (polar#10482)', () => {
    const workspace = opened(termsOf('studio'), card, start('pro'));
    expect(grantsIn(workspace.happens(later, changeTo('pro', 'year')))).toEqual([]);
  });

  function givenBackIn(effects: readonly Effect[]) {
    const [back] = effects.flatMap((effect) => ('ifSpent' in effect ? (effect.ifSpent ?? []) : []));
    if (back === undefined) throw new Error('nothing was given back');
    return back;
  }

  const spent = (
    workspace: ReturnType<typeof opened>,
    effects: readonly Effect[],
    takenMicro = 0,
  ) => {
    const fact = {
      ...givenBackIn(effects),
      kind: 'spentCreditsFound',
      takenMicro: micro(takenMicro),
    } as const;
    return workspace.happens(later, fact);
  };
  const seats = (purchased: number): EventKind => ({ kind: 'seatsRequested', purchased });

  test('seat yo-yo with credits spent between: the seats are paid to the end of their window', () => {
    const workspace = opened(termsOf('studio'), card, start('pro'));
    workspace.happens(later, seats(3));
    spent(workspace, workspace.happens(later, seats(1)));
    expect(linesOf(workspace.life.upcoming)).toEqual([
      '2 × seat, Pro, 21 of 31 days: 40.65',
      'Credit: 2 × seat, Pro, 21 of 31 days: -40.65',
      'Spent credits: 2 × seat, Pro: 23.23',
    ]);
  });

  test('seat yo-yo: who spent half of the seats’ credits is charged half of their window’s rest', () => {
    const workspace = opened(termsOf('studio'), card, start('pro'));
    workspace.happens(later, seats(3));
    spent(workspace, workspace.happens(later, seats(1)), 45_000_000);
    expect(linesOf(workspace.life.upcoming).slice(2)).toEqual([
      'Spent credits: 2 × seat, Pro: 11.62',
    ]);
  });

  test('seats that come back in the window that they were paid for cost nothing, and bring nothing', () => {
    const workspace = opened(termsOf('studio'), card, start('pro'));
    workspace.happens(later, seats(3));
    spent(workspace, workspace.happens(later, seats(1)));
    const back = workspace.happens(later, seats(3));
    expect(grantsIn(back)).toEqual([]);
    expect(linesOf(workspace.life.upcoming).slice(3)).toEqual([
      '2 × seat, Pro, 21 of 31 days: 40.65',
      'Paid already: 2 × seat, Pro: -23.23',
    ]);
  });

  test('seats that come back when the time is over that they were paid for are paid anew', () => {
    // The month's credits outlast the term by ten days; the seats were charged up to its end.
    const workspace = opened(termsOf('studio'), card, start('pro'));
    const february = '2026-02-05T09:00:00.000Z';
    workspace.happens(february, seats(3));
    const back = { ...givenBackIn(workspace.happens(february, seats(1))), takenMicro: micro(0) };
    workspace.happens(february, { ...back, kind: 'spentCreditsFound' });
    expect(linesOf(workspace.life.upcoming).slice(-1)).toEqual([
      'Spent credits: 2 × seat, Pro: 9.68',
    ]);
    workspace.until('2026-02-12T09:00:00.000Z');
    workspace.happens('2026-02-12T09:00:00.000Z', seats(3));
    expect(linesOf(workspace.life.upcoming)).toEqual(['2 × seat, Pro, 26 of 28 days: 55.71']);
  });

  test('upgrade, burn, downgrade at once: the bigger plan is paid to the end of its window', () => {
    const atOnce = termsOf('studio', (terms) => {
      const downgrade = { at: 'now', pooledCredits: 'forfeit' } as const;
      const { planChange } = terms;
      return {
        ...terms,
        planChange: { ...planChange, downgrade: { ...planChange.downgrade, ...downgrade } },
      };
    });
    const workspace = opened(atOnce, card, start('starter'));
    workspace.happens(later, changeTo('team'));
    spent(workspace, workspace.happens(later, changeTo('starter')));
    expect(linesOf(workspace.life.upcoming).slice(2)).toEqual([
      'Remaining time: Starter, seats, 21 of 31 days: 10.16',
      'Unused time: Team, seats, 21 of 31 days: -40.65',
      'Spent credits: Team: 23.23',
    ]);
  });

  test('seats by the second that are left at once give back no day that was not paid', () => {
    const bySecond = termsOf('studio', (terms) => {
      const { planChange } = terms;
      const downgrade = { ...planChange.downgrade, at: 'now', pooledCredits: 'forfeit' } as const;
      const all = { ...planChange.seats, granularity: 'second' } as const;
      return { ...terms, planChange: { ...planChange, downgrade, seats: all } };
    });
    const workspace = opened(bySecond, card, start('pro'));
    workspace.happens(later, seats(5));
    const effects = workspace.happens(later, changeTo('free'));
    const invoices = ofKind(effects, 'issueInvoice').map(({ invoice }) => linesOf(invoice.lines));
    expect(invoices).toEqual([
      [
        '4 × seat, Pro, 1803600 of 2678400 seconds: 80.81',
        'Unused time: Pro, seats, 1803600 of 2678400 seconds: -101.01',
      ],
    ]);
  });

  test('Free’s seats cost nothing and bring credits, so there are three at most [1.02]', () => {
    const workspace = opened(termsOf('studio'), card, start('free'));
    expect(workspace.refuses(later, seats(4))).toEqual({
      ...{ kind: 'seatsAboveMost', plan: 'free', most: 3 },
    });
  });

  test('seats of a paid plan go along to Free as far as it has them', () => {
    const workspace = opened(termsOf('studio'), card, start('pro'));
    workspace.happens(at, seats(9));
    workspace.happens(at, cancelNow);
    expect(grantsIn(workspace.happens('2026-03-01T00:00:00.000Z', start('free')))).toEqual([
      'included:2026-03: 3 until 2026-04-01T00:00:00.000Z',
    ]);
  });

  test('seat yo-yo: seats that cost nothing in a term give nothing back for it', () => {
    const free = termsOf('studio', (terms) => {
      const seats = { ...terms.planChange.seats, add: 'none' } as const;
      return { ...terms, planChange: { ...terms.planChange, seats } };
    });
    const workspace = opened(free, card, start('pro'));
    workspace.happens(later, { kind: 'seatsRequested', purchased: 5 });
    workspace.happens(later, { kind: 'seatsRequested', purchased: 1 });
    expect(workspace.life.upcoming).toEqual([]);
  });

  test('a checkout that is paid late pays for the seats that came meanwhile', () => {
    const workspace = opened(termsOf('team'), start('pro'), changeTo('team'));
    workspace.happens(later, { kind: 'memberAccepted', member: 'bob' });
    const totalMinor = minor(6_100);
    workspace.happens(later, { kind: 'planPurchasePaid', payment: 'to team', totalMinor });
    expect(linesOf(workspace.life.upcoming)).toEqual([
      'Team: changes since the checkout was opened: 12.00',
    ]);
  });

  test('two changes at one instant: the last one holds, and each line nets out (lago#1776)', () => {
    const workspace = opened(termsOf('studio'), card, start('starter'));
    workspace.happens(later, changeTo('pro'));
    workspace.happens(later, changeTo('team'));
    expect(linesOf(workspace.life.upcoming)).toEqual([
      'Remaining time: Pro, seats, 21 of 31 days: 20.32',
      'Unused time: Starter, seats, 21 of 31 days: -10.16',
      'Remaining time: Team, seats, 21 of 31 days: 40.65',
      'Unused time: Pro, seats, 21 of 31 days: -20.32',
    ]);
  });

  test('an upgrade during a scheduled downgrade takes its place (lago#1778)', () => {
    const workspace = opened(termsOf('studio'), card, start('pro'));
    workspace.happens(later, changeTo('starter'));
    workspace.happens(later, changeTo('team'));
    expect(workspace.life.subscription).toMatchObject({ plan: 'team', scheduled: null });
  });
});
