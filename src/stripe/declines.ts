import Stripe from 'stripe';
import type { ChargeResult } from '../ports/payments.ts';

/**
 * Codes after which the same method must not be asked again: the card networks fine for it. The list is
 * Stripe's own of declines that it never retries, with the codes of dead accounts and of fraud.
 */
const hardCodes: ReadonlySet<string> = new Set([
  'account_closed',
  'bank_account_closed',
  'debit_not_authorized',
  'do_not_try_again',
  'fraudulent',
  'highest_risk_level',
  'incorrect_number',
  'invalid_account',
  'invalid_number',
  'lost_card',
  'merchant_blacklist',
  'no_account',
  'pickup_card',
  'restricted_card',
  'revocation_of_all_authorizations',
  'revocation_of_authorization',
  'stolen_card',
  'stop_payment_order',
  'transaction_not_allowed',
]);

/** Codes that mean: the person has to confirm the payment with their bank. */
const authenticationCodes: ReadonlySet<string> = new Set([
  'authentication_not_handled',
  'authentication_required',
  'invoice_payment_intent_requires_action',
]);

type Failure = {
  readonly code?: string | undefined;
  readonly decline_code?: string | undefined;
  readonly advice_code?: string | undefined;
};

type Declined = Extract<ChargeResult, { kind: 'declined' | 'authenticationRequired' }>;

/** A failed payment's reason as our answer. */
export function declineOf(failure: Failure): Declined {
  const code = failure.decline_code ?? failure.code ?? 'generic_decline';
  if (authenticationCodes.has(code) || authenticationCodes.has(failure.code ?? '')) {
    return { kind: 'authenticationRequired' };
  }
  const hard = hardCodes.has(code) || failure.advice_code === 'do_not_try_again';
  return { kind: 'declined', code, hard };
}

/** The decline that an error tells of; `null` when it is about something else. */
export function declineIn(error: unknown): Declined | null {
  if (!(error instanceof Stripe.errors.StripeError)) return null;
  const asksThePerson = authenticationCodes.has(error.code ?? '');
  return error instanceof Stripe.errors.StripeCardError || asksThePerson ? declineOf(error) : null;
}
