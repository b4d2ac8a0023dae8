import { activate, announceStatus, endPlan } from './life/activation.ts';
import { addMonths, isAtOrBefore, latest, type Instant } from './values/calendar.ts';
import {
  agreeContract,
  endContract,
  heldByContract,
  keepContract,
} from './changes/contract-change.ts';
import { termsUnder } from './terms/contract.ts';
import { closeGate, retryPayment } from './invoices/dunning.ts';
import { takeFact } from './facts.ts';
import { payingBy } from './invoices/former-method.ts';
import { gate } from './gates/gate.ts';
import { lastWindowOf, orderNextWindow, rollWindow } from './credits/included.ts';
import { keepOverage } from './credits/metering.ts';
import type { Event, Lifecycle, Step, StepOutcome } from './life/lifecycle.ts';
import type { DeadlineKind } from './deadline.ts';
import { fallDue, issueManualInvoice } from './invoices/manual-invoice.ts';
import { setSeats } from './life/membership.ts';
import { begin, offered } from './changes/offer.ts';
import { ok, refused } from './values/outcome.ts';
import { closeSeatDay, endNow, endPeriod, runInvoice } from './changes/period.ts';
import { changePlan } from './changes/plan-change.ts';
import { resumeRefill, setAutoTopUp } from './credits/refill.ts';
import { setTimeZone } from './changes/time-zone.ts';
import { ask, become, chain, paidOf, stay, updatePaid } from './life/stepping.ts';
import { tellMethodMissing, tellTrialEnding, withNews } from './news/tell-news.ts';
import { changeTerms } from './changes/terms-change.ts';
import { planOf, type Terms } from './terms/terms.ts';
import { topUp } from './credits/top-up.ts';
import { isWish, type Wish } from './wish.ts';

/**
 * The lifecycle's one function: what one event makes of a workspace, and what has to be done about it.
 * Pure and total: the same state, event and terms give the same answer, and every pair has one.
 */
export function step(life: Lifecycle, event: Event, terms: Terms): StepOutcome {
  const at = latest(life.at, event.at);
  const lived = termsUnder(life.contract?.agreed, terms);
  const outcome = decide(life, { ...event, at }, lived);
  if (!outcome.ok) return outcome;
  const done = chain(
    life,
    () => outcome.value,
    (after) => keepContract(life, after, termsInForce(after, event, lived)),
  );
  const { state, effects: asked } = chain(
    life,
    () => withNews(life, { ...event, at }, done, lived),
    (after) => keepOverage(after, termsInForce(after, event, lived)),
  );
  const effects = asked.map((effect) => payingBy(state, terms, at, effect));
  const lastWindow = lastWindowOf(state) ?? lastWindowOf(life);
  return ok({ state: { ...state, lastWindow, at, version: life.version + 1 }, effects });
}

/** The version and the contract that a state lives by after an event, which may have brought it there. */
function termsInForce(life: Lifecycle, event: Event, terms: Terms): Terms {
  const asked = event.kind === 'termsChangeRequested' ? event.to : undefined;
  const known = [terms, terms.coming, asked].find((each) => each?.version === life.termsVersion);
  return termsUnder(life.contract?.agreed, known ?? terms);
}

function decide(life: Lifecycle, event: Event, terms: Terms): StepOutcome {
  if (event.kind === 'deadlineReached') {
    return ok(reachDeadline(life, event.deadline, terms, event.at));
  }
  if (!isWish(event)) return ok(takeFact(life, event, terms));
  const refusal = heldByContract(life, event, terms);
  return refusal === null ? grantWish(life, event, terms) : refused(refusal);
}

function grantWish(
  life: Lifecycle,
  event: Wish & { readonly at: Instant },
  terms: Terms,
): StepOutcome {
  switch (event.kind) {
    case 'started':
      return start(life, event, terms);
    case 'planChangeRequested':
      return changePlan(life, event, terms);
    case 'scheduledChangeCanceled':
    case 'reactivated':
      return dropScheduled(life, terms);
    case 'cancelRequested':
      return cancel(life, terms, event);
    case 'seatsRequested':
      return setSeats(life, terms, event);
    case 'topUpRequested':
      return topUp(life, event, terms);
    case 'autoTopUpSet':
      return setAutoTopUp(life, event, terms);
    case 'termsChangeRequested':
      return changeTerms(life, event, terms);
    case 'timeZoneSet':
      return ok(setTimeZone(life, event, terms));
    case 'invoiceRequested':
      return issueManualInvoice(life, event, terms);
    case 'contractAgreed':
      return agreeContract(life, event, terms);
    case 'contractEndRequested':
      return endContract(life, terms);
    case 'clockAdvanced':
      return setClock(life, event.to);
  }
}

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
    case 'trialNotice':
      return tellTrialEnding(now, terms, at);
    case 'trialEnds':
      return endTrial(now, terms, at);
    case 'renewalNotice':
      return tellMethodMissing(now, terms, at);
    case 'seatDayEnds':
      return closeSeatDay(now, terms, at);
    case 'periodEnds':
      return endPeriod(now, terms, at);
    case 'windowEnds':
      return rollWindow(now, terms, at);
    case 'invoiceRun':
      return runInvoice(now, terms);
    case 'invoiceDue':
      return fallDue(now, terms, at);
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
