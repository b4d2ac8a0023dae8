import type Stripe from 'stripe';
import { invalidRequest } from '../http/refusal.ts';
import { idOf, type World } from '../world.ts';

/** A living customer: one that was deleted is refused like one that never was. */
export const needCustomer = (world: World, id: string, param = 'id'): Stripe.Customer =>
  world.need('customers', id, param);

/** A customer that the caller has yet to put into the table. */
export function newCustomer(
  world: World,
  wanted: { readonly email: string | null; readonly name: string | null },
): Stripe.Customer {
  return {
    id: world.ids.draw('cus', 14),
    object: 'customer',
    address: null,
    balance: 0,
    created: world.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: wanted.email,
    invoice_prefix: world.ids.draw('x', 8).slice(2).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: wanted.name,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}

/** Makes an attached payment method the one that pays the customer's invoices. */
export function chooseDefaultCard(world: World, customer: Stripe.Customer, id: string): void {
  const paymentMethod = world.tables.paymentMethods.get(id);
  if (idOf(paymentMethod?.customer) !== customer.id) throw notAttached(id);
  customer.invoice_settings.default_payment_method = id;
}

export const notAttached = (paymentMethod: string) =>
  invalidRequest(
    `The customer does not have a payment method with the ID ${paymentMethod}. ` +
      'The payment method must be attached to the customer.',
    { code: 'resource_missing', param: 'invoice_settings[default_payment_method]' },
  );
