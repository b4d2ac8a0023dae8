import { createHash } from 'node:crypto';
import Stripe from 'stripe';
import { PaymentsMissing, PaymentsRefused, PaymentsUnavailable } from '../ports/payments.ts';

type Keyed = { readonly idempotencyKey: string };

/** The one way to Stripe: errors are translated here, once. */
export type StripeAccess = {
  /** A request that changes nothing. */
  ask<T>(call: (stripe: Stripe) => Promise<T>): Promise<T>;
  /** A request that changes something: once per key, as long as Stripe remembers the key. */
  act<T>(key: string, call: (stripe: Stripe, once: Keyed) => Promise<T>): Promise<T>;
};

const freshKeysMax = 3;

export function stripeAccess(stripe: Stripe): StripeAccess {
  return {
    ask: (call) => translated(() => call(stripe)),
    act: (key, call) => translated(() => actOnce(stripe, key, call)),
  };
}

/**
 * Stripe remembers a 5xx answer and repeats it for a key, so a key that met one is spent. What follows
 * is safe because every step of this adapter first looks at what is already there.
 */
async function actOnce<T>(
  stripe: Stripe,
  key: string,
  call: (stripe: Stripe, once: Keyed) => Promise<T>,
): Promise<T> {
  for (let fresh = 0; ; fresh += 1) {
    const idempotencyKey = fresh === 0 ? stepKey(key) : stepKey(key, `fresh${fresh}`);
    try {
      return await call(stripe, { idempotencyKey });
    } catch (error) {
      if (fresh === freshKeysMax || !isRepeatedFailure(error)) throw error;
    }
  }
}

function isRepeatedFailure(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeError &&
    (error.statusCode ?? 0) >= 500 &&
    error.headers?.['idempotent-replayed'] === 'true'
  );
}

async function translated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    throw new PaymentsUnavailable('Stripe cannot be reached now; try again with the same key', {
      cause: error,
    });
  }
}

/** No answer, an answer that is not Stripe's, too many requests, a lock, or a failure at Stripe. */
function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Stripe.errors.StripeError)) return false;
  if (error instanceof Stripe.errors.StripeConnectionError) return true;
  if (error instanceof Stripe.errors.StripeRateLimitError) return true;
  if (error.code === 'lock_timeout') return true;
  if (error.statusCode === undefined) return error instanceof Stripe.errors.StripeAPIError;
  return error.statusCode === 409 || error.statusCode >= 500;
}

const keyLengthMax = 255;

/** The key of one step of an act; a long one is replaced by its digest, as Stripe takes 255 characters. */
export function stepKey(key: string, ...steps: readonly string[]): string {
  const whole = [key, ...steps].join('/');
  return whole.length <= keyLengthMax ? whole : digest(whole);
}

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Refused because of the object's state or a wrong parameter; the caller looks which. */
export const isInvalidRequest = (
  error: unknown,
): error is Stripe.errors.StripeInvalidRequestError =>
  error instanceof Stripe.errors.StripeInvalidRequestError;

/** The object does not exist (any more). */
export const isMissing = (error: unknown): error is Stripe.errors.StripeInvalidRequestError =>
  isInvalidRequest(error) && error.code === 'resource_missing';

/** Told at the adapter's edge, after its parts have looked for the refusals that they expect. */
export async function refusalsTold<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isInvalidRequest(error)) throw error;
    throw new PaymentsRefused(error.message, { cause: error });
  }
}

/** The same for what is only asked about: an object that was deleted, or never was. */
export async function missingTold<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new PaymentsMissing(error.message, { cause: error });
  }
}
