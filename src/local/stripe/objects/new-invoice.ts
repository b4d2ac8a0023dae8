import type Stripe from 'stripe';
import type { World } from '../world.ts';
import { copyCustomer } from './invoices.ts';

const sumsAtStart = {
  amount_due: 0,
  amount_overpaid: 0,
  amount_paid: 0,
  amount_remaining: 0,
  amount_shipping: 0,
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  starting_balance: 0,
  subtotal: 0,
  subtotal_excluding_tax: 0,
  total: 0,
  total_excluding_tax: 0,
};

/** What every new draft has in common. */
const untouched = {
  object: 'invoice',
  account_tax_ids: null,
  application: null,
  attempt_count: 0,
  attempted: false,
  auto_advance: false,
  automatically_finalizes_at: null,
  billing_reason: 'manual',
  collection_method: 'charge_automatically',
  custom_fields: null,
  customer_account: null,
  customer_address: null,
  customer_email: null,
  customer_name: null,
  customer_phone: null,
  customer_shipping: null,
  customer_tax_exempt: null,
  default_payment_method: null,
  default_source: null,
  description: null,
  due_date: null,
  effective_at: null,
  ending_balance: null,
  from_invoice: null,
  hosted_invoice_url: null,
  invoice_pdf: null,
  last_finalization_error: null,
  latest_revision: null,
  livemode: false,
  next_payment_attempt: null,
  number: null,
  on_behalf_of: null,
  parent: null,
  receipt_number: null,
  rendering: null,
  shipping_cost: null,
  shipping_details: null,
  statement_descriptor: null,
  status: 'draft',
  test_clock: null,
  webhooks_delivered_at: null,
} as const;

/** A draft that the caller has yet to put into the table. */
export function newInvoice(
  world: World,
  customer: Stripe.Customer,
  currency: string,
): Stripe.Invoice {
  const id = world.ids.draw('in');
  const now = world.now(customer.id);
  const invoice: Stripe.Invoice = {
    ...untouched,
    ...sumsAtStart,
    id,
    account_country: 'US',
    account_name: 'Tollgate emulator',
    automatic_tax: {
      disabled_reason: null,
      enabled: false,
      liability: null,
      provider: null,
      status: null,
    },
    created: now,
    currency,
    customer: customer.id,
    customer_tax_ids: [],
    default_tax_rates: [],
    discounts: [],
    footer: customer.invoice_settings.footer,
    issuer: { type: 'self' },
    lines: { object: 'list', data: [], has_more: false, url: `/v1/invoices/${id}/lines` },
    metadata: {},
    payment_settings: {
      default_mandate: null,
      payment_method_options: null,
      payment_method_types: null,
    },
    period_end: now,
    period_start: now,
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    total_discount_amounts: [],
    total_pretax_credit_amounts: [],
    total_taxes: [],
  };
  copyCustomer(invoice, customer);
  return invoice;
}
