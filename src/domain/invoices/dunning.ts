import { announceStatus } from '../life/activation.ts';
import { addExactDays, addMinutes, earliest, isBefore, type Instant } from '../values/calendar.ts';
import { gate, gateClosesAt } from '../gates/gate.ts';
import { grantWindow, includedMicro, orderNextWindow, windowAt } from '../credits/included.ts';
import { settledUntil } from './invoice.ts';
import type { Dunning, Effect, Event, Lifecycle, Step } from '../life/lifecycle.ts';
import { noticedClosing, notify } from '../news/notify.ts';
import { endNow, endOnFree, resume } from '../changes/period.ts';
import { grantSeats } from '../credits/seat-credits.ts';
import { seatsOf } from '../life/seats.ts';
import { ask, chain, paidOf, stay, updatePaid, type PaidSubscription } from '../life/stepping.ts';
import {
  announceOverdue,
  missedNotice,
  tellMissed,
  type PaymentFailed,
} from '../news/tell-missed.ts';
import { planOf, type Terms } from '../terms/terms.ts';

type InvoicePaid = Extract<Event, { readonly kind: 'invoicePaid' }>;

/** A try to collect has failed: the dunning clock starts, the next try is dated, or it was the last. */
export function fallBehind(life: Lifecycle, event: PaymentFailed, terms: Terms): Step {
  const paid = paidOf(life);
  if (paid === undefined) return stay(life);
  if (paid.status !== 'active' && paid.dunning.invoice !== event.invoice) {
    return waitInLine(life, paid, event, terms);
  }
  const dunning = dunningAfter(paid, event, terms);
  const told = tellMissed(life, event, { plan: paid.plan, dunning }, terms);
  if (paid.status === 'suspended') {
    const counted: Lifecycle = { ...life, subscription: { ...paid, dunning: ended(dunning) } };
    return chain(counted, gate(terms), told);
  }
  if (isLastTry(dunning.tries, event, terms))
    return chain(life, told, (state) => giveUp(state, terms, dunning, event.at));
  return chain(
    { ...life, subscription: { ...paid, status: 'pastDue', dunning } },
    gate(terms),
    paid.status === 'active' ? ask(announceStatus('pastDue', paid.plan)) : ask(),
    told,
  );
}

/**
 * An invoice that was sent is not paid on its last day. No method has failed, so none is tried again by itself; the
 * catalog's grace runs from here. A workspace without a paid plan has nothing that would close.
 */
export function missDueDate(
  life: Lifecycle,
  { invoice, at }: { readonly invoice: string; readonly at: Instant },
  terms: Terms,
): Step {
  const missed = { invoice, at, hard: true, isDue: true } as const;
  if (paidOf(life) !== undefined) return fallBehind(life, missed, terms);
  return chain(
    life,
    ask(
      announceOverdue(invoice),
      notify(life, terms, { kind: 'invoiceOverdue', invoice, closing: null }),
    ),
  );
}

/** The dunning's clock starts at the first failure; a gate that was set moves earlier only. */
function dunningAfter(paid: PaidSubscription, event: PaymentFailed, terms: Terms): Dunning {
  const before =
    paid.status === 'active'
      ? {
          waiting: [],
          firstFailedAt: event.at,
          tries: 0,
          gateClosesAt: gateClosesAt(event.isDue ? event.at : paid.paidUntil, terms),
        }
      : paid.dunning;
  const { firstFailedAt, gateClosesAt: closes } = before;
  const tries = before.tries + 1;
  const delay = terms.pastDue.retryAfterDays[tries - 1];
  return {
    ...before,
    invoice: event.invoice,
    firstFailedAt,
    tries,
    nextTryAt: event.hard || delay === undefined ? null : nextTry(event.at, delay, closes),
    gateClosesAt: isLastTry(tries, event, terms) ? earliest(closes, event.at) : closes,
  };
}

/** So long before the gate closes a try is made that would come behind it: its answer comes in time. */
const leadMinutes = 60;

/**
 * Days after the try before; a date behind the gate, where a try could not help any more, is moved before it,
 * so that invoices' spread costs nobody the last try. Null where no time is left.
 */
function nextTry(at: Instant, delay: number, closes: Instant): Instant | null {
  const dated = addExactDays(at, delay);
  if (!isBefore(closes, dated)) return dated;
  const lead = addMinutes(closes, -leadMinutes);
  return isBefore(at, lead) ? lead : null;
}

/** A card that can never pay ends the tries, not the grace: only the last try does that. */
const isLastTry = (tries: number, { hard }: PaymentFailed, terms: Terms): boolean =>
  !hard && tries > terms.pastDue.retryAfterDays.length;

type Behind = Exclude<PaidSubscription, { readonly status: 'active' }>;

/** Another invoice failed as well: it is tried when the first one is paid, so on that one's next date. */
function waitInLine(life: Lifecycle, paid: Behind, event: PaymentFailed, terms: Terms): Step {
  const { dunning } = paid;
  const { invoice } = event;
  if (dunning.waiting.includes(invoice)) return stay(life);
  const waiting = [...dunning.waiting, invoice];
  const sent = event.isDue === true ? { sent: [...(dunning.sent ?? []), invoice] } : {};
  const { plan } = paid;
  return chain(
    { ...life, subscription: { ...paid, dunning: { ...dunning, waiting, ...sent } } },
    ask(missedNotice(life, event, { plan, dunning: { ...dunning, invoice, tries: 1 } }, terms)),
  );
}

/** No try is dated any more; only a new method, or the customer, makes another. */
const ended = (dunning: Dunning): Dunning => ({ ...dunning, nextTryAt: null });

