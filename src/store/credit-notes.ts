import { giveBackLines, type Charged } from '../domain/invoices/credit-note.ts';
import { lesser, minor, plus, sum, type Minor } from '../domain/values/money.ts';
import type { Transaction } from './connect.ts';
import { ledgerAt, writeFeed } from './ledger-writes.ts';
import type { Place } from './money-back-place.ts';
import { nextNumber } from './numbers.ts';

/**
 * Issues the credit note of a refund, in the transaction that books it: what went back of each line of the invoice
 * that the money had paid. Answers its id; null where nothing of the invoice is left to give back.
 */
export async function issueCreditNote(
  tx: Transaction,
  { of, workspaceId }: Place,
  refunded: { readonly refund: bigint; readonly invoiceKey: string; readonly backMinor: Minor },
): Promise<string | null> {
  const [invoice] = await tx<{ id: string }[]>`select id from invoice
    where workspace_id = ${workspaceId} and business_key = ${refunded.invoiceKey}`;
  if (invoice === undefined) throw new Error(`no invoice ${refunded.invoiceKey} to credit`);
  const left = await readLeft(tx, invoice.id);
  const totalMinor = lesser(refunded.backMinor, totalOf(left));
  if (totalMinor <= 0n) return null;
  const { lineMinors, appliedMinor } = giveBackLines(left, totalMinor);
  const number = await nextNumber(tx, of.product, 'creditNote');
  const at = await ledgerAt(tx, workspaceId);
  const [note] = await tx<{ id: string }[]>`insert into credit_note (
      workspace_id, product_id, number, invoice_id, refund_id, subtotal_minor, applied_minor,
      total_minor, issued_at
    ) values (
      ${workspaceId}, ${of.product}, ${number}, ${invoice.id}, ${refunded.refund},
      ${sum(lineMinors)}, ${appliedMinor}, ${totalMinor}, ${at}
    ) returning id`;
  if (note === undefined) throw new Error(`no credit note was written for ${refunded.refund}`);
  for (const [position, amountMinor] of lineMinors.entries()) {
    if (amountMinor === 0n) continue;
    await tx`insert into credit_note_line (
        credit_note_id, invoice_id, position, product_id, amount_minor
      ) values (${note.id}, ${invoice.id}, ${position}, ${of.product}, ${amountMinor})`;
  }
  const data = { creditNote: note.id, number, invoice: refunded.invoiceKey };
  const told = { ...data, totalMinor: totalMinor.toString() };
  await writeFeed(tx, workspaceId, { kind: 'creditNoteIssued', at, data: told });
  return note.id;
}

/** The bank could not pay the refund out: its credit note counts no more, and its number stays. */
export async function voidCreditNote(
  tx: Transaction,
  { workspaceId }: Place,
  refund: bigint,
): Promise<void> {
  const at = await ledgerAt(tx, workspaceId);
  const [note] = await tx<{ id: string; number: string }[]>`
    update credit_note set voided_at = ${at} where refund_id = ${refund} returning id, number`;
  if (note === undefined) return;
  const data = { creditNote: note.id, number: note.number };
  await writeFeed(tx, workspaceId, { kind: 'creditNoteVoided', at, data });
}

/** What credit notes have not given back yet, of each line in its order. */
async function readLeft(tx: Transaction, invoice: string): Promise<Charged> {
  const lines = await tx<{ left_minor: bigint }[]>`
    select l.amount_minor - coalesce(sum(b.amount_minor), 0)::bigint as left_minor
    from invoice_line l
    left join (
      select c.invoice_id, c.position, c.amount_minor from credit_note_line c
      join credit_note n on n.id = c.credit_note_id where n.voided_at is null
    ) b on b.invoice_id = l.invoice_id and b.position = l.position
    where l.invoice_id = ${invoice} group by l.position, l.amount_minor order by l.position`;
  const [applied] = await tx<{ left_minor: bigint }[]>`
    select i.applied_minor - coalesce((select sum(n.applied_minor) from credit_note n
      where n.invoice_id = i.id and n.voided_at is null), 0)::bigint as left_minor
    from invoice i where i.id = ${invoice}`;
  return {
    lineMinors: lines.map(({ left_minor }) => minor(left_minor)),
    appliedMinor: minor(applied?.left_minor ?? 0n),
  };
}

const totalOf = ({ lineMinors, appliedMinor }: Charged): Minor =>
  plus(sum(lineMinors), appliedMinor);
