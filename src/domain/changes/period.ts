import { activate, announceStatus, endPlan, isFree, startFree } from '../life/activation.ts';
import {
  addMinutes,
  anniversaryPeriod,
  endWithin,
  isBefore,
  periodAfter,
  termAfter,
  type Instant,
} from '../values/calendar.ts';
import { gate } from '../gates/gate.ts';
import { leavePlan, orderNextWindow } from '../credits/included.ts';
import { isMetered, readLastMeter, readMeter } from '../credits/metering.ts';
import { issue, termLines } from '../invoices/invoice.ts';
import { arriveAtTerms, type Pinned } from './coming-terms.ts';
import type { Effect, InvoiceLine, Lifecycle, Paid, Step } from '../life/lifecycle.ts';
import { personalWorkspaceOf } from '../life/new-lifecycle.ts';
import { paysItself } from '../life/payer.ts';
import { seatAddedLine, seatsOf } from '../life/seats.ts';
import type { GivenBack } from '../life/spent-credits-fact.ts';
import { ask, become, chain, paidOf, stay, updatePaid } from '../life/stepping.ts';
import { planOf, priceOf, type Interval, type Plan, type Terms } from '../terms/terms.ts';

/** Seats accepted on this local day and still there: one invoice, one line per member [2.17]. */
export function closeSeatDay(life: Lifecycle, terms: Terms, at: Instant): Step {
  const paid = paidOf(life);
  const first = paid?.seatsToday[0];
  if (paid === undefined || first === undefined) return stay(life);
  return chain(
    updatePaid(life, {
      seatsToday: [],
      seatsCharged: paid.seatsCharged + paid.seatsToday.length,
    }),
    issue(terms, {
      key: `seats:${first.at}`,
      reason: 'supplementary',
      issuedAt: at,
      period: { start: first.at, end: paid.term.end },
      lines: seatLinesToday(life, terms, paid),
    }),
  );
}

function seatLinesToday(life: Lifecycle, terms: Terms, paid: Paid): InvoiceLine[] {
  const plan = planOf(terms, paid.plan);
  const { perSeatMinor } = priceOf(plan, paid.interval);
  const { term } = paid;
  const { granularity } = terms.planChange.seats;
  const seat = { plan, quantity: 1, perSeatMinor, term, timeZone: life.timeZone, granularity };
  return paid.seatsToday.map(({ member, at }) => seatAddedLine({ ...seat, at, member }));
}

/** The invoice period is over: what was scheduled happens, and the next period runs. */
export function endPeriod(life: Lifecycle, terms: Terms, at: Instant): Step {
  const paid = paidOf(life);
  if (paid === undefined) return stay(life);
  const late = seatLinesToday(life, terms, paid);
  const seatsCharged = paid.seatsCharged + late.length;
  const invoiced = { ...life, upcoming: [...life.upcoming, ...late] };
  const state = updatePaid(invoiced, { seatsToday: [], seatsCharged });
  const termEnds = paid.term.end === paid.period.end;
  if (!termEnds) return nextPeriod(state, terms, at, []);
  const arrived = arriveAtTerms(state, terms);
  const ended = endTerm(arrived, terms, at);
  const told = tellOfTerms(life, terms, arrived.terms);
  return { state: ended.state, effects: [...ended.effects, ...told] };
}

function tellOfTerms({ comingTerms }: Lifecycle, from: Terms, to: Terms): Effect[] {
  if (comingTerms === undefined) return [];
  return from.version === to.version
    ? [{ kind: 'announce', what: 'termsChangeCanceled', data: { version: from.version } }]
    : [{ kind: 'announce', what: 'termsChanged', data: { from: from.version, to: to.version } }];
}

/** The term is over: what was scheduled happens, or the plan renews. What is left of it is invoiced as `left` says. */
function endTerm({ life, terms }: Pinned, left: Terms, at: Instant): Step {
  const paid = paidOf(life);
  if (paid === undefined) return stay(life);
  const { scheduled } = paid;
  if (scheduled === null) return renew(life, terms, paid, at);
  if (scheduled.kind === 'cancel') return closeAccount(life, { terms, left }, paid, at);
  const { interval } = scheduled;
  const plan = planOf(terms, scheduled.plan);
  return takeSmallerPlan(life, terms, { paid, plan, interval, left }, at);
}

