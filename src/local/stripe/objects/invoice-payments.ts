import type Stripe from 'stripe';
import { idOf, type World } from '../world.ts';
import { createPayment } from './payments.ts';

/** The payment that collects an invoice; it is made once and tried as often as need be. */
export function collectibleIntent(world: World, invoice: Stripe.Invoice): Stripe.PaymentIntent {
  const waiting = [...world.tables.invoicePayments.values()].find(
    (payment) => idOf(payment.invoice) === invoice.id && payment.status === 'open',
  );
  if (waiting !== undefined) {
    return world.need('paymentIntents', idOf(waiting.payment.payment_intent) ?? '');
  }
  const customer = idOf(invoice.customer);
  const intent = createPayment(world, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer,
    paymentMethod: null,
    allowedTypes: null,
    redirects: 'always',
    description: invoice.description,
    metadata: {},
    setupFutureUsage: null,
    receiptEmail: null,
    statementDescriptor: invoice.statement_descriptor,
    statementDescriptorSuffix: null,
    invoice: invoice.id,
  });
  const id = world.ids.draw('inpay');
  world.tables.invoicePayments.set(id, {
    id,
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: world.now(customer),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  });
  return intent;
}
