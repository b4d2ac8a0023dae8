import type { MarkPaid } from '../domain/life/outside-effect.ts';
import { mirrorLines } from './collect-invoice.ts';
import { customerOf, type EffectOf, type Errand } from './errand.ts';

/** Mirrors an issued invoice at the payment provider, which sends it; one that was paid meanwhile is left. */
export async function sendInvoice(errand: Errand, effect: EffectOf<'sendInvoice'>): Promise<void> {
  const { books, payments, of, key } = errand;
  const invoice = await books.invoice(of, effect.invoice);
  if (invoice === undefined || invoice.status !== 'open') return;
  const { customer } = await customerOf(errand);
  const { id, number, totalMinor, currency, stripeInvoice } = invoice;
  const sent = await payments.sendInvoice({
    ...{ customer, invoice: id, number, totalMinor, currency, stripeInvoice, key },
    lines: mirrorLines(invoice),
    days: effect.days,
  });
  await books.mirrored(of, invoice.key, sent.stripeInvoice);
  if (sent.result.kind === 'sent') return;
  await books.alert(of, 'invoiceMismatch', {
    invoice: invoice.key,
    oursMinor: sent.result.oursMinor.toString(),
    theirsMinor: sent.result.theirsMinor.toString(),
  });
}

/** An invoice was paid elsewhere: its mirror asks for nothing more. Money that came twice is told to operators. */
export async function markPaid(errand: Errand, effect: MarkPaid): Promise<void> {
  const { books, payments, of, key } = errand;
  const invoice = await books.invoice(of, effect.invoice);
  if (invoice === undefined) throw new Error(`no invoice ${effect.invoice} to mark as paid`);
  const { customer } = await customerOf(errand);
  const { id, stripeInvoice } = invoice;
  const answer = await payments.markPaid({ customer, invoice: id, stripeInvoice, key });
  if (answer === 'asksNoMore') return;
  await books.alert(of, 'invoicePaidTwice', { invoice: invoice.key });
}
