import {
  creditWindow,
  isAtOrBefore,
  isBefore,
  millisecondsBetween,
  periodAfter,
  type Instant,
  type Period,
} from '../values/calendar.ts';
import { pinnedAt } from '../changes/coming-terms.ts';
import { issueFree } from '../invoices/invoice.ts';
import type { Effect, Lifecycle, Paid, Step, Window } from '../life/lifecycle.ts';
import { greater, micro, minus, plus, prorate, times, type MicroCredits } from '../values/money.ts';
import type { OrderedRollover } from './rollover.ts';
import { seatsOf } from '../life/seats.ts';
import { paysItself } from '../life/payer.ts';
import { become, chain, paidOf, stay, updatePaid } from '../life/stepping.ts';
import { planOf, type Plan, type Terms } from '../terms/terms.ts';

/** A window's included credits: the plan's base and its share for each seat [1.02 2.13]. */
export const includedMicro = (plan: Plan, seats: number): MicroCredits =>
  plus(plan.included.baseMicro, times(plan.included.perSeatMicro, seats));

/** The window that contains `at`, before anything was granted in it. */
export function windowAt(
  life: Lifecycle,
  terms: Terms,
  when: { readonly at: Instant; readonly anchor: Instant; readonly seats: number },
): Window {
  const { reset } = terms.credits;
  const window = creditWindow({ reset, timeZone: life.timeZone, ...when });
  return { ...window, seatsGranted: when.seats, seatsTakenBack: 0, upgradedTo: [] };
}

/** The window that begins where another has ended, before anything was granted in it. */
const windowAfter = (
  life: Lifecycle,
  terms: Terms,
  after: { readonly end: Instant; readonly anchor: Instant; readonly seats: number },
): Window => periodAfter(after.end, (at) => windowAt(life, terms, { ...after, at }));

/** The same window under another plan: what it has granted stays granted, also for a way back. */
export const leavePlan = (window: Window, plan: string): Window => ({
  ...window,
  upgradedTo: [...new Set([...window.upgradedTo, plan])],
});

/** What a window has granted for seats, where another plan goes on in it with so many. */
export function seatsKnown(
  last: Window,
  seats: number,
): Pick<Window, 'seatsGranted' | 'seatsTakenBack' | 'spentSeatsMinor' | 'spentSeatsUntil'> {
  const { seatsTakenBack, spentSeatsMinor, spentSeatsUntil } = last;
  const seatsGranted = Math.max(last.seatsGranted, seats);
  return {
    seatsGranted,
    seatsTakenBack: Math.min(seatsTakenBack, seatsGranted - seats),
    ...(spentSeatsMinor === undefined ? {} : { spentSeatsMinor }),
    ...(spentSeatsUntil === undefined ? {} : { spentSeatsUntil }),
  };
}

/** A window that may go on from the one that ran last: then it keeps what that one has granted. */
export function goOn(life: Lifecycle, fresh: Window): Window {
  const last = lastWindowOf(life);
  if (last === null || last.label !== fresh.label) return fresh;
  return { ...fresh, ...seatsKnown(last, fresh.seatsGranted), upgradedTo: last.upgradedTo };
}

/**
 * The window that runs, or the last one that ran, with every plan that granted in it: what was granted stays
 * granted, whatever comes after.
 */
export function lastWindowOf({ subscription, lastWindow }: Lifecycle): Window | null {
  switch (subscription.status) {
    case 'free':
    case 'active':
    case 'pastDue':
    case 'suspended':
      return leavePlan(subscription.window, subscription.plan);
    case 'canceled':
    case 'none':
    case 'memberPaid':
    case 'incomplete':
    case 'trialing':
    case 'trialEnded':
      return lastWindow;
  }
}

/** The grant of a whole window; its source key is the window's label, so it is given once. */
export function grantWindow(window: Window, amountMicro: MicroCredits, from: Instant): Effect[] {
  // Caps count from the instant at which the plan's first window really begins.
  const open: Effect = { kind: 'openWindow', start: from, end: window.end };
  if (amountMicro === 0n) return [open];
  return [
    open,
    {
      kind: 'grantCredits',
      grantKind: 'included',
      amountMicro,
      effectiveAt: from,
      expiresAt: window.end,
      sourceKey: `included:${window.label}`,
    },
  ];
}

/**
 * Credits for a move to a bigger plan inside a running window [K9 K10]; once per window and plan.
 * Top-ups are untouched. Where a downgrade keeps the window's credits, those of a bigger plan that was left
 * in it count as had, so that going down and up again grants nothing twice.
 */
