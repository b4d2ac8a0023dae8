import { burnable, burnDown } from './burn-down.ts';
import {
  type AccountGrant,
  type CreditAccount,
  type CreditEntry,
  type CreditHold,
  type Done,
} from './credit-account.ts';
import { changeGrants, entryOf, takeFrom } from './credit-movement.ts';
import { addGrants, carryOver, repayDebt, type NewGrant } from './credit-time.ts';
import { greater, lesser, micro, minus, plus, sum, type MicroCredits } from '../values/money.ts';
import { ok, refused } from '../values/outcome.ts';

/**
 * Takes a grant's remainder, and ends it. Voiding again repeats the first answer; a grant that is
 * spent or has ended, and was never voided, has nothing to void. What holds have set aside is void once it
 * comes back.
 */
export function voidGrant(account: CreditAccount, grantNo: number): Done<MicroCredits> {
  const grant = account.grants.find((one) => one.grantNo === grantNo);
  if (grant === undefined) return refused({ kind: 'unknownGrant' });
  if (grant.voided !== null) return ok({ account, answer: grant.voided.amountMicro });
  const amountMicro = grant.remainingMicro;
  const isHeld = account.holds.some(({ parts }) =>
    parts.some((part) => part.grantNo === grantNo && part.amountMicro > 0n),
  );
  const hasEnded = grant.status === 'expired';
  if (hasEnded || (amountMicro === 0n && !isHeld)) return refused({ kind: 'nothingToVoid' });
  const { at } = account;
  const ended: AccountGrant = {
    ...grant,
    status: 'voided',
    voided: { at, amountMicro },
    remainingMicro: micro(0),
  };
  const grants = account.grants.map((one) => (one === grant ? ended : one));
  const entries = [...account.entries, ...entryOf(at, 'voided', { grantNo, amountMicro })];
  return ok({ account: { ...account, grants, entries }, answer: amountMicro });
}

/** Takes at most so much of what is unspent of one grant, never making debt; what has ended has nothing. */
export function clawBackGrant(
  account: CreditAccount,
  claim: { readonly grantNo: number; readonly amountMicro: MicroCredits },
): Done<MicroCredits> {
  const grant = account.grants.find(({ grantNo }) => grantNo === claim.grantNo);
  if (grant === undefined) return refused({ kind: 'unknownGrant' });
  const answer = lesser(claim.amountMicro, grant.remainingMicro);
  const taken = { grantNo: claim.grantNo, amountMicro: answer };
  const entries = [...account.entries, ...entryOf(account.at, 'voided', taken)];
  return ok({ account: { ...takeFrom(account, [taken]), entries }, answer });
}

/**
 * Gives what is unspent of top-ups that can burn now to another account, which begins them at its own instant, each
 * with its end, priority and earmark; there they repay debt first.
 */
export function transferTopUps(
  from: CreditAccount,
  to: CreditAccount,
): {
  readonly from: CreditAccount;
  readonly to: CreditAccount;
  readonly amountMicro: MicroCredits;
} {
  const given = from.grants.filter(
    ({ kind, status, remainingMicro }) =>
      kind === 'topUp' && status === 'live' && remainingMicro > 0n,
  );
  const parts = given.map(({ grantNo, remainingMicro: amountMicro }) => ({ grantNo, amountMicro }));
  const left = changeGrants(from, parts, ({ remainingMicro, transferredMicro }) => ({
    remainingMicro: micro(0),
    transferredMicro: plus(transferredMicro, remainingMicro),
  }));
  const entries = parts.flatMap((part) => entryOf(from.at, 'transferred', part));
  const grants = given.map(({ kind, remainingMicro, expiresAt, priority, earmark }) => ({
    ...{ kind, amountMicro: remainingMicro, effectiveAt: to.at, expiresAt, priority, earmark },
  }));
  return {
    from: { ...left, entries: [...left.entries, ...entries] },
    to: addGrants(to, grants),
    amountMicro: sum(parts.map(({ amountMicro }) => amountMicro)),
  };
}

/**
 * Sets what is unspent of one grant aside, at most so much (null: all of it), until it is released: its money
 * is disputed. What comes back to the grant meanwhile is frozen too. It counts against no cap.
 */
