import { activate } from '../life/activation.ts';
import { anniversaryPeriod, isBefore, type Instant } from '../values/calendar.ts';
import { gate } from '../gates/gate.ts';
import {
  grantUpgrade,
  grantWindow,
  includedMicro,
  leavePlan,
  orderNextWindow,
  seatsKnown,
  windowAt,
} from '../credits/included.ts';
import { intervalInWords } from '../values/interval.ts';
import { issue, prorationLines, termLines } from '../invoices/invoice.ts';
import type {
  Effect,
  Event,
  InvoiceLine,
  Lifecycle,
  Paid,
  Purchase,
  Step,
  StepOutcome,
} from '../life/lifecycle.ts';
import { minus, sum, type Minor } from '../values/money.ts';
import type { Target } from './offer.ts';
import { ok, refused } from '../values/outcome.ts';
import { seatsOf } from '../life/seats.ts';
import { ask, chain, paidOf, stay, updatePaid } from '../life/stepping.ts';
import { planOf, type Plan, type Terms } from '../terms/terms.ts';

type PlanChange = Extract<Event, { readonly kind: 'planChangeRequested' }>;

/** Moves to a bigger plan, or first asks for the money where the catalog sells it by checkout [2.10]. */
export function upgrade(
  life: Lifecycle,
  event: PlanChange,
  terms: Terms,
  target: Target,
): StepOutcome {
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
    description: `${target.plan.name}, by the ${intervalInWords(target.interval)}`,
    lines: quote,
    totalMinor: total,
  };
  const { payment } = event;
  const state = { ...life, checkout: { payment, plan: target.plan.id, interval: target.interval } };
  const old: Effect[] =
    life.checkout === null ? [] : [{ kind: 'expireCheckout', payment: life.checkout.payment }];
  const { kinds } = terms.paymentMethods;
  const open: Effect = { kind: 'openCheckout', purchase, returnTo: event.returnTo, kinds };
  return ok({ state, effects: [...old, open] });
}

/**
 * Whether a change begins a new term at once instead of sharing the running one. A plan that was left in the
 * running window is returned to in the running term: what it includes was granted in it already.
 */
const restarts = (terms: Terms, paid: Paid, target: Target): boolean =>
  paid.interval !== target.interval ||
  (terms.planChange.upgrade.anchor === 'restart' &&
    !paid.window.upgradedTo.includes(target.plan.id));

/** The lines of an upgrade at an instant [0.26 0.27 2.10]: what is new, less what is unused. */
function quoteUpgrade(life: Lifecycle, terms: Terms, target: Target, at: Instant): InvoiceLine[] {
  const { timeZone } = life;
  const paid = paidOf(life);
  // While a checkout was open a suspended plan's term may have ended: none of it is left to share or give back.
  const isOver = paid !== undefined && !isBefore(at, paid.term.end);
  if (paid !== undefined && !restarts(terms, paid, target)) {
    return isOver ? [] : sharedTermLines(life, terms, { paid, target }, at);
  }
  const seats = seatsOf(life, target.plan);
  const term = anniversaryPeriod({ anchor: at, interval: target.interval, at, timeZone });
  const fresh = termLines({ ...target, seats, term });
  return paid === undefined || isOver ? fresh : [...fresh, ...unusedLines(life, terms, paid, at)];
}

/** Seats that another plan charges for the rest of a running term: today's are invoiced at its end. */
export const seatsSharing = (life: Lifecycle, plan: Plan, paid: Paid): number =>
  Math.max(0, seatsOf(life, plan) - paid.seatsToday.length);

/** Another plan for the rest of the running term: what is left of it at its price, less what is unused. */
export function sharedTermLines(
  life: Lifecycle,
  terms: Terms,
  change: { readonly paid: Paid; readonly target: Target },
  at: Instant,
): InvoiceLine[] {
  const { paid, target } = change;
  const { term } = paid;
  const seats = seatsSharing(life, target.plan, paid);
  const lines = termLines({ ...target, seats, term });
  const part = { at, term, timeZone: life.timeZone, granularity: terms.planChange.granularity };
  const left = prorationLines({ ...part, lines, side: 'charge' });
  return [...left, ...unusedLines(life, terms, paid, at)];
}

/** What is unused of the running term, as credits [0.26]: what was charged, so not today's seats. */
export function unusedLines(life: Lifecycle, terms: Terms, paid: Paid, at: Instant): InvoiceLine[] {
  const plan = planOf(terms, paid.plan);
  const lines = termLines({ ...paid, plan, seats: paid.seatsCharged });
  const { granularity, seats } = terms.planChange;
  const { timeZone } = life;
  const part = { side: 'credit', at, term: paid.term, timeZone } as const;
  // Seats that are charged by the second are given back so: a day would be more than was paid.
  return lines.flatMap((line) => {
    const isFiner = line.kind === 'seats' && seats.granularity === 'second';
    return prorationLines({
      ...part,
      lines: [line],
      granularity: isFiner ? 'second' : granularity,
    });
  });
}

