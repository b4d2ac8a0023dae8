import { entitlementTo } from '../../../src/domain/gates/entitlement.ts';
import { micro } from '../../../src/domain/values/money.ts';
import { membersMost, seatsOf } from '../../../src/domain/life/seats.ts';
import { step } from '../../../src/domain/step.ts';
import { planOf, type Terms } from '../../../src/domain/terms/terms.ts';
import { ofKind } from '../../domain/support.ts';
import type { Flip } from './flip.ts';
import { changeTo, grants, midway, opened, startBare, startPaid } from './lives.ts';

const seatsAfterwards = (terms: Terms): number => {
  const { workspace } = startPaid(terms, 'pro');
  for (const member of ['ben', 'cy']) {
    workspace.happens(opened, { kind: 'memberInvited', member });
  }
  workspace.happens(opened, { kind: 'memberAccepted', member: 'ben' });
  return seatsOf(workspace.life, planOf(terms, 'pro'));
};

const noSeats = {
  'plans/pro/seats': { model: 'none' },
  'plans/pro/prices/month/perSeat': '0.00',
  'plans/pro/prices/year/perSeat': '0.00',
  'plans/pro/included/perSeat': '0',
};
const counted = (count: string) => ({ 'plans/pro/seats': { model: 'counted', count } });

/** What is held against two of three seats that are given back, had all credits been spent. */
const spentCharge = (terms: Terms): readonly bigint[] => {
  const { workspace } = startPaid(terms, 'pro');
  workspace.happens(opened, { kind: 'seatsRequested', purchased: 3 });
  const effects = workspace.happens(midway, { kind: 'seatsRequested', purchased: 1 });
  const told = ofKind(effects, 'clawBackIncluded').flatMap(({ ifSpent }) => ifSpent ?? []);
  for (const each of told) {
    workspace.happens(midway, { ...each, kind: 'spentCreditsFound', takenMicro: micro(0) });
  }
  return workspace.life.upcoming.map(({ amountMinor }) => amountMinor);
};

export const seatFlips: readonly Flip[] = [
  {
    leaves: ['plans[].seats.model', 'plans[].seats.count'],
    product: 'studio',
    see: seatsAfterwards,
    cases: [
      [noSeats, 0],
      [{ 'plans/pro/seats': { model: 'purchased', whenOver: 'warn' } }, 1],
      [counted('accepted'), 2],
      [counted('acceptedAndPending'), 3],
    ],
  },
  {
    leaves: ['plans[].seats.whenOver'],
    product: 'studio',
    see: (terms) => {
      const { workspace } = startPaid(terms, 'pro');
      const most = membersMost(workspace.life, planOf(terms, 'pro'));
      if (most === null) workspace.happens(opened, { kind: 'memberAccepted', member: 'ben' });
      return { most, purchased: workspace.life.purchasedSeats };
    },
    cases: [
      [{ 'plans/pro/seats/whenOver': 'warn' }, { most: null, purchased: 1 }],
      [{ 'plans/pro/seats/whenOver': 'block' }, { most: 1, purchased: 1 }],
      [{ 'plans/pro/seats/whenOver': 'expand' }, { most: null, purchased: 2 }],
    ],
  },
  {
    leaves: ['plans[].seats.most'],
    product: 'studio',
    see: (terms) => {
      const { workspace } = startPaid(terms, 'pro');
      const wish = { kind: 'seatsRequested', purchased: 4 } as const;
      const outcome = step(workspace.life, { ...wish, at: opened }, terms);
      return outcome.ok ? 'as many as are bought' : outcome.refusal;
    },
    cases: [
      [{}, 'as many as are bought'],
      [{ 'plans/pro/seats/most': 3 }, { kind: 'seatsAboveMost', plan: 'pro', most: 3 }],
    ],
  },
  {
    leaves: ['planChange.spentCredits'],
    product: 'studio',
    see: spentCharge,
    cases: [
      // Two seats came with 60.00 for the month, 21 days of them are left, 12 in this window.
      [{ 'planChange/spentCredits': 'charge' }, [6_000n, -4_065n, 2_323n]],
      [{ 'planChange/spentCredits': 'waive' }, [6_000n, -4_065n]],
    ],
  },
  {
    leaves: ['plans[].included.onSeatAdded'],
    product: 'studio',
    see: (terms) => {
      const { workspace } = startPaid(terms, 'pro');
      return grants(workspace.happens(midway, { kind: 'seatsRequested', purchased: 2 }));
    },
    cases: [
      [{ 'plans/pro/included/onSeatAdded': 'full' }, ['included:2026-01:seats:2: 45']],
      // 11.5 of January's 31 days are left.
      [{ 'plans/pro/included/onSeatAdded': 'prorated' }, ['included:2026-01:seats:2: 16.693548']],
      [{ 'plans/pro/included/onSeatAdded': 'nextPeriod' }, []],
    ],
  },
  {
    leaves: ['plans[].included.onSeatRemoved'],
    product: 'studio',
    see: (terms) => {
      const { workspace } = startPaid(terms, 'pro');
      workspace.happens(opened, { kind: 'seatsRequested', purchased: 2 });
      const effects = workspace.happens(midway, { kind: 'seatsRequested', purchased: 1 });
      return ofKind(effects, 'clawBackIncluded').map(({ amountMicro }) => amountMicro);
    },
    cases: [
      [{ 'plans/pro/included/onSeatRemoved': 'keep' }, []],
      [{ 'plans/pro/included/onSeatRemoved': 'clawBack' }, [45_000_000n]],
    ],
  },
];

