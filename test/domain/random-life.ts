import * as fc from 'fast-check';
import { addMinutes, type Instant } from '../../src/domain/calendar.ts';
import { dueDeadline } from '../../src/domain/deadlines.ts';
import type {
  Effect,
  Event,
  EventKind,
  InvoiceDraft,
  Lifecycle,
} from '../../src/domain/lifecycle.ts';
import { minor } from '../../src/domain/money.ts';
import { newLifecycle } from '../../src/domain/new-lifecycle.ts';
import { basisOf } from '../../src/domain/plan-change.ts';
import { step } from '../../src/domain/step.ts';
import type { Interval, ResetRule, Terms } from '../../src/domain/terms.ts';
import { termsOf, type Card, type Product } from './support.ts';

/** Something a person, Stripe or a bank may do; the driver makes the event of it. */
export type Deed =
  | { readonly do: 'start' | 'change' | 'confirm'; readonly plan: string; readonly by: Interval }
  | { readonly do: 'seats'; readonly count: number }
  | { readonly do: 'join' | 'leave'; readonly member: string }
  | { readonly do: 'cancel'; readonly when: 'periodEnd' | 'now' }
  | { readonly do: 'topUp'; readonly pay: 'savedMethod' | 'checkout' }
  | { readonly do: 'card'; readonly card: Card }
  | { readonly do: 'checkout'; readonly end: 'paid' | 'left'; readonly which: number }
  | {
      readonly do:
        'attach' | 'detach' | 'reactivate' | 'dropScheduled' | 'bankPays' | 'bankRefuses' | 'wait';
    };

/** Policies that a catalog may choose, in place of those that the product's own chooses. */
export type Policies = {
  readonly upgrade: Terms['planChange']['upgrade'];
  readonly downgrade: Terms['planChange']['downgrade'];
  readonly seats: Terms['planChange']['seats'];
  readonly reset: ResetRule;
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
  readonly deeds: readonly { readonly minutes: number; readonly deed: Deed }[];
};

const catalogs = { studio: termsOf('studio'), team: termsOf('team') };
const plans = ['free', 'starter', 'pro', 'team'];
const members = ['bob', 'eve', 'joe'];
const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland', 'Africa/Cairo'];