/** The grace is over: what the catalog makes of a workspace that has not paid. */
function giveUp(life: Lifecycle, terms: Terms, dunning: Dunning, at: Instant): Step {
  const { finalState } = terms.pastDue;
  if (finalState === 'suspended') return suspend(life, terms, dunning);
  const paid = paidOf(life);
  if (paid === undefined) return stay(life);
  if (finalState === 'canceled') return endNow(life, terms, paid, at);
  return endOnFree(life, terms, paid, planOf(terms, finalState.plan), at);
}

/** Nothing renews and nothing is granted until the debt is paid. */
function suspend(life: Lifecycle, terms: Terms, dunning: Dunning): Step {
  const paid = paidOf(life);
  if (paid === undefined || paid.status === 'suspended') return stay(life);
  return chain(
    {
      ...life,
      subscription: { ...paid, status: 'suspended', dunning: ended(dunning) },
    },
    ask({ kind: 'cancelOrder' }),
    gate(terms),
    ask(announceStatus('suspended', paid.plan)),
  );
}

/** The gate's instant has come for a workspace that is still behind. */
export function closeGate(life: Lifecycle, terms: Terms, at: Instant): Step {
  const { subscription } = life;
  if (subscription.status !== 'pastDue') return stay(life);
  const { plan, dunning } = subscription;
  const { invoice } = dunning;
  const closing = noticedClosing(plan, dunning, terms);
  return chain(
    life,
    (state) => giveUp(state, terms, dunning, at),
    ask(notify(life, terms, { kind: 'suspended', invoice, closing })),
  );
}

/** A bank debit is on its way [K20]: that is not past due, and nothing closes before the bank answers. */
export function awaitDebit(life: Lifecycle, terms: Terms, invoice: string): Step {
  const paid = paidOf(life);
  if (paid === undefined || paid.debits?.includes(invoice) === true) return stay(life);
  return chain(updatePaid(life, { debits: [...(paid.debits ?? []), invoice] }), gate(terms));
}

/** The bank has answered. */
export function withoutDebit(life: Lifecycle, invoice: string): Lifecycle {
  const paid = paidOf(life);
  if (paid?.debits?.includes(invoice) !== true) return life;
  return updatePaid(life, { debits: paid.debits.filter((waiting) => waiting !== invoice) });
}

/** A dated try, or one because there is a new method to try with. */
export function retryPayment(life: Lifecycle): Step {
  const { subscription } = life;
  if (subscription.status !== 'pastDue' && subscription.status !== 'suspended') return stay(life);
  const { dunning } = subscription;
  const state: Lifecycle = {
    ...life,
    subscription: { ...subscription, dunning: ended(dunning) },
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
  if (paid.status === 'active') return chain(covered, gate(terms));
  const { dunning } = paid;
  if (dunning.invoice !== event.invoice) {
    const waiting = dunning.waiting.filter((invoice) => invoice !== event.invoice);
    return chain(withDunning(covered, { ...dunning, waiting }), gate(terms));
  }
  const [next, ...waiting] = dunning.waiting;
  if (next === undefined) return recover(covered, terms, event.at);
  const line = { ...dunning, invoice: next, waiting, tries: 1 };
  // Whoever was asked to send money is not charged because another invoice was paid.
  if (dunning.sent?.includes(next) === true) {
    return chain(withDunning(covered, ended(line)), gate(terms));
  }
  // The same method pays the next one now; it was tried once, when it was issued.
  return retryPayment(withDunning(covered, line));
}

/** The state once a method has come that pays whatever is overdue, also what was sent to be paid. */
export function chargeWhatWasSent(life: Lifecycle): Lifecycle {
  const paid = paidOf(life);
  if (paid === undefined || paid.status === 'active' || paid.dunning.sent === undefined)
    return life;
  const { sent: _sent, ...dunning } = paid.dunning;
  return withDunning(life, dunning);
}

function withDunning(life: Lifecycle, dunning: Dunning): Lifecycle {
  const paid = paidOf(life);
  if (paid === undefined || paid.status === 'active') return life;
  return { ...life, subscription: { ...paid, dunning } };
}

function recover(life: Lifecycle, terms: Terms, at: Instant): Step {
  const paid = paidOf(life);
  if (paid === undefined || paid.status === 'active') return stay(life);
  const { dunning: _settled, ...rest } = paid;
  const wasSuspended = paid.status === 'suspended';
  return chain(
    { ...life, subscription: { ...rest, status: 'active' } },
    (state) => (wasSuspended ? comeBack(state, terms, at) : stay(state)),
    gate(terms),
    ask(announceStatus('active', paid.plan)),
  );
}

/** In what is paid for the term goes on; behind it a new one begins now, with credits of its own. */
function comeBack(life: Lifecycle, terms: Terms, at: Instant): Step {
  const resumed = resume(life, terms, at);
  const { anchor } = paidOf(resumed.state) ?? {};
  if (anchor !== paidOf(life)?.anchor) return resumed;
  return chain(
    life,
    () => resumed,
    (state) => reopenWindow(state, terms, at),
  );
}

/** The window of today: granted, or where it ran before the pause, completed by seats that came since. */
function reopenWindow(life: Lifecycle, terms: Terms, at: Instant): Step {
  const paid = paidOf(life);
  if (paid === undefined || at >= paid.period.end) return stay(life);
  const plan = planOf(terms, paid.plan);
  const seats = seatsOf(life, plan);
  // By another anchor or time zone since, today's window would have another name; the one that runs goes on.
  if (paid.window.end === null || at < paid.window.end) {
    return chain(life, (state) => grantSeats(state, terms, seats, at), orderNextWindow(terms));
  }
  const window = windowAt(life, terms, { at, anchor: paid.anchor, seats });
  const granted = ask(...grantWindow(window, includedMicro(plan, seats), at));
  return chain(updatePaid(life, { window }), granted, orderNextWindow(terms));
}
