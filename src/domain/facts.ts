import { activate } from './life/activation.ts';
import { isBefore, type Instant } from './values/calendar.ts';
import {
  awaitDebit,
  chargeWhatWasSent,
  fallBehind,
  retryPayment,
  settle,
  withoutDebit,
} from './invoices/dunning.ts';
import { keepFormerMethod } from './invoices/former-method.ts';
import { gate } from './gates/gate.ts';
import { purchaseInvoiceKey } from './invoices/invoice.ts';
import type { Event, Lifecycle, Step } from './life/lifecycle.ts';
import { addMember, inviteMember, removeMember, withdrawInvitation } from './life/membership.ts';
import { takeReading } from './credits/metering.ts';
import { plus } from './values/money.ts';
import { notify, tellRefund, warnOfLowCredits } from './news/notify.ts';
import { finishRefill, hearOfRefill, resumeRefill } from './credits/refill.ts';
import { withoutSent } from './invoices/sent-invoice.ts';
import { chargeSpentCredits } from './credits/spent-credits.ts';
import type { PaymentFact } from './life/payment-fact.ts';
import { ask, chain, paidOf, stay, updatePaid } from './life/stepping.ts';
import { planOf, type Terms } from './terms/terms.ts';
import { applyUpgrade, sinceCheckout } from './changes/upgrade.ts';
import type { Wish } from './wish.ts';

type Fact = Exclude<Event, Wish | { readonly kind: 'deadlineReached' }>;

/** What something that happened makes of a lifecycle; a fact is never refused, for it is so already. */
export function takeFact(life: Lifecycle, event: Fact, terms: Terms): Step {
  const { at } = event;
  switch (event.kind) {
    case 'memberInvited':
      return inviteMember(life, terms, event.member, at);
    case 'invitationWithdrawn':
      return withdrawInvitation(life, terms, event.member, at);
    case 'memberAccepted':
      return addMember(life, terms, event.member, at);
    case 'memberRemoved':
      return removeMember(life, terms, event.member, at);
    case 'ownershipTransferred':
      return stay({ ...life, owner: event.owner });
    case 'paymentMethodAttached':
    case 'paymentMethodRemoved':
    case 'planPurchasePaid':
    case 'planPurchaseFailed':
    case 'invoicePaid':
    case 'invoicePaymentFailed':
    case 'invoicePaymentPending':
      return takePayment(life, event, terms);
    case 'toppedUp':
      return takeTopUp(life, event.payment, terms);
    case 'balanceFell':
    case 'autoTopUpFailed':
    case 'spendCapChanged':
      return hearOfRefill(life, event, terms);
    case 'spentCreditsFound':
      return chargeSpentCredits(life, terms, event);
    case 'usageMetered':
      return takeReading(life, event, terms);
    case 'thresholdCrossed':
      return warnOfLowCredits(life, event, terms);
    case 'refundBooked':
      return tellRefund(life, event, terms);
    case 'disputeOpened':
    case 'disputeFundsWithdrawn':
    case 'disputeLost':
    case 'disputeWon':
    case 'refundReturned':
      return stay(life); // booked already: told for whoever reads the history
  }
}

function takePayment(
  life: Lifecycle,
  event: PaymentFact & { readonly at: Instant },
  terms: Terms,
): Step {
  switch (event.kind) {
    case 'paymentMethodAttached':
      return chain(
        keepFormerMethod(life, event),
        (state) => attachMethod({ ...state, paymentMethodOnFile: true }, terms, event),
        resumeRefill,
      );
    case 'paymentMethodRemoved':
      return chain({ ...life, paymentMethodOnFile: false }, gate(terms));
    case 'planPurchasePaid':
      return takePurchasedPlan(life, terms, event);
    case 'planPurchaseFailed':
      return leaveCheckout(life, event.payment);
    case 'invoicePaid':
      return chain(
        life,
        (state) =>
          settle(withoutSent(withoutDebit(state, event.invoice), event.invoice), event, terms),
        receipt(terms, event.invoice),
      );
    case 'invoicePaymentFailed':
      return fallBehind(withoutDebit(life, event.invoice), event, terms);
    case 'invoicePaymentPending':
      return awaitDebit(life, terms, event.invoice);
  }
}

/** Credits were bought: whoever pays is told, and an automatic top-up may go on. */
const takeTopUp = (life: Lifecycle, payment: string, terms: Terms): Step =>
  chain(life, receiptOfTopUp(terms, payment), (state) => finishRefill(state, payment));

/** Money came, so whoever pays is told what for. */
const receipt =
  (terms: Terms, invoice: string) =>
  (life: Lifecycle): Step =>
    ask(notify(life, terms, { kind: 'receipt', invoice }))(life);

/** What was bought by itself says so. */
const receiptOfTopUp =
  (terms: Terms, payment: string) =>
  (life: Lifecycle): Step => {
    const invoice = purchaseInvoiceKey(payment);
    const isAutomatic = life.autoTopUp?.inFlight === payment;
    const notice = { kind: 'receipt', invoice } as const;
    return ask(notify(life, terms, isAutomatic ? { ...notice, automatic: true } : notice))(life);
  };

/** Only the checkout that is open can be left. */
const leaveCheckout = (life: Lifecycle, payment: string): Step =>
  stay(life.checkout?.payment === payment ? { ...life, checkout: null } : life);

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
    const { unblocking } = terms.paymentMethods.effective;
    const waits = unblocking === 'nextCycle' && subscription.status === 'trialEnded';
    const started = activate(life, terms, { plan, interval, charged: 'byInvoice' }, at);
    if (!waits) return started;
    return chain(life, () => started, closeUntilSettled(terms, at, subscription.trialEndedAt));
  }
  const triesNow = terms.paymentMethods.effective.dunning === 'now' || isOutOfTries(life);
  return chain(chargeWhatWasSent(life), gate(terms), triesNow ? retryPayment : stay);
}

/** What the trial's end has closed stays so until the new cycle's charge has settled [K21]. */
const closeUntilSettled =
  (terms: Terms, at: Instant, closedSince: Instant) =>
  (life: Lifecycle): Step => {
    const paid = paidOf(life);
    if (paid === undefined || isBefore(at, paid.paidUntil)) return stay(life);
    return chain(updatePaid(life, { closedSince }), gate(terms));
  };

/** No try is dated any more: a new method that waited for the next one would never be tried. */
function isOutOfTries({ subscription }: Lifecycle): boolean {
  const isBehind = subscription.status === 'pastDue' || subscription.status === 'suspended';
  return isBehind && subscription.dunning.nextTryAt === null;
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
