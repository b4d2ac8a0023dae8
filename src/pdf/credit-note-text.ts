import { showMoney } from '../domain/values/money-text.ts';
import type { CreditNotePage } from '../ports/credit-notes.ts';
import { buyerFacts, dateIn, spanOf, type DocumentText } from './document-text.ts';

/** Says a credit note in words: what went back of which invoice, line by line [3.28]. */
export function writeCreditNote({ buyer, timeZone, creditNote }: CreditNotePage): DocumentText {
  const dateOf = dateIn(timeZone);
  const { number, seller, billing, currency, invoice, lines, appliedMinor } = creditNote;
  const show = (amountMinor: bigint): string => showMoney(amountMinor, currency);
  const settled = { label: 'Of what the account had settled', value: show(appliedMinor) };
  return {
    kind: 'Credit note',
    title: `Credit note ${number}`,
    seller,
    facts: [
      { label: 'Number', value: number },
      { label: 'Issued', value: dateOf(creditNote.issuedAt) },
      { label: 'For invoice', value: invoice.number },
      { label: 'Invoice issued', value: dateOf(invoice.issuedAt) },
    ],
    buyer: buyerFacts(buyer, billing),
    columns: ['Invoiced', 'Given back'],
    rows: lines.map(({ description, period, member, invoicedMinor, amountMinor }) => ({
      description,
      detail: [spanOf(period, dateOf), ...(member === null ? [] : [member])].join(' · '),
      figures: [show(invoicedMinor), show(amountMinor)],
    })),
    totals: [
      { label: 'Subtotal', value: show(creditNote.subtotalMinor) },
      ...(appliedMinor === 0n ? [] : [settled]),
      { label: 'Total given back', value: show(creditNote.totalMinor) },
    ],
    standing:
      creditNote.voidedAt === null
        ? 'Given back to the method that had paid.'
        : `Void since ${dateOf(creditNote.voidedAt)}: the bank could not pay it out.`,
  };
}
