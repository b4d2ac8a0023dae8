import * as fc from 'fast-check';
import { addMinutes, type Instant } from '../../src/domain/values/calendar.ts';
import type { Contract } from '../../src/domain/terms/contract.ts';
import { prorate, times } from '../../src/domain/values/money.ts';
import {
  intervals,
  type Interval,
  type Plan,
  type Price,
  type ResetRule,
  type Terms,
} from '../../src/domain/terms/terms.ts';
import { randomContract } from './random-contract.ts';
import { termsOf, type Card, type Product } from './support.ts';

/** Something a person, Stripe or a bank may do; the driver makes the event of it. */
export type Deed =
  | { readonly do: 'start' | 'change' | 'confirm'; readonly plan: string; readonly by: Interval }
  | { readonly do: 'seats'; readonly count: number }
  | { readonly do: 'invite' | 'join' | 'withdraw' | 'leave'; readonly member: string }
  | { readonly do: 'cancel'; readonly when: 'periodEnd' | 'now' }
  | { readonly do: 'topUp'; readonly pay: 'savedMethod' | 'checkout' }
  | { readonly do: 'card'; readonly card: Card }
  | { readonly do: 'agree'; readonly contract: Contract; readonly isShownFirst: boolean }
  | { readonly do: 'invoice'; readonly unitMinor: number; readonly dueInDays: number | null }
  | { readonly do: 'checkout'; readonly end: 'paid' | 'left'; readonly which: number }
  | {
      readonly do:
        | 'attach'
        | 'detach'
        | 'reactivate'
        | 'dropScheduled'
        | 'bankPays'
        | 'bankRefuses'
        | 'paidByHand'
        | 'endContract'
        | 'wait';
    };

/** Policies that a catalog may choose, in place of those that the product's own chooses. */
export type Policies = {
  readonly upgrade: Terms['planChange']['upgrade'];
  readonly downgrade: Terms['planChange']['downgrade'];
  readonly seats: Terms['planChange']['seats'];
  readonly granularity: Terms['planChange']['granularity'];
  readonly seatModel: Plan['seats'];
  readonly reset: ResetRule;
  readonly onSeatAdded: Plan['included']['onSeatAdded'];
  readonly onSeatRemoved: Plan['included']['onSeatRemoved'];
  readonly zeroAmount: Terms['invoices']['zeroAmount'];
};

export type RandomLife = {
  readonly product: Product;
  /** `null`: the product's own. */
  readonly policies: Policies | null;
  readonly workspace: string;
  readonly timeZone: string;
  readonly at: Instant;
  readonly clock: 'real' | 'test';
  /** The plan that it starts on, and whether there is a card by then. */
  readonly first: { readonly plan: string; readonly by: Interval; readonly hasCard: boolean };
  /** How much of its credits is spent by the time that something is given back. */
  readonly spends: 'nothing' | 'half' | 'all';
  readonly deeds: readonly { readonly minutes: number; readonly deed: Deed }[];
};

const catalogs = {
  studio: termsOf('studio'),
  team: termsOf('team'),
  tools: termsOf('tools'),
  agents: termsOf('agents'),
};
/** Of all products: a wish for a plan that a product does not have is refused. */
const plans = ['free', 'starter', 'creator', 'pro', 'team', 'business'] as const;
const members = ['bob', 'eve', 'joe'];
const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland', 'Africa/Cairo'];

const choice = (kind: 'start' | 'change' | 'confirm') =>
  fc.record({
    do: fc.constant(kind),
    plan: fc.constantFrom(...plans),
    by: fc.constantFrom(...intervals),
  });

/** What an operator agrees on with a customer; a contract that is running is amended by it. */
const agreement = fc.record({
  do: fc.constant('agree'),
  isShownFirst: fc.boolean(),
  contract: randomContract({
    leastMinor: 0,
    follows: fc.oneof(
      fc.constant('renew'),
      fc.record({ plan: fc.constantFrom(...plans), interval: fc.constantFrom(...intervals) }),
    ),
  }),
});

const deed: fc.Arbitrary<Deed> = fc.oneof(
  choice('start'),
  { arbitrary: choice('change'), weight: 4 },
  { arbitrary: choice('confirm'), weight: 2 },
  {
    arbitrary: fc.record({ do: fc.constant('seats'), count: fc.integer({ min: 1, max: 6 }) }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      do: fc.constantFrom('invite', 'join', 'withdraw', 'leave'),
      member: fc.constantFrom(...members),
    }),
    weight: 3,
  },
  fc.record({ do: fc.constant('cancel'), when: fc.constantFrom('periodEnd', 'now') }),
  fc.record({ do: fc.constant('topUp'), pay: fc.constantFrom('savedMethod', 'checkout') }),
  {
    arbitrary: fc.record({
      do: fc.constant('card'),
      card: fc.constantFrom<Card>('works', 'declines', 'isStolen', 'silence'),
    }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      do: fc.constant('checkout'),
      end: fc.constantFrom('paid', 'left'),
      which: fc.integer({ min: 0, max: 3 }),
    }),
    weight: 4,
  },
  { arbitrary: agreement, weight: 3 },
  fc.record({
    do: fc.constant('invoice'),
    unitMinor: fc.integer({ min: 0, max: 50_000 }),
    dueInDays: fc.constantFrom(null, 0, 7, 30),
  }),
  {
    arbitrary: fc.record({
      do: fc.constantFrom(
        'attach',
        'detach',
        'reactivate',
        'dropScheduled',
        'bankPays',
        'bankRefuses',
        'paidByHand',
        'endContract',
        'wait',
      ),
    }),
    weight: 6,
  },
);

