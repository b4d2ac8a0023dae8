import { activate, announceStatus, isFree, startFree, startTrial } from './activation.ts';
import { anniversaryPeriod, type Instant } from './calendar.ts';
import { gate } from './gate.ts';
import {
  grantUpgrade,
  grantWindow,
  includedMicro,
  leavePlan,
  orderNextWindow,
  windowAt,
} from './included.ts';
import { issue, prorationLines, termLines } from './invoice.ts';
import type {
  Effect,
  Event,
  InvoiceLine,
  Lifecycle,
  Paid,
  Purchase,
  Step,
  StepOutcome,
  Subscription,
} from './lifecycle.ts';
import { sum } from './money.ts';
import { isPersonal } from './new-lifecycle.ts';
import { ok, refused, type Outcome } from './outcome.ts';
import { paysItself } from './payer.ts';
import type { Refusal } from './refusal.ts';
import { seatsOf } from './seats.ts';
import { ask, become, chain, paidOf, planIdOf, stay, updatePaid } from './stepping.ts';
import { planOf, type Interval, type Plan, type Terms } from './terms.ts';

type Target = { readonly plan: Plan; readonly interval: Interval };
type PlanChange = Extract<Event, { readonly kind: 'planChangeRequested' }>;

/** The plan as it is sold to this workspace, or why it is not. */
export function offered(
  life: Lifecycle,
  terms: Terms,
  wish: { readonly plan: string; readonly interval: Interval },
): Outcome<Target, Refusal> {
  const plan = terms.plans.find(({ id }) => id === wish.plan);
  if (plan === undefined) return refused({ kind: 'unknownPlan', plan: wish.plan });
  if (!plan.selfServe) return refused({ kind: 'contactSales', plan: plan.id });
  if (plan.prices[wish.interval] === undefined) {
    return refused({ kind: 'intervalNotSold', plan: plan.id, interval: wish.interval });
  }
  if (plan.holder === 'org' && isPersonal(life) && terms.plans.some((p) => p.holder === 'user')) {
    return refused({ kind: 'personalPlanOnly', plan: plan.id });
  }
  return ok({ plan, interval: wish.interval });
}

/** A first plan, or a plan again: free, tried, paid at once, or waiting for something to pay with. */
export function begin(life: Lifecycle, terms: Terms, target: Target, at: Instant): Step {
  const { plan } = target;
  if (!paysItself(life, plan)) {
    return wait(life, terms, { status: 'memberPaid', plan: plan.id });
  }
  if (isFree(plan)) return startFree(life, terms, plan, at);
  if (life.paymentMethodOnFile || !plan.requiresPaymentMethod) {
    return activate(life, terms, { ...target, charged: 'byInvoice' }, at);
  }
  if (plan.trial !== null && !life.trialsUsed.includes(plan.id)) {
    return startTrial(life, terms, target, at);
  }
  return wait(life, terms, { status: 'incomplete', plan: plan.id, interval: target.interval });
}

/** Nothing is paid for here; what an earlier plan's end has closed is open again. */
const wait = (
  life: Lifecycle,
  terms: Terms,
  to: Extract<Subscription, { readonly status: 'memberPaid' | 'incomplete' }>,
): Step =>
  chain({ ...life, subscription: to }, gate(terms), ask(announceStatus(to.status, to.plan)));

/** What a confirmed preview must find unchanged. */
export function basisOf(life: Lifecycle): string {
  const paid = paidOf(life);
  const { termsVersion, members, purchasedSeats, subscription } = life;
  const { period, scheduled } = paid ?? { period: null, scheduled: null };
  const plan = planIdOf(subscription);
  const seats = { members, purchasedSeats };
  const status = subscription.status;
  return JSON.stringify({ termsVersion, status, plan, seats, period, scheduled });
}

/** Carries out or schedules a change of plan: upgrades at once, downgrades at the term's end. */
export function changePlan(life: Lifecycle, event: PlanChange, terms: Terms): StepOutcome {
  const offer = offered(life, terms, event);
  if (!offer.ok) return offer;
  if (event.preview !== null && event.preview.basis !== basisOf(life)) {
    return refused({ kind: 'previewStale' });
  }
  const target = offer.value;
  const paid = paidOf(life);
  if (life.subscription.status === 'none') return refused({ kind: 'notStarted' });
  if (paid === undefined) return changeUnpaid(life, event, terms, target);
  const order = compare(terms, paid, target);
  if (order === 'same') return ok(keepPlan(life, terms, paid));
  if (order === 'down' && paid.status !== 'suspended') return ok(schedule(life, terms, target));
  if (paid.status !== 'active') return refused({ kind: 'paymentOverdue' });
  return upgrade(life, event, terms, target);
}

