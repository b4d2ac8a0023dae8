import type Stripe from 'stripe';
import type { World } from '../world.ts';

export interface NewCheckout {
  readonly mode: 'payment' | 'setup';
  readonly customer: string | null;
  readonly customerCreation: 'always' | 'if_required' | null;
  readonly customerEmail: string | null;
  readonly currency: string | null;
  readonly total: number | null;
  readonly successUrl: string;
  readonly cancelUrl: string | null;
  readonly expiresAt: number;
  readonly clientReferenceId: string | null;
  readonly metadata: Record<string, string>;
  readonly allowedTypes: string[] | null;
  readonly setupIntent: string | null;
}

/** What every new session has in common. */
const untouched = {
  object: 'checkout.session',
  after_expiration: null,
  allow_promotion_codes: null,
  billing_address_collection: null,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  customer_account: null,
  customer_details: null,
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  livemode: false,
  locale: null,
  managed_payments: null,
  origin_context: null,
  payment_intent: null,
  payment_link: null,
  payment_method_configuration_details: null,
  permissions: null,
  recovered_from: null,
  saved_payment_method_options: null,
  shipping_address_collection: null,
  shipping_cost: null,
  status: 'open',
  submit_type: null,
  subscription: null,
  ui_mode: 'hosted_page',
} as const;

/** What the page takes of what is allowed; other types of Stripe's are not here. */
const typesOf = (allowed: readonly string[] | null): string[] =>
  (allowed ?? ['card']).filter((type) => type === 'card' || type === 'us_bank_account');

/** An open session of the hosted page. */
export function newCheckout(world: World, wanted: NewCheckout): Stripe.Checkout.Session {
  const id = world.ids.draw('cs_test', 58);
  return {
    ...untouched,
    id,
    adaptive_pricing: wanted.mode === 'payment' ? { enabled: false } : null,
    allowed_payment_method_types: wanted.allowedTypes,
    amount_subtotal: wanted.total,
    amount_total: wanted.total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    cancel_url: wanted.cancelUrl,
    client_reference_id: wanted.clientReferenceId,
    created: world.now(wanted.customer),
    currency: wanted.currency,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: wanted.customer,
    customer_creation: wanted.customerCreation,
    customer_email: wanted.customerEmail,
    discounts: wanted.mode === 'payment' ? [] : null,
    expires_at: wanted.expiresAt,
    metadata: wanted.metadata,
    mode: wanted.mode,
    payment_method_collection: wanted.mode === 'payment' ? 'if_required' : 'always',
    payment_method_options: {},
    payment_method_types: typesOf(wanted.allowedTypes),
    payment_status: wanted.mode === 'payment' ? 'unpaid' : 'no_payment_required',
    setup_intent: wanted.setupIntent,
    shipping_options: [],
    success_url: wanted.successUrl,
    total_details:
      wanted.mode === 'payment' ? { amount_discount: 0, amount_shipping: 0, amount_tax: 0 } : null,
    url: `${world.baseUrl}/c/pay/${id}`,
    wallet_options: null,
  };
}
