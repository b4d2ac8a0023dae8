import type { Instant } from '../values/calendar.ts';
import type { Minor } from '../values/money.ts';

/** Why an invoice is issued. */
export type InvoiceReason = 'renewal' | 'supplementary' | 'purchase' | 'manual';

/** A method that another one was put on file beside, and until when it pays. */
export type FormerMethod = { readonly id: string; readonly until: Instant };

/** What became of a payment, or of what pays. */
export type PaymentFact =
  | {
      readonly kind: 'paymentMethodAttached';
      /** Another workspace had its trial with this method [K15]. */
      readonly trialUsed?: true;
      /** The method that was on file until now, where there was one. */
      readonly former?: string;
    }
  | { readonly kind: 'paymentMethodRemoved' }
  | {
      readonly kind: 'planPurchasePaid';
      readonly payment: string;
      readonly totalMinor: Minor;
    }
  | { readonly kind: 'planPurchaseFailed'; readonly payment: string }
  | {
      readonly kind: 'invoicePaid';
      readonly invoice: string;
      readonly reason: InvoiceReason;
      readonly periodEnd: Instant;
    }
  | { readonly kind: 'invoicePaymentFailed'; readonly invoice: string; readonly hard: boolean }
  /** A bank debit is on its way; its end is told in days. */
  | { readonly kind: 'invoicePaymentPending'; readonly invoice: string };