function changeUnpaid(
  life: Lifecycle,
  event: PlanChange,
  terms: Terms,
  target: Target,
): StepOutcome {
  const { subscription } = life;
  const { plan } = target;
  const pays = paysItself(life, plan) && !isFree(plan);
  if (subscription.status === 'free' && subscription.plan === plan.id) return ok(stay(life));
  if (subscription.status === 'trialing' && pays && plan.trial !== null) {
    const { trialEndsAt } = subscription;
    const { interval } = target;
    const trialsUsed = [...new Set([...life.trialsUsed, plan.id])];
    const trial = { status: 'trialing', plan: plan.id, interval, trialEndsAt } as const;
    return ok(become({ ...life, trialsUsed }, trial));
  }
  if (pays && terms.planChange.upgrade.requiresCheckout && !isPersonal(life)) {
    return upgrade(life, event, terms, target);
  }
  const begun = begin(life, terms, target, event.at);
  const { status } = begun.state.subscription;
  const wasWaiting = subscription.status === 'incomplete' || subscription.status === 'trialEnded';
  if (status === 'incomplete' && !wasWaiting) return refused({ kind: 'paymentMethodRequired' });
  return ok(begun);
}

/** Which way a change goes; the same plan for longer is an upgrade, for shorter a downgrade. */
function compare(terms: Terms, from: Paid, to: Target): 'up' | 'down' | 'same' {
  const rank = to.plan.rank - planOf(terms, from.plan).rank;
  if (rank !== 0) return rank > 0 ? 'up' : 'down';
  if (from.interval === to.interval) return 'same';
  return to.interval === 'year' ? 'up' : 'down';
}

/** Choosing the current plan cancels a scheduled change. */
function keepPlan(life: Lifecycle, terms: Terms, paid: Paid): Step {
  if (paid.scheduled === null) return stay(life);
  return chain(
    updatePaid(life, { scheduled: null }),
    orderNextWindow(terms),
    ask({ kind: 'announce', what: 'scheduledChangeCanceled', data: { plan: paid.plan } }),
  );
}

function schedule(life: Lifecycle, terms: Terms, target: Target): Step {
  const { plan, interval } = target;
  return chain(
    updatePaid(life, { scheduled: { kind: 'plan', plan: plan.id, interval } }),
    orderNextWindow(terms),
    ask({ kind: 'announce', what: 'changeScheduled', data: { plan: plan.id, interval } }),
  );
}

function upgrade(life: Lifecycle, event: PlanChange, terms: Terms, target: Target): StepOutcome {
  const instant = event.preview?.at ?? event.at;
  const quote = quoteUpgrade(life, terms, target, instant);
  const total = sum(quote.map((line) => line.amountMinor));
  const needsCheckout =
    terms.planChange.upgrade.requiresCheckout && total >= terms.invoices.minimumChargeMinor;
  if (!needsCheckout) return ok(applyUpgrade(life, terms, { ...target, quote }, event.at));
  if (event.returnTo === null) return refused({ kind: 'returnToRequired' });
  const purchase: Purchase = {
    payment: event.payment,
    purpose: { kind: 'planChange', plan: target.plan.id, interval: target.interval },
    description: `${target.plan.name}, by the ${target.interval}`,
    lines: quote,
    totalMinor: total,
  };
  const { payment } = event;
  const state = { ...life, checkout: { payment, plan: target.plan.id, interval: target.interval } };
  const old: Effect[] =
    life.checkout === null ? [] : [{ kind: 'expireCheckout', payment: life.checkout.payment }];
  const open: Effect = { kind: 'openCheckout', purchase, returnTo: event.returnTo };
  return ok({ state, effects: [...old, open] });
}

/** Whether a change begins a new term at once instead of sharing the running one. */
const restarts = (terms: Terms, paid: Paid, target: Target): boolean =>
  terms.planChange.upgrade.anchor === 'restart' || paid.interval !== target.interval;

/** The lines of an upgrade at an instant [0.26 0.27 2.10]: what is new, less what is unused. */
function quoteUpgrade(life: Lifecycle, terms: Terms, target: Target, at: Instant): InvoiceLine[] {
  const { timeZone } = life;
  const paid = paidOf(life);
  const seats = seatsOf(life, target.plan);
  const freshTerm = anniversaryPeriod({ anchor: at, interval: target.interval, at, timeZone });
  const fresh = termLines({ ...target, seats, term: freshTerm });
  if (paid === undefined) return fresh;
  const plan = planOf(terms, paid.plan);
  const part = { at, term: paid.term, timeZone };
  // Today's seats are not invoiced yet, so nothing of them is unused.
  const today = paid.seatsToday.length;
  const old = termLines({ ...paid, plan, seats: seatsOf(life, plan) - today });
  const unused = prorationLines({ ...part, lines: old, side: 'credit' });
  if (restarts(terms, paid, target)) return [...fresh, ...unused];
  const full = termLines({ ...target, seats: Math.max(0, seats - today), term: paid.term });
  return [...prorationLines({ ...part, lines: full, side: 'charge' }), ...unused];
}

