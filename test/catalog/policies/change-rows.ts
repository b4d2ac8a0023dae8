import type { Terms } from '../../../src/domain/terms/terms.ts';
import { announced, linesOf } from '../../domain/support.ts';
import type { Flip, Patch } from './flip.ts';
import {
  bills,
  changeTo,
  grants,
  kinds,
  midway,
  nextMonth,
  opened,
  seats,
  startPaid,
} from './lives.ts';

const upgrade = (terms: Terms) => {
  const { workspace } = startPaid(terms, 'pro');
  return { workspace, effects: workspace.happens(midway, changeTo('team')) };
};

const downgrade = (terms: Terms) => {
  const { workspace } = startPaid(terms, 'team');
  return { workspace, effects: workspace.happens(midway, changeTo('pro')) };
};

/** A second seat, midway through the first month: what is billed at once and what waits. */
const addSeat = (terms: Terms) => {
  const { workspace } = startPaid(terms, 'pro');
  const now = bills(workspace.happens(midway, seats(2)));
  return { now, later: linesOf(workspace.life.upcoming) };
};

const upgradeRows: readonly Flip[] = [
  {
    leaves: ['planChange.upgrade.charge'],
    product: 'studio',
    see: (terms) => {
      const { workspace, effects } = upgrade(terms);
      return { now: bills(effects).length, later: workspace.life.upcoming.length };
    },
    cases: [
      [{ 'planChange/upgrade/charge': 'now' }, { now: 1, later: 0 }],
      [{ 'planChange/upgrade/charge': 'nextInvoice' }, { now: 0, later: 2 }],
    ],
  },
  {
    leaves: ['planChange.upgrade.credits'],
    product: 'studio',
    see: (terms) => {
      const { effects } = upgrade(terms);
      return [...kinds(effects, 'voidIncluded'), ...grants(effects)];
    },
    cases: [
      [
        { 'planChange/upgrade/credits': 'reseed' },
        ['voidIncluded', 'included:2026-01:to:team: 100'],
      ],
      [{ 'planChange/upgrade/credits': 'addDifference' }, ['included:2026-01:to:team: 55']],
      // 11.5 of January's 31 days are left: 55 × 11.5 / 31.
      [{ 'planChange/upgrade/credits': 'prorate' }, ['included:2026-01:to:team: 20.403225']],
      [{ 'planChange/upgrade/credits': 'keep' }, []],
    ],
  },
  {
    leaves: ['planChange.upgrade.anchor'],
    product: 'studio',
    see: (terms) => {
      const { subscription } = upgrade(terms).workspace.life;
      return 'period' in subscription ? subscription.period.end : null;
    },
    cases: [
      [{ 'planChange/upgrade/anchor': 'keep' }, '2026-02-10T09:00:00.000Z'],
      [{ 'planChange/upgrade/anchor': 'restart' }, '2026-02-20T12:00:00.000Z'],
    ],
  },
  {
    leaves: ['planChange.upgrade.requiresCheckout'],
    product: 'studio',
    see: (terms) => kinds(upgrade(terms).effects, 'openCheckout', 'issueInvoice'),
    cases: [
      [
        { 'planChange/upgrade/charge': 'now', 'planChange/upgrade/requiresCheckout': true },
        ['openCheckout'],
      ],
      [
        { 'planChange/upgrade/charge': 'now', 'planChange/upgrade/requiresCheckout': false },
        ['issueInvoice'],
      ],
    ],
  },
];

const downgradeRows: readonly Flip[] = [
  {
    leaves: ['planChange.downgrade.at'],
    product: 'studio',
    see: (terms) => announced(downgrade(terms).effects),
    cases: [
      [{ 'planChange/downgrade/at': 'periodEnd' }, ['changeScheduled pro month']],
      [
        { 'planChange/downgrade/at': 'now', 'planChange/downgrade/pooledCredits': 'forfeit' },
        ['planChanged team pro'],
      ],
    ],
  },
  {
    leaves: ['planChange.downgrade.pooledCredits', 'planChange.downgrade.topUps'],
    product: 'studio',
    see: (terms) => {
      const { workspace } = downgrade(terms);
      return kinds(workspace.until(nextMonth), 'voidIncluded', 'forfeitTopUps');
    },
    cases: [
      [losing('keep', 'keep'), []],
      [losing('forfeit', 'keep'), ['voidIncluded']],
      [losing('keep', 'forfeit'), ['forfeitTopUps']],
    ],
  },
  {
    leaves: ['planChange.downgrade.requires[]'],
    product: 'team',
    see: (terms) => {
      const { workspace } = startPaid(terms, 'team');
      const change = changeTo('pro', { spacesWithoutOwner: ['attic'] });
      return terms.planChange.downgrade.requires.length === 0
        ? announced(workspace.happens(midway, change))
        : workspace.refuses(midway, change).kind;
    },
    cases: [
      [{ 'planChange/downgrade/requires': [] }, ['changeScheduled pro month']],
      [{ 'planChange/downgrade/requires': ['ownershipTransferred'] }, 'ownershipNotTransferred'],
    ],
  },
];

function losing(pooledCredits: string, topUps: string): Patch {
  return {
    'planChange/downgrade/pooledCredits': pooledCredits,
    'planChange/downgrade/topUps': topUps,
  };
}

const seatRows: readonly Flip[] = [
  {
    leaves: ['planChange.seats.add', 'planChange.seats.granularity'],
    product: 'studio',
    see: addSeat,
    cases: [
      [
        { 'planChange/seats/add': 'now', 'planChange/seats/granularity': 'day' },
        { now: ['20.32 open; 1 × seat, Pro, 21 of 31 days: 20.32'], later: [] },
      ],
      [
        { 'planChange/seats/add': 'nextInvoice', 'planChange/seats/granularity': 'day' },
        { now: [], later: ['1 × seat, Pro, 21 of 31 days: 20.32'] },
      ],
      [
        { 'planChange/seats/add': 'nextInvoice', 'planChange/seats/granularity': 'second' },
        { now: [], later: ['1 × seat, Pro, 1803600 of 2678400 seconds: 20.20'] },
      ],
      [{ 'planChange/seats/add': 'none' }, { now: [], later: [] }],
    ],
  },
  {
    leaves: ['planChange.seats.remove'],
    product: 'studio',
    see: (terms) => {
      const { workspace } = startPaid(terms, 'pro');
      workspace.happens(opened, seats(2));
      const waiting = workspace.life.upcoming.length;
      workspace.happens(midway, seats(1));
      return linesOf(workspace.life.upcoming.slice(waiting));
    },
    cases: [
      [
        { 'planChange/seats/remove': 'creditNextInvoice' },
        ['Credit: 1 × seat, Pro, 21 of 31 days: -20.32'],
      ],
      [{ 'planChange/seats/remove': 'none' }, []],
    ],
  },
  {
    leaves: ['planChange.granularity'],
    product: 'studio',
    see: (terms) => linesOf(upgrade(terms).workspace.life.upcoming)[0],
    cases: [
      [{ 'planChange/granularity': 'day' }, 'Remaining time: Team, seats, 21 of 31 days: 40.65'],
      [
        { 'planChange/granularity': 'second' },
        'Remaining time: Team, seats, 1803600 of 2678400 seconds: 40.40',
      ],
    ],
  },
];

export const changeFlips: readonly Flip[] = [...upgradeRows, ...downgradeRows, ...seatRows];
