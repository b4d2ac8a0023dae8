/**
 * One workspace's credits in memory, as the ledger's rules read: the model that the ledger's tables
 * are compared with. Plain data; every operation gives a new account. `credit-time.ts` lets time
 * pass, `credit-usage.ts` spends, `credit-holds.ts` reserves, `credit-closing.ts` takes back.
 */
import { burnable, type BurnableGrant, type GrantComparator } from './burn-down.ts';
import type { Recurrence } from './calendar-recurrence.ts';
import { isAtOrBefore, type Instant } from './calendar.ts';
import { lesser, micro, minus, plus, sum, type MicroCredits } from './money.ts';
import type { Outcome } from './outcome.ts';
import type { Rollover } from './rollover.ts';
import type { RefundOfExpired } from './terms.ts';

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
  readonly debtAtReset: 'carry' | 'forgive';
  readonly caps: readonly CreditCap[];
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

/** A grant with its whole life; `remainingMicro` is 0 once it has ended. */
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
};

/** Where a part of a usage came from: a grant by number, or from nothing that was granted. */
export type UsageSource = number | 'debt' | 'overage' | 'forgiven';
export type UsagePart = {
  readonly source: UsageSource;
  readonly amountMicro: MicroCredits;
  /** The reset that began the window in which overage counts; not given: the usage's own. */
  readonly since?: Instant;
};

/** Something that was used, and what paid for it; refunds make its parts smaller. */
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
  /** What it set aside beyond the grants. */
  readonly beyondMicro: MicroCredits;
  readonly countedMicro: MicroCredits;
  /** The reset that began the window it was taken in: there it counts against caps, also once settled. */
  readonly countedSince: Instant;
  readonly expiresAt: Instant | null;
  readonly status: 'open' | 'settled' | 'released' | 'expired';
  readonly settledMicro: MicroCredits | null;
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
    /** Went on into a new window; it tells, and moves nothing. */
    | 'carried';
  readonly grantNo: number | null;
  readonly amountMicro: MicroCredits;
};

export type CreditAccount = {
  readonly at: Instant;
  readonly policy: CreditPolicy;
  readonly grants: readonly AccountGrant[];
  readonly holds: readonly CreditHold[];
  readonly usages: readonly Usage[];
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

/** All that still came from one kind of source, over all usages. */
export const drawnMicro = (account: CreditAccount, source: UsageSource): MicroCredits =>
  sum(
    account.usages.flatMap(({ parts }) =>
      parts.filter((part) => part.source === source).map(({ amountMicro }) => amountMicro),
    ),
  );

/** The sum of one kind of movement since the beginning. */
export const totalOf = (account: CreditAccount, kind: CreditEntry['kind']): MicroCredits =>
  sum(account.entries.filter((entry) => entry.kind === kind).map(({ amountMicro }) => amountMicro));

/**
 * Both sides of the ledger's identity: granted + debt + overage + forgiven, and spent + held +
 * expired + voided + what is left. They are equal after every operation.
 */
export function identityOf(account: CreditAccount): {
  readonly sourcesMicro: MicroCredits;
  readonly usesMicro: MicroCredits;
} {
  const uncovered = (['debt', 'overage', 'forgiven'] as const).map((source) =>
    drawnMicro(account, source),
  );
  const held = account.holds.flatMap(({ parts }) => parts.map(({ amountMicro }) => amountMicro));
  const left = account.grants.map(({ remainingMicro }) => remainingMicro);
  const closed = [totalOf(account, 'expired'), totalOf(account, 'voided')];
  return {
    sourcesMicro: plus(totalOf(account, 'granted'), sum(uncovered)),
    usesMicro: sum([...account.usages.map(costMicro), ...held, ...closed, ...left]),
  };
}

/** The entry for an amount that moved now; none for nothing. */
export const entryOf = (
  at: Instant,
  kind: CreditEntry['kind'],
  move: { readonly grantNo: number | null; readonly amountMicro: MicroCredits },
): CreditEntry[] =>
  move.amountMicro === micro(0)
    ? []
    : [{ at, kind, grantNo: move.grantNo, amountMicro: move.amountMicro }];

/**
 * Gives grants' parts back, last first: what has ended meanwhile is not revived, and what is disputed
 * is frozen.
 */
export function giveBack(
  account: CreditAccount,
  parts: readonly { readonly grantNo: number; readonly amountMicro: MicroCredits }[],
): CreditAccount {
  const back = new Map<number, MicroCredits>();
  for (const { grantNo, amountMicro } of parts) {
    back.set(grantNo, plus(back.get(grantNo) ?? micro(0), amountMicro));
  }
  const entries: CreditEntry[] = [];
  const grants = account.grants.map((grant) => {
    const amountMicro = back.get(grant.grantNo);
    if (amountMicro === undefined) return grant;
    if (grant.status === 'expired' || grant.status === 'voided') {
      entries.push(...entryOf(account.at, grant.status, { grantNo: grant.grantNo, amountMicro }));
      return grant;
    }
    return { ...grant, remainingMicro: plus(grant.remainingMicro, amountMicro) };
  });
  return freezeDue({ ...account, grants, entries: [...account.entries, ...entries] }, [
    ...back.keys(),
  ]);
}

/** Open freezes of these grants take what they lack of what is unspent, the oldest first. */
function freezeDue(account: CreditAccount, grantNos: readonly number[]): CreditAccount {
  let state = account;
  for (const freeze of account.holds) {
    const grantNo = freeze.parts[0]?.grantNo;
    if (freeze.status !== 'open' || freeze.dueMicro === 0n || grantNo === undefined) continue;
    const grant = state.grants.find((one) => one.grantNo === grantNo);
    if (grant === undefined || !grantNos.includes(grantNo) || endsBy(grant, account.at)) continue;
    const amountMicro = lesser(grant.remainingMicro, freeze.dueMicro);
    const taken = takeFrom(state, [{ grantNo, amountMicro }]);
    const holds = taken.holds.map((one) => (one.id === freeze.id ? grown(one, amountMicro) : one));
    state = { ...taken, holds };
  }
  return state;
}

const endsBy = ({ expiresAt }: AccountGrant, at: Instant): boolean =>
  expiresAt !== null && isAtOrBefore(expiresAt, at);

const grown = (freeze: CreditHold, byMicro: MicroCredits): CreditHold => ({
  ...freeze,
  parts: freeze.parts.map((part) => ({ ...part, amountMicro: plus(part.amountMicro, byMicro) })),
  dueMicro: minus(freeze.dueMicro, byMicro),
});

/** Takes parts from their grants. */
export function takeFrom(
  account: CreditAccount,
  parts: readonly { readonly grantNo: number; readonly amountMicro: MicroCredits }[],
): CreditAccount {
  const taken = new Map(parts.map(({ grantNo, amountMicro }) => [grantNo, amountMicro]));
  const grants = account.grants.map((grant) => {
    const amountMicro = taken.get(grant.grantNo);
    if (amountMicro === undefined) return grant;
    return { ...grant, remainingMicro: minus(grant.remainingMicro, amountMicro) };
  });
  return { ...account, grants };
}
