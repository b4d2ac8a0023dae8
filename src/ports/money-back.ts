import type { Instant } from '../domain/values/calendar.ts';
import type { DisputedMoney } from '../domain/invoices/money-back.ts';
import type { Minor } from '../domain/values/money.ts';

/** A dispute as the provider tells it now. */
export type DisputeSeen = DisputedMoney & {
  readonly reason: string;
  /** Until when evidence can be given; null: nobody waits for any. */
  readonly respondBy: Instant | null;
};

/** What went back of a payment that had succeeded, as the provider tells it now, by refetch. */
export type MoneyBackSeen = {
  readonly paymentIntent: string;
  /** Our payment's id, from metadata; absent on money that paid an invoice, or is not ours. */
  readonly payment: string | null;
  /** The provider's invoice that it paid, if it paid one. */
  readonly stripeInvoice: string | null;
  readonly currency: string;
  /** All that was refunded of it until now. */
  readonly refundedMinor: Minor;
  /** Oldest first. */
  readonly disputes: readonly DisputeSeen[];
};

/** Where a dispute belongs: its own object names neither customer nor metadata of ours. */
export type DisputeOrigin = {
  readonly customer: string | null;
  readonly paymentIntent: string | null;
};
