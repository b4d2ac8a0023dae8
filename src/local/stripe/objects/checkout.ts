import type Stripe from 'stripe';
import { invalidRequest } from '../http/refusal.ts';
import { idOf, type World } from '../world.ts';
import { newCustomer } from './customers.ts';
import { createPaymentMethod, type TestMethod } from './payment-methods.ts';
import { attemptPayment, cancelPayment, createPayment } from './payments.ts';
import { attemptSetup, cancelSetup } from './setups.ts';

/** Where the customer stands after submitting the Checkout page. */
export type CheckoutStep =
  | { readonly kind: 'complete'; readonly redirect: string }
  | { readonly kind: 'authenticate'; readonly intent: string }
  | { readonly kind: 'declined'; readonly message: string };

/** What the customer chose to pay with: a method they saved earlier, or a new one. */
export type ChosenCard =
  | { readonly kind: 'saved'; readonly paymentMethod: string }
  | { readonly kind: 'new'; readonly card: TestMethod };

export function submitCheckout(
  world: World,
  session: Stripe.Checkout.Session,
  chosen: ChosenCard,
  email: string | null,
): CheckoutStep {
  if (session.status !== 'open') {
    throw invalidRequest(`This Checkout session is ${session.status ?? 'gone'}.`);
  }
  rememberCustomer(world, session, email);
  const paymentMethod = methodOf(world, session, chosen);
  const types = session.payment_method_types;
  if (!types.includes(paymentMethod.type)) {
    throw invalidRequest(`This page takes ${types.join(', ')} only.`, { param: 'payment_method' });
  }
  if (session.mode === 'setup') {
    const setup = world.need('setupIntents', idOf(session.setup_intent) ?? '');
    setup.payment_method = paymentMethod.id;
    setup.customer = idOf(session.customer);
    return settleCheckout(world, session, attemptSetup(world, setup, { returnUrl: session.url }));
  }
  const intent = intentOf(world, session);
  intent.payment_method = paymentMethod.id;
  return settleCheckout(world, session, attemptPayment(world, intent, { returnUrl: session.url }));
}

function methodOf(
  world: World,
  session: Stripe.Checkout.Session,
  chosen: ChosenCard,
): Stripe.PaymentMethod {
  if (chosen.kind === 'new') {
    const made = createPaymentMethod(world, chosen.card);
    made.billing_details.email = session.customer_details?.email ?? null;
    return made;
  }
  const saved = world.need('paymentMethods', chosen.paymentMethod, 'payment_method');
  const owner = idOf(saved.customer);
  if (session.mode === 'payment' && owner !== null && owner === idOf(session.customer))
    return saved;
  throw invalidRequest('This saved card cannot be used here.', { param: 'payment_method' });
}

/** Checkout knows the customer beforehand, or makes one where the card is to be kept. */
function rememberCustomer(
  world: World,
  session: Stripe.Checkout.Session,
  email: string | null,
): void {
  const given = email ?? session.customer_email;
  const keepsCard = world.need('checkoutSecrets', session.id).setupFutureUsage !== null;
  if (idOf(session.customer) === null && (keepsCard || session.customer_creation === 'always')) {
    const customer = newCustomer(world, { email: given, name: null });
    world.tables.customers.set(customer.id, customer);
    world.emit('customer.created', customer);
    session.customer = customer.id;
  }
  const known = world.tables.customers.get(idOf(session.customer) ?? '');
  session.customer_details = known === undefined ? guest(given) : detailsOf(known, given);
}

const guest = (email: string | null): Stripe.Checkout.Session.CustomerDetails => ({
  address: null,
  business_name: null,
  email,
  individual_name: null,
  name: null,
  phone: null,
  tax_exempt: 'none',
  tax_ids: [],
});

const detailsOf = (customer: Stripe.Customer, email: string | null) => ({
  ...guest(customer.email ?? email),
  address: customer.address ?? null,
  name: customer.name ?? null,
  phone: customer.phone ?? null,
  tax_exempt: customer.tax_exempt ?? 'none',
});

/** The payment of a session is made at its first try, and tried again after a decline. */
function intentOf(world: World, session: Stripe.Checkout.Session): Stripe.PaymentIntent {
  const existing = idOf(session.payment_intent);
  if (existing !== null) return world.need('paymentIntents', existing);
  const secret = world.need('checkoutSecrets', session.id);
  const intent = createPayment(world, {
    amount: session.amount_total ?? 0,
    currency: session.currency ?? 'usd',
    customer: idOf(session.customer),
    paymentMethod: null,
    allowedTypes: null,
    redirects: 'always',
    description: secret.intentDescription,
    metadata: secret.intentMetadata,
    setupFutureUsage: secret.setupFutureUsage,
    receiptEmail: null,
    statementDescriptor: null,
    statementDescriptorSuffix: secret.statementDescriptorSuffix,
    invoice: null,
  });
  session.payment_intent = intent.id;
  return intent;
}

type AnyAttempt = ReturnType<typeof attemptPayment> | ReturnType<typeof attemptSetup>;

/** Writes on the session how an attempt ended, and says where the customer goes next. */
export function settleCheckout(
  world: World,
  session: Stripe.Checkout.Session,
  attempt: AnyAttempt,
): CheckoutStep {
  if (attempt.kind === 'declined') return { kind: 'declined', message: attempt.decline.message };
  if (attempt.kind === 'actionRequired') {
    const intent = idOf(session.payment_intent) ?? idOf(session.setup_intent) ?? '';
    return { kind: 'authenticate', intent };
  }
  session.status = 'complete';
  const paid = attempt.kind === 'processing' ? 'unpaid' : 'paid';
  session.payment_status = session.mode === 'payment' ? paid : 'no_payment_required';
  session.url = null;
  world.emit('checkout.session.completed', session);
  return { kind: 'complete', redirect: successUrl(session) };
}

export const successUrl = (session: Stripe.Checkout.Session): string =>
  (session.success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', session.id);

export const sessionOfIntent = (
  world: World,
  intent: string,
): Stripe.Checkout.Session | undefined =>
  [...world.tables.checkoutSessions.values()].find(
    (session) => idOf(session.payment_intent) === intent || idOf(session.setup_intent) === intent,
  );

/** The bank has answered the debit of a completed session. */
export function settleDebit(world: World, intent: string, isPaid: boolean): void {
  const session = sessionOfIntent(world, intent);
  if (session === undefined) return;
  if (isPaid) session.payment_status = 'paid';
  const end = isPaid ? 'async_payment_succeeded' : 'async_payment_failed';
  world.emit(`checkout.session.${end}`, session);
}

/** Ends an open session: it can no longer be paid. */
export function expireCheckout(world: World, session: Stripe.Checkout.Session): void {
  session.status = 'expired';
  session.url = null;
  const payment = world.tables.paymentIntents.get(idOf(session.payment_intent) ?? '');
  if (payment !== undefined) cancelPayment(world, payment, 'automatic');
  const setup = world.tables.setupIntents.get(idOf(session.setup_intent) ?? '');
  if (setup !== undefined) cancelSetup(world, setup, null);
  world.emit('checkout.session.expired', session);
}

/** Ends every open session whose time has come by the clock of its customer. */
export function expireDueCheckouts(world: World): void {
  for (const session of world.tables.checkoutSessions.values()) {
    if (session.status !== 'open') continue;
    if (session.expires_at <= world.now(idOf(session.customer))) expireCheckout(world, session);
  }
}