const minutes = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 60 }),
  fc.noBias(fc.integer({ min: 60, max: 3 * 1_440 })),
  fc.noBias(fc.integer({ min: 1_440, max: 45 * 1_440 })),
);

const policies: fc.Arbitrary<Policies> = fc.record({
  upgrade: fc
    .record({
      charge: fc.constantFrom('now', 'nextInvoice'),
      credits: fc.constantFrom('reseed', 'addDifference', 'prorate', 'keep'),
      anchor: fc.constantFrom('keep', 'restart'),
      requiresCheckout: fc.boolean(),
    })
    // A catalog may not ask for a checkout that takes no money.
    .map((upgrade) => (upgrade.requiresCheckout ? { ...upgrade, charge: 'now' } : upgrade)),
  downgrade: fc
    .record({
      at: fc.constantFrom('periodEnd', 'now'),
      requires: fc.constant([]),
      loses: fc.constant([]),
      pooledCredits: fc.constantFrom('forfeit', 'keep'),
      topUps: fc.constantFrom('keep', 'forfeit'),
    })
    // A catalog may not give back a time whose credits stay.
    .map((downgrade) =>
      downgrade.at === 'now' ? { ...downgrade, pooledCredits: 'forfeit' } : downgrade,
    ),
  seats: fc.record({
    add: fc.constantFrom('now', 'nextInvoice', 'none'),
    remove: fc.constantFrom('creditNextInvoice', 'none'),
    granularity: fc.constantFrom('day', 'second'),
  }),
  granularity: fc.constantFrom('day', 'second'),
  seatModel: fc.oneof(
    fc.record({
      model: fc.constant('purchased'),
      whenOver: fc.constantFrom('warn', 'block', 'expand'),
    }),
    fc.record({
      model: fc.constant('counted'),
      count: fc.constantFrom('accepted', 'acceptedAndPending'),
    }),
  ),
  reset: fc.oneof(
    fc.record({ on: fc.constantFrom('calendarMonth', 'anniversary', 'never') }),
    fc.record({ on: fc.constant('dayOfMonth'), day: fc.constantFrom(1, 15, 31) }),
  ),
  onSeatAdded: fc.constantFrom('full', 'prorated', 'nextPeriod'),
  onSeatRemoved: fc.constantFrom('keep', 'clawBack'),
  zeroAmount: fc.constantFrom('skip', 'issue'),
});

/** What is sold by the month is sold by the quarter and half-year as well, a little cheaper. */
function everyInterval(prices: Plan['prices']): Plan['prices'] {
  const { month } = prices;
  if (month === undefined) return prices;
  const longer = (months: number): Price => ({
    baseMinor: prorate(times(month.baseMinor, months), { part: 9, whole: 10 }, 'down'),
    perSeatMinor: prorate(times(month.perSeatMinor, months), { part: 9, whole: 10 }, 'down'),
  });
  return { ...prices, quarter: longer(3), halfYear: longer(6) };
}

/** The terms that a random life is lived on. */
export function termsFor({ product, policies: chosen }: RandomLife): Terms {
  const terms = catalogs[product];
  if (chosen === null) return terms;
  const { upgrade, downgrade, seats, granularity, seatModel } = chosen;
  const { reset, onSeatAdded, onSeatRemoved, zeroAmount } = chosen;
  return {
    ...terms,
    credits: { ...terms.credits, reset },
    plans: terms.plans.map((plan) => ({
      ...plan,
      included: { ...plan.included, onSeatAdded, onSeatRemoved },
      // A plan that has no seats has no price for one either.
      seats: plan.seats.model === 'none' ? plan.seats : seatModel,
      prices: everyInterval(plan.prices),
    })),
    planChange: { upgrade, downgrade, seats, granularity, spentCredits: 'charge' },
    invoices: { ...terms.invoices, zeroAmount },
  };
}

/** A workspace of either product, somewhere, and what is done to it over the months. */
export const randomLife = (): fc.Arbitrary<RandomLife> =>
  fc.record({
    product: fc.constantFrom<Product>('studio', 'team', 'tools', 'agents'),
    policies: fc.option(policies),
    workspace: fc.constantFrom('acme', 'acme', 'acme', 'user:ada'),
    timeZone: fc.constantFrom(...zones),
    at: fc
      .integer({ min: 0, max: 400 * 1_440 })
      .map((later) => addMinutes('2026-01-01T00:00:00.000Z', later)),
    clock: fc.constantFrom('real', 'test'),
    spends: fc.constantFrom('nothing', 'half', 'all'),
    first: fc.record({
      plan: fc.constantFrom(...plans),
      by: fc.constantFrom<Interval>('month', 'month', 'quarter', 'halfYear', 'year'),
      hasCard: fc.constantFrom(true, true, true, false),
    }),
    deeds: fc.array(fc.record({ minutes, deed }), { minLength: 3, maxLength: 30, size: 'max' }),
  });
