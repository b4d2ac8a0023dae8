import type Stripe from 'stripe';
import { pageOf } from '../http/lists.ts';
import { idOf, type World } from '../world.ts';

/** The lines of an invoice from the top: one per item, in the order in which they were added. */
export const linesOf = (world: World, invoice: string): Stripe.InvoiceLineItem[] =>
  [...world.tables.invoiceItems.values()]
    .filter((item) => idOf(item.invoice) === invoice)
    .map((item) => lineOf(world, item, invoice));

/** The line that shows an item; it keeps its id for as long as the item lives. */
function lineOf(world: World, item: Stripe.InvoiceItem, invoice: string): Stripe.InvoiceLineItem {
  const line: Stripe.InvoiceLineItem = {
    id: world.tables.invoiceLines.get(item.id)?.id ?? world.ids.draw('il'),
    object: 'line_item',
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discount_amounts: [],
    discountable: item.discountable,
    discounts: [],
    invoice,
    livemode: false,
    metadata: item.metadata ?? {},
    parent: {
      invoice_item_details: {
        invoice_item: item.id,
        proration: false,
        proration_details: { credited_items: null },
        subscription: null,
      },
      subscription_item_details: null,
      type: 'invoice_item_details',
    },
    period: item.period,
    pretax_credit_amounts: [],
    pricing: item.pricing,
    quantity: item.quantity,
    quantity_decimal: item.quantity_decimal,
    subscription: null,
    subtotal: item.amount,
    taxes: [],
  };
  world.tables.invoiceLines.set(item.id, line);
  return line;
}

/** Brings a draft's lines and totals up to date. An invoice carries its first ten lines only. */
export function showLines(world: World, invoice: Stripe.Invoice): void {
  const lines = linesOf(world, invoice.id);
  invoice.lines = pageOf(lines, { url: `/v1/invoices/${invoice.id}/lines`, params: {} });
  const total = lines.reduce((sum, line) => sum + line.amount, 0);
  invoice.subtotal = total;
  invoice.subtotal_excluding_tax = total;
  invoice.total = total;
  invoice.total_excluding_tax = total;
  invoice.amount_due = Math.max(0, total);
  invoice.amount_remaining = invoice.amount_due;
}
