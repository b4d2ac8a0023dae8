import { micro, minor } from '../domain/values/money.ts';
import type { CreditNoteLine, CreditNotes, CreditNoteShown } from '../ports/credit-notes.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import { billedToOf, type BillingRow } from './billing-rows.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';

type Row = BillingRow & {
  readonly id: string;
  readonly number: string;
  readonly invoice_id: string;
  readonly invoice_number: string;
  readonly invoice_issued_at: string;
  readonly currency: string;
  readonly subtotal_minor: bigint;
  readonly applied_minor: bigint;
  readonly total_minor: bigint;
  readonly taken_micro: bigint;
  readonly seller: string;
  readonly issued_at: string;
  readonly voided_at: string | null;
};

/** Credit notes as the API shows them. */
export const creditNotes = (sql: Sql): CreditNotes => ({
  creditNotes: (account, page) =>
    inProduct(sql, account.product, async (tx) => {
      const rows = await readRows(tx, account, { id: null, ...page });
      return rows.map(shownOf);
    }),
  creditNote: (account, id) =>
    inProduct(sql, account.product, async (tx) => {
      const [row] = await readRows(tx, account, { id, before: null, limit: 1 });
      return row && { ...shownOf(row), lines: await readLines(tx, row.id) };
    }),
});

/** Two of one instant are told apart by their number. */
const readRows = (
  tx: Transaction,
  { workspaceId }: LedgerAccount,
  asked: { readonly id: string | null; readonly before: string | null; readonly limit: number },
): Promise<Row[]> => tx<Row[]>`
  select n.id, n.number, n.invoice_id, i.number as invoice_number, i.issued_at as invoice_issued_at,
    i.currency, n.subtotal_minor, n.applied_minor, n.total_minor, r.taken_micro, i.seller,
    i.billing_name, i.billing_address, i.billing_email, i.tax_id, n.issued_at, n.voided_at
  from credit_note n
  join invoice i on i.id = n.invoice_id
  join refund r on r.id = n.refund_id
  where n.workspace_id = ${workspaceId} and (${asked.id}::uuid is null or n.id = ${asked.id})
    and (${asked.before}::uuid is null or (n.issued_at, n.number) < (
      select last.issued_at, last.number from credit_note last
      where last.id = ${asked.before} and last.workspace_id = ${workspaceId}))
  order by n.issued_at desc, n.number desc limit ${asked.limit}`;

const shownOf = (row: Row): CreditNoteShown => ({
  id: row.id,
  number: row.number,
  status: row.voided_at === null ? 'issued' : 'void',
  invoice: { id: row.invoice_id, number: row.invoice_number, issuedAt: row.invoice_issued_at },
  currency: row.currency,
  subtotalMinor: minor(row.subtotal_minor),
  appliedMinor: minor(row.applied_minor),
  totalMinor: minor(row.total_minor),
  creditsMicro: micro(row.taken_micro),
  billing: billedToOf(row),
  seller: row.seller,
  issuedAt: row.issued_at,
  voidedAt: row.voided_at,
});

async function readLines(tx: Transaction, creditNote: string): Promise<CreditNoteLine[]> {
  type LineRow = {
    readonly description: string;
    readonly period_start: string;
    readonly period_end: string;
    readonly member: string | null;
    readonly invoiced_minor: bigint;
    readonly amount_minor: bigint;
  };
  const rows = await tx<LineRow[]>`
    select l.description, l.period_start, l.period_end, l.member, l.amount_minor as invoiced_minor,
      c.amount_minor
    from credit_note_line c
    join invoice_line l on l.invoice_id = c.invoice_id and l.position = c.position
    where c.credit_note_id = ${creditNote} order by c.position`;
  return rows.map((row) => ({
    description: row.description,
    period: { start: row.period_start, end: row.period_end },
    member: row.member,
    invoicedMinor: minor(row.invoiced_minor),
    amountMinor: minor(row.amount_minor),
  }));
}