/** The plan ends now: what waits for an invoice is charged, then what the plan holds ends. */
export function endNow(life: Lifecycle, terms: Terms, paid: Paid, at: Instant): Step {
  const late = seatLinesToday(life, terms, paid);
  const owing = { ...life, upcoming: [...life.upcoming, ...late] };
  return closeAccount(owing, { terms, left: terms }, paid, at);
}

/**
 * Who has not paid goes on with a plan that costs nothing: the included credits of the unpaid plan end, what
 * was bought stays, and the debt stays open.
 */
export function endOnFree(
  life: Lifecycle,
  terms: Terms,
  paid: Paid,
  free: Plan,
  at: Instant,
): Step {
  const late = seatLinesToday(life, terms, paid);
  const announced = { kind: 'announce', what: 'planChanged' } as const;
  return chain(
    { ...life, upcoming: [...life.upcoming, ...late] },
    finalInvoice(terms, paid, at),
    ask({ kind: 'voidIncluded', sourcePrefix: 'included:' }),
    ask({ ...announced, data: { from: paid.plan, to: free.id } }),
    (state) => startFree(state, terms, free, at),
  );
}

const closeAccount = (
  life: Lifecycle,
  { terms, left }: { readonly terms: Terms; readonly left: Terms },
  paid: Paid,
  at: Instant,
): Step => chain(life, finalInvoice(left, paid, at), (s) => endPlan(s, terms, at, paid.plan));

/** The smaller plan runs from this instant; what ends is invoiced, and what is lost by policy is [2.36]. */
export function takeSmallerPlan(
  life: Lifecycle,
  terms: Terms,
  change: {
    readonly paid: Paid;
    readonly plan: Plan;
    readonly interval: Interval;
    /** Time that is given back with it; not given: none. */
    readonly ifSpent?: GivenBack | null;
    /** The terms that the plan which ends was under; not given: the same. */
    readonly left?: Terms;
  },
  at: Instant,
): Step {
  const { paid, plan, interval, ifSpent, left = terms } = change;
  const policy = terms.planChange.downgrade;
  const lost: Effect[] = [];
  if (policy.pooledCredits === 'forfeit') {
    // Only the window that ran: at this very instant the next one may have been granted already.
    const sourcePrefix = `included:${paid.window.label}`;
    lost.push({ kind: 'voidIncluded', sourcePrefix, ...(ifSpent ? { ifSpent } : {}) });
  }
  if (policy.topUps === 'forfeit') lost.push({ kind: 'forfeitTopUps' });
  const announced: Effect = {
    kind: 'announce',
    what: 'planChanged',
    data: { from: paid.plan, to: plan.id },
  };
  if (!paysItself(life, plan)) {
    const ended = { ...plan, interval };
    return chain(life, finalInvoice(left, paid, at), ask(...lost), (s) =>
      handOver(s, terms, ended, announced),
    );
  }
  if (isFree(plan)) {
    return chain(life, finalInvoice(left, paid, at), ask(...lost, announced), (s) =>
      startFree(s, terms, plan, at),
    );
  }
  const window = leavePlan(paid.window, paid.plan);
  const moved = updatePaid(life, { plan: plan.id, interval, scheduled: null, window });
  const next = paidOf(moved);
  if (next === undefined) throw new Error('a downgrade to a paid plan stays paid');
  return chain(moved, ask(...lost, announced), (state) => renew(state, terms, next, at));
}

/** The pool ends: what was bought goes to the owner, whose own workspace takes the plan [2.35]. */
function handOver(
  life: Lifecycle,
  terms: Terms,
  plan: Plan & { readonly interval: Interval },
  announced: Effect,
): Step {
  const workspace = personalWorkspaceOf(life.owner);
  const start: Effect = {
    kind: 'startPersonalPlan',
    workspace,
    plan: plan.id,
    interval: plan.interval,
    topUps: terms.planChange.downgrade.topUps === 'keep' ? 'bring' : 'leave',
  };
  return chain(
    life,
    (before) => become(before, { status: 'memberPaid', plan: plan.id }),
    ask({ kind: 'cancelOrder' }, start),
    gate(terms),
    ask(announced, announceStatus('memberPaid', plan.id)),
  );
}

