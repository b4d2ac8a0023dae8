import type Stripe from 'stripe';
import { invalidRequest } from '../http/refusal.ts';
import { idOf, type World } from '../world.ts';
import { needCustomer } from './customers.ts';
import { attemptPayment, cancelPayment, minimumCharge, type Attempt } from './payments.ts';
import { collectibleIntent } from './invoice-payments.ts';
import { cardError } from './payment-methods.ts';

/**
 * Issues a draft: numbered, unchangeable, and with a payment waiting for what is due. What is
 * negative or too small to charge goes to the customer's balance, as at Stripe.
 */
export function finalizeInvoice(world: World, invoice: Stripe.Invoice): void {
  if (invoice.status !== 'draft') throw wrongStatus(invoice, 'finalize');
  const customer = needCustomer(world, idOf(invoice.customer) ?? '', 'customer');
  copyCustomer(invoice, customer);
  const sequence = customer.next_invoice_sequence ?? 1;
  customer.next_invoice_sequence = sequence + 1;
  const prefix = customer.invoice_prefix ?? 'INV';
  invoice.number ??= `${prefix}-${String(sequence).padStart(4, '0')}`;
  const now = world.now(customer.id);
  invoice.status = 'open';
  invoice.status_transitions.finalized_at = now;
  invoice.effective_at ??= now;
  settleBalance(invoice, customer);
  customer.currency ??= invoice.currency;
  if (invoice.amount_due > 0) collectibleIntent(world, invoice);
  world.emit('invoice.finalized', invoice);
  if (invoice.amount_due === 0) markPaid(world, invoice);
}

function settleBalance(invoice: Stripe.Invoice, customer: Stripe.Customer): void {
  const owed = invoice.total + customer.balance;
  const isChargeable = owed >= minimumCharge(invoice.currency);
  invoice.starting_balance = customer.balance;
  invoice.ending_balance = isChargeable ? 0 : owed;
  invoice.amount_due = isChargeable ? owed : 0;
  invoice.amount_remaining = invoice.amount_due;
  customer.balance = invoice.ending_balance;
}

export function copyCustomer(invoice: Stripe.Invoice, customer: Stripe.Customer): void {
  invoice.customer_address = customer.address ?? null;
  invoice.customer_email = customer.email;
  invoice.customer_name = customer.name ?? null;
  invoice.customer_phone = customer.phone ?? null;
  invoice.customer_tax_exempt = customer.tax_exempt ?? 'none';
}

function markPaid(world: World, invoice: Stripe.Invoice): void {
  invoice.status = 'paid';
  invoice.attempted = true;
  invoice.amount_paid = invoice.amount_due;
  invoice.amount_remaining = 0;
  invoice.status_transitions.paid_at = world.now(idOf(invoice.customer));
  world.emit('invoice.paid', invoice);
  if (invoice.amount_due > 0) world.emit('invoice.payment_succeeded', invoice);
}

/** Collects an open invoice, or refuses with the reason why it was not collected. */
export function payInvoice(
  world: World,
  invoice: Stripe.Invoice,
  given: { readonly paymentMethod: string | undefined; readonly offSession: boolean },
): void {
  if (invoice.status === 'draft') finalizeInvoice(world, invoice);
  if (invoice.status === 'paid' && invoice.amount_due === 0) return;
  if (invoice.status === 'paid') throw invalidRequest('Invoice is already paid');
  if (invoice.status === 'void') throw wrongStatus(invoice, 'pay');
  const paymentMethod = methodFor(world, invoice, given.paymentMethod);
  const intent = collectibleIntent(world, invoice);
  if (intent.status === 'processing') {
    throw invalidRequest('This invoice has a payment that is processing.', {
      code: 'payment_intent_unexpected_state',
    });
  }
  intent.payment_method = paymentMethod;
  const secret = world.need('intentSecrets', intent.id);
  secret.offSession = given.offSession;
  const attempt = attemptPayment(world, intent, { returnUrl: null });
  settleInvoice(world, intent, attempt);
  if (attempt.kind === 'declined') {
    throw cardError(attempt.decline, {
      ...(attempt.charge === null ? {} : { charge: attempt.charge }),
      payment_intent: structuredClone(intent),
    });
  }
  if (attempt.kind === 'actionRequired') throw actionRequired(intent);
}