/**
 * What a plan costs more, or less, when its checkout is paid than when it was opened: seats came, days
 * went by. It waits for the next invoice, so that an open checkout is no way to buy at an old price.
 */
export function sinceCheckout(
  life: Lifecycle,
  terms: Terms,
  bought: { readonly target: Target; readonly totalMinor: Minor },
  at: Instant,
): InvoiceLine[] {
  const { target, totalMinor } = bought;
  const due = sum(quoteUpgrade(life, terms, target, at).map((line) => line.amountMinor));
  const amountMinor = minus(due, totalMinor);
  if (amountMinor === 0n) return [];
  const { end } = anniversaryPeriod({ anchor: at, interval: 'month', at, timeZone: life.timeZone });
  const description = `${target.plan.name}: changes since the checkout was opened`;
  const one = { kind: 'proration', description, quantity: 1, unitMinor: amountMinor } as const;
  return [{ ...one, amountMinor, period: { start: at, end }, days: null, member: null }];
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
    : updatePaid(life, {
        plan: to.plan.id,
        interval: to.interval,
        scheduled: null,
        seatsCharged: seatsSharing(life, to.plan, paid),
      });
  return chain(
    { ...moved, checkout: null },
    (state) => upgradeCredits(state, terms, { before: life, paid, to }, at),
    orderNextWindow(terms),
    to.quote === 'paid' ? ask() : chargeUpgrade(terms, to.quote, at),
    gate(terms),
    ask({ kind: 'announce', what: 'planChanged', data: { from: paid.plan, to: to.plan.id } }),
  );
}

/** The plan begins with a term of its own at this instant. */
export function restartTerm(life: Lifecycle, terms: Terms, to: Quoted, at: Instant): Lifecycle {
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
    seatsCharged: seatsOf(life, to.plan),
    invoiceRunAt: null,
    paidUntil: to.quote === 'paid' ? term.end : asked,
  });
}

/** The credits of the running window by policy, where another plan goes on in it [K9 K10]. */
export function upgradeCredits(
  life: Lifecycle,
  terms: Terms,
  change: { readonly before: Lifecycle; readonly paid: Paid; readonly to: Target },
  at: Instant,
): Step {
  const { before, paid, to } = change;
  const seats = seatsOf(life, to.plan);
  const amount = includedMicro(to.plan, seats);
  if (isWindowOver(life, paid, at)) {
    const window = windowAt(life, terms, { at, anchor: at, seats });
    return { state: updatePaid(life, { window }), effects: grantWindow(window, amount, at) };
  }
  // The same plan by another interval goes on in the window that runs; its next one follows the new anchor.
  if (paid.plan === to.plan.id) return stay(life);
  const anchor = paidOf(life)?.anchor ?? paid.anchor;
  // The running window keeps its bounds, also where the time zone was changed in it.
  const fresh = anchor === paid.anchor ? paid.window : windowAt(life, terms, { at, anchor, seats });
  const from = includedMicro(planOf(terms, paid.plan), seatsOf(before, planOf(terms, paid.plan)));
  // A window that restarts is another one in name only: what has granted in the old one grants no more.
  const isNew = fresh.label !== paid.window.label && !paid.window.upgradedTo.includes(to.plan.id);
  if (isNew && terms.planChange.upgrade.credits === 'reseed') {
    const old: Effect = { kind: 'voidIncluded', sourcePrefix: `included:${paid.window.label}` };
    const effects = [old, ...grantWindow(fresh, amount, at)];
    const { upgradedTo } = leavePlan(paid.window, paid.plan);
    return { state: updatePaid(life, { window: { ...fresh, upgradedTo } }), effects };
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
  const window = { ...fresh, ...seatsKnown(left, seats), upgradedTo: left.upgradedTo };
  const opened: Effect = { kind: 'openWindow', start: window.start, end: window.end };
  return { state: updatePaid(life, { window }), effects: [...effects, opened] };
}

/** Whether a term has begun that shares no window with what ran: a suspended plan's was not renewed. */
const isWindowOver = (life: Lifecycle, { anchor, window }: Paid, at: Instant): boolean =>
  paidOf(life)?.anchor !== anchor && window.end !== null && !isBefore(at, window.end);

function chargeUpgrade(terms: Terms, quote: readonly InvoiceLine[], at: Instant) {
  return (life: Lifecycle): Step => {
    if (terms.planChange.upgrade.charge === 'nextInvoice') {
      return stay({ ...life, upcoming: [...life.upcoming, ...quote] });
    }
    const paid = paidOf(life);
    if (paid === undefined) throw new Error('an upgrade leaves a paid plan');
    return issue(terms, {
      key: `upgrade:${paid.plan}:${at}:v${life.version}`,
      reason: paid.term.start === at ? 'renewal' : 'supplementary',
      issuedAt: at,
      period: { start: at, end: paid.term.end },
      lines: quote,
    })(life);
  };
}
