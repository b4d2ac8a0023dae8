import type { RefusalKind } from '../domain/life/refusal.ts';
import { denialProblems } from './denial-kinds.ts';
import type { ProblemKind } from './problem-kind.ts';

/** What the lifecycle refuses; the message of each answer says it with its data. */
export const refusalProblems = {
  unknownPlan: { status: 422, title: 'There is no such plan.', fix: 'Ask GET /api/plans.' },
  contactSales: {
    status: 422,
    title: 'The plan is sold by contract.',
    fix: 'Ask the contact that the message names.',
  },
  intervalNotSold: {
    status: 422,
    title: 'The plan is not sold by this interval.',
    fix: 'Ask GET /api/plans for its prices.',
  },
  alreadyStarted: {
    status: 409,
    title: 'The workspace already has a plan.',
    fix: 'Change it with a plan change.',
  },
  notStarted: { status: 409, title: 'The workspace has no plan yet.', fix: 'Choose a plan first.' },
  alreadyCanceled: {
    status: 409,
    title: 'The workspace is canceled.',
    fix: 'Choose a plan to come back.',
  },
  nothingScheduled: {
    status: 409,
    title: 'No change is scheduled.',
    fix: 'There is nothing to take back.',
  },
  paymentMethodRequired: {
    status: 402,
    title: 'A payment method is needed.',
    fix: 'Add one with POST …/payment-method.',
  },
  spendCapReached: denialProblems.spendCapReached,
  paymentPending: { status: 409, title: 'A checkout is open.', fix: 'Finish it, or start anew.' },
  paymentOverdue: {
    status: 402,
    title: 'An invoice is overdue.',
    fix: 'Update the payment method, then try again.',
  },
  personalPlanOnly: {
    status: 422,
    title: 'The plan belongs to an organisation.',
    fix: 'Choose a personal plan for a personal workspace.',
  },
  ownershipNotTransferred: {
    status: 409,
    title: 'Spaces would be left without an owner.',
    fix: 'Transfer each Space that the message names to a member, then change the plan.',
  },
  seatsNotSold: {
    status: 422,
    title: 'Seats of this plan are not bought up front.',
    fix: 'Add or remove members instead.',
  },
  seatsExhausted: {
    status: 409,
    title: 'Every seat that was bought is taken.',
    fix: 'Buy more seats, or remove a member, then accept the invitation again.',
  },
  seatsBelowMinimum: {
    status: 422,
    title: 'More seats are needed.',
    fix: 'Ask for at least the number in the message.',
  },
  seatsAboveMost: {
    status: 422,
    title: 'The plan has fewer seats.',
    fix: 'Ask for at most the number in the message, or move to a bigger plan.',
  },
  notATopUp: {
    status: 422,
    title: 'This amount is not on offer.',
    fix: 'Choose one of the amounts in the message.',
  },
  autoTopUpNotOffered: {
    status: 409,
    title: 'Credits are not bought by themselves here.',
    fix: 'Buy a top-up when they run low.',
  },
  memberPlanRequired: {
    status: 402,
    title: 'The member needs a plan of their own.',
    fix: 'Start a plan for the member’s personal workspace.',
  },
  noTestClock: {
    status: 409,
    title: 'The workspace lives in real time.',
    fix: 'Only one made with “testClock” can be advanced.',
  },
  clockGoesBack: { status: 422, title: 'Time never goes back.', fix: 'Choose a later time.' },
  clockTooFar: {
    status: 422,
    title: 'A clock moves at most two years at a time.',
    fix: 'Go there in several steps.',
  },
  clockBusy: {
    status: 409,
    title: 'The clock is still on its way.',
    fix: 'Wait until it has arrived.',
  },
  previewStale: {
    status: 409,
    title: 'Something changed since the preview.',
    fix: 'Ask for a new preview and confirm that.',
  },
  cannotMove: {
    status: 409,
    title: 'The workspace cannot be moved to this version.',
    fix: 'Do what the message says, then move it again.',
  },
  cannotAgree: {
    status: 409,
    title: 'The contract does not fit this workspace.',
    fix: 'Do what the message says, then agree on it again.',
  },
  noContract: {
    status: 409,
    title: 'The workspace is under no contract.',
    fix: 'Agree on one with PUT …/contract.',
  },
  returnToRequired: {
    status: 422,
    title: 'Checkout needs “returnTo”.',
    fix: 'Say where the person comes back to.',
  },
  paymentDeclined: {
    status: 402,
    title: 'The payment was declined.',
    fix: 'Use another payment method.',
  },
  authenticationRequired: {
    status: 402,
    title: 'The bank asks for the person.',
    fix: 'Pay through Checkout instead.',
  },
  paymentsRefused: {
    status: 422,
    title: 'The payment provider never takes this request.',
    fix: 'Correct what the message names, and send it under a new Idempotency-Key.',
  },
} as const satisfies Readonly<Record<RefusalKind, ProblemKind>>;
