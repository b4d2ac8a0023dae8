import { addDays, anniversaryPeriod, isBefore, type Instant } from '../values/calendar.ts';
import { gate } from '../gates/gate.ts';
import {
  goOn,
  grantUpgrade,
  grantWindow,
  includedMicro,
  lastWindowOf,
  leavePlan,
  orderNextWindow,
  windowAt,
} from '../credits/included.ts';
import { issue, issueFree, termLines } from '../invoices/invoice.ts';
import type { Effect, InvoiceLine, Lifecycle, Step, Window } from './lifecycle.ts';
import { micro } from '../values/money.ts';
import { seatsOf } from './seats.ts';
import { ask, become, chain, stay } from './stepping.ts';
import { trialNotices } from '../news/tell-news.ts';
import { planOf, type Interval, type Plan, type Terms } from '../terms/terms.ts';

/** Whether a plan costs nothing at any interval, so that it is never invoiced [0.22]. */
export const isFree = (plan: Plan): boolean =>
  plan.selfServe &&
  Object.values(plan.prices).every((price) => price.baseMinor === 0n && price.perSeatMinor === 0n);

/**
 * Starts a plan that costs nothing; its window is counted from this instant. One that runs goes on: to leave
 * and come back is no way to be granted what costs nothing again.
 */
export function startFree(life: Lifecycle, terms: Terms, plan: Plan, at: Instant): Step {
  const last = lastWindowOf(life);
  const runs = last !== null && (last.end === null || isBefore(at, last.end));
  const anchor = runs ? last.start : at;
  const fresh = windowAt(life, terms, { at, anchor, seats: seatsOf(life, plan) });
  const window = goOn(life, fresh);
  const amount = includedMicro(plan, seatsOf(life, plan));
  return chain(
    { ...life, subscription: { status: 'free', plan: plan.id, anchor, window } },
    ask(...grantWindow(window, amount, at)),
    orderNextWindow(terms),
    gate(terms),
    runs ? stay : issueFree(terms, window, at), // a window that runs was invoiced when it began
    ask(announceStatus('free', plan.id)),
  );
}

/** Starts the plan's trial [0.31 4.09]; its credits, by default one window's, end with it. */
export function startTrial(
  life: Lifecycle,
  terms: Terms,
  chosen: { readonly plan: Plan; readonly interval: Interval },
  at: Instant,
): Step {
  const { plan, interval } = chosen;
  if (plan.trial === null) throw new Error(`plan "${plan.id}" has no trial`);
  const trialEndsAt = addDays(at, plan.trial.days, life.timeZone);
  const notices = trialNotices(plan.trial, { at, endsAt: trialEndsAt }, life.timeZone);
  return chain(
    {
      ...life,
      trialsUsed: [...life.trialsUsed, plan.id],
      subscription: { status: 'trialing', plan: plan.id, interval, trialEndsAt, notices },
    },
    ask({ kind: 'cancelOrder' }, { kind: 'openWindow', start: at, end: trialEndsAt }),
    ask({
      kind: 'grantCredits',
      grantKind: 'included',
      amountMicro: plan.trial.creditsMicro ?? includedMicro(plan, seatsOf(life, plan)),
      effectiveAt: at,
      expiresAt: trialEndsAt,
      sourceKey: `trial:${plan.id}`,
    }),
    gate(terms),
    ask(announceStatus('trialing', plan.id)),
  );
}

/** How a plan's start is charged: by an invoice of ours now, or by a purchase that is already paid. */
export type Charged = 'byInvoice' | 'byPurchase';

/** Starts a paid plan: period and anchor begin at this instant, and the window's credits are granted. */
export function activate(
  life: Lifecycle,
  terms: Terms,
  chosen: { readonly plan: Plan; readonly interval: Interval; readonly charged: Charged },
  at: Instant,
): Step {
  const { plan, interval, charged } = chosen;
  const counted = { anchor: at, at, timeZone: life.timeZone };
  const period = anniversaryPeriod({ ...counted, interval: 'month' });
  const term = anniversaryPeriod({ ...counted, interval });
  const seats = seatsOf(life, plan);
  const first = windowAt(life, terms, { at, anchor: at, seats });
  const { window, effects } = firstCredits(life, terms, { plan, window: first, seats, at });
  const lines = termLines({ plan, interval, seats, term });
  return chain(
    {
      ...life,
      checkout: null,
      upcoming: charged === 'byInvoice' ? [] : life.upcoming,
      subscription: {
        status: 'active',
        plan: plan.id,
        interval,
        anchor: at,
        period,
        term,
        window,
        paidUntil: charged === 'byPurchase' ? term.end : at,
        scheduled: null,
        seatsToday: [],
        seatsCharged: seats,
        invoiceRunAt: null,
      },
    },
    ask(...effects),
    orderNextWindow(terms),
    charged === 'byInvoice' ? firstInvoice(terms, [...life.upcoming, ...lines], at) : ask(),
    gate(terms),
    ask(announceStatus('active', plan.id)),
  );
}

function firstInvoice(terms: Terms, lines: readonly InvoiceLine[], at: Instant) {
  return (life: Lifecycle): Step => {
    const { subscription } = life;
    if (subscription.status !== 'active') throw new Error('only an active plan is invoiced');
    return issue(terms, {
      key: `start:${at}:v${life.version}`,
      reason: 'renewal',
      issuedAt: at,
      period: subscription.term,
      lines,
    })(life);
  };
}

/** The whole window's credits, or where a smaller plan granted in it already, the upgrade's. */
function firstCredits(
  life: Lifecycle,
  terms: Terms,
  start: {
    readonly plan: Plan;
    readonly window: Window;
    readonly seats: number;
    readonly at: Instant;
  },
): { readonly window: Window; readonly effects: readonly Effect[] } {
  const { plan, window, seats, at } = start;
  const to = includedMicro(plan, seats);
  const last = lastWindowOf(life);
  if (last === null || last.label !== window.label) {
    return { window, effects: grantWindow(window, to, at) };
  }
  const { subscription } = life;
  const running = subscription.status === 'free' ? planOf(terms, subscription.plan) : null;
  const from = running === null ? micro(0) : includedMicro(running, seats);
  const effects = grantUpgrade(terms, { window: last, from, to, seats, plan: plan.id, at });
  return { window: leavePlan(goOn(life, window), plan.id), effects };
}

export const announceStatus = (status: string, plan: string): Effect => ({
  kind: 'announce',
  what: 'statusChanged',
  data: { status, plan },
});

/** Ends what a plan holds when it stops: included credits, the next order, the gate. */
export function endPlan(life: Lifecycle, terms: Terms, at: Instant, plan: string): Step {
  return chain(
    life,
    (before) => become(before, { status: 'canceled', plan, canceledAt: at }),
    ask({ kind: 'cancelOrder' }, { kind: 'voidIncluded', sourcePrefix: 'included:' }),
    gate(terms),
    ask(announceStatus('canceled', plan)),
  );
}
