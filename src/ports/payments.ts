import type { Minor } from '../domain/values/money.ts';
import type { PaymentMethodKind } from '../domain/terms/terms.ts';
import type { BilledTo } from './billing-details.ts';
import type { DisputeOrigin, MoneyBackSeen } from './money-back.ts';

/** A line as the payment provider shows it: words and a signed amount. */
export type MirrorLine = { readonly description: string; readonly amountMinor: Minor };

/** How a try to take money ended. A decline is a value; an unreachable provider is an exception. */
export type ChargeResult =
  | { readonly kind: 'succeeded'; readonly paymentIntent: string }
  | { readonly kind: 'declined'; readonly code: string; readonly hard: boolean }
  | { readonly kind: 'authenticationRequired' }
  | { readonly kind: 'noPaymentMethod' }
  | { readonly kind: 'pending'; readonly paymentIntent: string };

export type CollectResult =
  | ChargeResult
  /** The mirror's total is not ours: collection stops, a person looks [3.27]. */
  | { readonly kind: 'mismatch'; readonly oursMinor: Minor; readonly theirsMinor: Minor };

export type SendResult =
  { readonly kind: 'sent' } | Extract<CollectResult, { readonly kind: 'mismatch' }>;

/** Our issued invoice as the provider is to show it. */
export type MirrorRequest = {
  readonly customer: string;
  readonly invoice: string;
  readonly number: string;
  readonly stripeInvoice: string | null;
  readonly lines: readonly MirrorLine[];
  readonly totalMinor: Minor;
  readonly currency: string;
  readonly key: string;
};

export type CustomerDetails = BilledTo & {
  readonly product: string;
  readonly workspace: string;
};

/** The money's state as the provider tells it now, by refetch; never from a webhook's body. */
export type PaymentSeen = {
  readonly paymentIntent: string;
  readonly status: 'succeeded' | 'failed' | 'pending';
  readonly amountMinor: Minor;
  readonly currency: string;
  /** Our payment's id, from metadata; absent on money that is not ours. */
  readonly payment: string | null;
  readonly declineCode: string | null;
};

export type CheckoutSeen = {
  readonly mode: 'setup' | 'payment';
  readonly complete: boolean;
  readonly customer: string;
  /** The money, once it was paid. */
  readonly paymentIntent: string | null;
  /** Where the person goes back to, as given when the session was opened. */
  readonly returnTo: string;
};

export type InvoiceSeen = {
  readonly stripeInvoice: string;
  readonly status: 'draft' | 'open' | 'paid' | 'void' | 'uncollectible';
  /** Our invoice's id, from metadata. */
  readonly invoice: string | null;
  /** How the newest try to pay it ended; null: it is paid, or runs, or was never tried. */
  readonly failure: { readonly code: string; readonly hard: boolean } | null;
};

export type PaymentMethod = {
  readonly id: string;
  readonly kind: PaymentMethodKind;
  readonly brand: string;
  readonly last4: string;
  readonly fingerprint: string | null;
};

/**
 * Moving money. Every call that changes something carries a `key`, made from a business fact before the
 * first attempt: the same key never acts twice. Throws `PaymentsUnavailable` when the provider cannot be
 * reached or answers 429/5xx; the caller retries with the same key. Throws `PaymentsRefused` for what the
 * provider will never do; the caller gives it up. What is asked for and is not there is `PaymentsMissing`.
 */
