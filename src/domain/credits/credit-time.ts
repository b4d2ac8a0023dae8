import { burnable, burnDown } from './burn-down.ts';
import { nextBoundary, type Recurrence } from '../values/calendar-recurrence.ts';
import { earliest, isAtOrBefore, isBefore, latest, type Instant } from '../values/calendar.ts';
import { type AccountGrant, type CreditAccount, type CreditEntry } from './credit-account.ts';
import { changeGrants, entryOf, giveBack } from './credit-movement.ts';
import { micro, minus, plus, sum, type MicroCredits } from '../values/money.ts';
import { carriedOver, fullRollover, noRollover, type Rollover } from './rollover.ts';
import type { GrantKind } from '../terms/terms.ts';

/** A grant to be made. Half-open: it burns from `effectiveAt` on and no more at `expiresAt`. */
export type NewGrant = {
  readonly kind: GrantKind;
  readonly amountMicro: MicroCredits;
  readonly priority?: number;
  readonly earmark?: string | null;
  readonly effectiveAt: Instant;
  readonly expiresAt?: Instant | null;
  /** Refilled at every boundary after `effectiveAt`. */
  readonly recurrence?: Recurrence | null;
  readonly carries?: { readonly atRefill?: Rollover; readonly atReset?: Rollover };
};

/** Adds grants in this order; those that have begun repay debt first [2.24]. */
export function addGrants(account: CreditAccount, grants: readonly NewGrant[]): CreditAccount {
  const first = account.grants.length + 1;
  const added = grants.map((grant, index) => numbered(grant, first + index));
  const entries = added.flatMap((grant) => entryOf(account.at, 'granted', grant));
  const known = {
    ...account,
    grants: [...account.grants, ...added],
    entries: [...account.entries, ...entries],
  };
  return advanceTo(known, account.at);
}

function numbered(grant: NewGrant, grantNo: number): AccountGrant {
  const { kind, amountMicro, effectiveAt } = grant;
  if (amountMicro < 0n) throw new RangeError('a grant is never negative');
  const recurrence = grant.recurrence ?? null;
  return {
    grantNo,
    kind,
    amountMicro,
    remainingMicro: amountMicro,
    priority: grant.priority ?? 0,
    earmark: grant.earmark ?? null,
    effectiveAt,
    expiresAt: grant.expiresAt ?? null,
    status: 'waiting',
    voided: null,
    recurrence,
    refillsAt: recurrence === null ? null : nextBoundary(recurrence, effectiveAt),
    refilledAt: null,
    carries: {
      atRefill: grant.carries?.atRefill ?? noRollover,
      atReset: grant.carries?.atReset ?? fullRollover,
    },
    ...{ spentMicro: micro(0), repaidMicro: micro(0), expiredMicro: micro(0) },
    ...{ reversedMicro: micro(0), dueMicro: micro(0), owedMicro: micro(0), lostMicro: micro(0) },
    transferredMicro: micro(0),
    spentBecomes: 'debt',
  };
}

/**
 * Lets time pass: everything that is due by then happens in its order, at its own instant. Holds end
 * first, then grants end, begin and are refilled, and what is new repays debt. Running on in two
 * steps equals running on in one.
 */
export function advanceTo(account: CreditAccount, at: Instant): CreditAccount {
  // Entries are gathered apart: to copy them at every turn would make a long wait quadratic.
  const entries = [...account.entries];
  let state = account;
  for (;;) {
    const due = nextDue(state);
    if (due === undefined || isBefore(at, due)) break;
    state = turn({ ...state, entries: [], at: latest(due, state.at) });
    for (const entry of state.entries) entries.push(entry);
  }
  return { ...state, entries, at: latest(at, account.at) };
}

function nextDue(account: CreditAccount): Instant | undefined {
  const dates: Instant[] = [];
  for (const grant of account.grants) {
    if (grant.status === 'waiting') dates.push(grant.effectiveAt);
    if (hasEnded(grant)) continue;
    if (grant.expiresAt !== null) dates.push(grant.expiresAt);
    if (grant.refillsAt !== null) dates.push(grant.refillsAt);
  }
  for (const hold of account.holds) {
    if (hold.status === 'open' && hold.expiresAt !== null) dates.push(hold.expiresAt);
  }
  const [first, ...others] = dates;
  // One by one: the dates of very many grants do not fit into one call's arguments.
  return first === undefined ? undefined : others.reduce((a, b) => earliest(a, b), first);
}

const hasEnded = (grant: AccountGrant): boolean =>
  grant.status === 'expired' || grant.status === 'voided';

