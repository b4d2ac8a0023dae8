import type { DenialKind } from '../domain/gates/denial.ts';
import type { ProblemKind } from './problem-kind.ts';

/** Denials: nothing was charged, and the answer names every limit that fired. */
export const denialProblems = {
  outOfCredits: {
    status: 402,
    title: 'The credits do not suffice.',
    fix: 'Buy credits, move to a bigger plan, or wait for the reset.',
  },
  memberCapReached: {
    status: 402,
    title: 'The member’s cap is reached.',
    fix: 'Raise the cap, or wait for the reset.',
  },
  spaceCapReached: {
    status: 402,
    title: 'The Space’s cap is reached.',
    fix: 'Raise the cap, or wait for the reset.',
  },
  orgCapReached: {
    status: 402,
    title: 'The organisation’s cap is reached.',
    fix: 'Raise the cap, or wait for the reset.',
  },
  overageReached: {
    status: 402,
    title: 'Usage beyond the credits has reached the plan’s limit.',
    fix: 'Buy credits, move to a bigger plan, or wait for the reset.',
  },
  spendCapReached: {
    status: 402,
    title: 'The month’s spend cap is reached.',
    fix: 'Raise the spend cap, or wait for the next month.',
  },
  runQuotaReached: {
    status: 402,
    title: 'The plan’s runs are used up.',
    fix: 'Wait for the reset, or choose a plan with more runs.',
  },
  toolLimitReached: {
    status: 402,
    title: 'The tool was called as often as the plan allows.',
    fix: 'Wait until its window ends, or choose a plan that allows more.',
  },
  ownedOrgLimitReached: {
    status: 402,
    title: 'The user owns as many organisations as their plan allows.',
    fix: 'Choose a bigger plan for one of them, or hand one over.',
  },
  joinedOrgLimitReached: {
    status: 402,
    title: 'The user has joined as many organisations as their plan allows.',
    fix: 'Choose a bigger plan for an organisation of theirs, or leave one.',
  },
  workspaceLimitReached: {
    status: 402,
    title: 'The user has as many workspaces as their plan allows.',
    fix: 'Choose a bigger plan for one of them, or hand one over.',
  },
  projectLimitReached: {
    status: 402,
    title: 'As many projects live as the plan allows.',
    fix: 'Close one, or choose a bigger plan.',
  },
  seatLimitReached: {
    status: 402,
    title: 'Members and invitations are as many as the plan allows.',
    fix: 'Remove a member, take an invitation back, or choose a bigger plan.',
  },
  trialEnded: {
    status: 402,
    title: 'The trial has ended.',
    fix: 'Add a payment method, or choose a plan.',
  },
  pastDue: {
    status: 402,
    title: 'A payment is overdue.',
    fix: 'Update the payment method.',
  },
  suspended: {
    status: 402,
    title: 'The plan is suspended because it was not paid.',
    fix: 'Update the payment method.',
  },
  canceled: {
    status: 402,
    title: 'The plan was canceled.',
    fix: 'Choose a plan to come back.',
  },
} as const satisfies Readonly<Record<DenialKind, ProblemKind>>;
