import { activate, announceStatus, endPlan } from './activation.ts';
import { addMonths, isAtOrBefore, latest, type Instant } from './calendar.ts';
import { closeGate, fallBehind, retryPayment, settle } from './dunning.ts';
import { gate } from './gate.ts';
import { lastWindowOf, orderNextWindow, rollWindow } from './included.ts';
import { purchaseInvoiceKey } from './invoice.ts';
import type { DeadlineKind, Event, Lifecycle, Step, StepOutcome } from './lifecycle.ts';
import {
  addMember,
  inviteMember,
  removeMember,
  setSeats,
  withdrawInvitation,
} from './membership.ts';
import { plus } from './money.ts';
import { notify, warnOfLowCredits } from './notify.ts';
import { ok, refused } from './outcome.ts';
import { closeSeatDay, endNow, endPeriod, runInvoice } from './period.ts';
import { begin, offered } from './offer.ts';
import { changePlan } from './plan-change.ts';
import { failRefill, finishRefill, refill, resumeRefill, setAutoTopUp } from './refill.ts';
import { ask, become, chain, paidOf, stay, updatePaid } from './stepping.ts';
import { planOf, type Terms } from './terms.ts';
import { topUp } from './top-up.ts';
import { applyUpgrade, sinceCheckout } from './upgrade.ts';

/**
 * The lifecycle's one function: what one event makes of a workspace, and what has to be done about it.
 * Pure and total: the same state, event and terms give the same answer, and every pair has one.
 */
export function step(life: Lifecycle, event: Event, terms: Terms): StepOutcome {
  const at = latest(life.at, event.at);
  const outcome = decide(life, { ...event, at }, terms);
  if (!outcome.ok) return outcome;
  const { state, effects } = outcome.value;
  const lastWindow = lastWindowOf(state) ?? lastWindowOf(life);
  return ok({ state: { ...state, lastWindow, at, version: life.version + 1 }, effects });
}

function decide(life: Lifecycle, event: Event, terms: Terms): StepOutcome {
  const { at } = event;
  switch (event.kind) {
    case 'started':
      return start(life, event, terms);
    case 'planChangeRequested':
      return changePlan(life, event, terms);
    case 'scheduledChangeCanceled':
      return dropScheduled(life, terms);
    case 'cancelRequested':
      return cancel(life, terms, event);
    case 'reactivated':
      return dropScheduled(life, terms);
    case 'seatsRequested':
      return setSeats(life, terms, event);
    case 'topUpRequested':
      return topUp(life, event, terms);
    case 'clockAdvanced':
      return setClock(life, event.to);
    case 'memberInvited':
      return ok(inviteMember(life, terms, event.member, at));
    case 'invitationWithdrawn':
      return ok(withdrawInvitation(life, terms, event.member, at));
    case 'memberAccepted':
      return ok(addMember(life, terms, event.member, at));
    case 'memberRemoved':
      return ok(removeMember(life, terms, event.member, at));
    case 'ownershipTransferred':
      return ok(stay({ ...life, owner: event.owner }));
    case 'paymentMethodAttached':
      return ok(
        chain(
          life,
          (state) => attachMethod({ ...state, paymentMethodOnFile: true }, terms, event),
          resumeRefill,
        ),
      );
    case 'paymentMethodRemoved':
      return ok(chain({ ...life, paymentMethodOnFile: false }, gate(terms)));
    case 'planPurchasePaid':
      return ok(takePurchasedPlan(life, terms, event));
    case 'planPurchaseFailed':
      return ok(leaveCheckout(life, event.payment));
    case 'toppedUp':
      return ok(
        chain(life, receipt(terms, purchaseInvoiceKey(event.payment)), (state) =>
          finishRefill(state, event.payment),
        ),
      );
    case 'autoTopUpSet':
      return setAutoTopUp(life, event, terms);
    case 'balanceFell':
      return ok(refill(life, event, terms));
    case 'autoTopUpFailed':
      return ok(failRefill(life, event));
    case 'thresholdCrossed':
      return ok(warnOfLowCredits(life, event, terms));
    case 'disputeOpened':
    case 'disputeFundsWithdrawn':
    case 'disputeLost':
    case 'disputeWon':
    case 'refundBooked':
    case 'refundReturned':
      return ok(stay(life)); // booked already: told for whoever reads the history
    case 'invoicePaid':
      return ok(chain(life, (state) => settle(state, event, terms), receipt(terms, event.invoice)));
    case 'invoicePaymentFailed':
      return ok(fallBehind(life, event, terms));
    case 'deadlineReached':
      return ok(reachDeadline(life, event.deadline, terms, at));
  }
}

