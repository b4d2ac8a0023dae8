import { describe, expect, test } from 'vitest';
import { bannersOf, type Told } from '../../src/api/banners.ts';
import { loadCatalogs } from '../../src/catalog/load.ts';
import { newLifecycle } from '../../src/domain/life/new-lifecycle.ts';
import type { Status } from '../../src/domain/life/lifecycle.ts';

const at = '2026-01-31T10:00:00.000Z';
const publicUrl = 'https://billing.test';
const life = newLifecycle({
  ...{ product: 'studio', workspace: 'acme', owner: 'ada', timeZone: 'UTC', currency: 'usd' },
  ...{ termsVersion: 1, at, clock: 'real' },
});
const told = (status: Status, more: Partial<Told> = {}): Told => ({
  record: {
    of: { product: 'studio', workspace: 'acme' },
    account: { product: 'studio', workspaceId: 1n, lane: 1 },
    ...{ personal: false, owner: 'ada', currency: 'usd', timeZone: 'UTC', termsVersion: 1 },
    ...{ testClock: false, at, clockAt: null, lifecycle: life, paymentMethod: null },
    ...{
      billing: { name: null, address: null, email: null, taxId: null, copies: [] },
      disputesOpen: 0,
      roster: 0,
    },
  },
  ...{ status, trialDaysLeft: 0, seatWarning: null, low: [] },
  ...more,
});
const asProduct = { publicUrl, sight: null };
const link = (path: string): string => `https://billing.test/api/workspaces/acme/${path}`;

describe('a banner of the status', () => {
  test.each([
    ['pastDue', 'A payment failed. Update the payment method.', 'payment-method'],
    [
      'suspended',
      'The plan is suspended because it was not paid. Update the payment method.',
      'payment-method',
    ],
    ['trialEnded', 'The trial has ended. Add a payment method to go on.', 'payment-method'],
    ['incomplete', 'Add a payment method to start the plan.', 'payment-method'],
    ['canceled', 'The plan has ended. Choose a plan to come back.', 'plan-change'],
  ] as const)('%s links to what helps [4.10 0.29]', (status, text, path) => {
    expect(bannersOf(told(status), asProduct)).toMatchObject([
      { code: status, text, remedy: { url: link(path) } },
    ]);
  });

  test.each(['none', 'free', 'active'] as const)('%s has none', (status) => {
    expect(bannersOf(told(status), asProduct)).toEqual([]);
  });

  test.each([
    [14, 'The trial ends in 14 days.'],
    [2, 'The trial ends in 2 days.'],
    [1, 'The trial ends tomorrow.'],
    [0, 'The trial ends today.'],
  ])('counts a trial down: %d days left [4.09]', (trialDaysLeft, text) => {
    expect(bannersOf(told('trialing', { trialDaysLeft }), asProduct)).toMatchObject([{ text }]);
  });
});

test('more members than seats are warned of, with the way to more seats [0.09]', () => {
  const seatWarning = '3 members use 2 seats. Buy more seats, or remove members.';
  expect(bannersOf(told('active', { seatWarning }), asProduct)).toEqual([
    {
      ...{ code: 'seatsExceeded', text: seatWarning },
      remedy: { action: 'buySeats', url: link('seats') },
    },
  ]);
});

test('who may not change anything sees the banner without its link [3.16]', () => {
  const terms = loadCatalogs('catalogs').find(({ product }) => product === 'studio');
  if (terms === undefined) throw new Error('there is no catalog studio');
  const sight = { terms, viewer: { member: 'bob', role: 'admin', permissions: [] } };
  expect(bannersOf(told('pastDue'), { publicUrl, sight })).toMatchObject([
    { code: 'pastDue', remedy: null },
  ]);
});