export function grantUpgrade(
  terms: Terms,
  upgrade: {
    readonly window: Window;
    readonly from: MicroCredits;
    readonly to: MicroCredits;
    readonly seats: number;
    readonly plan: string;
    readonly at: Instant;
  },
): Effect[] {
  const { window, to, seats, plan, at } = upgrade;
  // A suspended plan's window may be over: the one that it comes back to is granted whole.
  const isOver = window.end !== null && !isBefore(at, window.end);
  if (isOver) return [];
  if (window.upgradedTo.includes(plan)) return [];
  const policy = terms.planChange.upgrade.credits;
  const left = terms.planChange.downgrade.pooledCredits === 'keep' ? window.upgradedTo : [];
  const from = left.reduce(
    (most, id) => greater(most, includedMicro(planOf(terms, id), seats)),
    upgrade.from,
  );
  const grant = (amountMicro: MicroCredits): Effect[] =>
    amountMicro <= 0n
      ? []
      : [
          {
            kind: 'grantCredits',
            grantKind: 'included',
            amountMicro,
            effectiveAt: at,
            expiresAt: window.end,
            sourceKey: `included:${window.label}:to:${plan}`,
          },
        ];
  switch (policy) {
    case 'reseed':
      return [{ kind: 'voidIncluded', sourcePrefix: `included:${window.label}` }, ...grant(to)];
    case 'addDifference':
      return grant(minus(to, from));
    case 'prorate':
      return window.end === null
        ? grant(minus(to, from))
        : grant(prorate(minus(to, from), timeLeft({ ...window, end: window.end }, at), 'down'));
    case 'keep':
      return [];
  }
}

/** Places the standing order for the next window, by what will be true then. */
export function orderNextWindow(terms: Terms) {
  return (life: Lifecycle): Step => {
    const current = windowOf(life);
    if (current === undefined || current.window.end === null) return stay(life);
    const startsAt = current.window.end;
    const then = pinnedAt(life, terms, startsAt);
    const plan = planAtWindowEnd(then.life, then.terms, startsAt);
    const amountMicro = plan === null ? micro(0) : includedMicro(plan, seatsOf(life, plan));
    if (amountMicro === 0n) return { state: life, effects: [{ kind: 'cancelOrder' }] };
    const next = windowAfter(life, then.terms, {
      end: startsAt,
      anchor: current.anchor,
      seats: 0,
    });
    if (next.end === null) return stay(life);
    const sourceKey = `included:${next.label}`;
    const rollover = orderRollover(then.life, then.terms, {
      next: { ...next, end: next.end },
      anchor: current.anchor,
    });
    const order = { startsAt, endsAt: next.end, amountMicro, sourceKey, rollover };
    return {
      state: life,
      effects: [{ kind: 'placeOrder', ...order }],
    };
  };
}

/** The catalog's rollover into the next window [0.41 2.22], unless a downgrade then forfeits the pool. */
function orderRollover(
  life: Lifecycle,
  terms: Terms,
  into: { readonly next: Period; readonly anchor: Instant },
): OrderedRollover | null {
  const rule = terms.credits.rollover;
  const { next, anchor } = into;
  const paid = paidOf(life);
  const leaves = paid?.scheduled?.kind === 'plan' && isAtOrBefore(paid.term.end, next.start);
  if (rule === null) return null;
  if (leaves && terms.planChange.downgrade.pooledCredits === 'forfeit') return null;
  let endsAt = next.end;
  for (let more = 1; more < rule.expiresAfterWindows; more += 1) {
    endsAt = windowAfter(life, terms, { end: endsAt, anchor, seats: 0 }).end ?? endsAt;
  }
  const { minMicro, maxMicro, percent } = rule;
  return { minMicro, maxMicro, percent, endsAt };
}

/** The window has ended: the ledger has turned the standing order; the next one is placed. */
export function rollWindow(life: Lifecycle, terms: Terms, at: Instant): Step {
  const current = windowOf(life);
  if (current === undefined) return stay(life);
  const { subscription } = life;
  const plan = planOf(terms, current.plan);
  const seats = seatsOf(life, plan);
  const window = windowAfter(life, terms, { end: at, anchor: current.anchor, seats });
  const open: Effect = { kind: 'openWindow', start: window.start, end: window.end };
  const rolled =
    subscription.status === 'free'
      ? become(life, { ...subscription, window }, [open])
      : { state: updatePaid(life, { window }), effects: [open] };
  const isFree = subscription.status === 'free';
  return chain(
    life,
    () => rolled,
    orderNextWindow(terms),
    isFree ? issueFree(terms, window, at) : stay,
  );
}

/** The running window, its plan, and what its recurrences are counted from. */
export function windowOf(
  life: Lifecycle,
): { readonly window: Window; readonly anchor: Instant; readonly plan: string } | undefined {
  const { subscription } = life;
  if (subscription.status === 'free') {
    const { window, plan } = subscription;
    return { window, plan, anchor: subscription.anchor };
  }
  const paid = paidOf(life);
  if (paid === undefined || paid.status === 'suspended') return undefined;
  return { window: paid.window, anchor: paid.anchor, plan: paid.plan };
}

/** The plan that grants at this instant, a change scheduled until then included; null: none does. */
function planAtWindowEnd(life: Lifecycle, terms: Terms, at: Instant): Plan | null {
  const current = windowOf(life);
  if (current === undefined) return null;
  const paid: Paid | undefined = paidOf(life);
  const scheduled = paid?.scheduled ?? null;
  if (paid === undefined || scheduled === null || !isAtOrBefore(paid.term.end, at)) {
    return planOf(terms, current.plan);
  }
  if (scheduled.kind === 'cancel') return null;
  const target = planOf(terms, scheduled.plan);
  return paysItself(life, target) ? target : null;
}

/** The share of a window that is left, to the millisecond. */
export function timeLeft(
  window: { readonly start: Instant; readonly end: Instant },
  at: Instant,
): { readonly part: number; readonly whole: number } {
  return {
    part: millisecondsBetween(at, window.end),
    whole: millisecondsBetween(window.start, window.end),
  };
}
