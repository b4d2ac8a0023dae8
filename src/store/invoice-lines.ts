import type { InvoiceLine } from '../domain/life/lifecycle.ts';
import { micro, microMinor, minor } from '../domain/values/money.ts';
import type { Transaction } from './connect.ts';

/** An issued invoice's lines in their order, as the domain knows them. */
export async function readInvoiceLines(tx: Transaction, invoice: string): Promise<InvoiceLine[]> {
  type Row = {
    readonly kind: InvoiceLine['kind'];
    readonly description: string;
    readonly quantity: number;
    readonly unit_minor: bigint;
    readonly amount_minor: bigint;
    readonly period_start: string;
    readonly period_end: string;
    readonly days_part: number | null;
    readonly days_whole: number | null;
    readonly member: string | null;
    readonly quantity_micro: bigint | null;
    readonly price_micro: bigint | null;
  };
  const rows = await tx<Row[]>`
    select kind, description, quantity, unit_minor, amount_minor, period_start, period_end,
      days_part, days_whole, member, quantity_micro, price_micro
    from invoice_line where invoice_id = ${invoice} order by position`;
  return rows.map((row) => ({
    kind: row.kind,
    description: row.description,
    quantity: row.quantity,
    unitMinor: minor(row.unit_minor),
    amountMinor: minor(row.amount_minor),
    period: { start: row.period_start, end: row.period_end },
    days:
      row.days_part === null || row.days_whole === null
        ? null
        : { part: row.days_part, whole: row.days_whole },
    member: row.member,
    ...(row.quantity_micro !== null && row.price_micro !== null
      ? {
          metered: {
            quantityMicro: micro(row.quantity_micro),
            priceMicro: microMinor(row.price_micro),
          },
        }
      : {}),
  }));
}
