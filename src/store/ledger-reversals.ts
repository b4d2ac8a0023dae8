import { micro, type MicroCredits } from '../domain/values/money.ts';
import type { Transaction } from './connect.ts';
import { present } from './ledger-writes.ts';

/**
 * What becomes of a grant whose money is disputed or went back, inside the caller's transaction (see
 * ledger-writes.ts). Each has a key of its own; told again it gives the first answer and changes nothing. A
 * grant that is not there is a defect: book the payment first.
 */

/**
 * A dispute was opened: what is unspent of its grant, at most `amountMicro` (null: all of it), can be used by
 * nothing until `unfreezeGrant`. Answers how much that is.
 */
export async function freezeGrant(
  tx: Transaction,
  workspace: bigint,
  freeze: {
    readonly sourceKey: string;
    readonly amountMicro: MicroCredits | null;
    readonly key: string;
  },
): Promise<MicroCredits> {
  const [row] = await tx<{ done: bigint }[]>`
    select ledger_freeze(${workspace}, ${freeze.sourceKey}, ${freeze.key}, ${freeze.amountMicro})
      as done`;
  return micro(present(row).done);
}

/**
 * A dispute is over, won or lost: what the freeze of this key still has goes back to its grant; a reversal told
 * before has taken its part of it. Answers how much went back: 0 if nothing was frozen under the key.
 */
export async function unfreezeGrant(
  tx: Transaction,
  workspace: bigint,
  key: string,
): Promise<MicroCredits> {
  const [row] = await tx<{ back: bigint }[]>`select ledger_unfreeze(${workspace}, ${key}) as back`;
  return micro(present(row).back);
}

export interface Reversed {
  readonly reversedMicro: MicroCredits;
  /** Of it, what had been spent and is owed now. */
  readonly debtMicro: MicroCredits;
  /** Of it, what had been spent and is forgiven. */
  readonly lostMicro: MicroCredits;
  /** Set aside for runs: taken when their holds close. */
  readonly waitingMicro: MicroCredits;
  /** Not there to be taken: it was voided, or given to another workspace. */
  readonly shortMicro: MicroCredits;
}

/**
 * The money of a top-up went back. `totalMicro` is how much of the grant as it was made must be reversed by now,
 * all reversals of it together: facts told late, twice or out of order end in the same place. Frozen credits go
 * first, then unspent ones; what was spent becomes debt or a loss.
 */
export async function reverseGrant(
  tx: Transaction,
  workspace: bigint,
  reversal: {
    readonly sourceKey: string;
    readonly totalMicro: MicroCredits;
    readonly spentBecomes: 'debt' | 'loss';
    readonly key: string;
  },
): Promise<Reversed> {
  const { sourceKey, totalMicro, spentBecomes, key } = reversal;
  const [row] = await tx<ReversedRow[]>`
    select * from ledger_reverse(${workspace}, ${sourceKey}, ${totalMicro}, ${spentBecomes}, ${key})`;
  const told = present(row);
  return {
    reversedMicro: micro(told.reversed_micro),
    debtMicro: micro(told.debt_micro),
    lostMicro: micro(told.lost_micro),
    waitingMicro: micro(told.waiting_micro),
    shortMicro: micro(told.short_micro),
  };
}

interface ReversedRow {
  readonly reversed_micro: bigint;
  readonly debt_micro: bigint;
  readonly lost_micro: bigint;
  readonly waiting_micro: bigint;
  readonly short_micro: bigint;
}

/**
 * The money stays after all: only `totalMicro` of the grant stays reversed, and what was taken beyond that is
 * put back. Debt or loss that the reversal made is undone first; the rest can be burned again. Answers how much
 * was put back.
 */
export async function reinstateGrant(
  tx: Transaction,
  workspace: bigint,
  reinstatement: {
    readonly sourceKey: string;
    readonly totalMicro: MicroCredits;
    readonly key: string;
  },
): Promise<MicroCredits> {
  const { sourceKey, totalMicro, key } = reinstatement;
  const [row] = await tx<{ back: bigint }[]>`
    select ledger_reinstate(${workspace}, ${sourceKey}, ${totalMicro}, ${key}) as back`;
  return micro(present(row).back);
}
