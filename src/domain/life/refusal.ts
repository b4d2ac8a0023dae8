import { explainContractObstacle, type ContractObstacle } from '../changes/contract-obstacle.ts';
import { intervalInWords } from '../values/interval.ts';
import { minorDigits, toDecimal, type Minor } from '../values/money.ts';
import type { Interval } from '../terms/terms.ts';
import { explainObstacle, type MoveObstacle } from '../changes/move-obstacle.ts';
import type { Spend } from '../credits/spend.ts';

/** Why a change of the lifecycle is refused: what a customer may cause, with the data its message needs. */
export type Refusal =
  | { readonly kind: 'unknownPlan'; readonly plan: string }
  /** Only a contract puts a workspace on the plan; whom to ask for one [2.34 4.04]. */
  | { readonly kind: 'contactSales'; readonly plan: string; readonly contact: string | null }
  | { readonly kind: 'intervalNotSold'; readonly plan: string; readonly interval: Interval }
  | { readonly kind: 'alreadyStarted' }
  | { readonly kind: 'notStarted' }
  | { readonly kind: 'alreadyCanceled' }
  | { readonly kind: 'nothingScheduled' }
  | { readonly kind: 'paymentMethodRequired' }
  | { readonly kind: 'paymentPending'; readonly plan: string }
  | { readonly kind: 'paymentOverdue' }
  | { readonly kind: 'personalPlanOnly'; readonly plan: string }
  /** Spaces that would be nobody's: each needs an owner first [2.37]. */
  | { readonly kind: 'ownershipNotTransferred'; readonly spaces: readonly string[] }
  | { readonly kind: 'seatsNotSold'; readonly plan: string }
  | { readonly kind: 'seatsBelowMinimum'; readonly minimum: number }
  /** The plan has no more seats than so many. */
  | { readonly kind: 'seatsAboveMost'; readonly plan: string; readonly most: number }
  /** Every seat that was bought is taken, and the plan lets nobody in beyond them [K5]. */
  | { readonly kind: 'seatsExhausted'; readonly seats: number }
  | { readonly kind: 'notATopUp'; readonly offeredMinor: Minor; readonly choices: string }
  | { readonly kind: 'autoTopUpNotOffered' }
  /** The purchase would cost more than the owner allows a month [0.06]. */
  | ({ readonly kind: 'spendCapReached'; readonly currency: string } & Spend)
  | { readonly kind: 'memberPlanRequired' }
  | { readonly kind: 'noTestClock' }
  | { readonly kind: 'clockGoesBack'; readonly now: string }
  | { readonly kind: 'clockTooFar'; readonly latest: string }
  | { readonly kind: 'clockBusy' }
  | { readonly kind: 'previewStale' }
  /** Another version of the terms does not fit the workspace as it is. */
  | { readonly kind: 'cannotMove'; readonly why: MoveObstacle }
  /** The contract does not fit the workspace as it is. */
  | { readonly kind: 'cannotAgree'; readonly why: ContractObstacle }
  | { readonly kind: 'noContract' }
  | { readonly kind: 'returnToRequired' }
  | { readonly kind: 'paymentDeclined'; readonly code: string }
  | { readonly kind: 'authenticationRequired' }
  /** The payment provider will never take the request; its own words say why. */
  | { readonly kind: 'paymentsRefused'; readonly why: string };

export type RefusalKind = Refusal['kind'];

/** One sentence on what happened and what to do about it. */
export function explainRefusal(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'unknownPlan':
      return `There is no plan "${refusal.plan}". Ask GET /api/plans for the plans on offer.`;
    case 'contactSales':
      return `The plan "${refusal.plan}" is sold by contract. Ask ${refusal.contact ?? 'sales'}.`;
    case 'intervalNotSold':
      return `The plan "${refusal.plan}" is not sold by the ${intervalInWords(refusal.interval)}.`;
    case 'alreadyStarted':
    case 'notStarted':
    case 'alreadyCanceled':
    case 'nothingScheduled':
      return states[refusal.kind];
    case 'personalPlanOnly':
      return `The plan "${refusal.plan}" belongs to an organisation, not to a personal workspace.`;
    case 'notATopUp':
      return `This amount is not on offer. On offer: ${refusal.choices}.`;
    case 'autoTopUpNotOffered':
      return 'Credits are not bought by themselves here. Buy a top-up when they run low.';
    case 'memberPlanRequired':
      return 'Members of this workspace pay with their own plans, so it holds no credits itself.';
    case 'previewStale':
    case 'cannotMove':
    case 'cannotAgree':
    case 'noContract':
      return explainOperators(refusal);
    case 'paymentMethodRequired':
    case 'paymentPending':
    case 'paymentOverdue':
    case 'returnToRequired':
    case 'paymentDeclined':
    case 'authenticationRequired':
    case 'paymentsRefused':
    case 'spendCapReached':
      return explainPayment(refusal);
    case 'ownershipNotTransferred':
    case 'seatsNotSold':
    case 'seatsBelowMinimum':
    case 'seatsAboveMost':
    case 'seatsExhausted':
      return explainPeople(refusal);
    case 'noTestClock':
    case 'clockGoesBack':
    case 'clockTooFar':
    case 'clockBusy':
      return explainClock(refusal);
  }
}