/** Money came, so whoever pays is told what for. */
const receipt =
  (terms: Terms, invoice: string) =>
  (life: Lifecycle): Step =>
    ask(notify(life, terms, { kind: 'receipt', invoice }))(life);

/** Only the checkout that is open can be left. */
const leaveCheckout = (life: Lifecycle, payment: string): Step =>
  stay(life.checkout?.payment === payment ? { ...life, checkout: null } : life);

function start(
  life: Lifecycle,
  event: Extract<Event, { readonly kind: 'started' }>,
  terms: Terms,
): StepOutcome {
  const { status } = life.subscription;
  if (status !== 'none' && status !== 'canceled') return refused({ kind: 'alreadyStarted' });
  const offer = offered(life, terms, event);
  return offer.ok ? ok(begin(life, terms, offer.value, event.at)) : offer;
}

/** A method is on file now: it ends a wait for one, and pays what is overdue [0.32 4.27 4.29]. */
function attachMethod(
  life: Lifecycle,
  terms: Terms,
  { at, trialUsed }: Extract<Event, { readonly kind: 'paymentMethodAttached' }>,
): Step {
  const { subscription } = life;
  if (subscription.status === 'trialing' && trialUsed === true) return refuseTrial(life, terms, at);
  if (subscription.status === 'trialEnded' || subscription.status === 'incomplete') {
    const plan = planOf(terms, subscription.plan);
    const { interval } = subscription;
    return activate(life, terms, { plan, interval, charged: 'byInvoice' }, at);
  }
  const triesNow = terms.paymentMethods.effective.dunning === 'now';
  return chain(life, gate(terms), triesNow ? retryPayment : stay);
}

/** The method has paid for a trial before [K15]: this one ends here, and its plan starts and is charged. */
function refuseTrial(life: Lifecycle, terms: Terms, at: Instant): Step {
  const { subscription } = life;
  if (subscription.status !== 'trialing') return stay(life);
  const { interval } = subscription;
  const plan = planOf(terms, subscription.plan);
  if (plan.trial?.oncePer.includes('cardFingerprint') !== true) return chain(life, gate(terms));
  return chain(
    life,
    ask({ kind: 'voidIncluded', sourcePrefix: 'trial:' }),
    ask({ kind: 'announce', what: 'trialUsed', data: { plan: plan.id } }),
    (state) => activate(state, terms, { plan, interval, charged: 'byInvoice' }, at),
  );
}

/** The checkout of a plan was paid: the plan runs from now, its invoice is issued already [2.11]. */
function takePurchasedPlan(
  life: Lifecycle,
  terms: Terms,
  event: Extract<Event, { readonly kind: 'planPurchasePaid' }>,
): Step {
  const { checkout } = life;
  const told = receipt(terms, purchaseInvoiceKey(event.payment));
  if (checkout === null || checkout.payment !== event.payment) {
    const { payment, totalMinor: amountMinor } = event;
    const accountCreditMinor = plus(life.accountCreditMinor, amountMinor);
    const keep = ask({ kind: 'creditAccount', payment, amountMinor });
    return chain({ ...life, accountCreditMinor }, keep, told);
  }
  const target = { plan: planOf(terms, checkout.plan), interval: checkout.interval };
  const late = sinceCheckout(life, terms, { target, totalMinor: event.totalMinor }, event.at);
  return chain(
    { ...life, upcoming: [...life.upcoming, ...late] },
    (state) => applyUpgrade(state, terms, { ...target, quote: 'paid' }, event.at),
    told,
  );
}

