import { burnable, burnDown } from './burn-down.ts';
import {
  drawnMicro,
  entryOf,
  takeFrom,
  type AccountGrant,
  type CreditAccount,
  type CreditEntry,
  type Done,
} from './credit-account.ts';
import { addGrants, carryOver, repayDebt, type NewGrant } from './credit-time.ts';
import { greater, micro, minus, type MicroCredits } from './money.ts';
import { ok, refused } from './outcome.ts';

/**
 * Takes a grant's remainder, and ends it. Voiding again repeats the first answer; a grant that is
 * spent or has ended, and was never voided, has nothing to void.
 */
export function voidGrant(account: CreditAccount, grantNo: number): Done<MicroCredits> {
  const grant = account.grants.find((one) => one.grantNo === grantNo);
  if (grant === undefined) return refused({ kind: 'unknownGrant' });
  if (grant.voided !== null) return ok({ account, answer: grant.voided.amountMicro });
  const amountMicro = grant.remainingMicro;
  if (amountMicro === 0n) return refused({ kind: 'nothingToVoid' });
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
  return account.policy.debtAtReset === 'forgive' ? forgiveDebt(reset) : repayDebt(reset);
}

function forgiveDebt(account: CreditAccount): CreditAccount {
  const amountMicro = drawnMicro(account, 'debt');
  const usages = account.usages.map((usage) => ({
    ...usage,
    parts: usage.parts.map((part) =>
      part.source === 'debt' ? { ...part, source: 'forgiven' as const } : part,
    ),
  }));
  const entries = entryOf(account.at, 'forgiven', { grantNo: null, amountMicro });
  return { ...account, usages, entries: [...account.entries, ...entries] };
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
