import { showMoney } from '../domain/values/money-text.ts';
import type { InvoicePage } from '../ports/invoice-pdf.ts';
import {
  buyerFacts,
  dateIn,
  lastOf,
  spanOf,
  type DateOf,
  type DocumentRow,
  type DocumentText,
  type Fact,
} from './document-text.ts';

type Invoice = InvoicePage['invoice'];
type Line = Invoice['lines'][number];

/** Says an invoice in words, with the billing details that it was issued with [2.39 2.41 4.13]. */
export function writeInvoice({ buyer, timeZone, invoice }: InvoicePage): DocumentText {
  const dateOf = dateIn(timeZone);
  const { number, seller, billing, currency } = invoice;
  return {
    kind: 'Invoice',
    title: `Invoice ${number}`,
    seller,
    facts: [
      { label: 'Invoice number', value: number },
      { label: 'Issued', value: dateOf(invoice.issuedAt) },
      { label: 'For', value: spanOf(invoice.period, dateOf) },
      ...(invoice.dueAt === null ? [] : [{ label: 'Due', value: dateOf(lastOf(invoice.dueAt)) }]),
      ...(invoice.purchaseOrder === null
        ? []
        : [{ label: 'Purchase order', value: invoice.purchaseOrder }]),
      ...(invoice.memo === null ? [] : [{ label: 'Note', value: invoice.memo }]),
    ],
    buyer: buyerFacts(buyer, billing),
    columns: ['Quantity', 'Unit price', 'Amount'],
    rows: invoice.lines.map((line) => rowOf(line, currency, dateOf)),
    totals: totalsOf(invoice),
    standing: standingOf(invoice, dateOf),
  };
}

function rowOf(line: Line, currency: string, dateOf: DateOf): DocumentRow {
  const { days, member } = line;
  const detail = [
    spanOf(line.period, dateOf),
    ...(days === null ? [] : [`${days.part} of ${days.whole} days`]),
    ...(member === null ? [] : [member]),
  ];
  return {
    description: line.description,
    detail: detail.join(' · '),
    figures: [
      line.quantity.toString(),
      showMoney(line.unitMinor, currency),
      showMoney(line.amountMinor, currency),
    ],
  };
}

function totalsOf({ subtotalMinor, appliedMinor, totalMinor, currency }: Invoice): Fact[] {
  const label = appliedMinor < 0n ? 'Account credit applied' : 'Carried from an earlier invoice';
  return [
    { label: 'Subtotal', value: showMoney(subtotalMinor, currency) },
    ...(appliedMinor === 0n ? [] : [{ label, value: showMoney(appliedMinor, currency) }]),
    { label: 'Total', value: showMoney(totalMinor, currency) },
  ];
}

/** Whether somebody still has to pay; a carried invoice asks for nothing now. */
function standingOf({ status, paidAt, totalMinor, currency }: Invoice, dateOf: DateOf): string {
  switch (status) {
    case 'open':
      return `Amount due: ${showMoney(totalMinor, currency)}`;
    case 'paid':
      return paidAt === null ? 'Paid' : `Paid on ${dateOf(paidAt)}`;
    case 'carried':
      return 'Nothing to pay now: the total is carried to the next invoice.';
    case 'void':
      return 'Void: nothing is to be paid.';
  }
}
