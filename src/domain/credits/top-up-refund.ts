import { addDays, isBefore, type Instant } from '../values/calendar.ts';
import { claimMoneyBack } from '../invoices/money-back.ts';
import {
  divide,
  lesser,
  minor,
  minus,
  plus,
  type MicroCredits,
  type Minor,
} from '../values/money.ts';
import { ok, refused, type Outcome } from '../values/outcome.ts';
import type { RefundTerms } from '../terms/terms.ts';

/** A top-up whose money came, and what is true of it now. */
export type BoughtTopUp = {
  readonly boughtAt: Instant;
  readonly paidMinor: Minor;
  /** As it was bought, whatever became of it. */
  readonly creditsMicro: MicroCredits;
  /** What could be burned now: neither spent nor expired, in no run, in no dispute. */
  readonly unspentMicro: MicroCredits;
  /** All that was given back of it until now. */
  readonly refundedMinor: Minor;
  /** A bank looks into its payment, or has taken it. */
  readonly isDisputed: boolean;
  /** A refund of it was asked for, and its money has not moved yet. */
  readonly isRefunding: boolean;
};

/** Who asks for a refund, and when. */
export type RefundAsked = {
  readonly at: Instant;
  readonly timeZone: string;
  readonly byOperator: boolean;
};

/** What goes back: money, and the credits that it takes along. */
export type TopUpRefund = {
  readonly amountMinor: Minor;
  readonly creditsMicro: MicroCredits;
};

export type TopUpRefundRefusal =
  /** The catalog gives nothing back [1.17]. */
  | { readonly kind: 'refundNotOffered' }
  /** The product's operators decide, nobody else [3.28]. */
  | { readonly kind: 'refundByOperator' }
  | { readonly kind: 'refundTooLate'; readonly until: Instant }
  | { readonly kind: 'topUpDisputed' }
  | { readonly kind: 'refundUnderWay' }
  | { readonly kind: 'topUpSpent' };

/** Until when a top-up can be given back; null: for ever, as far as its credits last. */
export const refundableUntil = (
  policy: RefundTerms,
  boughtAt: Instant,
  timeZone: string,
): Instant | null =>
  typeof policy === 'string' ? null : addDays(boughtAt, policy.unusedWithinDays, timeZone);

/**
 * What of a top-up goes back now, by the catalog's `topUps.refund` [1.17 3.28 K23]: of the money the part that
 * the unspent credits are of what was bought, rounded down to a minor unit, never more than is left of it;
 * of the credits what that money bought. Minor units and micro-credits. Refuses by policy, after its days, in
 * a dispute, while another refund is under way, and where nothing is left that a minor unit would buy.
 */
export function refundOf(
  policy: RefundTerms,
  topUp: BoughtTopUp,
  { at, timeZone, byOperator }: RefundAsked,
): Outcome<TopUpRefund, TopUpRefundRefusal> {
  if (policy === 'none') return refused({ kind: 'refundNotOffered' });
  if (policy === 'manual' && !byOperator) return refused({ kind: 'refundByOperator' });
  const until = refundableUntil(policy, topUp.boughtAt, timeZone);
  if (until !== null && !isBefore(at, until)) return refused({ kind: 'refundTooLate', until });
  if (topUp.isDisputed) return refused({ kind: 'topUpDisputed' });
  if (topUp.isRefunding) return refused({ kind: 'refundUnderWay' });
  const { paidMinor, creditsMicro, unspentMicro, refundedMinor } = topUp;
  const worth = minor(divide(paidMinor * unspentMicro, creditsMicro, 'down'));
  const amountMinor = lesser(worth, minus(paidMinor, refundedMinor));
  if (amountMinor <= 0n) return refused({ kind: 'topUpSpent' });
  const before = claimOf(topUp, refundedMinor);
  const after = claimOf(topUp, plus(refundedMinor, amountMinor));
  return ok({ amountMinor, creditsMicro: minus(after, before) });
}

/** What refunds of so much in all take of the credits; booked by the same rule when the money has moved. */
const claimOf = ({ paidMinor, creditsMicro }: BoughtTopUp, refundedMinor: Minor): MicroCredits =>
  claimMoneyBack({ paidMinor, creditsMicro, refundedMinor, disputes: [] }).refundedMicro;

/** One sentence on why nothing goes back, and what to do about it. */
export function explainTopUpRefusal(refusal: TopUpRefundRefusal): string {
  switch (refusal.kind) {
    case 'refundNotOffered':
      return 'Top-ups are not refunded here; the credits stay usable.';
    case 'refundByOperator':
      return 'Only the product’s operators refund top-ups here. Ask support.';
    case 'refundTooLate':
      return `This top-up could be refunded until ${refusal.until}; its credits stay usable.`;
    case 'topUpDisputed':
      return 'The payment of this top-up is disputed at the bank. Wait until that is decided.';
    case 'refundUnderWay':
      return 'A refund of this top-up is under way. Ask again when it has ended.';
    case 'topUpSpent':
      return 'Nothing of this top-up is left to refund.';
  }
}
