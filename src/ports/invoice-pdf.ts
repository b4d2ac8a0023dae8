import type { InvoiceInFull } from './directory.ts';

/** All that an invoice's page says. After the issue only the status and the payment's date still change. */
export type InvoicePage = {
  /** The workspace, as the product names it. */
  readonly buyer: string;
  /** Dates are the workspace's local ones. */
  readonly timeZone: string;
  readonly invoice: InvoiceInFull;
};

/** Prints an invoice as a tagged PDF: the same page always as the same bytes [2.39]. */
export type InvoicePrinter = (page: InvoicePage) => Promise<Uint8Array>;
