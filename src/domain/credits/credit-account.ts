/**
 * One workspace's credits in memory, as the ledger's rules read: the model that the ledger's tables
 * are compared with. Plain data; every operation gives a new account. `credit-time.ts` lets time
 * pass, `credit-usage.ts` spends, `credit-holds.ts` reserves, `credit-refund.ts` gives back,
 * `credit-closing.ts` takes back, and `credit-reversal.ts` is about money that went back.
 */
import { burnable, type BurnableGrant, type GrantComparator } from './burn-down.ts';
import type { Recurrence } from '../values/calendar-recurrence.ts';
import type { Instant } from '../values/calendar.ts';
import {
  micro,
  plus,
  sum,
  type MicroCredits,
  type MicroMinor,
  type Minor,
} from '../values/money.ts';
import type { Outcome } from '../values/outcome.ts';
import type { Rollover } from './rollover.ts';
import type { RefundOfExpired } from '../terms/terms.ts';

/** What a product's catalog decides about its credits. */
export type CreditPolicy = {
  readonly order: readonly GrantComparator[];
  /** Where usage goes that no grant covers: into debt, or to the next invoice [K26]. */
  readonly settlement: 'creditOnly' | 'creditThenInvoice';
  /**
   * How far a call may go beyond the grants between two resets, on the next invoice [4.36]; the rest is debt. Not
   * given: no call is allowed beyond them, and all that is short goes where `settlement` says.
   */
  readonly overageUpToMicro?: MicroCredits;
  /** What a credit beyond the grants costs; not given: nothing. */
  readonly overagePriceMicro?: MicroMinor;
  /** The most that a calendar month of the zone may cost beyond the grants [0.06]; not given: no cap. */
  readonly spendCap?: { readonly capMinor: Minor; readonly timeZone: string };
  readonly debtAtReset: 'carry' | 'forgive';
  readonly caps: readonly CreditCap[];
  /** Whether a run may spend what its hold set aside of a grant that has ended since; not given: it may. */
  readonly holdSurvivesExpiry?: boolean;
  /** What a refund gives back of a grant that has ended; not given: nothing. */
  readonly refundOfExpired?: RefundOfExpired;
};

/** The most that may be used of a feature (`null`: of all) between two resets. */
export type CreditCap = {
  readonly feature: string | null;
  readonly limitMicro: MicroCredits;
  /** The member or Space that it is for; not given: the whole account. */
  readonly whose?: string;
};

/**
 * A grant with its whole life; `remainingMicro` is 0 once it has ended. What became of it: spent for usage, repaid
 * a debt, expired unspent, given to another account, or reversed because its money went back.
 */
export type AccountGrant = BurnableGrant & {
  /** What one window grants. */
  readonly amountMicro: MicroCredits;
  readonly status: 'waiting' | 'live' | 'expired' | 'voided';
  /** Where it was voided: when, and how much that took. */
  readonly voided: { readonly at: Instant; readonly amountMicro: MicroCredits } | null;
  readonly recurrence: Recurrence | null;
  /** When it is refilled next. */
  readonly refillsAt: Instant | null;
  readonly refilledAt: Instant | null;
  readonly carries: { readonly atRefill: Rollover; readonly atReset: Rollover };
  readonly spentMicro: MicroCredits;
  readonly repaidMicro: MicroCredits;
  readonly expiredMicro: MicroCredits;
  readonly transferredMicro: MicroCredits;
  readonly reversedMicro: MicroCredits;
  /** What a reversal takes as well, once holds give it back. */
  readonly dueMicro: MicroCredits;
  /** What of the reversed part had been used, and became debt, or a loss. */
  readonly owedMicro: MicroCredits;
  readonly lostMicro: MicroCredits;
  /** What its last reversal made, or will make, of what was used. */
  readonly spentBecomes: 'debt' | 'loss';
};

/** Where a part of a usage came from: a grant by number, or from nothing that was granted. */
export type UsageSource = number | 'debt' | 'overage';
export type UsagePart = {
  readonly source: UsageSource;
  readonly amountMicro: MicroCredits;
  /** The reset that began the window in which overage counts; not given: the usage's own. */
  readonly since?: Instant;
  /** What a credit of it costs; not given: nothing. */
  readonly priceMicro?: MicroMinor;
};

/**
 * Something that was used, and what paid for it at first; refunds make its parts smaller. What has become of a
 * debt since, or of a grant that was reversed, is told by the account and the grants.
 */
export type Usage = {
  readonly id: string;
  readonly at: Instant;
  readonly feature: string | null;
  /** The member and the Space that it was for. */
  readonly whose: readonly string[];
  readonly parts: readonly UsagePart[];
  /** What it counts against caps. */
  readonly countedMicro: MicroCredits;
  /** How far it went over the tightest cap, if it was recorded all the same. */
  readonly breachMicro: MicroCredits;
};

/** Credits set aside for a run, or frozen because their money is disputed. */
export type CreditHold = {
  readonly id: string;
  readonly feature: string | null;
  readonly whose: readonly string[];
  readonly parts: readonly { readonly grantNo: number; readonly amountMicro: MicroCredits }[];
  /** What it set aside beyond the grants, and the price of a credit of it; null: nothing. */
  readonly beyondMicro: MicroCredits;
  readonly priceMicro: MicroMinor | null;
  readonly takenAt: Instant;
  readonly countedMicro: MicroCredits;
  /** The reset that began the window it was taken in: there it counts against caps, also once settled. */
  readonly countedSince: Instant;
  readonly expiresAt: Instant | null;
  readonly status: 'open' | 'settled' | 'released' | 'expired';
  readonly settledMicro: MicroCredits | null;
  /** A dispute's freeze, and no run's hold. */
  readonly isFreeze: boolean;
  /** What a freeze takes too, once it comes back to its grant; of a run's hold nothing. */
  readonly dueMicro: MicroCredits;
};

