import type Stripe from 'stripe';
import { minor } from '../domain/values/money.ts';
import type { ChargeResult, Payments, PaymentSeen } from '../ports/payments.ts';
import { isInvalidRequest, stepKey, type StripeAccess } from './access.ts';
import { amountFor } from './amounts.ts';
import { methodToCharge, seePayer, type Payer } from './customers.ts';
import { declineIn, declineOf } from './declines.ts';
import { tag, tagOf } from './metadata.ts';

type Charge = Parameters<Payments['charge']>[0];

/**
 * Safe to repeat, also after Stripe forgot the key: what was made for the payment is looked up first,
 * the intent is made apart from its confirmation, and an intent can be paid only once.
 */
export async function charge(access: StripeAccess, request: Charge): Promise<ChargeResult> {
  const payer = await seePayer(access, request.customer);
  const made = await findIntent(access, request);
  if (made !== null && wasTried(made)) return resultOf(made);
  const method = await methodToCharge(access, payer, request.method);
  if (method === null) return { kind: 'noPaymentMethod' };
  const intent = made ?? (await makeIntent(access, payer, request));
  return confirm(access, { intent, method, key: request.key });
}

/** A workspace has one payment in flight, so what a retry looks for is among its newest. */
const intentsMax = 100;

/** The payment's intent that took money or may still take it; else the one made with this key. */
async function findIntent(
  access: StripeAccess,
  request: Charge,
): Promise<Stripe.PaymentIntent | null> {
  const { customer, payment, key } = request;
  const page = await access.ask((stripe) =>
    stripe.paymentIntents.list({ customer, limit: intentsMax }),
  );
  const ours = page.data.filter((intent) => tagOf(intent, tag.payment) === payment);
  return ours.find(tookMoney) ?? ours.find((intent) => tagOf(intent, tag.key) === key) ?? null;
}

const tookMoney = (intent: Stripe.PaymentIntent): boolean =>
  intent.status === 'succeeded' || intent.status === 'processing';

/** A made intent without a try is what a crash between the two steps leaves. */
const wasTried = (intent: Stripe.PaymentIntent): boolean =>
  intent.last_payment_error !== null ||
  (intent.status !== 'requires_payment_method' && intent.status !== 'requires_confirmation');

async function makeIntent(
  access: StripeAccess,
  payer: Payer,
  request: Charge,
): Promise<Stripe.PaymentIntent> {
  const { customer, payment, line, currency, key } = request;
  return access.act(stepKey(key, 'intent'), (stripe, once) =>
    stripe.paymentIntents.create(
      {
        customer,
        amount: amountFor(line.amountMinor),
        currency,
        description: line.description,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        metadata: { ...payer.tags, [tag.payment]: payment, [tag.key]: key },
      },
      once,
    ),
  );
}

async function confirm(
  access: StripeAccess,
  step: { readonly intent: Stripe.PaymentIntent; readonly method: string; readonly key: string },
): Promise<ChargeResult> {
  const { intent, method, key } = step;
  try {
    return resultOf(
      await access.act(stepKey(key, 'confirm', method), (stripe, once) =>
        stripe.paymentIntents.confirm(
          intent.id,
          { payment_method: method, off_session: true },
          once,
        ),
      ),
    );
  } catch (error) {
    const decline = declineIn(error);
    if (decline !== null) return decline;
    if (!isInvalidRequest(error) || error.code !== 'payment_intent_unexpected_state') throw error;
    // Another attempt with the same key was quicker: its result is ours.
    return resultOf(await access.ask((stripe) => stripe.paymentIntents.retrieve(intent.id)));
  }
}

/** How far an intent came, as the answer to a charge. */
export function resultOf(intent: Stripe.PaymentIntent): ChargeResult {
  switch (intent.status) {
    case 'succeeded':
      return { kind: 'succeeded', paymentIntent: intent.id };
    case 'processing':
      return { kind: 'pending', paymentIntent: intent.id };
    case 'requires_action':
      return { kind: 'authenticationRequired' };
    case 'requires_payment_method':
    case 'canceled':
      return declineOf(intent.last_payment_error ?? { code: intent.status });
    case 'requires_confirmation':
    case 'requires_capture':
    default:
      throw new Error(
        `payment intent ${intent.id} is ${intent.status}, which no charge leaves it in`,
      );
  }
}

export async function seePayment(
  access: StripeAccess,
  paymentIntent: string,
): Promise<PaymentSeen> {
  const intent = await access.ask((stripe) => stripe.paymentIntents.retrieve(paymentIntent));
  const failure = intent.last_payment_error;
  const status = statusOf(intent);
  return {
    paymentIntent,
    status,
    amountMinor: minor(status === 'succeeded' ? intent.amount_received : intent.amount),
    currency: intent.currency,
    payment: tagOf(intent, tag.payment),
    declineCode: status === 'failed' ? (failure?.decline_code ?? failure?.code ?? null) : null,
  };
}

/** A page that waits for its first card, or for the person's bank, is pending and not failed. */
function statusOf(intent: Stripe.PaymentIntent): PaymentSeen['status'] {
  if (intent.status === 'succeeded') return 'succeeded';
  if (intent.status === 'canceled') return 'failed';
  const failed = intent.status === 'requires_payment_method' && intent.last_payment_error !== null;
  return failed ? 'failed' : 'pending';
}
