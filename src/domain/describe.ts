import { alertName } from './news/alert.ts';
import { isNews } from './news/news.ts';
import type { RefillFact } from './terms/auto-top-up-rule.ts';
import type { UsageMetered } from './life/metering-fact.ts';
import { describeDeadline, nextDeadline } from './deadlines.ts';
import type { Event, Lifecycle, Subscription } from './life/lifecycle.ts';
import { intervalInWords } from './values/interval.ts';
import { describeMembership } from './life/membership-fact.ts';
import type { Notice } from './news/notice.ts';
import type { OutsideEffect } from './life/outside-effect.ts';
import { describeMoneyBack } from './invoices/money-back.ts';
import { planIdOf, paidOf } from './life/stepping.ts';
import { isWish, type Wish } from './wish.ts';
import type { SpentCreditsFact } from './life/spent-credits-fact.ts';

/** A workspace in a few sentences of markdown, for the operator's screen. */
export function describeLife(life: Lifecycle): string {
  const { subscription } = life;
  const plan = planIdOf(subscription) ?? 'no plan';
  const deadline = nextDeadline(life);
  const paid = paidOf(life);
  const scheduled = paid?.scheduled ?? null;
  const lines = [
    `**${life.workspace}** of ${life.product} is on **${plan}**: ${describeStatus(subscription)}`,
    `Members: ${life.members}. Seats bought: ${life.purchasedSeats}. ` +
      `Payment method: ${life.paymentMethodOnFile ? 'on file' : 'none'}.`,
    deadline === null
      ? 'Nothing is due by time.'
      : `Next: ${describeDeadline(deadline.kind)} at ${deadline.at}.`,
  ];
  if (scheduled !== null && paid !== undefined) {
    const what = scheduled.kind === 'cancel' ? 'ends' : `changes to ${scheduled.plan}`;
    lines.push(`Scheduled: ${what} at ${paid.term.end}.`);
  }
  if (life.comingTerms !== undefined && paid !== undefined) {
    lines.push(`Terms: version ${life.comingTerms.version} from ${paid.term.end} on.`);
  }
  if (life.upcoming.length > 0) lines.push(`Waiting for invoice: ${life.upcoming.length} lines.`);
  lines.push(...describeSent(life), ...describeContract(life));
  if (life.clock.kind === 'test') lines.push(`Test clock: ${life.clock.now}.`);
  return lines.join('\n\n');
}

const describeContract = ({ contract }: Lifecycle): string[] => {
  if (contract === undefined) return [];
  const { agreed, termsLeft, amended } = contract;
  const next = amended === null ? '' : ' Another one follows this term.';
  return [
    `Contract: by the ${intervalInWords(agreed.interval)}, net ${agreed.netDays} days, ` +
      `${termsLeft} more terms.${next}`,
  ];
};

const describeSent = ({ sent = [] }: Lifecycle): string[] =>
  sent.length === 0 ? [] : [`Sent and not paid yet: ${sent.length} invoices.`];

function describeStatus(subscription: Subscription): string {
  switch (subscription.status) {
    case 'none':
      return 'not started.';
    case 'memberPaid':
      return 'its members pay with their own plans.';
    case 'free':
      return 'active, at no cost.';
    case 'incomplete':
      return 'waiting for a payment method.';
    case 'trialing':
      return `on trial until ${subscription.trialEndsAt}.`;
    case 'trialEnded':
      return `its trial ended at ${subscription.trialEndedAt} without a payment method.`;
    case 'active':
      return `active, paid until ${subscription.paidUntil}.`;
    case 'pastDue':
      return `past due after ${subscription.dunning.tries} tries; closes at ${subscription.dunning.gateClosesAt}.`;
    case 'suspended':
      return `suspended since the debt of ${subscription.dunning.firstFailedAt} was not paid.`;
    case 'canceled':
      return `canceled at ${subscription.canceledAt}.`;
  }
}

const collections = {
  invoicePaid: 'was paid',
  invoicePaymentFailed: 'could not be collected',
  invoicePaymentPending: 'waits for a bank debit',
} as const;

