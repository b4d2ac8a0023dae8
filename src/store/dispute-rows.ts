import type { Claim, DisputeState } from '../domain/invoices/money-back.ts';
import { micro } from '../domain/values/money.ts';
import type { DisputeSeen, MoneyBackSeen } from '../ports/money-back.ts';
import type { Bought } from './bought.ts';
import type { Transaction } from './connect.ts';
import { tellFact } from './feed.ts';
import type { Place } from './money-back-place.ts';

/** A dispute as it is told now, what it claims now, and what stood in its row before. */
export type BookedDispute = {
  readonly dispute: DisputeSeen;
  readonly claim: Claim;
  readonly before: DisputeRow;
  readonly isNew: boolean;
};

export type DisputeRow = {
  readonly id: string;
  readonly state: DisputeState;
  readonly claim: Claim['kind'];
  readonly claim_micro: bigint;
  readonly claim_no: number;
};

/** The dispute's row as it stands; a new one claims nothing yet. */
export async function disputeRow(
  tx: Transaction,
  { of, workspaceId }: Place,
  about: {
    readonly seen: MoneyBackSeen;
    readonly dispute: DisputeSeen;
    readonly bought: Bought;
  },
): Promise<{ readonly before: DisputeRow; readonly isNew: boolean }> {
  const { seen, dispute, bought } = about;
  const [known] = await tx<DisputeRow[]>`
    select id, state, claim, claim_micro, claim_no from dispute where id = ${dispute.dispute}`;
  if (known !== undefined) return { before: known, isNew: false };
  const [row] = await tx<DisputeRow[]>`
    insert into dispute (id, workspace_id, product_id, payment_intent, payment_id, invoice_id,
      amount_minor, currency, reason, state, respond_by, opened_at, changed_at)
    values (${dispute.dispute}, ${workspaceId}, ${of.product}, ${seen.paymentIntent},
      ${bought.payment}, ${bought.invoice}, ${dispute.amountMinor}, ${seen.currency},
      ${dispute.reason}, ${dispute.state}, ${dispute.respondBy}, ledger_at(${workspaceId}),
      ledger_at(${workspaceId}))
    returning id, state, claim, claim_micro, claim_no`;
  if (row === undefined) throw new Error(`dispute ${dispute.dispute} was not stored`);
  return { before: row, isNew: true };
}

/** Whether the dispute claims something else now than it did. */
export const isClaimChanged = ({ before, claim }: BookedDispute): boolean =>
  before.claim !== claim.kind ||
  (claim.kind !== 'none' && before.claim_micro !== BigInt(claim.amountMicro));

/** The number of the claim that the dispute makes now. */
export const claimNo = (booked: BookedDispute): number =>
  isClaimChanged(booked) ? booked.before.claim_no + 1 : booked.before.claim_no;

/** Stores where a dispute stands, and tells it if that is new. */
export async function settleDispute(
  tx: Transaction,
  { workspaceId }: Place,
  bought: Bought,
  booked: BookedDispute,
): Promise<void> {
  const { dispute, claim, before } = booked;
  await tx`update dispute set
      state = ${dispute.state}, amount_minor = ${dispute.amountMinor},
      respond_by = ${dispute.respondBy}, claim = ${claim.kind},
      claim_micro = ${claim.kind === 'none' ? micro(0) : claim.amountMicro},
      claim_no = ${claimNo(booked)}, changed_at = ledger_at(${workspaceId})
    where id = ${before.id}`;
  await tellDispute(tx, workspaceId, bought, booked);
}

const told = {
  open: 'disputeOpened',
  withdrawn: 'disputeFundsWithdrawn',
  lost: 'disputeLost',
  won: 'disputeWon',
} as const satisfies Record<DisputeState, string>;

/** One row of the feed per state; the first one seen says that it was opened, whatever it is now. */
async function tellDispute(
  tx: Transaction,
  workspaceId: bigint,
  bought: Bought,
  { dispute, claim, before, isNew }: BookedDispute,
): Promise<void> {
  if (!isNew && before.state === dispute.state) return;
  const data = {
    dispute: dispute.dispute,
    payment: bought.payment,
    invoice: bought.invoice,
    amountMinor: dispute.amountMinor.toString(),
    reason: dispute.reason,
    respondBy: dispute.respondBy,
    claim: claim.kind,
    creditsMicro: claim.kind === 'none' ? '0' : claim.amountMicro.toString(),
    mustAct: mustAct(dispute, bought),
  };
  const kinds = new Set([...(isNew ? [told.open] : []), told[dispute.state]]);
  for (const kind of kinds) await tellFact(tx, workspaceId, { kind, data });
}

/**
 * The operator answers the bank while it waits, and corrects an invoice whose money is lost. Credits
 * need nobody: what becomes of them is booked.
 */
function mustAct({ state, respondBy }: DisputeSeen, { invoice }: Bought): 'operator' | 'nobody' {
  if (respondBy !== null) return 'operator';
  return state === 'lost' && invoice !== null ? 'operator' : 'nobody';
}