const choice = (kind: 'start' | 'change' | 'confirm') =>
  fc.record({
    do: fc.constant(kind),
    plan: fc.constantFrom(...plans),
    by: fc.constantFrom<Interval>('month', 'year'),
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
      do: fc.constantFrom('join', 'leave'),
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
  {
    arbitrary: fc.record({
      do: fc.constantFrom(
        'attach',
        'detach',
        'reactivate',
        'dropScheduled',
        'bankPays',
        'bankRefuses',
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
  downgrade: fc.record({
    pooledCredits: fc.constantFrom('forfeit', 'keep'),
    topUps: fc.constantFrom('keep', 'forfeit'),
  }),
  seats: fc.record({
    add: fc.constantFrom('now', 'nextInvoice', 'none'),
    remove: fc.constantFrom('creditNextInvoice', 'none'),
  }),
  reset: fc.oneof(
    fc.record({ on: fc.constantFrom('calendarMonth', 'anniversary', 'never') }),
    fc.record({ on: fc.constant('dayOfMonth'), day: fc.constantFrom(1, 15, 31) }),
  ),
  zeroAmount: fc.constantFrom('skip', 'issue'),
});

/** The terms that a random life is lived on. */
export function termsFor({ product, policies: chosen }: RandomLife): Terms {
  const terms = catalogs[product];
  if (chosen === null) return terms;
  const { upgrade, downgrade, seats, reset, zeroAmount } = chosen;
  return {
    ...terms,
    credits: { ...terms.credits, reset },
    planChange: { upgrade, downgrade, seats },
    invoices: { ...terms.invoices, zeroAmount },
  };
}

/** A workspace of either product, somewhere, and what is done to it over the months. */
export const randomLife = (): fc.Arbitrary<RandomLife> =>
  fc.record({
    product: fc.constantFrom('studio', 'team'),
    policies: fc.option(policies),
    workspace: fc.constantFrom('acme', 'acme', 'acme', 'user:ada'),
    timeZone: fc.constantFrom(...zones),
    at: fc
      .integer({ min: 0, max: 400 * 1_440 })
      .map((later) => addMinutes('2026-01-01T00:00:00.000Z', later)),
    clock: fc.constantFrom('real', 'test'),
    first: fc.record({
      plan: fc.constantFrom(...plans),
      by: fc.constantFrom<Interval>('month', 'year'),
      hasCard: fc.constantFrom(true, true, true, false),
    }),
    deeds: fc.array(fc.record({ minutes, deed }), { minLength: 3, maxLength: 30, size: 'max' }),
  });

/** One step that was taken, with what led to it. */
export type Taken = {
  readonly before: Lifecycle;
  readonly event: Event;
  readonly after: Lifecycle;
  readonly effects: readonly Effect[];
};

type World = {
  readonly terms: Terms;
  life: Lifecycle;
  card: Card;
  readonly taken: Taken[];
  readonly invoices: Map<string, InvoiceDraft>;
  /** Invoices that a silent bank has not answered for, and payments of checkouts still open. */
  unanswered: string[];
  readonly checkouts: { readonly payment: string; readonly totalMinor: bigint }[];
  payments: number;
};

/** Lives a random life and answers every step of it; a throw in any step is a throw here. */
export function live(random: RandomLife): readonly Taken[] {
  const { workspace, timeZone, at, clock } = random;
  const terms = termsFor(random);
  const identity = { product: terms.product, workspace, owner: 'ada', timeZone, at, clock };
  const world: World = {
    terms,
    life: newLifecycle({ ...identity, currency: terms.currency, termsVersion: terms.version }),
    card: 'works',
    taken: [],
    invoices: new Map(),
    unanswered: [],
    checkouts: [],
    payments: 0,
  };
  const { plan, by: interval, hasCard } = random.first;
  if (hasCard) take(world, { kind: 'paymentMethodAttached', at });
  take(world, { kind: 'started', plan, interval, at });
  let now = at;
  for (const { minutes: later, deed: next } of random.deeds) {
    now = addMinutes(now, later);
    liveUntil(world, now);
    for (const event of eventsOf(world, next)) take(world, { ...event, at: now });
  }
  liveUntil(world, now);
  return world.taken;
}

const stepsMost = 20_000;

function liveUntil(world: World, now: Instant): void {
  const { clock } = world.life;
  if (clock.kind === 'test' && clock.now < now) {
    take(world, { kind: 'clockAdvanced', to: now, at: clock.now });
  }
  for (let due = dueDeadline(world.life, now); due; due = dueDeadline(world.life, now)) {
    if (world.taken.length > stepsMost) throw new Error(`${due.kind} is due again and again`);
    take(world, { kind: 'deadlineReached', deadline: due.kind, at: due.at });
  }
}

function take(world: World, event: Event): void {
  const before = world.life;
  const outcome = step(before, event, world.terms);
  if (!outcome.ok) return;
  const { state: after, effects } = outcome.value;
  world.taken.push({ before, event, after, effects });
  world.life = after;
  for (const effect of effects) note(world, effect);
  for (const effect of effects) answer(world, effect);
}

function note(world: World, effect: Effect): void {
  if (effect.kind === 'issueInvoice') world.invoices.set(effect.invoice.key, effect.invoice);
  if (effect.kind === 'openCheckout' && effect.purchase.purpose.kind === 'planChange') {
    world.checkouts.push(effect.purchase);
  }
}

function answer(world: World, effect: Effect): void {
  if (effect.kind !== 'collectInvoice') return;
  const { invoice } = effect;
  if (world.card === 'silence') world.unanswered.push(invoice);
  else settle(world, invoice, world.card);
}

function settle(world: World, invoice: string, card: Exclude<Card, 'silence'>): void {
  const { at } = world.life;
  const draft = world.invoices.get(invoice);
  if (draft === undefined) throw new Error(`${invoice} was never issued`);
  if (card === 'works') {
    const { reason, period } = draft;
    take(world, { kind: 'invoicePaid', at, invoice, reason, periodEnd: period.end });
  } else {
    take(world, { kind: 'invoicePaymentFailed', at, invoice, hard: card === 'isStolen' });
  }
}

function eventsOf(world: World, what: Deed): EventKind[] {
  switch (what.do) {
    case 'start':
      return [{ kind: 'started', plan: what.plan, interval: what.by }];
    case 'change':
    case 'confirm':
      return [changeOf(world, what)];
    case 'seats':
      return [{ kind: 'seatsRequested', purchased: what.count }];
    case 'join':
      return [{ kind: 'memberAccepted', member: what.member }];
    case 'leave':
      return [{ kind: 'memberRemoved', member: what.member }];
    case 'cancel':
      return [{ kind: 'cancelRequested', when: what.when }];
    case 'topUp': {
      const payment = `top-up ${(world.payments += 1)}`;
      const { pay } = what;
      const priceMinor = minor(1_000);
      return [{ kind: 'topUpRequested', payment, priceMinor, pay, returnTo: 'https://x.test' }];
    }
    case 'checkout':
      return endCheckout(world, what);
    case 'attach':
      return [{ kind: 'paymentMethodAttached' }];
    case 'detach':
      return [{ kind: 'paymentMethodRemoved' }];
    case 'reactivate':
      return [{ kind: 'reactivated' }];
    case 'dropScheduled':
      return [{ kind: 'scheduledChangeCanceled' }];
    case 'card':
    case 'bankPays':
    case 'bankRefuses':
    case 'wait':
      actAround(world, what);
      return [];
  }
}

/** What happens at the bank only. */
function actAround(world: World, what: Deed): void {
  if (what.do === 'card') world.card = what.card;
  if (what.do !== 'bankPays' && what.do !== 'bankRefuses') return;
  const { unanswered } = world;
  world.unanswered = [];
  for (const invoice of unanswered) {
    settle(world, invoice, what.do === 'bankPays' ? 'works' : 'declines');
  }
}

function changeOf(
  world: World,
  what: Extract<Deed, { readonly do: 'start' | 'change' | 'confirm' }>,
): EventKind {
  const preview = what.do === 'confirm' ? { at: world.life.at, basis: basisOf(world.life) } : null;
  return {
    kind: 'planChangeRequested',
    plan: what.plan,
    interval: what.by,
    payment: `plan ${(world.payments += 1)}`,
    returnTo: 'https://x.test',
    preview,
  };
}

function endCheckout(world: World, what: Extract<Deed, { readonly do: 'checkout' }>): EventKind[] {
  const [checkout] = world.checkouts.splice(what.which % Math.max(1, world.checkouts.length), 1);
  if (checkout === undefined) return [];
  const { payment, totalMinor } = checkout;
  if (what.end === 'left') return [{ kind: 'planPurchaseFailed', payment }];
  return [
    { kind: 'planPurchasePaid', payment, totalMinor: minor(totalMinor) },
    { kind: 'paymentMethodAttached' },
  ];
}