export function freezeGrant(
  account: CreditAccount,
  freeze: {
    readonly id: string;
    readonly grantNo: number;
    readonly amountMicro: MicroCredits | null;
  },
): Done<CreditHold> {
  const { id, grantNo, amountMicro } = freeze;
  const grant = account.grants.find((one) => one.grantNo === grantNo);
  if (grant === undefined) return refused({ kind: 'unknownGrant' });
  const part = {
    grantNo,
    amountMicro: lesser(amountMicro ?? grant.remainingMicro, grant.remainingMicro),
  };
  const answer: CreditHold = {
    ...{
      id,
      feature: null,
      whose: [],
      beyondMicro: micro(0),
      priceMicro: null,
      takenAt: account.at,
      parts: [part],
      countedMicro: micro(0),
      expiresAt: null,
    },
    ...{ countedSince: account.periodStart, status: 'open', settledMicro: null },
    isFreeze: true,
    dueMicro: minus(amountMicro ?? grant.amountMicro, part.amountMicro),
  };
  const state = takeFrom(account, [part]);
  return ok({ account: { ...state, holds: [...state.holds, answer] }, answer });
}

/** Takes credits back from what can burn now: at most what is unspent, never making debt. */
export function clawBackCredits(
  account: CreditAccount,
  amountMicro: MicroCredits,
): { readonly account: CreditAccount; readonly takenMicro: MicroCredits } {
  const grants = burnable(account.grants, { at: account.at, earmark: null });
  const { burns, shortMicro } = burnDown(grants, account.policy.order, amountMicro);
  const entries = burns.flatMap((burn) => entryOf(account.at, 'voided', burn));
  const state = takeFrom(account, burns);
  return {
    account: { ...state, entries: [...state.entries, ...entries] },
    takenMicro: minus(amountMicro, shortMicro),
  };
}

/**
 * A new usage period begins now: each live grant keeps what its rollover lets go on, a grant that
 * was refilled at this very instant is left alone, and debt is forgiven or repaid by what went on.
 */
export function resetPeriod(account: CreditAccount): CreditAccount {
  const { at } = account;
  const entries: CreditEntry[] = [];
  const grants = account.grants.map((grant) =>
    grant.status !== 'live' || grant.refilledAt === at
      ? grant
      : { ...grant, ...carryOver(grant, { at, by: grant.carries.atReset, entries }) },
  );
  const reset = { ...account, grants, periodStart: at, entries: [...account.entries, ...entries] };
  return account.policy.debtAtReset === 'forgive' ? forgiveDebt(reset) : repayDebt(reset, grants);
}

/** Lets all debt go. */
export function forgiveDebt(account: CreditAccount): CreditAccount {
  const amountMicro = account.debtMicro;
  const entries = entryOf(account.at, 'forgiven', { grantNo: null, amountMicro });
  return {
    ...account,
    debtMicro: micro(0),
    forgivenMicro: plus(account.forgivenMicro, amountMicro),
    entries: [...account.entries, ...entries],
  };
}

/**
 * Puts another plan's included credits in the place of a grant's. `reseed` gives the new amount
 * whole, `addDifference` the new amount less what was used of the old, `keep` only what was left.
 */
export function replaceGrant(
  account: CreditAccount,
  change: {
    readonly grantNo: number;
    readonly next: NewGrant;
    readonly credits: 'reseed' | 'addDifference' | 'keep';
  },
): Done<MicroCredits> {
  const old = account.grants.find(({ grantNo }) => grantNo === change.grantNo);
  if (old === undefined) return refused({ kind: 'unknownGrant' });
  const voided = voidGrant(account, change.grantNo);
  const ended = voided.ok ? voided.value.account : account;
  const amountMicro = replacement(old, change.next.amountMicro, change.credits);
  const next = addGrants(ended, [{ ...change.next, amountMicro }]);
  return ok({ account: next, answer: amountMicro });
}

function replacement(
  old: AccountGrant,
  newMicro: MicroCredits,
  credits: 'reseed' | 'addDifference' | 'keep',
): MicroCredits {
  switch (credits) {
    case 'reseed':
      return newMicro;
    case 'addDifference': {
      const used = minus(old.amountMicro, old.remainingMicro);
      return greater(micro(0), minus(newMicro, used));
    }
    case 'keep':
      return old.remainingMicro;
  }
}