type Quoted = Target & { readonly quote: readonly InvoiceLine[] | 'paid' };

/** The upgrade itself: the new plan runs from this instant, its credits and charge by policy. */
export function applyUpgrade(life: Lifecycle, terms: Terms, to: Quoted, at: Instant): Step {
  const paid = paidOf(life);
  if (paid === undefined) {
    const charged = to.quote === 'paid' ? 'byPurchase' : 'byInvoice';
    return activate(life, terms, { ...to, charged }, at);
  }
  const moved = restarts(terms, paid, to)
    ? restartTerm(life, terms, to, at)
    : updatePaid(life, { plan: to.plan.id, interval: to.interval, scheduled: null });
  return chain(
    { ...moved, checkout: null },
    (state) => upgradeCredits(state, terms, { before: life, paid, to }, at),
    orderNextWindow(terms),
    to.quote === 'paid' ? ask() : chargeUpgrade(terms, to.quote, at),
    gate(terms),
    ask({ kind: 'announce', what: 'planChanged', data: { from: paid.plan, to: to.plan.id } }),
  );
}

function restartTerm(life: Lifecycle, terms: Terms, to: Quoted, at: Instant): Lifecycle {
  const counted = { anchor: at, at, timeZone: life.timeZone };
  const term = anniversaryPeriod({ ...counted, interval: to.interval });
  const period = anniversaryPeriod({ ...counted, interval: 'month' });
  // What the next invoice will ask for is not overdue before that.
  const asked = terms.planChange.upgrade.charge === 'nextInvoice' ? period.end : at;
  return updatePaid(life, {
    plan: to.plan.id,
    interval: to.interval,
    scheduled: null,
    anchor: at,
    period,
    term,
    seatsToday: [],
    invoiceRunAt: null,
    paidUntil: to.quote === 'paid' ? term.end : asked,
  });
}

function upgradeCredits(
  life: Lifecycle,
  terms: Terms,
  change: { readonly before: Lifecycle; readonly paid: Paid; readonly to: Target },
  at: Instant,
): Step {
  const { before, paid, to } = change;
  const anchor = paidOf(life)?.anchor ?? paid.anchor;
  const seats = seatsOf(life, to.plan);
  const fresh = windowAt(life, terms, { at, anchor, seats });
  const from = includedMicro(planOf(terms, paid.plan), seatsOf(before, planOf(terms, paid.plan)));
  const amount = includedMicro(to.plan, seats);
  if (fresh.label !== paid.window.label && terms.planChange.upgrade.credits === 'reseed') {
    const old: Effect = { kind: 'voidIncluded', sourcePrefix: `included:${paid.window.label}` };
    const effects = [old, ...grantWindow(fresh, amount, at)];
    return { state: updatePaid(life, { window: fresh }), effects };
  }
  const effects = grantUpgrade(terms, {
    window: { ...paid.window, end: fresh.end },
    from,
    to: amount,
    seats,
    plan: to.plan.id,
    at,
  });
  const left = leavePlan(leavePlan(paid.window, paid.plan), to.plan.id);
  const seatsGranted = Math.max(left.seatsGranted, seats);
  const window = { ...fresh, seatsGranted, upgradedTo: left.upgradedTo };
  const opened: Effect = { kind: 'openWindow', start: window.start, end: window.end };
  return { state: updatePaid(life, { window }), effects: [...effects, opened] };
}

function chargeUpgrade(terms: Terms, quote: readonly InvoiceLine[], at: Instant) {
  return (life: Lifecycle): Step => {
    if (terms.planChange.upgrade.charge === 'nextInvoice') {
      return stay({ ...life, upcoming: [...life.upcoming, ...quote] });
    }
    const paid = paidOf(life);
    if (paid === undefined) throw new Error('an upgrade leaves a paid plan');
    return issue(terms.invoices, {
      key: `upgrade:${paid.plan}:${at}:v${life.version}`,
      reason: paid.term.start === at ? 'renewal' : 'supplementary',
      issuedAt: at,
      period: { start: at, end: paid.term.end },
      lines: quote,
    })(life);
  };
}