const actionRequired = (intent: Stripe.PaymentIntent) =>
  cardError(
    {
      code: 'invoice_payment_intent_requires_action',
      declineCode: 'authentication_required',
      message:
        'This payment requires additional user action before it can be completed successfully. ' +
        'Payment can be completed using the PaymentIntent associated with the invoice.',
    },
    { payment_intent: structuredClone(intent) },
  );

function methodFor(world: World, invoice: Stripe.Invoice, given: string | undefined): string {
  const customer = needCustomer(world, idOf(invoice.customer) ?? '', 'customer');
  const chosen =
    given ??
    idOf(invoice.default_payment_method) ??
    idOf(customer.invoice_settings.default_payment_method);
  if (chosen === null) {
    throw invalidRequest(
      'There is no `default_payment_method` set on this Customer or Invoice. Set one, or pass a ' +
        'payment_method.',
      { code: 'resource_missing', param: 'payment_method' },
    );
  }
  const paymentMethod = world.need('paymentMethods', chosen, 'payment_method');
  if (idOf(paymentMethod.customer) === customer.id) return chosen;
  throw invalidRequest(`The payment method ${chosen} is not attached to the invoice's customer.`, {
    param: 'payment_method',
  });
}

/** Writes on the invoice, if the intent pays for one, how an attempt ended. */
export function settleInvoice(world: World, intent: Stripe.PaymentIntent, attempt: Attempt): void {
  const { invoice: id } = world.need('intentSecrets', intent.id);
  if (id === null) return;
  const invoice = world.need('invoices', id);
  invoice.attempted = true;
  if (attempt.kind === 'processing') return; // it counts once the bank has answered
  invoice.attempt_count += 1;
  if (attempt.kind === 'paid') {
    closePayments(world, invoice, 'paid');
    markPaid(world, invoice);
    return;
  }
  if (attempt.kind === 'actionRequired') world.emit('invoice.payment_action_required', invoice);
  world.emit('invoice.payment_failed', invoice);
}

export function payOutOfBand(world: World, invoice: Stripe.Invoice): void {
  if (invoice.status === 'draft') finalizeInvoice(world, invoice);
  if (invoice.status !== 'open') throw wrongStatus(invoice, 'pay');
  cancelIntents(world, invoice);
  closePayments(world, invoice, 'canceled');
  markPaid(world, invoice);
}

export function voidInvoice(world: World, invoice: Stripe.Invoice): void {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') {
    throw wrongStatus(invoice, 'void');
  }
  cancelIntents(world, invoice);
  closePayments(world, invoice, 'canceled');
  invoice.status = 'void';
  invoice.status_transitions.voided_at = world.now(idOf(invoice.customer));
  world.emit('invoice.voided', invoice);
}

function cancelIntents(world: World, invoice: Stripe.Invoice): void {
  for (const payment of world.tables.invoicePayments.values()) {
    if (idOf(payment.invoice) !== invoice.id || payment.status !== 'open') continue;
    const intent = world.need('paymentIntents', idOf(payment.payment.payment_intent) ?? '');
    cancelPayment(world, intent, 'void_invoice');
  }
}

function closePayments(world: World, invoice: Stripe.Invoice, end: 'paid' | 'canceled'): void {
  const now = world.now(idOf(invoice.customer));
  for (const payment of world.tables.invoicePayments.values()) {
    if (idOf(payment.invoice) !== invoice.id || payment.status !== 'open') continue;
    payment.status = end;
    if (end === 'canceled') {
      payment.status_transitions.canceled_at = now;
      continue;
    }
    payment.amount_paid = payment.amount_requested;
    payment.status_transitions.paid_at = now;
    world.emit('invoice_payment.paid', payment, { customer: idOf(invoice.customer) });
  }
}

export const wrongStatus = (invoice: Stripe.Invoice, verb: string) =>
  invalidRequest(
    `You cannot ${verb} this invoice: its status is ${invoice.status ?? 'unknown'}.`,
    verb === 'finalize' ? { code: 'invoice_not_editable' } : {},
  );
