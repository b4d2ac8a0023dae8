import { createHash } from 'node:crypto';

/** Why a bank says no: Stripe's `code`, its `decline_code`, and the sentence a person reads. */
export interface Decline {
  readonly code: string;
  readonly declineCode: string;
  readonly message: string;
}

/** What a test card does, by Stripe's documented numbers. */
export interface TestCard {
  readonly number: string;
  readonly brand: 'visa' | 'mastercard' | 'amex' | 'discover';
  readonly funding: 'credit' | 'debit';
  /** Its reusable test ids, `pm_card_…`. */
  readonly testIds: readonly string[];
  /** What the pages call it. */
  readonly label: string;
  /** Its name in control requests. */
  readonly name: string;
  readonly onAttach: 'accepted' | 'declined';
  readonly onCharge: 'paid' | Decline;
  readonly authentication: 'never' | 'unlessSetUp' | 'always';
}

const declined = (declineCode: string, message = 'Your card was declined.'): Decline => ({
  code: 'card_declined',
  declineCode,
  message,
});

const works = {
  brand: 'visa',
  funding: 'credit',
  onAttach: 'accepted',
  onCharge: 'paid',
  authentication: 'never',
} as const;

const refuses = { ...works, onAttach: 'declined' } as const;

export const testCards: readonly TestCard[] = [
  {
    ...works,
    number: '4242424242424242',
    testIds: ['pm_card_visa'],
    name: 'works',
    label: 'Works',
  },
  {
    ...refuses,
    number: '4000000000000002',
    testIds: ['pm_card_chargeDeclined', 'pm_card_visa_chargeDeclined'],
    name: 'declines',
    label: 'Is declined',
    onCharge: declined('generic_decline'),
  },
  {
    ...refuses,
    number: '4000000000009995',
    testIds: [
      'pm_card_visa_chargeDeclinedInsufficientFunds',
      'pm_card_chargeDeclinedInsufficientFunds',
    ],
    name: 'insufficientFunds',
    label: 'Has insufficient funds',
    onCharge: declined('insufficient_funds', 'Your card has insufficient funds.'),
  },
  {
    ...works,
    number: '4000002500003155',
    testIds: ['pm_card_authenticationRequiredOnSetup'],
    name: 'needsAuthentication',
    label: 'Needs authentication, once',
    authentication: 'unlessSetUp',
  },
  {
    ...works,
    number: '4000000000000341',
    testIds: ['pm_card_chargeCustomerFail'],
    name: 'failsLater',
    label: 'Can be saved, later charges fail',
    onCharge: declined('generic_decline'),
  },
  {
    ...works,
    number: '4000002760003184',
    testIds: ['pm_card_authenticationRequired'],
    name: 'alwaysNeedsAuthentication',
    label: 'Needs authentication every time',
    authentication: 'always',
  },
  {
    ...refuses,
    number: '4000000000009987',
    testIds: ['pm_card_visa_chargeDeclinedLostCard', 'pm_card_chargeDeclinedLostCard'],
    name: 'lost',
    label: 'Was reported lost',
    onCharge: declined('lost_card'),
  },
  {
    ...refuses,
    number: '4000000000000069',
    testIds: ['pm_card_chargeDeclinedExpiredCard'],
    name: 'expired',
    label: 'Has expired',
    onCharge: {
      code: 'expired_card',
      declineCode: 'expired_card',
      message: 'Your card has expired.',
    },
  },
  {
    ...works,
    number: '5555555555554444',
    testIds: ['pm_card_mastercard'],
    name: 'mastercard',
    label: 'Works (Mastercard)',
    brand: 'mastercard',
  },
  {
    ...works,
    number: '378282246310005',
    testIds: ['pm_card_amex'],
    name: 'amex',
    label: 'Works (American Express)',
    brand: 'amex',
  },
  {
    ...works,
    number: '4000056655665556',
    testIds: ['pm_card_visa_debit'],
    name: 'debit',
    label: 'Works (Visa debit)',
    funding: 'debit',
  },
];

export const cardByTestId = (id: string): TestCard | undefined =>
  testCards.find((card) => card.testIds.includes(id));

/** `tok_visa` and its like are the same cards as `pm_card_visa`. */
export const cardByToken = (token: string): TestCard | undefined =>
  cardByTestId(token.replace(/^tok_/, 'pm_card_'));

export const cardByNumber = (number: string): TestCard | undefined =>
  testCards.find((card) => card.number === number.replaceAll(/[\s-]/g, ''));

export const cardByName = (name: string): TestCard | undefined =>
  testCards.find((card) => card.name === name);

/** One card has one fingerprint, whoever attaches it: a trial per card is counted by it. */
export const fingerprintOf = (number: string): string =>
  createHash('sha256').update(`card:${number}`).digest('base64url').slice(0, 16);
