import type Stripe from 'stripe';

/** What the bank behind a payment method knows, and no answer shows. */
export interface CardSecret {
  readonly number: string;
  /** The cardholder authenticated for later charges without them. */
  isSetUp: boolean;
  /** Once detached, a payment method can never be used again. */
  wasDetached: boolean;
}

/** A debit on its way: the bank answers at this second of its customer's clock. */
export interface BankDebit {
  readonly intent: string;
  readonly dueAt: number;
}

/** How an intent was asked to be paid, and for whom. */
export interface IntentSecret {
  offSession: boolean;
  errorOnRequiresAction: boolean;
  readonly invoice: string | null;
}

/** What a Checkout session was told about the objects that it makes on completion. */
export interface CheckoutSecret {
  readonly intentMetadata: Record<string, string>;
  readonly intentDescription: string | null;
  readonly setupFutureUsage: 'off_session' | 'on_session' | null;
  readonly statementDescriptorSuffix: string | null;
}

export interface DeletedCustomer {
  readonly id: string;
  readonly object: 'customer';
  readonly deleted: true;
}

/** One event on its way to one endpoint. */
export interface Delivery {
  readonly event: string;
  readonly endpoint: string;
  attempts: number;
  /** The endpoint answered with an error; one that cannot be reached is waited for. */
  wasRefused: boolean;
  /** Milliseconds since 1970, on the machine's clock: deliveries live in real time. */
  dueAt: number;
}

export interface IdempotencyEntry {
  readonly fingerprint: string;
  /** Absent while the first request with the key is still running. */
  answer?: { readonly status: number; readonly body: string; readonly requestId: string };
}

/** Everything the emulator remembers. Each table is in the order of creation. */
export interface Tables {
  readonly customers: Map<string, Stripe.Customer>;
  readonly deletedCustomers: Map<string, DeletedCustomer>;
  readonly taxIds: Map<string, Stripe.TaxId>;
  readonly paymentMethods: Map<string, Stripe.PaymentMethod>;
  readonly cardSecrets: Map<string, CardSecret>;
  readonly setupIntents: Map<string, Stripe.SetupIntent>;
  readonly paymentIntents: Map<string, Stripe.PaymentIntent>;
  readonly intentSecrets: Map<string, IntentSecret>;
  readonly charges: Map<string, Stripe.Charge>;
  /** Keyed by the intent. */
  readonly bankDebits: Map<string, BankDebit>;
  readonly refunds: Map<string, Stripe.Refund>;
  readonly disputes: Map<string, Stripe.Dispute>;
  readonly products: Map<string, Stripe.Product>;
  readonly prices: Map<string, Stripe.Price>;
  readonly invoices: Map<string, Stripe.Invoice>;
  readonly invoiceItems: Map<string, Stripe.InvoiceItem>;
  /** Keyed by the invoice item that the line shows. */
  readonly invoiceLines: Map<string, Stripe.InvoiceLineItem>;
  readonly invoicePayments: Map<string, Stripe.InvoicePayment>;
  readonly checkoutSessions: Map<string, Stripe.Checkout.Session>;
  readonly checkoutSecrets: Map<string, CheckoutSecret>;
  readonly checkoutLines: Map<string, Stripe.LineItem[]>;
  readonly portalSessions: Map<string, Stripe.BillingPortal.Session>;
  readonly events: Map<string, Stripe.Event>;
  readonly webhookEndpoints: Map<string, Stripe.WebhookEndpoint>;
  /** The signing secrets of each endpoint: two while one is being rotated. */
  readonly webhookSecrets: Map<string, readonly string[]>;
  readonly deliveries: Map<string, Delivery>;
  readonly idempotency: Map<string, IdempotencyEntry>;
  /** The instant at which a customer lives, in seconds since 1970, where it is not now. */
  readonly clocks: Map<string, number>;
}

export const emptyTables = (): Tables => ({
  customers: new Map(),
  deletedCustomers: new Map(),
  taxIds: new Map(),
  paymentMethods: new Map(),
  cardSecrets: new Map(),
  setupIntents: new Map(),
  paymentIntents: new Map(),
  intentSecrets: new Map(),
  charges: new Map(),
  bankDebits: new Map(),
  refunds: new Map(),
  disputes: new Map(),
  products: new Map(),
  prices: new Map(),
  invoices: new Map(),
  invoiceItems: new Map(),
  invoiceLines: new Map(),
  invoicePayments: new Map(),
  checkoutSessions: new Map(),
  checkoutSecrets: new Map(),
  checkoutLines: new Map(),
  portalSessions: new Map(),
  events: new Map(),
  webhookEndpoints: new Map(),
  webhookSecrets: new Map(),
  deliveries: new Map(),
  idempotency: new Map(),
  clocks: new Map(),
});
