import { expect, test } from 'vitest';
import { minor } from '../../src/domain/values/money.ts';
import { explainRefusal, type Refusal } from '../../src/domain/life/refusal.ts';

const at = '2026-01-10T00:00:00.000Z';

test('every refusal says in a sentence what to do', () => {
  const refusals: Readonly<Record<Refusal['kind'], Refusal>> = {
    unknownPlan: { kind: 'unknownPlan', plan: 'gold' },
    cannotMove: { kind: 'cannotMove', why: 'planGone' },
    contactSales: {
      kind: 'contactSales',
      plan: 'enterprise',
      contact: 'https://studio.example/contact',
    },
    intervalNotSold: { kind: 'intervalNotSold', plan: 'free', interval: 'year' },
    spendCapReached: {
      kind: 'spendCapReached',
      usedMinor: minor(9_000),
      capMinor: minor(10_000),
      resetsAt: '2026-02-01T00:00:00.000Z',
      currency: 'usd',
    },
    alreadyStarted: { kind: 'alreadyStarted' },
    notStarted: { kind: 'notStarted' },
    alreadyCanceled: { kind: 'alreadyCanceled' },
    nothingScheduled: { kind: 'nothingScheduled' },
    paymentMethodRequired: { kind: 'paymentMethodRequired' },
    paymentPending: { kind: 'paymentPending', plan: 'team' },
    paymentOverdue: { kind: 'paymentOverdue' },
    personalPlanOnly: { kind: 'personalPlanOnly', plan: 'team' },
    ownershipNotTransferred: { kind: 'ownershipNotTransferred', spaces: ['attic'] },
    seatsNotSold: { kind: 'seatsNotSold', plan: 'team' },
    seatsBelowMinimum: { kind: 'seatsBelowMinimum', minimum: 2 },
    seatsAboveMost: { kind: 'seatsAboveMost', plan: 'free', most: 3 },
    seatsExhausted: { kind: 'seatsExhausted', seats: 3 },
    notATopUp: { kind: 'notATopUp', offeredMinor: minor(1), choices: '10.00 USD' },
    autoTopUpNotOffered: { kind: 'autoTopUpNotOffered' },
    memberPlanRequired: { kind: 'memberPlanRequired' },
    noTestClock: { kind: 'noTestClock' },
    clockGoesBack: { kind: 'clockGoesBack', now: at },
    clockTooFar: { kind: 'clockTooFar', latest: at },
    clockBusy: { kind: 'clockBusy' },
    previewStale: { kind: 'previewStale' },
    cannotAgree: { kind: 'cannotAgree', why: 'brokenLength' },
    noContract: { kind: 'noContract' },
    returnToRequired: { kind: 'returnToRequired' },
    paymentDeclined: { kind: 'paymentDeclined', code: 'card_declined' },
    authenticationRequired: { kind: 'authenticationRequired' },
    paymentsRefused: { kind: 'paymentsRefused', why: 'Not a valid URL' },
  };
  for (const refusal of Object.values(refusals)) {
    expect(explainRefusal(refusal)).toMatch(/^[A-Z][^{}]*\.$/);
  }
});
