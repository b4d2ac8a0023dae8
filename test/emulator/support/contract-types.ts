import type Stripe from 'stripe';

/** What the emulator answers, by the `object` that an answer says it is. */
export interface Answers {
  customer: Stripe.Customer | Stripe.DeletedCustomer;
  tax_id: Stripe.TaxId | Stripe.DeletedTaxId;
  payment_method: Stripe.PaymentMethod;
  setup_intent: Stripe.SetupIntent;
  payment_intent: Stripe.PaymentIntent;
  charge: Stripe.Charge;
  refund: Stripe.Refund;
  dispute: Stripe.Dispute;
  product: Stripe.Product;
  price: Stripe.Price;
  invoice: Stripe.Invoice | Stripe.DeletedInvoice;
  invoiceitem: Stripe.InvoiceItem | Stripe.DeletedInvoiceItem;
  line_item: Stripe.InvoiceLineItem;
  item: Stripe.LineItem;
  invoice_payment: Stripe.InvoicePayment;
  'checkout.session': Stripe.Checkout.Session;
  'billing_portal.session': Stripe.BillingPortal.Session;
  webhook_endpoint: Stripe.WebhookEndpoint | Stripe.DeletedWebhookEndpoint;
  /** Its `data.object` is held to the schema of that object. */
  event: Omit<Stripe.CustomerCreatedEvent, 'type' | 'data'> & {
    type: string;
    data: { object: unknown; previous_attributes?: unknown };
  };
}
