import { micro, minor } from '../domain/values/money.ts';
import type { Books } from '../ports/books.ts';
import type { RefundEnd, TopUpRefundRow } from '../ports/top-ups.ts';
import { settleCommand, type Booking } from './booking.ts';
import type { Transaction } from './connect.ts';
import { unfreezeGrant } from './ledger-reversals.ts';

/** Under which key the credits of a refund stand frozen until it has ended. */
export const refundFreeze = (refund: string): string => `refund:${refund}`;

/** Refunds that were asked for here, until their money has moved or will not. */
export function topUpRefundBooks(booking: Booking): Pick<Books, 'topUpRefund' | 'endTopUpRefund'> {
  return {
    topUpRefund: (of, id) => booking(of, (tx, workspaceId) => readTopUpRefund(tx, workspaceId, id)),
    endTopUpRefund: (of, id, end) =>
      booking(of, (tx, workspaceId) => endTopUpRefund(tx, workspaceId, { id, end })),
  };
}

export async function readTopUpRefund(
  tx: Transaction,
  workspaceId: bigint,
  id: string,
): Promise<TopUpRefundRow | undefined> {
  type Row = {
    readonly payment_id: string;
    readonly stripe_payment_intent: string;
    readonly amount_minor: bigint;
    readonly credits_micro: bigint;
    readonly currency: string;
    readonly state: TopUpRefundRow['state'];
  };
  const [row] = await tx<Row[]>`
    select t.payment_id, p.stripe_payment_intent, t.amount_minor, t.credits_micro, p.currency,
      t.state
    from top_up_refund t join payment p on p.id = t.payment_id
    where t.id = ${id} and t.workspace_id = ${workspaceId}`;
  return (
    row && {
      id,
      topUp: row.payment_id,
      paymentIntent: row.stripe_payment_intent,
      amountMinor: minor(row.amount_minor),
      creditsMicro: micro(row.credits_micro),
      currency: row.currency,
      state: row.state,
    }
  );
}

/**
 * The refund is made, and booked: what it froze was taken by the reversal. Or it never will be: what it
 * froze can be burned again. Told again, nothing changes.
 */
async function endTopUpRefund(
  tx: Transaction,
  workspaceId: bigint,
  { id, end }: { readonly id: string; readonly end: RefundEnd },
): Promise<void> {
  const ended = await tx`update top_up_refund set
      state = ${end.kind}, stripe_refund = ${end.kind === 'made' ? end.stripeRefund : null},
      settled_at = ledger_at(${workspaceId})
    where id = ${id} and workspace_id = ${workspaceId} and state = 'requested'`;
  if (ended.count === 0) return;
  await unfreezeGrant(tx, workspaceId, refundFreeze(id));
  await settleCommand(tx, id, end.kind === 'made' ? { kind: 'done', checkoutUrl: null } : end);
}
