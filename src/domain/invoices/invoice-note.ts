import type { Instant } from '../values/calendar.ts';
import type { Minor } from '../values/money.ts';

/** A line that an operator writes by hand: what one costs, and how many [4.35]. */
export type ManualLine = {
  readonly description: string;
  readonly quantity: number;
  readonly unitMinor: Minor;
};

/** What an operator's invoice says beside its lines; null: nothing. */
export type InvoiceNote = {
  readonly purchaseOrder: string | null;
  readonly memo: string | null;
};

/** An invoice that was sent, and until when it is to be paid. */
export type SentInvoice = { readonly invoice: string; readonly dueAt: Instant };

/** Has an invoice sent by the payment provider, to be paid within so many days. */
export type SendInvoice = {
  readonly kind: 'sendInvoice';
  readonly invoice: string;
  readonly days: number;
};

/** What only an invoice has that an operator wrote. */
export type WrittenByHand = {
  /** When it is to be paid, so many days from its issue; absent: it is charged at once. */
  readonly due?: { readonly at: Instant; readonly days: number };
  readonly note?: InvoiceNote;
};