function turn(account: CreditAccount): CreditAccount {
  const released = endHolds(account);
  const { at } = released;
  const entries: CreditEntry[] = [];
  const grants = released.grants.map((grant) => turnGrant(grant, at, entries));
  const before = new Map(released.grants.map((grant) => [grant.grantNo, grant]));
  const fresh = grants.filter((grant) => isFresh(before.get(grant.grantNo), grant));
  const state = { ...released, grants, entries: [...released.entries, ...entries] };
  return fresh.length === 0 ? state : repayDebt(state, fresh);
}

function endHolds(account: CreditAccount): CreditAccount {
  const { at } = account;
  const isDue = (expiresAt: Instant | null): boolean =>
    expiresAt !== null && isAtOrBefore(expiresAt, at);
  const due = account.holds.filter((hold) => hold.status === 'open' && isDue(hold.expiresAt));
  if (due.length === 0) return account;
  const holds = account.holds.map((hold) =>
    due.includes(hold)
      ? { ...hold, status: 'expired' as const, parts: [], beyondMicro: micro(0) }
      : hold,
  );
  return giveBack(
    { ...account, holds },
    due.flatMap(({ parts }) => parts),
  );
}

function turnGrant(grant: AccountGrant, at: Instant, entries: CreditEntry[]): AccountGrant {
  if (hasEnded(grant)) return grant;
  const { grantNo, remainingMicro } = grant;
  if (grant.expiresAt !== null && isAtOrBefore(grant.expiresAt, at)) {
    entries.push(...entryOf(at, 'expired', { grantNo, amountMicro: remainingMicro }));
    const expiredMicro = plus(grant.expiredMicro, remainingMicro);
    return { ...grant, status: 'expired', remainingMicro: micro(0), expiredMicro };
  }
  if (grant.status === 'waiting') {
    return isAtOrBefore(grant.effectiveAt, at) ? { ...grant, status: 'live' } : grant;
  }
  if (grant.refillsAt === null || isBefore(at, grant.refillsAt)) return grant;
  return refill(grant, at, entries);
}

/** A window ends and the next one begins: the full amount, on top of what the policy carries over. */
function refill(grant: AccountGrant, at: Instant, entries: CreditEntry[]): AccountGrant {
  const { grantNo, recurrence, refillsAt, carries, amountMicro } = grant;
  if (recurrence === null || refillsAt === null) return grant;
  const kept = { ...grant, ...carryOver(grant, { at, by: carries.atRefill, entries }) };
  entries.push(...entryOf(at, 'granted', { grantNo, amountMicro }));
  return {
    ...kept,
    remainingMicro: sum([kept.remainingMicro, amountMicro]),
    refilledAt: refillsAt,
    refillsAt: nextBoundary(recurrence, refillsAt),
  };
}

/** What of a grant goes on by a rollover's rule; the rest of its remainder expires. */
export function carryOver(
  { grantNo, remainingMicro }: AccountGrant,
  move: { readonly at: Instant; readonly by: Rollover; readonly entries: CreditEntry[] },
): { readonly remainingMicro: MicroCredits } {
  const { at, by, entries } = move;
  const amountMicro = carriedOver(by, remainingMicro);
  const lost = minus(remainingMicro, amountMicro);
  if (lost > 0n) entries.push(...entryOf(at, 'expired', { grantNo, amountMicro: lost }));
  // A guaranteed minimum above the remainder is granted anew.
  if (lost < 0n) {
    const given = minus(amountMicro, remainingMicro);
    entries.push(...entryOf(at, 'granted', { grantNo, amountMicro: given }));
  }
  entries.push(...entryOf(at, 'carried', { grantNo, amountMicro }));
  return { remainingMicro: amountMicro };
}

/** A grant that has just begun, or was just refilled. */
const isFresh = (before: AccountGrant | undefined, now: AccountGrant): boolean =>
  now.status === 'live' && (before?.status !== 'live' || before.refilledAt !== now.refilledAt);

/**
 * Debt is repaid by these grants as far as they can burn now; earmarked credits repay nothing. What comes back to a
 * grant that runs already repays nothing.
 */
export function repayDebt(account: CreditAccount, by: readonly AccountGrant[]): CreditAccount {
  if (account.debtMicro === 0n) return account;
  const grants = burnable(by, { at: account.at, earmark: null });
  const { burns, shortMicro } = burnDown(grants, ['oldest', 'grantedFirst'], account.debtMicro);
  const entries = burns.flatMap((burn) => entryOf(account.at, 'repaid', burn));
  const state = changeGrants(account, burns, (grant, amountMicro) => ({
    remainingMicro: minus(grant.remainingMicro, amountMicro),
    repaidMicro: plus(grant.repaidMicro, amountMicro),
  }));
  return { ...state, debtMicro: shortMicro, entries: [...state.entries, ...entries] };
}
