import type { TopUpRefundRefusal } from '../domain/credits/top-up-refund.ts';
import type { ProblemKind } from './problem-kind.ts';

/** Why money of a top-up does not go back. */
export const topUpRefundProblems = {
  refundNotOffered: {
    status: 409,
    title: 'Top-ups are not refunded here.',
    fix: 'Nothing is lost: the credits stay usable.',
  },
  refundByOperator: {
    status: 403,
    title: 'Only the product’s operators refund top-ups here.',
    fix: 'Ask support; an operator refunds with a key of scope admin.',
  },
  refundTooLate: {
    status: 409,
    title: 'The days in which this top-up could be refunded are over.',
    fix: 'Nothing is lost: the credits stay usable.',
  },
  topUpDisputed: {
    status: 409,
    title: 'The payment of this top-up is disputed at the bank.',
    fix: 'Wait until the bank has decided.',
  },
  refundUnderWay: {
    status: 409,
    title: 'A refund of this top-up is under way.',
    fix: 'Ask again when it has ended: GET …/top-ups shows it.',
  },
  topUpSpent: {
    status: 409,
    title: 'Nothing of this top-up is left to refund.',
    fix: 'What is spent stays spent; runs that are held may give something back.',
  },
} as const satisfies Readonly<Record<TopUpRefundRefusal['kind'], ProblemKind>>;