function renew(life: Lifecycle, terms: Terms, paid: Paid, at: Instant): Step {
  const plan = planOf(terms, paid.plan);
  const { interval, anchor } = paid;
  const { timeZone } = life;
  const term = termAfter(paid.term.end, { anchor, interval, timeZone });
  const seats = seatsOf(life, plan);
  const lines = termLines({ plan, interval, seats, term });
  return nextPeriod(updatePaid(life, { term, seatsCharged: seats }), terms, at, lines);
}

function nextPeriod(
  life: Lifecycle,
  terms: Terms,
  at: Instant,
  lines: readonly InvoiceLine[],
): Step {
  const paid = paidOf(life);
  if (paid === undefined) throw new Error('only a paid plan has periods');
  const { anchor } = paid;
  const { timeZone } = life;
  const month = periodAfter(paid.period.end, (within) =>
    anniversaryPeriod({ anchor, interval: 'month', at: within, timeZone }),
  );
  const period = { start: month.start, end: endWithin(month.end, paid.term.end) };
  const invoiceRunAt = addMinutes(at, spreadMinutes(life, terms));
  const upcoming = [...lines, ...life.upcoming];
  return chain(
    { ...updatePaid(life, { period, invoiceRunAt }), upcoming },
    readMeter(at),
    orderNextWindow(terms),
    gate(terms),
  );
}

/** The run of a period's invoice, dated at the boundary however late it is made. */
export function runInvoice(life: Lifecycle, terms: Terms): Step {
  const paid = paidOf(life);
  if (paid === undefined) return stay(life);
  const { period, term } = paid;
  // A term that is not covered yet began now, or by an upgrade since the last run.
  const renews = isBefore(paid.paidUntil, term.end);
  return chain(
    { ...updatePaid(life, { invoiceRunAt: null }), upcoming: [] },
    issue(terms, {
      key: `renewal:${period.start}`,
      reason: renews ? 'renewal' : 'supplementary',
      issuedAt: period.start,
      period: renews ? term : period,
      lines: life.upcoming,
    }),
    gate(terms),
  );
}

/** What is left to charge when a plan ends. */
function finalInvoice(terms: Terms, paid: Paid, at: Instant) {
  return (life: Lifecycle): Step => {
    const final = { key: `final:${at}:v${life.version}`, issuedAt: at, period: paid.period };
    if (isMetered(life)) return readLastMeter(life, final);
    const lines = life.upcoming;
    const invoice = { ...final, reason: 'supplementary', lines } as const;
    return chain({ ...life, upcoming: [] }, issue(terms, invoice));
  };
}

/** Spreads the runs of one boundary over time by a stable hash of the workspace; none on test clocks. */
function spreadMinutes(life: Lifecycle, terms: Terms): number {
  const { spreadMinutes: most } = terms.invoices;
  if (life.clock.kind === 'test' || most === 0) return 0;
  const text = `${life.product}/${life.workspace}`;
  const hash = Array.from(text).reduce(
    (h, letter) => (h * 31 + letter.charCodeAt(0)) % 1_000_003,
    7,
  );
  return hash % most;
}

/**
 * After a pause in payment: what is paid for goes on in today's period, also where months of a paid year have
 * passed; behind it a new term begins now.
 */
export function resume(life: Lifecycle, terms: Terms, at: Instant): Step {
  const paid = paidOf(life);
  if (paid === undefined) return stay(life);
  const plan = planOf(terms, paid.plan);
  if (at < paid.period.end) return stay(life);
  if (at < paid.paidUntil) {
    const { anchor } = paid;
    const { timeZone } = life;
    const period = anniversaryPeriod({ anchor, interval: 'month', at, timeZone });
    return stay(updatePaid(life, { period, invoiceRunAt: null }));
  }
  return activate(life, terms, { plan, interval: paid.interval, charged: 'byInvoice' }, at);
}