function cancel(
  life: Lifecycle,
  terms: Terms,
  event: Extract<Event, { readonly kind: 'cancelRequested' }>,
): StepOutcome {
  const { subscription } = life;
  const { status } = subscription;
  if (status === 'none') return refused({ kind: 'notStarted' });
  if (status === 'canceled') return refused({ kind: 'alreadyCanceled' });
  const paid = paidOf(life);
  if (paid === undefined) return ok(endPlan(life, terms, event.at, subscription.plan));
  // A suspended plan has no period that would end.
  if (event.when === 'now' || paid.status === 'suspended') {
    return ok(endNow(life, terms, paid, event.at));
  }
  return ok(
    chain(
      updatePaid(life, { scheduled: { kind: 'cancel' } }),
      orderNextWindow(terms),
      ask({ kind: 'announce', what: 'changeScheduled', data: { plan: 'none' } }),
    ),
  );
}

function dropScheduled(life: Lifecycle, terms: Terms): StepOutcome {
  const paid = paidOf(life);
  if (paid === undefined || paid.scheduled === null) return refused({ kind: 'nothingScheduled' });
  return ok(
    chain(
      updatePaid(life, { scheduled: null }),
      orderNextWindow(terms),
      ask({ kind: 'announce', what: 'scheduledChangeCanceled', data: { plan: paid.plan } }),
    ),
  );
}

/** Sets the test clock's target; the deadlines until then are lived through one by one. */
function setClock(life: Lifecycle, to: Instant): StepOutcome {
  const { clock } = life;
  if (clock.kind === 'real') return refused({ kind: 'noTestClock' });
  if (clock.target !== null) return refused({ kind: 'clockBusy' });
  if (isAtOrBefore(to, clock.now)) return refused({ kind: 'clockGoesBack', now: clock.now });
  const latestAllowed = addMonths(clock.now, 24, 'UTC');
  if (to > latestAllowed) return refused({ kind: 'clockTooFar', latest: latestAllowed });
  return ok(stay({ ...life, clock: { ...clock, target: to } }));
}

function reachDeadline(life: Lifecycle, kind: DeadlineKind, terms: Terms, at: Instant): Step {
  const { clock } = life;
  const now: Lifecycle = clock.kind === 'test' ? { ...life, clock: { ...clock, now: at } } : life;
  switch (kind) {
    case 'trialEnds':
      return endTrial(now, terms, at);
    case 'seatDayEnds':
      return closeSeatDay(now, terms, at);
    case 'periodEnds':
      return endPeriod(now, terms, at);
    case 'windowEnds':
      return rollWindow(now, terms, at);
    case 'invoiceRun':
      return runInvoice(now, terms);
    case 'paymentRetry':
      return retryPayment(now);
    case 'gateCloses':
      return closeGate(now, terms, at);
    case 'autoTopUpRests':
      return resumeRefill(now);
    case 'clockReached':
      return stay(
        clock.kind === 'test' ? { ...now, clock: { ...clock, now: at, target: null } } : now,
      );
  }
}

/** With something to pay with the plan is active and charged; without, its gates close [0.31]. */
function endTrial(life: Lifecycle, terms: Terms, at: Instant): Step {
  const { subscription } = life;
  if (subscription.status !== 'trialing') return stay(life);
  const { plan, interval } = subscription;
  if (life.paymentMethodOnFile) {
    const chosen = { plan: planOf(terms, plan), interval, charged: 'byInvoice' } as const;
    return activate(life, terms, chosen, at);
  }
  return chain(
    life,
    (before) => become(before, { status: 'trialEnded', plan, interval, trialEndedAt: at }),
    gate(terms),
    ask(announceStatus('trialEnded', plan)),
  );
}
