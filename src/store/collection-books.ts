import { minor } from '../domain/values/money.ts';
import type { Books, InvoiceRow } from '../ports/books.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { finishTask, type Booking } from './booking.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { noteRing, tellFact } from './feed.ts';
import { readInvoiceLines } from './invoice-lines.ts';

type Row = {
  readonly id: string;
  readonly business_key: string;
  readonly number: string;
  readonly reason: InvoiceRow['reason'];
  readonly status: InvoiceRow['status'];
  readonly applied_minor: bigint;
  readonly total_minor: bigint;
  readonly currency: string;
  readonly period_end: string;
  readonly stripe_invoice: string | null;
  readonly due_at: string | null;
  readonly purchase_order: string | null;
  readonly memo: string | null;
};

/** Collection: issued invoices, their mirror at the provider, and how each try ended. */
export function collectionBooks(
  sql: Sql,
  booking: Booking,
): Pick<
  Books,
  | 'invoice'
  | 'invoiceById'
  | 'workspaceOfInvoice'
  | 'mirrored'
  | 'draftMirrored'
  | 'bookInvoicePaid'
  | 'bookDebitPending'
  | 'bookDebitFailed'
  | 'bookTryFailed'
> {
  return {
    invoice: (of, key) =>
      booking(of, async (tx, workspaceId) => {
        const [row] = await tx<Row[]>`
          select * from invoice where workspace_id = ${workspaceId} and business_key = ${key}`;
        return withLines(tx, row);
      }),
    invoiceById: (of, id) =>
      inProduct(sql, of.product, async (tx) => {
        const [row] = await tx<Row[]>`select * from invoice where id = ${id}`;
        return withLines(tx, row);
      }),
    workspaceOfInvoice: (product, id) => workspaceOfInvoice(sql, product, id),
    mirrored: (of, key, stripeInvoice) =>
      booking(of, (tx, workspaceId) => noteMirror(tx, workspaceId, key, stripeInvoice)),
    draftMirrored: (of, draft) =>
      booking(of, async (tx, workspaceId) => {
        await tx`update workspace set stripe_draft = ${draft} where id = ${workspaceId}`;
      }),
    bookInvoicePaid: (of, key) =>
      booking(of, (tx, workspaceId) => bookInvoicePaid(tx, workspaceId, key)),
    bookDebitPending: (of, key) =>
      booking(of, (tx, workspaceId) => bookDebitPending(tx, workspaceId, key)),
    bookDebitFailed: (of, key, hard) =>
      booking(of, async (tx, workspaceId) => {
        if (await endDebit(tx, workspaceId, key)) await tellFailed(tx, workspaceId, key, hard);
      }),
    bookTryFailed: (of, failed) =>
      booking(of, async (tx, workspaceId) => {
        const { invoice, hard } = failed;
        if (await finishTask(tx, failed.task)) await tellFailed(tx, workspaceId, invoice, hard);
      }),
  };
}

/** The invoice's mirror is made; a draft that became it is a draft no more. */
async function noteMirror(
  tx: Transaction,
  workspaceId: bigint,
  key: string,
  stripeInvoice: string,
): Promise<void> {
  await tx`update invoice set stripe_invoice = ${stripeInvoice}
    where workspace_id = ${workspaceId} and business_key = ${key}`;
  await tx`update workspace set stripe_draft = null
    where id = ${workspaceId} and stripe_draft = ${stripeInvoice}`;
}

async function tellFailed(
  tx: Transaction,
  workspaceId: bigint,
  invoice: string,
  hard: boolean,
): Promise<void> {
  await tellFact(tx, workspaceId, { kind: 'invoicePaymentFailed', data: { invoice, hard } });
  await noteRing(tx, workspaceId);
}

async function workspaceOfInvoice(
  sql: Sql,
  product: string,
  id: string,
): Promise<WorkspaceRef | undefined> {
  return inProduct(sql, product, async (tx) => {
    const [row] = await tx<{ workspace: string }[]>`
      select w.external_id as workspace from invoice i
      join workspace w on w.id = i.workspace_id where i.id = ${id}`;
    return row && { product, workspace: row.workspace };
  });
}

/** The invoice is paid: told to the lifecycle once, whoever comes first. */
export async function bookInvoicePaid(
  tx: Transaction,
  workspaceId: bigint,
  key: string,
): Promise<boolean> {
  const [paid] = await tx<{ reason: InvoiceRow['reason']; period_end: string }[]>`
    update invoice set status = 'paid', paid_at = ledger_at(${workspaceId})
    where workspace_id = ${workspaceId} and business_key = ${key} and status = 'open'
    returning reason, period_end`;
  if (paid === undefined) return false;
  await endDebit(tx, workspaceId, key);
  const data = { invoice: key, reason: paid.reason, periodEnd: paid.period_end };
  await tellFact(tx, workspaceId, { kind: 'invoicePaid', data });
  await noteRing(tx, workspaceId);
  return true;
}

async function bookDebitPending(tx: Transaction, workspaceId: bigint, key: string): Promise<void> {
  const waiting = await tx`
    insert into bank_debit (invoice_id, workspace_id, product_id, since)
    select id, workspace_id, product_id, ledger_at(${workspaceId}) from invoice
    where workspace_id = ${workspaceId} and business_key = ${key} and status = 'open'
    on conflict do nothing`;
  if (waiting.count === 0) return;
  await tellFact(tx, workspaceId, { kind: 'invoicePaymentPending', data: { invoice: key } });
  await noteRing(tx, workspaceId);
}

/** False if none of this invoice was on its way. */
async function endDebit(tx: Transaction, workspaceId: bigint, key: string): Promise<boolean> {
  const ended = await tx`delete from bank_debit using invoice i
    where i.id = bank_debit.invoice_id and i.workspace_id = ${workspaceId}
      and i.business_key = ${key}`;
  return ended.count > 0;
}

async function withLines(tx: Transaction, row: Row | undefined): Promise<InvoiceRow | undefined> {
  if (row === undefined) return undefined;
  return {
    id: row.id,
    key: row.business_key,
    number: row.number,
    reason: row.reason,
    status: row.status,
    appliedMinor: minor(row.applied_minor),
    totalMinor: minor(row.total_minor),
    currency: row.currency,
    periodEnd: row.period_end,
    stripeInvoice: row.stripe_invoice,
    dueAt: row.due_at,
    purchaseOrder: row.purchase_order,
    memo: row.memo,
    lines: await readInvoiceLines(tx, row.id),
  };
}
