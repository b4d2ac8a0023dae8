import { showMoney } from '../domain/money-text.ts';
import type { PostalAddress } from '../ports/billing-details.ts';
import type { InvoicePage } from '../ports/invoice-pdf.ts';

/** A label and what stands beside it. */
export type Fact = { readonly label: string; readonly value: string };

export type InvoiceRow = {
  readonly description: string;
  /** When it is for, which share of the period, and whom it is about. */
  readonly detail: string;
  readonly quantity: string;
  readonly unit: string;
  readonly amount: string;
};

/** An invoice in words and formatted amounts, before anything is drawn. */
export type InvoiceText = {
  readonly title: string;
  readonly seller: string;
  readonly facts: readonly Fact[];
  readonly buyer: readonly Fact[];
  readonly rows: readonly InvoiceRow[];
  readonly totals: readonly Fact[];
  readonly standing: string;
};

type Invoice = InvoicePage['invoice'];
type Line = Invoice['lines'][number];
type DateOf = (instant: string) => string;

/** Says an invoice in words, with the billing details that it was issued with [2.39 2.41 4.13]. */
export function writeInvoice({ buyer, timeZone, invoice }: InvoicePage): InvoiceText {
  const dateOf = dateIn(timeZone);
  const { number, seller, billing, currency } = invoice;
  return {
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
    buyer: [
      ...(billing.name === null ? [] : [{ label: 'Name', value: billing.name }]),
      ...(billing.address === null ? [] : [{ label: 'Address', value: postal(billing.address) }]),
      { label: 'Workspace', value: buyer },
      ...(billing.email === null ? [] : [{ label: 'Email', value: billing.email }]),
      ...(billing.taxId === null ? [] : [{ label: 'Tax ID', value: billing.taxId }]),
    ],
    rows: invoice.lines.map((line) => rowOf(line, currency, dateOf)),
    totals: totalsOf(invoice),
    standing: standingOf(invoice, dateOf),
  };
}

const countries = new Intl.DisplayNames('en-US', { type: 'region' });

/** An address as one reads it in a line: street, town with its codes, country. */
function postal({ line1, line2, city, region, postalCode, country }: PostalAddress): string {
  const town = [city, region, postalCode].filter((part) => part !== null).join(' ');
  const parts = [line1, line2, town, countries.of(country) ?? country];
  return parts.filter((part) => part !== null).join(', ');
}

function rowOf(line: Line, currency: string, dateOf: DateOf): InvoiceRow {
  const { days, member } = line;
  const detail = [
    spanOf(line.period, dateOf),
    ...(days === null ? [] : [`${days.part} of ${days.whole} days`]),
    ...(member === null ? [] : [member]),
  ];
  return {
    description: line.description,
    detail: detail.join(' · '),
    quantity: line.quantity.toString(),
    unit: showMoney(line.unitMinor, currency),
    amount: showMoney(line.amountMinor, currency),
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

const dateIn = (timeZone: string): DateOf => {
  const format = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone });
  return (instant) => format.format(new Date(instant));
};

/** The last moment before an end. */
const lastOf = (end: string): string => new Date(Date.parse(end) - 1).toISOString();

/** From the first day to the last one; a period ends at the first instant after it. */
function spanOf({ start, end }: Line['period'], dateOf: DateOf): string {
  const first = dateOf(start);
  if (Date.parse(end) <= Date.parse(start)) return first;
  const last = dateOf(lastOf(end));
  return first === last ? first : `${first} – ${last}`;
}
