import { bookInvoice } from '../booking/book.ts';
import type { InvoiceRow } from '../ports/books.ts';
import type { CollectResult } from '../ports/payments.ts';
import { customerOf, type EffectOf, type Errand } from './errand.ts';

/**
 * Mirrors an issued invoice at the payment provider and tries once to collect it. The try's number is part
 * of the key: a later try is another request, the same try is the same one.
 */
export async function collectInvoice(
  errand: Errand,
  effect: EffectOf<'collectInvoice'>,
): Promise<void> {
  const { books, payments, of, key } = errand;
  const invoice = await books.invoice(of, effect.invoice);
  if (invoice === undefined || invoice.status !== 'open') return;
  const { account, customer } = await customerOf(errand);
  const { stripeInvoice, result } = await payments.collectInvoice({
    customer,
    method: effect.method ?? null,
    invoice: invoice.id,
    number: invoice.number,
    draft: account.draft,
    stripeInvoice: invoice.stripeInvoice,
    lines: mirrorLines(invoice),
    totalMinor: invoice.totalMinor,
    currency: invoice.currency,
    key,
    try: effect.try,
  });
  await books.mirrored(of, invoice.key, stripeInvoice);
  await bookTry(errand, { invoice, stripeInvoice }, result);
}

/** Our lines, and what the account had in credit or owed as a line of its own, so that totals agree. */
export function mirrorLines(
  invoice: InvoiceRow,
): { description: string; amountMinor: InvoiceRow['totalMinor'] }[] {
  const lines = invoice.lines.map(({ description, amountMinor }) => ({ description, amountMinor }));
  if (invoice.appliedMinor === 0n) return lines;
  const description = invoice.appliedMinor < 0n ? 'Account credit' : 'Carried from before';
  return [...lines, { description, amountMinor: invoice.appliedMinor }];
}

async function bookTry(
  errand: Errand,
  { invoice, stripeInvoice }: { readonly invoice: InvoiceRow; readonly stripeInvoice: string },
  result: CollectResult,
): Promise<void> {
  const { books, of, task } = errand;
  const failed = { task, invoice: invoice.key };
  switch (result.kind) {
    case 'succeeded':
      await books.bookInvoicePaid(of, invoice.key);
      return;
    case 'pending':
      // A bank debit is on its way and not past due. Its end may have been told before it was booked.
      await books.bookDebitPending(of, invoice.key);
      return bookInvoice(errand, of, stripeInvoice);
    case 'declined':
      return books.bookTryFailed(of, { ...failed, hard: result.hard });
    case 'authenticationRequired':
      return books.bookTryFailed(of, { ...failed, hard: false });
    case 'noPaymentMethod':
      return books.bookTryFailed(of, { ...failed, hard: true });
    case 'mismatch':
      return books.alert(of, 'invoiceMismatch', {
        invoice: invoice.key,
        oursMinor: result.oursMinor.toString(),
        theirsMinor: result.theirsMinor.toString(),
      });
  }
}