/** What a workspace is, where that is not what was taken for granted. */
const states = {
  alreadyStarted: 'This workspace already has a plan. Change it with a plan change.',
  notStarted: 'This workspace has no plan yet. Create it with a plan first.',
  alreadyCanceled: 'This workspace is canceled. Choose a plan to come back.',
  nothingScheduled: 'No change is scheduled, so there is nothing to cancel.',
} as const;

type OverSpent = Extract<Refusal, { readonly kind: 'spendCapReached' }>;

function explainSpend({ usedMinor, capMinor, currency, resetsAt }: OverSpent): string {
  const money = (amount: Minor): string => toDecimal(amount, minorDigits(currency));
  const used = `${money(usedMinor)} of ${money(capMinor)} ${currency.toUpperCase()} are used`;
  return `The month's spend cap does not allow it: ${used}. Raise the cap, or wait until ${resetsAt}.`;
}
type AboutOperators = Extract<
  Refusal,
  { readonly kind: 'previewStale' | 'cannotMove' | 'cannotAgree' | 'noContract' }
>;

function explainOperators(refusal: AboutOperators): string {
  switch (refusal.kind) {
    case 'previewStale':
      return 'Something changed since the preview. Ask for a new one and confirm that.';
    case 'cannotMove':
      return explainObstacle(refusal.why);
    case 'cannotAgree':
      return explainContractObstacle(refusal.why);
    case 'noContract':
      return 'This workspace is under no contract, so there is none to end.';
  }
}

type AboutPayment = Extract<
  Refusal,
  {
    readonly kind:
      | 'paymentMethodRequired'
      | 'paymentPending'
      | 'paymentOverdue'
      | 'returnToRequired'
      | 'paymentDeclined'
      | 'authenticationRequired'
      | 'paymentsRefused'
      | 'spendCapReached';
  }
>;

function explainPayment(refusal: AboutPayment): string {
  switch (refusal.kind) {
    case 'spendCapReached':
      return explainSpend(refusal);
    case 'paymentMethodRequired':
      return 'This plan needs a payment method on file. Add one, then try again.';
    case 'paymentPending':
      return `A checkout for the plan "${refusal.plan}" is open. Finish it, or start a new one.`;
    case 'paymentOverdue':
      return 'An invoice is overdue. Pay it by updating the payment method, then try again.';
    case 'returnToRequired':
      return 'Checkout needs "returnTo": the address that the person comes back to.';
    case 'paymentDeclined':
      return `The payment was declined (${refusal.code}). Use another payment method.`;
    case 'authenticationRequired':
      return 'The bank asks for the person. Pay through Checkout instead.';
    case 'paymentsRefused':
      return `Correct the request: the payment provider never takes it (“${refusal.why}”).`;
  }
}

type AboutPeople = Extract<
  Refusal,
  {
    readonly kind:
      | 'ownershipNotTransferred'
      | 'seatsNotSold'
      | 'seatsBelowMinimum'
      | 'seatsAboveMost'
      | 'seatsExhausted';
  }
>;

function explainPeople(refusal: AboutPeople): string {
  switch (refusal.kind) {
    case 'ownershipNotTransferred':
      return `No member owns ${refusal.spaces.join(', ')}. Transfer ownership, then change the plan.`;
    case 'seatsNotSold':
      return `Seats of the plan "${refusal.plan}" are not bought up front.`;
    case 'seatsBelowMinimum':
      return `At least ${refusal.minimum} seats are needed.`;
    case 'seatsAboveMost':
      return `The plan "${refusal.plan}" has at most ${refusal.most} seats. Move to a bigger plan for more.`;
    case 'seatsExhausted':
      return `All ${refusal.seats} seats are taken. Buy more seats, or remove a member.`;
  }
}

type AboutClocks = Extract<
  Refusal,
  { readonly kind: 'noTestClock' | 'clockGoesBack' | 'clockTooFar' | 'clockBusy' }
>;

function explainClock(refusal: AboutClocks): string {
  switch (refusal.kind) {
    case 'noTestClock':
      return 'This workspace lives in real time. Only one made with "testClock" can be advanced.';
    case 'clockGoesBack':
      return `Time never goes back: the clock stands at ${refusal.now}.`;
    case 'clockTooFar':
      return `A clock moves at most two years at a time: until ${refusal.latest}.`;
    case 'clockBusy':
      return 'The clock is still on its way. Wait until it has arrived, then advance it again.';
  }
}
