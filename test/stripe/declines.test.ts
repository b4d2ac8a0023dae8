import { expect, test } from 'vitest';
import { declineIn, declineOf } from '../../src/stripe/declines.ts';

test.each([
  ['insufficient_funds', false],
  ['generic_decline', false],
  ['do_not_honor', false],
  ['expired_card', false],
  ['processing_error', false],
  ['try_again_later', false],
  ['lost_card', true],
  ['stolen_card', true],
  ['pickup_card', true],
  ['incorrect_number', true],
  ['fraudulent', true],
  ['transaction_not_allowed', true],
  ['revocation_of_authorization', true],
  ['revocation_of_all_authorizations', true],
])('the decline %s is hard: %s', (decline_code, hard) => {
  expect(declineOf({ code: 'card_declined', decline_code })).toEqual({
    kind: 'declined',
    code: decline_code,
    hard,
  });
});

test('advice never to try again makes any decline hard', () => {
  expect(
    declineOf({
      code: 'card_declined',
      decline_code: 'generic_decline',
      advice_code: 'do_not_try_again',
    }),
  ).toEqual({ kind: 'declined', code: 'generic_decline', hard: true });
});

test('a failure without a decline code is named by its error code', () => {
  expect(declineOf({ code: 'expired_card' })).toEqual({
    kind: 'declined',
    code: 'expired_card',
    hard: false,
  });
});

test.each([
  { code: 'authentication_required', decline_code: 'authentication_required' },
  { code: 'card_declined', decline_code: 'authentication_required' },
  { code: 'authentication_required', decline_code: 'generic_decline' },
  { code: 'invoice_payment_intent_requires_action' },
])('%j asks for the person', (failure) => {
  expect(declineOf(failure)).toEqual({ kind: 'authenticationRequired' });
});

test('an error that is not from the provider is no decline', () => {
  expect(declineIn(new Error('card_declined'))).toBeNull();
});
