import type { Minor } from '../values/money.ts';

/** How a workspace is invoiced: by its catalog, and by a contract beside it. */
export type InvoiceTerms = {
  readonly zeroAmount: 'skip' | 'issue';
  readonly spreadMinutes: number;
  /** Below it a total is carried to the next invoice. */
  readonly minimumChargeMinor: Minor;
  /** By a contract: sent, to be paid in so many local days, with the customer's number. */
  readonly agreed?: { readonly days: number; readonly purchaseOrder: string | null };
};
