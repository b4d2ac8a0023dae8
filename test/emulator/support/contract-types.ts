import type Stripe from 'stripe';

// What the emulator answers, by the `object` that the answer says it is. Read by `contract.ts`, which derives
// a schema from each.
export type customer = Stripe.Customer | Stripe.DeletedCustomer;
export type tax_id = Stripe.TaxId | Stripe.DeletedTaxId;
export type payment_method = Stripe.PaymentMethod;
export type setup_intent = Stripe.SetupIntent;
export type payment_intent = Stripe.PaymentIntent;
export type charge = Stripe.Charge;
export type refund = Stripe.Refund;
export type dispute = Stripe.Dispute;
export type product = Stripe.Product;
export type price = Stripe.Price;
export type invoice = Stripe.Invoice | Stripe.DeletedInvoice;
export type invoiceitem = Stripe.InvoiceItem | Stripe.DeletedInvoiceItem;
export type line_item = Stripe.InvoiceLineItem;
export type item = Stripe.LineItem;
export type invoice_payment = Stripe.InvoicePayment;
export type checkout_session = Stripe.Checkout.Session;
export type billing_portal_session = Stripe.BillingPortal.Session;
export type webhook_endpoint = Stripe.WebhookEndpoint | Stripe.DeletedWebhookEndpoint;
/** Its `data.object` is held to the schema of that object. */
export type event = Omit<Stripe.CustomerCreatedEvent, 'type' | 'data'> & {
  type: string;
  data: { object: unknown; previous_attributes?: unknown };
};
