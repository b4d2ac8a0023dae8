import { addMinutes, type Instant } from '../../src/domain/values/calendar.ts';
import { dueDeadline } from '../../src/domain/deadlines.ts';
import type {
  Effect,
  Event,
  EventKind,
  InvoiceDraft,
  Lifecycle,
} from '../../src/domain/life/lifecycle.ts';
import type { MeteredLine } from '../../src/domain/life/metering-fact.ts';
import { micro, minor } from '../../src/domain/values/money.ts';
import { newLifecycle } from '../../src/domain/life/new-lifecycle.ts';
import { basisOf } from '../../src/domain/changes/plan-change.ts';
import type { GivenBack } from '../../src/domain/life/spent-credits-fact.ts';
import { step } from '../../src/domain/step.ts';
import { moveBasisOf } from '../../src/domain/changes/terms-change.ts';
import type { Terms } from '../../src/domain/terms/terms.ts';
import { termsFor, type Deed, type RandomLife } from './random-life.ts';
import type { Card } from './support.ts';

/** One step that was taken, with what led to it. */
export type Taken = {
  readonly before: Lifecycle;
  readonly event: Event;
  readonly after: Lifecycle;
  readonly effects: readonly Effect[];
};

type World = {
  readonly terms: Terms;
  readonly spends: RandomLife['spends'];
  life: Lifecycle;
  card: Card;
  readonly taken: Taken[];
  readonly invoices: Map<string, InvoiceDraft>;
  /** Invoices that a silent bank has not answered for, and payments of checkouts still open. */
  unanswered: string[];
  readonly checkouts: { readonly payment: string; readonly totalMinor: bigint }[];
  /** Who accepted, beside the owner: the directory tells of each coming and leaving once. */
  readonly accepted: Set<string>;
  payments: number;
};

/** Lives a random life and answers every step of it; a throw in any step is a throw here. */
export function live(random: RandomLife): readonly Taken[] {
  const { workspace, timeZone, at, clock } = random;
  const terms = termsFor(random);
  const identity = { product: terms.product, workspace, owner: 'ada', timeZone, at, clock };
  const world: World = {
    terms,
    spends: random.spends,
    life: newLifecycle({ ...identity, currency: terms.currency, termsVersion: terms.version }),
    card: 'works',
    taken: [],
    invoices: new Map(),
    unanswered: [],
    checkouts: [],
    accepted: new Set(),
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
  if (effect.kind === 'readMeter') {
    const { reading } = effect;
    take(world, { kind: 'usageMetered', reading, lines: usedBeyond(world), at: world.life.at });
  }
  if (effect.kind === 'clawBackIncluded' || effect.kind === 'voidIncluded') {
    tellSpent(world, effect.ifSpent);
  }
  if (effect.kind !== 'collectInvoice') return;
  const { invoice } = effect;
  if (world.card === 'silence') world.unanswered.push(invoice);
  else settle(world, invoice, world.card);
}

/** What the ledger has on its meter: something where usage may go beyond the credits. */
function usedBeyond({ life }: World): readonly MeteredLine[] {
  const priceMicro = life.meter?.overage?.priceMicro;
  if (priceMicro === undefined) return [];
  const span = { start: life.at, end: life.at };
  return [{ kind: 'usage', quantityMicro: micro(1_500_000), priceMicro, ...span }];
}

/** What the ledger would find of the credits that are taken back. */
function tellSpent(world: World, back: GivenBack | undefined): void {
  if (back === undefined || world.spends === 'nothing') return;
  const takenMicro = micro(world.spends === 'half' ? back.wantedMicro / 2n : 0n);
  take(world, { ...back, kind: 'spentCreditsFound', takenMicro, at: world.life.at });
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
    case 'invite':
    case 'withdraw':
    case 'join':
    case 'leave':
      return membershipOf(world, what);
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
    case 'agree':
      return [agreementOf(world, what)];
    case 'endContract':
      return [{ kind: 'contractEndRequested' }];
    case 'invoice':
      return [invoiceOf(world, what)];
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
    case 'paidByHand':
    case 'wait':
      actAround(world, what);
      return [];
  }
}

type Membership = Extract<Deed, { readonly do: 'invite' | 'withdraw' | 'join' | 'leave' }>;

/** What the directory tells of a wish: nothing of who is a member already, or of who is none. */
function membershipOf({ accepted }: World, { do: wish, member }: Membership): EventKind[] {
  const isMember = accepted.has(member);
  switch (wish) {
    case 'invite':
      return isMember ? [] : [{ kind: 'memberInvited', member }];
    case 'withdraw':
      return isMember ? [] : [{ kind: 'invitationWithdrawn', member }];
    case 'join':
      accepted.add(member);
      return isMember ? [] : [{ kind: 'memberAccepted', member }];
    case 'leave':
      accepted.delete(member);
      return isMember ? [{ kind: 'memberRemoved', member }] : [];
  }
}

/** What happens at the bank, or on an operator's desk. */
function actAround(world: World, what: Deed): void {
  if (what.do === 'card') world.card = what.card;
  const [sent] = world.life.sent ?? [];
  if (what.do === 'paidByHand' && sent !== undefined) settle(world, sent.invoice, 'works');
  if (what.do !== 'bankPays' && what.do !== 'bankRefuses') return;
  const { unanswered } = world;
  world.unanswered = [];
  for (const invoice of unanswered) {
    settle(world, invoice, what.do === 'bankPays' ? 'works' : 'declines');
  }
}

/** An operator's invoice for work that no plan sells. */
function invoiceOf(
  world: World,
  { unitMinor, dueInDays }: Extract<Deed, { readonly do: 'invoice' }>,
): EventKind {
  const request = `request ${(world.payments += 1)}`;
  const lines = [{ description: 'Workshop', quantity: 2, unitMinor: minor(unitMinor) }];
  const note = { purchaseOrder: null, memo: null };
  return { kind: 'invoiceRequested', request, lines, dueInDays, note };
}

/** A contract, as it is written or as its preview was shown. */
function agreementOf(
  world: World,
  { contract, isShownFirst }: Extract<Deed, { readonly do: 'agree' }>,
): EventKind {
  const request = `contract ${(world.payments += 1)}`;
  const preview = isShownFirst ? { at: world.life.at, basis: moveBasisOf(world.life) } : null;
  return { kind: 'contractAgreed', request, contract, preview };
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
