import { announceStatus } from './activation.ts';
import { addExactDays, earliest, type Instant } from './calendar.ts';
import { gate, gateClosesAt } from './gate.ts';
import { grantWindow, includedMicro, orderNextWindow, windowAt } from './included.ts';
import { settledUntil } from './invoice.ts';
import type { Dunning, Effect, Event, Lifecycle, Step } from './lifecycle.ts';
import { resume } from './period.ts';
import { seatsOf } from './seats.ts';
import { ask, chain, paidOf, stay, updatePaid } from './stepping.ts';
import { planOf, type Terms } from './terms.ts';

type PaymentFailed = Extract<Event, { readonly kind: 'invoicePaymentFailed' }>;
type InvoicePaid = Extract<Event, { readonly kind: 'invoicePaid' }>;

/** A try to collect has failed: the dunning clock starts, the next try is dated, or it was the last. */
export function fallBehind(life: Lifecycle, event: PaymentFailed, terms: Terms): Step {
  const paid = paidOf(life);
  if (paid === undefined) return stay(life);
  const before = paid.status === 'active' ? undefined : paid.dunning;
  if (before !== undefined && before.invoice !== event.invoice) return stay(life);
  const tries = (before?.tries ?? 0) + 1;
  const delay = terms.pastDue.retryAfterDays[tries - 1];
  const wasLast = delay === undefined && !event.hard;
  const closes = before?.gateClosesAt ?? gateClosesAt(paid.paidUntil, terms);
  const dunning: Dunning = {
    invoice: event.invoice,
    firstFailedAt: before?.firstFailedAt ?? event.at,
    tries,
    nextTryAt: event.hard || delay === undefined ? null : addExactDays(event.at, delay),
    gateClosesAt: wasLast ? earliest(closes, event.at) : closes,
  };
  if (wasLast || paid.status === 'suspended') {
    const told = ask(announcePaymentFailed(dunning));
    return chain(life, told, (state) => suspend(state, terms, dunning));
  }
  return chain(
    { ...life, subscription: { ...paid, status: 'pastDue', dunning } },
    gate(terms),
    ask(
      ...(before === undefined ? [announceStatus('pastDue', paid.plan)] : []),
      announcePaymentFailed(dunning),
    ),
  );
}

const announcePaymentFailed = (dunning: Dunning): Effect => ({
  kind: 'announce',
  what: 'paymentFailed',
  data: {
    invoice: dunning.invoice,
    try: dunning.tries,
    ...(dunning.nextTryAt === null ? {} : { nextTryAt: dunning.nextTryAt }),
  },
});

/** The grace is over: nothing renews and nothing is granted until the debt is paid. */
export function suspend(life: Lifecycle, terms: Terms, dunning: Dunning): Step {
  const paid = paidOf(life);
  if (paid === undefined || paid.status === 'suspended') return stay(life);
  return chain(
    {
      ...life,
      subscription: { ...paid, status: 'suspended', dunning: { ...dunning, nextTryAt: null } },
    },
    ask({ kind: 'cancelOrder' }),
    gate(terms),
    ask(announceStatus('suspended', paid.plan)),
  );
}

/** The gate's instant has come for a workspace that is still behind. */
export function closeGate(life: Lifecycle, terms: Terms): Step {
  const { subscription } = life;
  return subscription.status === 'pastDue'
    ? suspend(life, terms, subscription.dunning)
    : stay(life);
}

/** A dated try, or one because there is a new method to try with. */
export function retryPayment(life: Lifecycle): Step {
  const { subscription } = life;
  if (subscription.status !== 'pastDue' && subscription.status !== 'suspended') return stay(life);
  const { dunning } = subscription;
  const state: Lifecycle = {
    ...life,
    subscription: { ...subscription, dunning: { ...dunning, nextTryAt: null } },
  };
  return chain(state, ask(collect(dunning.invoice, dunning.tries + 1)));
}

const collect = (invoice: string, number: number): Effect => ({
  kind: 'collectInvoice',
  invoice,
  try: number,
});

/** An invoice is paid: its period is covered, and a workspace that was behind on it is back. */
export function settle(life: Lifecycle, event: InvoicePaid, terms: Terms): Step {
  const paid = paidOf(life);
  if (paid === undefined) return stay(life);
  const covered = settledUntil(life, { reason: event.reason, period: { end: event.periodEnd } });
  if (paid.status === 'active' || paid.dunning.invoice !== event.invoice) {
    return chain(covered, gate(terms));
  }
  return recover(covered, terms, event.at);
}

function recover(life: Lifecycle, terms: Terms, at: Instant): Step {
  const paid = paidOf(life);
  if (paid === undefined || paid.status === 'active') return stay(life);
  const { dunning: _settled, ...rest } = paid;
  const wasSuspended = paid.status === 'suspended';
  return chain(
    { ...life, subscription: { ...rest, status: 'active' } },
    ...(wasSuspended ? [reopenWindow(terms, at), orderNextWindow(terms)] : []),
    (state) => (wasSuspended ? resume(state, terms, at) : stay(state)),
    gate(terms),
    ask(announceStatus('active', paid.plan)),
  );
}

/** The window of today, granted unless it was before the pause. */
const reopenWindow =
  (terms: Terms, at: Instant) =>
  (life: Lifecycle): Step => {
    const paid = paidOf(life);
    if (paid === undefined || at >= paid.period.end) return stay(life);
    const plan = planOf(terms, paid.plan);
    const seats = seatsOf(life, plan);
    const window = windowAt(life, terms, { at, anchor: paid.anchor, seats });
    const amount = includedMicro(plan, seats);
    return {
      state: updatePaid(life, { window }),
      effects: grantWindow(window, amount, at),
    };
  };