/** An event in a few words. */
export function describeEvent(event: Event): string {
  if (isWish(event)) return describeWish(event);
  switch (event.kind) {
    case 'memberInvited':
    case 'invitationWithdrawn':
    case 'memberAccepted':
    case 'memberRemoved':
    case 'ownershipTransferred':
      return describeMembership(event);
    case 'invoicePaid':
    case 'invoicePaymentFailed':
    case 'invoicePaymentPending':
      return `${event.invoice} ${collections[event.kind]}`;
    case 'deadlineReached':
      return describeDeadline(event.deadline);
    case 'balanceFell':
    case 'spentCreditsFound':
    case 'autoTopUpFailed':
    case 'spendCapChanged':
    case 'usageMetered':
      return describeCredits(event);
    case 'paymentMethodAttached':
    case 'paymentMethodRemoved':
    case 'planPurchasePaid':
    case 'planPurchaseFailed':
    case 'toppedUp':
      return purchases[event.kind];
    case 'thresholdCrossed':
      return `less is left than ${event.crossed[0] ?? 'an alert'}`;
    case 'disputeOpened':
    case 'disputeFundsWithdrawn':
    case 'disputeLost':
    case 'disputeWon':
    case 'refundBooked':
    case 'refundReturned':
      return describeMoneyBack(event);
  }
}

function describeCredits(fact: RefillFact | UsageMetered | SpentCreditsFact): string {
  switch (fact.kind) {
    case 'spentCreditsFound':
      return `credits of what was given back are spent (${fact.description})`;
    case 'balanceFell':
      return 'the balance fell to what an automatic top-up waits for';
    case 'autoTopUpFailed':
      return `an automatic top-up was not paid (${fact.code})`;
    case 'spendCapChanged':
      return 'the spend cap was changed';
    case 'usageMetered':
      return 'the meter was read';
  }
}
const purchases = {
  paymentMethodAttached: 'a payment method was added',
  paymentMethodRemoved: 'the payment method was removed',
  planPurchasePaid: 'the plan was paid',
  planPurchaseFailed: 'the checkout was left',
  toppedUp: 'credits were bought',
} as const;

function describeWish(wish: Wish): string {
  switch (wish.kind) {
    case 'started':
      return `started on ${wish.plan}`;
    case 'planChangeRequested':
      return `change to ${wish.plan} by the ${intervalInWords(wish.interval)}`;
    case 'seatsRequested':
      return `${wish.purchased} seats`;
    case 'clockAdvanced':
      return `advance the clock to ${wish.to}`;
    case 'cancelRequested':
      return wish.when === 'now' ? 'cancel now' : 'cancel at the end of the period';
    case 'scheduledChangeCanceled':
      return 'cancel the scheduled change';
    case 'reactivated':
      return 'reactivate';
    case 'termsChangeRequested':
      return `move to version ${wish.to.version} of the terms`;
    case 'autoTopUpSet':
      return wish.rule === null ? 'no automatic top-up' : 'an automatic top-up';
    case 'timeZoneSet':
      return `count days in ${wish.timeZone}`;
    case 'invoiceRequested':
      return `issue an invoice of ${wish.lines.length} lines`;
    case 'contractAgreed':
      return `contract for ${wish.contract.plan} by the ${intervalInWords(wish.contract.interval)}`;
    case 'contractEndRequested':
      return 'end the contract';
    case 'topUpRequested':
      return 'buy credits';
  }
}

/** What is done outside, in a few words for its line in a history. */
export function describeTask(effect: OutsideEffect): string {
  switch (effect.kind) {
    case 'collectInvoice':
      return `collect ${effect.invoice}, try ${effect.try}`;
    case 'sendInvoice':
      return `send ${effect.invoice}`;
    case 'markPaid':
      return `mark ${effect.invoice} as paid elsewhere`;
    case 'openCheckout':
      return `open Checkout: ${effect.purchase.description}`;
    case 'chargePurchase':
      return `charge: ${effect.purchase.description}`;
    case 'refundTopUp':
      return 'refund a top-up';
    case 'mirrorUpcoming':
      return `show ${effect.lines.length} lines of the next invoice`;
    case 'expireCheckout':
      return 'close the old Checkout';
    case 'startPersonalPlan':
      return `start ${effect.plan} for ${effect.workspace}`;
    case 'notify':
      return `mail: ${describeNotice(effect.notice)}`;
  }
}

function describeNotice(notice: Notice): string {
  if (isNews(notice)) return `news: ${notice.kind}`;
  switch (notice.kind) {
    case 'receipt':
      return `receipt for ${notice.invoice}`;
    case 'paymentFailed':
      return `${notice.invoice} failed, try ${notice.try}`;
    case 'invoiceSent':
      return `${notice.invoice} is to be paid`;
    case 'invoiceOverdue':
      return `${notice.invoice} is overdue`;
    case 'refunded':
      return `money of ${notice.invoice} went back`;
    case 'suspended':
      return `suspended for ${notice.invoice}`;
    case 'creditsLow':
      return `less left than ${alertName(notice)}`;
  }
}
