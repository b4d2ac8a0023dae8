import type { BilledTo, PostalAddress } from '../ports/billing-details.ts';

/** A label and what stands beside it. */
export type Fact = { readonly label: string; readonly value: string };

export type DocumentRow = {
  readonly description: string;
  /** When it is for, which share of the period, and whom it is about. */
  readonly detail: string;
  /** One for each column. */
  readonly figures: readonly string[];
};

/** A document in words and formatted amounts, before anything is drawn. */
export type DocumentText = {
  /** What it is: `Invoice`. */
  readonly kind: string;
  readonly title: string;
  readonly seller: string;
  readonly facts: readonly Fact[];
  readonly buyer: readonly Fact[];
  /** The heads of the figures beside each row, three at most. */
  readonly columns: readonly string[];
  readonly rows: readonly DocumentRow[];
  readonly totals: readonly Fact[];
  readonly standing: string;
};

export type DateOf = (instant: string) => string;

/** Whom a document is for, with the billing details that were kept at its issue [2.41]. */
export const buyerFacts = (buyer: string, billing: BilledTo): readonly Fact[] => [
  ...(billing.name === null ? [] : [{ label: 'Name', value: billing.name }]),
  ...(billing.address === null ? [] : [{ label: 'Address', value: postal(billing.address) }]),
  { label: 'Workspace', value: buyer },
  ...(billing.email === null ? [] : [{ label: 'Email', value: billing.email }]),
  ...(billing.taxId === null ? [] : [{ label: 'Tax ID', value: billing.taxId }]),
];

const countries = new Intl.DisplayNames('en-US', { type: 'region' });

/** An address as one reads it in a line: street, town with its codes, country. */
function postal({ line1, line2, city, region, postalCode, country }: PostalAddress): string {
  const town = [city, region, postalCode].filter((part) => part !== null).join(' ');
  const parts = [line1, line2, town, countries.of(country) ?? country];
  return parts.filter((part) => part !== null).join(', ');
}

export const dateIn = (timeZone: string): DateOf => {
  const format = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone });
  return (instant) => format.format(new Date(instant));
};

/** The last moment before an end. */
export const lastOf = (end: string): string => new Date(Date.parse(end) - 1).toISOString();

/** From the first day to the last one; a period ends at the first instant after it. */
export function spanOf(
  { start, end }: { readonly start: string; readonly end: string },
  dateOf: DateOf,
): string {
  const first = dateOf(start);
  if (Date.parse(end) <= Date.parse(start)) return first;
  const last = dateOf(lastOf(end));
  return first === last ? first : `${first} – ${last}`;
}
