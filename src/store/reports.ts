import { minor } from '../domain/values/money.ts';
import type { Directory, FeedRow, InvoiceInFull, InvoiceShown } from '../ports/directory.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import { billedToOf, type BillingRow } from './billing-rows.ts';
import { inProduct, type Sql } from './connect.ts';
import { readInvoiceLines } from './invoice-lines.ts';

type InvoiceRecord = BillingRow & {
  readonly id: string;
  readonly number: string;
  readonly reason: InvoiceShown['reason'];
  readonly status: InvoiceShown['status'];
  readonly currency: string;
  readonly period_start: string;
  readonly period_end: string;
  readonly subtotal_minor: bigint;
  readonly applied_minor: bigint;
  readonly total_minor: bigint;
  readonly seller: string;
  readonly issued_at: string;
  readonly paid_at: string | null;
  readonly paid_reference: string | null;
  readonly due_at: string | null;
  readonly purchase_order: string | null;
  readonly memo: string | null;
};

const shownOf = (row: InvoiceRecord): InvoiceShown => ({
  id: row.id,
  number: row.number,
  reason: row.reason,
  status: row.status,
  currency: row.currency,
  period: { start: row.period_start, end: row.period_end },
  subtotalMinor: minor(row.subtotal_minor),
  appliedMinor: minor(row.applied_minor),
  totalMinor: minor(row.total_minor),
  billing: billedToOf(row),
  seller: row.seller,
  issuedAt: row.issued_at,
  paidAt: row.paid_at,
  paidReference: row.paid_reference,
  dueAt: row.due_at,
  purchaseOrder: row.purchase_order,
  memo: row.memo,
});

/** A page of invoices, newest first. Two of one instant are told apart by their number. */
export const readInvoices = (
  sql: Sql,
  account: LedgerAccount,
  page: Parameters<Directory['invoices']>[1],
): Promise<InvoiceShown[]> =>
  inProduct(sql, account.product, async (tx) => {
    const rows = await tx<InvoiceRecord[]>`
      select id, number, reason, status, currency, period_start, period_end, subtotal_minor,
        applied_minor, total_minor, billing_name, billing_address, billing_email, tax_id, seller,
        issued_at, paid_at, paid_reference, due_at, purchase_order, memo
      from invoice
      where workspace_id = ${account.workspaceId} and (
        ${page.before}::uuid is null or (issued_at, number) < (
          select last.issued_at, last.number from invoice last
          where last.id = ${page.before} and last.workspace_id = ${account.workspaceId}))
      order by issued_at desc, number desc limit ${page.limit}`;
    return rows.map(shownOf);
  });

export const readInvoice = (
  sql: Sql,
  account: LedgerAccount,
  by: { readonly id: string } | { readonly key: string },
): Promise<InvoiceInFull | undefined> =>
  inProduct(sql, account.product, async (tx) => {
    const [row] = await tx<InvoiceRecord[]>`
      select id, number, reason, status, currency, period_start, period_end, subtotal_minor,
        applied_minor, total_minor, billing_name, billing_address, billing_email, tax_id, seller,
        issued_at, paid_at, paid_reference, due_at, purchase_order, memo
      from invoice where workspace_id = ${account.workspaceId}
        and ${'id' in by ? tx`id = ${by.id}` : tx`business_key = ${by.key}`}`;
    return row && { ...shownOf(row), lines: await readInvoiceLines(tx, row.id) };
  });

/** A product's feed in the order of its cursor, which has no gaps and never shows a row late. */
export const readEvents = (
  sql: Sql,
  product: string,
  page: Parameters<Directory['events']>[1],
): Promise<FeedRow[]> =>
  inProduct(sql, product, async (tx) => {
    const rows = await tx<FeedRow[]>`
      select c.cursor, w.external_id as workspace, f.seq, f.kind, f.at, w.currency, f.data
      from feed_cursor c
      join event_feed f using (lane, workspace_id, seq)
      join workspace w on w.id = c.workspace_id
      where c.product_id = ${product} and c.cursor > ${page.after}
      order by c.cursor limit ${page.limit}`;
    return [...rows];
  });