const trialOf = (terms: Terms) => {
  const { life } = startBare(terms, 'pro');
  return 'trialEndsAt' in life.subscription
    ? life.subscription.trialEndsAt
    : life.subscription.status;
};

export const trialFlips: readonly Flip[] = [
  {
    leaves: ['plans[].trial.days', 'plans[].trial'],
    product: 'agents',
    see: trialOf,
    cases: [
      [{ 'plans/pro/trial/days': 7 }, '2026-01-17T09:00:00.000Z'],
      [{ 'plans/pro/trial/days': 14 }, '2026-01-24T09:00:00.000Z'],
      [{ 'plans/pro/trial': null, 'gates/newRuns': ['outOfCredits'] }, 'incomplete'],
    ],
  },
  {
    leaves: ['plans[].trial.notices[]'],
    product: 'studio',
    see: (terms) => {
      const { subscription } = startBare(terms, 'pro').life;
      return subscription.status === 'trialing' ? subscription.notices : null;
    },
    cases: [
      [{}, ['2026-01-21T09:00:00.000Z', '2026-01-23T09:00:00.000Z']],
      [{ 'plans/pro/trial/notices': [] }, []],
      [{ 'plans/pro/trial/notices': [7] }, ['2026-01-17T09:00:00.000Z']],
    ],
  },
  {
    leaves: ['plans[].trial.credits'],
    product: 'agents',
    see: (terms) => {
      const workspace = startBare(terms, 'free');
      return grants(workspace.happens(opened, changeTo('pro')));
    },
    cases: [
      [{ 'plans/pro/trial/credits': '10' }, ['trial:pro: 10']],
      [{ 'plans/pro/trial/credits': '12.5' }, ['trial:pro: 12.5']],
    ],
  },
  {
    leaves: ['plans[].trial.exits[]'],
    product: 'agents',
    see: (terms) => {
      const { life } = startBare(terms, 'pro');
      const facts = { life, terms, availableMicro: micro(1), at: '2026-02-01T00:00:00.000Z' };
      return entitlementTo(facts, 'newRuns').remedies;
    },
    cases: [
      [{ 'plans/pro/trial/exits': ['addPaymentMethod'] }, ['addPaymentMethod']],
      [{ 'plans/pro/trial/exits': ['downgrade'] }, ['changePlan']],
    ],
  },
];
