import { claimMoneyBack, type MoneyBackClaims } from '../domain/invoices/money-back.ts';
import { micro, type MicroCredits } from '../domain/values/money.ts';
import type { Books } from '../ports/books.ts';
import type { MoneyBackSeen } from '../ports/money-back.ts';
import type { Booking } from './booking.ts';
import { readBought, type TopUpBought } from './bought.ts';
import type { Transaction } from './connect.ts';
import {
  claimNo,
  disputeRow,
  isClaimChanged,
  settleDispute,
  type BookedDispute,
} from './dispute-rows.ts';
import { freezeGrant, reinstateGrant, reverseGrant, unfreezeGrant } from './ledger-reversals.ts';
import type { Place } from './money-back-place.ts';
import { bookRefunded } from './refund-books.ts';

/** Money that went back: disputes and refunds, booked by what is true now. */
export function disputeBooks(booking: Booking): Pick<Books, 'bookMoneyBack'> {
  return {
    bookMoneyBack: (of, seen) =>
      booking(of, (tx, workspaceId) => bookMoneyBack(tx, { of, workspaceId }, seen)),
  };
}

/** Brings rows and ledger to what the provider tells now; told the same again, nothing changes. */
async function bookMoneyBack(tx: Transaction, place: Place, seen: MoneyBackSeen): Promise<void> {
  const bought = await readBought(tx, place.workspaceId, seen);
  if (bought === undefined) return;
  const { topUp } = bought;
  const claims = topUp === null ? nothingClaimed(seen) : claimMoneyBack({ ...topUp, ...seen });
  const before = await reversedSoFar(tx, seen);
  await bookRefunded(tx, place, { seen, bought, claimMicro: claims.refundedMicro });
  const disputes: BookedDispute[] = [];
  for (const [index, dispute] of seen.disputes.entries()) {
    const claim = claims.disputes[index]?.claim ?? { kind: 'none' };
    disputes.push({ dispute, claim, ...(await disputeRow(tx, place, { seen, dispute, bought })) });
  }
  for (const one of disputes) await settleDispute(tx, place, bought, one);
  if (topUp === null) return;
  await moveReversal(tx, place, { topUp, before, now: await reversedSoFar(tx, seen) });
  await moveFreezes(tx, place, topUp, disputes);
}

const nothingClaimed = ({ disputes }: MoneyBackSeen): MoneyBackClaims => ({
  refundedMicro: micro(0),
  disputes: disputes.map(({ dispute }) => ({ dispute, claim: { kind: 'none' } })),
});

/** What the rows of a payment have taken of its top-up, and how often they changed. */
type Reversal = { readonly totalMicro: MicroCredits; readonly changes: string };

async function reversedSoFar(tx: Transaction, { paymentIntent }: MoneyBackSeen): Promise<Reversal> {
  const [row] = await tx<{ total: string; changes: string }[]>`
    select sum(micro)::text as total, sum(changes)::text as changes from (
      select 0 as micro, 0 as changes
      union all
      select case when claim = 'reversed' then claim_micro else 0 end, claim_no
      from dispute where payment_intent = ${paymentIntent}
      union all
      select case when returned_at is null then taken_micro else 0 end,
        case when returned_at is null then 1 else 2 end
      from refund where payment_intent = ${paymentIntent}
    ) one`;
  if (row === undefined) throw new Error(`nothing was summed of ${paymentIntent}`);
  return { totalMicro: micro(row.total), changes: row.changes };
}

/** The ledger is told the total, under a key that only this change of the rows has. */
async function moveReversal(
  tx: Transaction,
  { workspaceId }: Place,
  moved: { readonly topUp: TopUpBought; readonly before: Reversal; readonly now: Reversal },
): Promise<void> {
  const { topUp, before, now } = moved;
  if (before.totalMicro === now.totalMicro) return;
  const { sourceKey, spentBecomes } = topUp;
  const told = { sourceKey, totalMicro: now.totalMicro, key: `${sourceKey}:back:${now.changes}` };
  if (now.totalMicro < before.totalMicro) {
    await reinstateGrant(tx, workspaceId, told);
  } else {
    await reverseGrant(tx, workspaceId, { ...told, spentBecomes });
  }
}

/** After the reversal: it takes what was frozen first, so nothing of it is ever free in between. */
async function moveFreezes(
  tx: Transaction,
  { workspaceId }: Place,
  { sourceKey }: TopUpBought,
  disputes: readonly BookedDispute[],
): Promise<void> {
  const changed = disputes.filter(isClaimChanged);
  for (const { before } of changed) {
    if (before.claim === 'frozen') {
      await unfreezeGrant(tx, workspaceId, freezeKey(before.id, before.claim_no));
    }
  }
  for (const booked of changed) {
    const { claim, before } = booked;
    if (claim.kind !== 'frozen') continue;
    const key = freezeKey(before.id, claimNo(booked));
    await freezeGrant(tx, workspaceId, { sourceKey, amountMicro: claim.amountMicro, key });
  }
}

const freezeKey = (dispute: string, no: number): string => `dispute:${dispute}:${no}`;
