/** Money that went back, and came again: refunds of purchases, disputes that were lost or won. */
import type { CreditAccount, Done } from './credit-account.ts';
import {
  changeGrants,
  entryOf,
  giveBack,
  grantOf,
  reverseNow,
  type GrantPart,
  type ReversedNow,
} from './credit-movement.ts';
import { forget, unpay } from './credit-refund.ts';
import { repayDebt } from './credit-time.ts';
import { greater, lesser, micro, minus, plus, sum, type MicroCredits } from '../values/money.ts';
import { ok, refused } from '../values/outcome.ts';

export type Reversal = ReversedNow & {
  /** Taken when open holds close. */
  readonly waitingMicro: MicroCredits;
  /** Not there to be taken: it was voided. */
  readonly shortMicro: MicroCredits;
};

/**
 * A grant's money went back: `totalMicro` of the grant as it was made is reversed by now, all reversals of it
 * together, never more than was granted. What was used becomes debt or a loss; told late or again, nothing is taken
 * twice. A grant that is not there is refused.
 */
export function reverseGrant(
  account: CreditAccount,
  reversal: {
    readonly grantNo: number;
    readonly totalMicro: MicroCredits;
    readonly spentBecomes: 'debt' | 'loss';
  },
): Done<Reversal> {
  const { grantNo, spentBecomes } = reversal;
  const grant = account.grants.find((one) => one.grantNo === grantNo);
  if (grant === undefined) return refused({ kind: 'unknownGrant' });
  const total = lesser(reversal.totalMicro, grant.amountMicro);
  const amountMicro = greater(minus(total, grant.reversedMicro), grant.dueMicro);
  const asked = { grantNo, amountMicro: greater(micro(0), amountMicro) };
  const told = changeGrants(account, [asked], () => ({ spentBecomes }));
  const done = reverseNow(told, asked);
  const { reversedMicro, dueMicro } = grantOf(done.account, grantNo);
  const shortMicro = greater(micro(0), minus(total, plus(reversedMicro, dueMicro)));
  const answer = { ...done.answer, waitingMicro: dueMicro, shortMicro };
  return ok({ account: done.account, answer });
}

/**
 * The money stays after all: only `totalMicro` of the grant stays reversed. What a reversal waits for is called off
 * first; then debt or loss that it made is undone, and the rest can be burned again, once it has repaid what debt
 * there is. Answers how much was put back.
 */
export function reinstateGrant(
  account: CreditAccount,
  reinstatement: { readonly grantNo: number; readonly totalMicro: MicroCredits },
): Done<MicroCredits> {
  const { grantNo, totalMicro } = reinstatement;
  const grant = account.grants.find((one) => one.grantNo === grantNo);
  if (grant === undefined) return refused({ kind: 'unknownGrant' });
  const answer = greater(micro(0), minus(plus(grant.reversedMicro, grant.dueMicro), totalMicro));
  const waited = lesser(answer, grant.dueMicro);
  const called = changeGrants(account, [{ grantNo, amountMicro: waited }], ({ dueMicro }) => ({
    dueMicro: minus(dueMicro, waited),
  }));
  const back = { grantNo, amountMicro: minus(answer, waited) };
  if (back.amountMicro === 0n) return ok({ account: called, answer });
  const state = putBack(called, back);
  return ok({ account: repayDebt(state, [grantOf(state, grantNo)]), answer });
}

/** Puts reversed credits back: what had been used counts as spent again, the rest is there to be burned. */
function putBack(account: CreditAccount, { grantNo, amountMicro }: GrantPart): CreditAccount {
  const grant = grantOf(account, grantNo);
  const lost = lesser(amountMicro, grant.lostMicro);
  const borne = lesser(lost, account.forgivenMicro);
  const owed = lesser(minus(amountMicro, lost), grant.owedMicro);
  const paid = unpay(forget(account, borne), owed, grantNo);
  const losses = sum(account.grants.map(({ lostMicro }) => lostMicro));
  const letGo = greater(micro(0), minus(account.forgivenMicro, losses));
  const forgiven = lesser(paid.leftMicro, letGo);
  const undone = sum([borne, minus(owed, paid.leftMicro), forgiven]);
  const state = changeGrants(forget(paid.account, forgiven), [{ grantNo, amountMicro }], () => ({
    reversedMicro: minus(grant.reversedMicro, amountMicro),
    spentMicro: plus(grant.spentMicro, undone),
    lostMicro: minus(grant.lostMicro, lost),
    owedMicro: minus(grant.owedMicro, owed),
  }));
  const told = { grantNo, amountMicro: minus(micro(0), amountMicro) };
  const entries = [...state.entries, ...entryOf(account.at, 'reversed', told)];
  const rest = { grantNo, amountMicro: minus(amountMicro, undone) };
  return giveBack({ ...state, entries }, [...paid.parts, rest]);
}