export interface Payments {
  /** The customer for a workspace; made on first use. */
  ensureCustomer(of: CustomerDetails, key: string): Promise<string>;
  /** Email and tax id for future invoices [2.41]. */
  updateCustomer(customer: string, details: CustomerDetails, key: string): Promise<void>;
  /** Hosted form that puts a method of these kinds on file [0.30 4.15]. */
  openSetup(request: {
    readonly customer: string;
    readonly kinds: readonly PaymentMethodKind[];
    readonly currency: string;
    readonly returnTo: string;
    readonly key: string;
  }): Promise<{ readonly session: string; readonly url: string }>;
  /** Hosted payment of one net total, saving the method for later. */
  openCheckout(request: {
    readonly customer: string;
    readonly kinds: readonly PaymentMethodKind[];
    readonly payment: string;
    readonly line: MirrorLine;
    readonly currency: string;
    readonly returnTo: string;
    readonly key: string;
  }): Promise<{ readonly session: string; readonly url: string }>;
  /** So that one workspace has one open checkout; a paid or expired one is left as it is. */
  expireCheckout(session: string, key: string): Promise<void>;
  /** What became of a Checkout session; undefined if there is none of that id, or it is not ours. */
  seeCheckout(session: string): Promise<CheckoutSeen | undefined>;
  /** Takes one amount from the saved method, without the person present. */
  charge(request: {
    readonly customer: string;
    /** What is charged while it is on file; null: the default. */
    readonly method: string | null;
    readonly payment: string;
    readonly line: MirrorLine;
    readonly currency: string;
    readonly key: string;
  }): Promise<ChargeResult>;
  /** The draft that shows seat changes on their day [2.15]; answers the draft's id. */
  draftInvoice(request: {
    readonly customer: string;
    readonly draft: string | null;
    readonly lines: readonly MirrorLine[];
    readonly currency: string;
    readonly key: string;
  }): Promise<string>;
  /** Mirrors an issued invoice (draft, compare, finalise) and tries once to collect it. */
  collectInvoice(
    request: MirrorRequest & {
      /** As for a charge. */
      readonly method: string | null;
      readonly draft: string | null;
      readonly try: number;
    },
  ): Promise<{ readonly stripeInvoice: string; readonly result: CollectResult }>;
  /** Mirrors an issued invoice and has it sent, to be paid within so many days; or says why it is not. */
  sendInvoice(
    request: MirrorRequest & { readonly days: number },
  ): Promise<{ readonly stripeInvoice: string; readonly result: SendResult }>;
  /**
   * The invoice was paid elsewhere: its mirror asks for nothing more. `paidHere`: the provider had taken money for it
   * already.
   */
  markPaid(
    request: Pick<MirrorRequest, 'customer' | 'invoice' | 'stripeInvoice' | 'key'>,
  ): Promise<'asksNoMore' | 'paidHere'>;
  /**
   * Gives so much of a payment back; answers the provider's refund. The same refund is made once, also when
   * it is asked for again after the provider forgot the key.
   */
  refund(request: {
    readonly paymentIntent: string;
    readonly refund: string;
    readonly amountMinor: Minor;
    readonly key: string;
  }): Promise<string>;
  seePayment(paymentIntent: string): Promise<PaymentSeen>;
  seeInvoice(stripeInvoice: string): Promise<InvoiceSeen>;
  /** What refunds and disputes took back of a payment, as true now. */
  seeMoneyBack(paymentIntent: string): Promise<MoneyBackSeen>;
  /** Whose money a dispute is about: it tells nothing of it by itself. Undefined if there is none. */
  seeDispute(dispute: string): Promise<DisputeOrigin | undefined>;
  /** The payment behind a charge or a refund; null on money that is not ours. */
  paymentIntentOf(object: string): Promise<string | null>;
  paymentMethods(customer: string): Promise<readonly PaymentMethod[]>;
  /** Makes this the method that renewals and top-ups use. */
  useByDefault(customer: string, method: string, key: string): Promise<void>;
  /** A test clock's instant, so that the emulator stamps this customer's objects with it. */
  tellClock(customer: string, at: string): Promise<void>;
  /** Whether the provider answers now; throws `PaymentsUnavailable` if not. */
  check(): Promise<void>;
  /** Whether virtual clocks are possible: not with real money. */
  readonly testClocks: boolean;
}

/** The provider cannot be reached now; the same call with the same key may be tried again. */
export class PaymentsUnavailable extends Error {
  override readonly name = 'PaymentsUnavailable';
}

/** The provider has no such object, or has it no more. */
export class PaymentsMissing extends Error {
  override readonly name = 'PaymentsMissing';
}

/** The provider takes no request of this kind, however often it is made. The message says why. */
export class PaymentsRefused extends Error {
  override readonly name = 'PaymentsRefused';
}
