import type Stripe from 'stripe';
import type { CheckoutSeen, Payments } from '../ports/payments.ts';
import { isInvalidRequest, isMissing, type StripeAccess } from './access.ts';
import { amountFor } from './amounts.ts';
import { seePayer } from './customers.ts';
import { idOf, tag } from './metadata.ts';
import { methodTypes } from './method-types.ts';

type OpenSetup = Parameters<Payments['openSetup']>[0];
type OpenCheckout = Parameters<Payments['openCheckout']>[0];
type Opened = { readonly session: string; readonly url: string };

export async function openSetup(
  access: StripeAccess,
  publicUrl: string,
  request: OpenSetup,
): Promise<Opened> {
  const { tags } = await seePayer(access, request.customer);
  return open(access, request.key, {
    mode: 'setup',
    customer: request.customer,
    allowed_payment_method_types: methodTypes(request.kinds, request.currency),
    metadata: { ...tags },
    setup_intent_data: { metadata: { ...tags } },
    ...returnPages(publicUrl, request.returnTo),
  });
}

/**
 * One line of the net total, in its own currency: no conversion offered by Stripe, whose amount would
 * not be ours. The method is saved, since the person agrees on that page to later charges.
 */
export async function openCheckout(
  access: StripeAccess,
  publicUrl: string,
  request: OpenCheckout,
): Promise<Opened> {
  const { customer, currency, line, key, kinds } = request;
  const payer = await seePayer(access, customer);
  const metadata = { ...payer.tags, [tag.payment]: request.payment };
  return open(access, key, {
    mode: 'payment',
    customer,
    allowed_payment_method_types: methodTypes(kinds, currency),
    adaptive_pricing: { enabled: false },
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency,
          unit_amount: amountFor(line.amountMinor),
          product_data: { name: line.description },
        },
      },
    ],
    metadata,
    payment_intent_data: {
      description: line.description,
      metadata,
      setup_future_usage: 'off_session',
    },
    ...returnPages(publicUrl, request.returnTo),
  });
}

async function open(
  access: StripeAccess,
  key: string,
  params: Stripe.Checkout.SessionCreateParams,
): Promise<Opened> {
  const session = await access.act(key, (stripe, once) =>
    stripe.checkout.sessions.create(params, once),
  );
  if (session.url === null) throw new Error(`Checkout session ${session.id} has no page`);
  return { session: session.id, url: session.url };
}

/** Stripe itself replaces the words in braces; they must reach it unencoded. */
function returnPages(publicUrl: string, returnTo: string) {
  const base = publicUrl.replace(/\/+$/, '');
  return {
    success_url: `${base}/checkout/return?session={CHECKOUT_SESSION_ID}`,
    cancel_url: returnTo,
  };
}

/** Only an open session can expire; when it was paid a moment ago, Stripe's refusal says so. */
export async function expireCheckout(
  access: StripeAccess,
  session: string,
  key: string,
): Promise<void> {
  const isOpen = async (): Promise<boolean> => {
    const seen = await access.ask((stripe) => stripe.checkout.sessions.retrieve(session));
    return seen.status === 'open';
  };
  if (!(await isOpen())) return;
  try {
    await access.act(key, (stripe, once) => stripe.checkout.sessions.expire(session, {}, once));
  } catch (error) {
    if (!isInvalidRequest(error) || (await isOpen())) throw error;
  }
}

export async function seeCheckout(
  access: StripeAccess,
  session: string,
): Promise<CheckoutSeen | undefined> {
  const seen = await findSession(access, session);
  if (seen === undefined) return undefined;
  const customer = idOf(seen.customer);
  const mode = (['setup', 'payment'] as const).find((known) => known === seen.mode);
  const { cancel_url: returnTo } = seen;
  if (customer === null || returnTo === null || mode === undefined) {
    return undefined; // not one of ours
  }
  return {
    mode,
    complete: seen.status === 'complete',
    customer,
    paymentIntent: seen.payment_status === 'paid' ? idOf(seen.payment_intent) : null,
    returnTo,
  };
}

async function findSession(
  access: StripeAccess,
  session: string,
): Promise<Stripe.Checkout.Session | undefined> {
  try {
    return await access.ask((stripe) => stripe.checkout.sessions.retrieve(session));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
