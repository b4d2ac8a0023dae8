import type { Instant } from '../values/calendar.ts';
import {
  divide,
  lesser,
  micro,
  minus,
  plus,
  type MicroCredits,
  type Minor,
} from '../values/money.ts';

/**
 * Where a dispute stands. `open`: the bank only asks. `withdrawn`: it has taken the money and still
 * decides. `lost`: the money is gone; a debit that a bank returns is lost from its first moment.
 */
export type DisputeState = 'open' | 'withdrawn' | 'lost' | 'won';

export type DisputedMoney = {
  readonly dispute: string;
  readonly state: DisputeState;
  readonly amountMinor: Minor;
};

/** What the lifecycle hears of it; credits and money are booked already. Someone may have to act. */
export type MoneyBackFact =
  | {
      readonly kind: `dispute${'Opened' | 'FundsWithdrawn' | 'Lost' | 'Won'}`;
      readonly dispute: string;
      /** What the money had paid: a purchase, or else an invoice. */
      readonly payment: string | null;
      readonly invoice: string | null;
      readonly amountMinor: Minor;
      readonly reason: string;
      /** Until when the bank takes evidence; null: it waits for none. */
      readonly respondBy: Instant | null;
      readonly claim: Claim['kind'];
      readonly creditsMicro: MicroCredits;
      readonly mustAct: 'operator' | 'nobody';
    }
  | ({ readonly kind: 'refundReturned' } & Refunded)
  | ({
      readonly kind: 'refundBooked';
      /** What this refund adds to those before it. */
      readonly backMinor: Minor;
      /** The invoice that the money had paid, by its key; null: none of ours. */
      readonly paidInvoice: string | null;
      /** The note that credits it, by its id; null: no invoice of ours was paid. Absent before there were any. */
      readonly creditNote?: string | null;
    } & Refunded);

type Refunded = {
  readonly payment: string | null;
  readonly invoice: string | null;
  /** All that was refunded until then. */
  readonly refundedMinor: Minor;
  /** What this change took, or gave back. */
  readonly creditsMicro: MicroCredits;
  readonly mustAct: 'operator' | 'nobody';
};

/** A fact about money that went back in a few words, with who must act. [3.29] */
export function describeMoneyBack(fact: MoneyBackFact): string {
  const what = moneyBackWords[fact.kind];
  const who = fact.mustAct === 'operator' ? '; the operator must act' : '';
  return 'dispute' in fact ? `${fact.dispute}: ${what}${who}` : `${what}${who}`;
}

const moneyBackWords = {
  disputeOpened: 'a payment is disputed',
  disputeFundsWithdrawn: 'the bank has taken disputed money',
  disputeLost: 'the dispute is lost',
  disputeWon: 'the dispute is won',
  refundBooked: 'a payment was refunded',
  refundReturned: 'a refund could not be paid out',
} as const satisfies Record<MoneyBackFact['kind'], string>;

/** A top-up as it was bought, and what came of its money since. */
export type MoneyBack = {
  readonly paidMinor: Minor;
  readonly creditsMicro: MicroCredits;
  /** All that was refunded until now, never one refund alone. */
  readonly refundedMinor: Minor;
  /** Oldest first. */
  readonly disputes: readonly DisputedMoney[];
};

/** What a dispute does to the credits that its money had bought. */
export type Claim =
  | { readonly kind: 'none' }
  | { readonly kind: 'frozen' | 'reversed'; readonly amountMicro: MicroCredits };

export type DisputeClaim = { readonly dispute: string; readonly claim: Claim };

export type MoneyBackClaims = {
  /** All that refunds take of the top-up. */
  readonly refundedMicro: MicroCredits;
  readonly disputes: readonly DisputeClaim[];
};

/**
 * What refunds and disputes claim of a top-up: in proportion to the ORIGINAL purchase, rounded down,
 * refunds first, then disputes from the oldest, together never more than was granted. It is computed
 * from what is true now and nothing else, so neither order nor repetition of events matters.
 * Micro-credits and minor units; throws for a purchase of no money. [1.17 3.29 K23]
 */
export function claimMoneyBack(money: MoneyBack): MoneyBackClaims {
  const { creditsMicro, paidMinor } = money;
  const share = (ofMinor: Minor): MicroCredits =>
    lesser(micro(divide(creditsMicro * ofMinor, paidMinor, 'down')), creditsMicro);
  const refundedMicro = share(money.refundedMinor);
  let claimed = refundedMicro;
  const disputes = money.disputes.map(({ dispute, state, amountMinor }): DisputeClaim => {
    const kind = claimOf(state);
    if (kind === 'none') return { dispute, claim: { kind } };
    const amountMicro = lesser(share(amountMinor), minus(creditsMicro, claimed));
    claimed = plus(claimed, amountMicro);
    const claim: Claim = amountMicro === 0n ? { kind: 'none' } : { kind, amountMicro };
    return { dispute, claim };
  });
  return { refundedMicro, disputes };
}

/** What was only asked about is kept from use; what the bank took is taken back. */
function claimOf(state: DisputeState): Claim['kind'] {
  switch (state) {
    case 'open':
      return 'frozen';
    case 'withdrawn':
    case 'lost':
      return 'reversed';
    case 'won':
      return 'none';
  }
}
