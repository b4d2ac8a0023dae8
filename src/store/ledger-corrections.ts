import type { Instant } from '../domain/values/calendar.ts';
import { micro, type MicroCredits } from '../domain/values/money.ts';
import type { GrantKind } from '../domain/terms/terms.ts';
import type { Transaction } from './connect.ts';
import { present } from './ledger-writes.ts';

/**
 * Taking credits back, inside the caller's transaction (see ledger-writes.ts). Each is a business fact with a
 * key; told again it gives the first answer.
 */

export type VoidAnswer =
  | { readonly outcome: 'voided'; readonly voidedMicro: MicroCredits }
  /** It is spent or has ended, and was never voided. */
  | { readonly outcome: 'nothingToVoid' }
  | { readonly outcome: 'notFound' };

/** Voids a grant's unspent remainder; what comes back to it later is void too. */
export async function voidGrant(
  tx: Transaction,
  workspace: bigint,
  sourceKey: string,
): Promise<VoidAnswer> {
  const [row] = await tx<{ outcome: VoidAnswer['outcome']; voided_micro: bigint | null }[]>`
    select * from ledger_void(${workspace}, ${sourceKey})`;
  const { outcome, voided_micro } = present(row);
  return outcome === 'voided' ? { outcome, voidedMicro: micro(voided_micro ?? 0n) } : { outcome };
}

/**
 * Voids the remainders of all grants of a kind whose source key starts with the prefix; answers their sum.
 * Grants made before are meant: call it before granting anything under the same prefix.
 */
export async function voidAllGrants(
  tx: Transaction,
  workspace: bigint,
  which: { readonly kind: GrantKind; readonly sourcePrefix: string },
): Promise<MicroCredits> {
  const [row] = await tx<{ sum: bigint }[]>`
    select ledger_void_all(${workspace}, ${which.kind}, ${which.sourcePrefix}) as sum`;
  return micro(present(row).sum);
}

/** Voids at most what is unspent, never making debt; answers how much that was. */
export async function clawBack(
  tx: Transaction,
  workspace: bigint,
  claim: {
    readonly sourceKey: string;
    readonly amountMicro: MicroCredits;
    readonly key: string;
  },
): Promise<MicroCredits> {
  const [row] = await tx<{ done: bigint }[]>`
    select ledger_claw_back(${workspace}, ${claim.sourceKey}, ${claim.amountMicro}, ${claim.key})
      as done`;
  return micro(present(row).done);
}

/** Takes at most so much of what is unspent of a window's included credits; answers how much that was. */
export async function clawBackIncluded(
  tx: Transaction,
  workspace: bigint,
  claim: {
    readonly label: string;
    readonly amountMicro: MicroCredits;
    readonly key: string;
  },
): Promise<MicroCredits> {
  const [row] = await tx<{ done: bigint }[]>`
    select ledger_claw_back_included(
      ${workspace}, ${`included:${claim.label}`}, ${claim.amountMicro}, ${claim.key}) as done`;
  return micro(present(row).done);
}

/** Grants again at most so much of what was clawed back in a window; answers how much that was. */
export async function returnClawedBack(
  tx: Transaction,
  workspace: bigint,
  back: {
    readonly label: string;
    readonly atMostMicro: MicroCredits;
    readonly effectiveAt: Instant;
    readonly expiresAt: Instant | null;
    readonly sourceKey: string;
  },
): Promise<MicroCredits> {
  const [row] = await tx<{ granted: bigint }[]>`
    select ledger_return_clawed_back(${workspace}, ${back.label}, ${back.atMostMicro},
      ${back.effectiveAt}, ${back.expiresAt}, ${back.sourceKey}) as granted`;
  return micro(present(row).granted);
}

/** Moves what is left of the live top-ups to another workspace of the product; answers their sum. */
export async function transferTopUps(
  tx: Transaction,
  transfer: { readonly from: bigint; readonly to: bigint; readonly key: string },
): Promise<MicroCredits> {
  const [row] = await tx<{ sum: bigint }[]>`
    select ledger_transfer_top_ups(${transfer.from}, ${transfer.to}, ${transfer.key}) as sum`;
  return micro(present(row).sum);
}