/** One movement, append-only. `grantNo` is `null` for what no grant took part in. */
export type CreditEntry = {
  readonly at: Instant;
  readonly kind:
    | 'granted'
    | 'burned'
    | 'borrowed'
    | 'invoiced'
    | 'repaid'
    | 'forgiven'
    | 'refunded'
    | 'expired'
    | 'voided'
    /** Another account has it. */
    | 'transferred'
    /** Its money went back; negative: it came again. */
    | 'reversed'
    /** Went on into a new window; it tells, and moves nothing. */
    | 'carried';
  readonly grantNo: number | null;
  readonly amountMicro: MicroCredits;
};

/** Top-ups that were paid or are on their way: they count in what their month may cost. */
export type Bought = { readonly id: string; readonly at: Instant; readonly totalMinor: Minor };

export type CreditAccount = {
  readonly at: Instant;
  readonly policy: CreditPolicy;
  readonly grants: readonly AccountGrant[];
  readonly holds: readonly CreditHold[];
  readonly usages: readonly Usage[];
  readonly bought: readonly Bought[];
  /** What was used and nobody has paid for. */
  readonly debtMicro: MicroCredits;
  /** Debt that was let go, and what reversals lost. */
  readonly forgivenMicro: MicroCredits;
  readonly entries: readonly CreditEntry[];
  /** The last reset, or the beginning. */
  readonly periodStart: Instant;
};

/** Why an operation did nothing. */
export type CreditRefusal =
  | { readonly kind: 'badAmount' }
  | { readonly kind: 'insufficientBalance'; readonly shortMicro: MicroCredits }
  | { readonly kind: 'capReached'; readonly cap: CreditCap; readonly usedMicro: MicroCredits }
  | { readonly kind: 'unknownHold' | 'unknownUsage' | 'unknownGrant' }
  | { readonly kind: 'holdClosed' | 'refundTooLarge' | 'nothingToVoid' };

/** What an operation made of the account, and what it answers. */
export type Done<Answer> = Outcome<
  { readonly account: CreditAccount; readonly answer: Answer },
  CreditRefusal
>;

/** An account without grants, at its beginning. */
export const openAccount = (at: Instant, policy: CreditPolicy): CreditAccount => ({
  at,
  policy,
  grants: [],
  holds: [],
  usages: [],
  bought: [],
  debtMicro: micro(0),
  forgivenMicro: micro(0),
  entries: [],
  periodStart: at,
});

/** What a call for this feature could burn now; without a feature, what is earmarked for nothing. */
export const availableMicro = (account: CreditAccount, feature: string | null): MicroCredits =>
  sum(
    burnable(account.grants, { at: account.at, earmark: feature }).map(
      ({ remainingMicro }) => remainingMicro,
    ),
  );

/** Whether a call falls under a cap. */
export const isCapped = (
  cap: Pick<CreditCap, 'feature' | 'whose'>,
  call: { readonly feature: string | null; readonly whose?: readonly string[] },
): boolean =>
  (cap.feature === null || cap.feature === call.feature) &&
  (cap.whose === undefined || (call.whose ?? []).includes(cap.whose));

/** What was used below a cap since the last reset, with what is held. */
export function countedMicro(
  account: CreditAccount,
  cap: Pick<CreditCap, 'feature' | 'whose'>,
): MicroCredits {
  const counts = (of: Pick<Usage, 'feature' | 'whose'>): boolean => isCapped(cap, of);
  const used = account.usages.filter((usage) => usage.at >= account.periodStart && counts(usage));
  const held = account.holds.filter(
    (hold) => hold.status === 'open' && hold.countedSince === account.periodStart && counts(hold),
  );
  return sum([...used, ...held].map((one) => one.countedMicro));
}

/** All that a usage has cost, after refunds. */
export const costMicro = (usage: Usage): MicroCredits =>
  sum(usage.parts.map(({ amountMicro }) => amountMicro));

/** All usage that went to invoices, after refunds. */
export const overageMicro = (account: CreditAccount): MicroCredits =>
  sum(
    account.usages.flatMap(({ parts }) =>
      parts.filter(({ source }) => source === 'overage').map(({ amountMicro }) => amountMicro),
    ),
  );

/** The sum of one kind of movement since the beginning. */
export const totalOf = (account: CreditAccount, kind: CreditEntry['kind']): MicroCredits =>
  sum(account.entries.filter((entry) => entry.kind === kind).map(({ amountMicro }) => amountMicro));

/**
 * Both sides of the ledger's identity: granted + debt + overage + forgiven, and spent + held +
 * expired + voided + reversed + transferred + what is left. They are equal after every operation.
 */
export function identityOf(account: CreditAccount): {
  readonly sourcesMicro: MicroCredits;
  readonly usesMicro: MicroCredits;
} {
  const uncovered = [account.debtMicro, overageMicro(account), account.forgivenMicro];
  const held = account.holds.flatMap(({ parts }) => parts.map(({ amountMicro }) => amountMicro));
  const left = account.grants.map(({ remainingMicro }) => remainingMicro);
  const closed = (['expired', 'voided', 'reversed', 'transferred'] as const).map((kind) =>
    totalOf(account, kind),
  );
  return {
    sourcesMicro: plus(totalOf(account, 'granted'), sum(uncovered)),
    usesMicro: sum([...account.usages.map(costMicro), ...held, ...closed, ...left]),
  };
}
