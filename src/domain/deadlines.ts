import { addDays, endOfLocalDay, isAtOrBefore, isBefore, type Instant } from './values/calendar.ts';
import { behindUntil } from './gates/gate.ts';
import { windowOf } from './credits/included.ts';
import type { Lifecycle } from './life/lifecycle.ts';
import type { Deadline, DeadlineKind } from './deadline.ts';
import { nextDueAt } from './invoices/sent-invoice.ts';
import type { PaidSubscription } from './life/stepping.ts';
import { paidOf } from './life/stepping.ts';
import { renewalNoticeDays } from './news/tell-news.ts';

/** What runs first where two deadlines fall on one instant. */
const order: readonly DeadlineKind[] = [
  // It is due only before its instant is lived: nothing else may live through that first.
  'renewalNotice',
  'seatDayEnds',
  'trialNotice',
  'trialEnds',
  'periodEnds',
  'windowEnds',
  'invoiceRun',
  'invoiceDue',
  'paymentRetry',
  'gateCloses',
  'autoTopUpRests',
  'clockReached',
];

/** Everything that will happen by time alone, soonest first. */
export function deadlinesOf(life: Lifecycle): Deadline[] {
  const { subscription, clock } = life;
  const found: (Deadline | null)[] = [];
  if (subscription.status === 'trialing') {
    found.push(due('trialNotice', subscription.notices?.[0] ?? null));
    found.push({ kind: 'trialEnds', at: subscription.trialEndsAt });
  }
  const window = windowOf(life)?.window;
  found.push(due('windowEnds', window?.end ?? null));
  const paid = paidOf(life);
  if (paid !== undefined && paid.status !== 'suspended') found.push(...paidDeadlines(life, paid));
  found.push(due('invoiceDue', nextDueAt(life)));
  found.push(due('autoTopUpRests', life.autoTopUp?.restsUntil ?? null));
  if (clock.kind === 'test') found.push(due('clockReached', clock.target));
  return found.filter((deadline) => deadline !== null).sort(sooner);
}

function paidDeadlines(life: Lifecycle, paid: PaidSubscription): (Deadline | null)[] {
  const firstSeat = paid.seatsToday[0];
  const behind = paid.status === 'pastDue' ? paid : null;
  return [
    due('renewalNotice', renewalNoticeAt(life, paid)),
    due('periodEnds', paid.period.end),
    // The meter's reading comes first: it belongs on that invoice.
    due('invoiceRun', life.meter?.awaits.length ? null : paid.invoiceRunAt),
    due('seatDayEnds', firstSeat === undefined ? null : endOfLocalDay(firstSeat.at, life.timeZone)),
    due('paymentRetry', behind?.dunning.nextTryAt ?? null),
    due('gateCloses', behind === null ? null : behindUntil(behind)),
  ];
}

/** Only where nothing is on file to pay a renewal with, and only ahead: it is told once. */
function renewalNoticeAt(life: Lifecycle, paid: PaidSubscription): Instant | null {
  if (life.paymentMethodOnFile || paid.status !== 'active') return null;
  if (paid.scheduled?.kind === 'cancel') return null;
  // A contract's invoices are sent; the plan that follows it has to be paid by something.
  if (life.contract !== undefined && paid.scheduled === null) return null;
  const at = addDays(paid.term.end, -renewalNoticeDays, life.timeZone);
  return isBefore(life.at, at) ? at : null;
}

const due = (kind: DeadlineKind, at: Instant | null): Deadline | null =>
  at === null ? null : { kind, at };

function sooner(a: Deadline, b: Deadline): number {
  if (a.at === b.at) return order.indexOf(a.kind) - order.indexOf(b.kind);
  return isBefore(a.at, b.at) ? -1 : 1;
}

/** The next thing to happen by time, whether or not its instant has come. */
export const nextDeadline = (life: Lifecycle): Deadline | null => deadlinesOf(life)[0] ?? null;

/** The deadline to live through now: due by `now`, or on a test clock by its target. */
export function dueDeadline(life: Lifecycle, now: Instant): Deadline | null {
  const until = life.clock.kind === 'test' ? (life.clock.target ?? life.clock.now) : now;
  const next = nextDeadline(life);
  return next !== null && isAtOrBefore(next.at, until) ? next : null;
}

/** A deadline in an operator's words. */
export function describeDeadline(kind: DeadlineKind): string {
  switch (kind) {
    case 'trialNotice':
      return 'tell that the trial ends soon';
    case 'trialEnds':
      return 'trial ends';
    case 'renewalNotice':
      return 'tell that nothing is on file to renew with';
    case 'seatDayEnds':
      return "invoice today's seats";
    case 'periodEnds':
      return 'billing period ends';
    case 'windowEnds':
      return 'included credits reset';
    case 'invoiceRun':
      return 'invoice the period';
    case 'invoiceDue':
      return 'an invoice that was sent is overdue';
    case 'paymentRetry':
      return 'retry payment';
    case 'gateCloses':
      return 'suspend for non-payment';
    case 'autoTopUpRests':
      return 'buy credits again where they run low';
    case 'clockReached':
      return 'test clock arrives';
  }
}
