import type { InvoiceDraft, InvoiceLine } from '../domain/life/lifecycle.ts';
import { minor, negate, plus } from '../domain/values/money.ts';
import type { Transaction } from './connect.ts';
import { writeFeed } from './ledger-writes.ts';
import { nextNumber } from './numbers.ts';

/** Whose invoice it is, and the workspace's instant. */
export type Issuer = {
  readonly workspaceId: bigint;
  readonly product: string;
  readonly at: string;
};

/**
 * Issues an invoice: its number is the product's next one, given in this very transaction, so that there
 * is no gap. The same business fact is never invoiced twice.
 */
export async function issueInvoice(
  tx: Transaction,
  issuer: Issuer,
  invoice: InvoiceDraft,
): Promise<void> {
  const { workspaceId, product, at } = issuer;
  const known = await tx`select 1 from invoice
    where workspace_id = ${workspaceId} and business_key = ${invoice.key}`;
  if (known.length > 0) return;
  const number = await nextNumber(tx, product, 'invoice');
  const paidAt = invoice.status === 'paid' ? invoice.issuedAt : null;
  const [issued] = await tx<{ id: string }[]>`insert into invoice (
      workspace_id, product_id, business_key, number, reason, status, currency,
      period_start, period_end, subtotal_minor, applied_minor, total_minor,
      billing_name, billing_address, billing_email, tax_id, seller, issued_at, paid_at,
      due_at, purchase_order, memo
    )
    select w.id, w.product_id, ${invoice.key}, ${number}, ${invoice.reason}, ${invoice.status}, w.currency,
      ${invoice.period.start}, ${invoice.period.end}, ${invoice.subtotalMinor},
      ${invoice.appliedMinor}, ${invoice.totalMinor}, w.billing_name, w.billing_address,
      w.billing_email, w.tax_id,
      t.terms ->> 'name', ${invoice.issuedAt}, ${paidAt},
      ${invoice.due?.at ?? null}, ${invoice.note?.purchaseOrder ?? null}, ${invoice.note?.memo ?? null}
    from workspace w
    join plan_term t on t.product_id = w.product_id and t.version = w.terms_version
    where w.id = ${workspaceId}
    returning id`;
  if (issued === undefined) throw new Error(`no workspace ${workspaceId} to invoice`);
  for (const [position, line] of invoice.lines.entries()) {
    await writeLine(tx, { invoiceId: issued.id, product, position, line });
  }
  const carried = invoice.status === 'carried' ? negate(invoice.totalMinor) : minor(0);
  const change = plus(carried, invoice.appliedMinor);
  if (change !== 0n) {
    await tx`insert into account_credit (workspace_id, product_id, invoice_id, amount_minor, at)
      values (${workspaceId}, ${product}, ${issued.id}, ${change}, ${invoice.issuedAt})`;
  }
  const { key, status, totalMinor } = invoice;
  const data = { invoice: key, number, totalMinor: totalMinor.toString(), status };
  await writeFeed(tx, workspaceId, { kind: 'invoiceIssued', at, data });
}

async function writeLine(
  tx: Transaction,
  at: {
    readonly invoiceId: string;
    readonly product: string;
    readonly position: number;
    readonly line: InvoiceLine;
  },
): Promise<void> {
  const { line } = at;
  await tx`insert into invoice_line (
      invoice_id, position, product_id, kind, description, quantity, unit_minor, amount_minor,
      period_start, period_end, days_part, days_whole, member, quantity_micro, price_micro
    ) values (
      ${at.invoiceId}, ${at.position}, ${at.product}, ${line.kind}, ${line.description},
      ${line.quantity}, ${line.unitMinor}, ${line.amountMinor}, ${line.period.start},
      ${line.period.end}, ${line.days?.part ?? null}, ${line.days?.whole ?? null}, ${line.member},
      ${line.metered?.quantityMicro ?? null}, ${line.metered?.priceMicro ?? null}
    )`;
}
