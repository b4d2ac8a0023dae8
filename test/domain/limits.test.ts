import { describe, expect, test } from 'vitest';
import { loadCatalogs } from '../../src/catalog/load.ts';
import { decidingPlan, holdsPlan, roomFor } from '../../src/domain/changes/limits.ts';
import { planOf, type Plan, type Terms } from '../../src/domain/terms/terms.ts';

const all = loadCatalogs('catalogs');
const termsOf = (product: string): Terms => {
  const terms = all.find((each) => each.product === product);
  if (terms === undefined) throw new Error(`there is no catalog ${product}`);
  return terms;
};
const plan = (product: string, id: string): Plan => planOf(termsOf(product), id);

describe('room for one more', () => {
  test.each([
    ['tools', 'free', 'ownedOrgs', 0, 'room'],
    ['tools', 'free', 'ownedOrgs', 1, '1 of 1'],
    ['tools', 'free', 'joinedOrgs', 2, 'room'],
    ['tools', 'free', 'joinedOrgs', 3, '3 of 3'],
    ['tools', 'free', 'projects', 1, 'room'],
    ['tools', 'free', 'projects', 2, '2 of 2'],
    ['tools', 'free', 'seatsAndInvitations', 2, 'room'],
    ['tools', 'free', 'seatsAndInvitations', 3, '3 of 3'],
    ['tools', 'creator', 'ownedOrgs', 2, 'room'],
    ['tools', 'creator', 'ownedOrgs', 3, '3 of 3'],
    ['tools', 'business', 'joinedOrgs', 1_000, 'room'],
    ['agents', 'free', 'workspaces', 1, '1 of 1'],
    ['agents', 'pro', 'workspaces', 1_000, 'room'],
    ['studio', 'free', 'projects', 1_000, 'room'],
    ['tools', 'free', 'projects', 7, '7 of 2'],
  ] as const)(
    '%s %s: %s beside %d: %s [3.19 3.20 3.21 3.22 4.06]',
    (product, id, limit, used, expected) => {
      const room = roomFor(plan(product, id), [{ limit, used }]);
      expect(room.ok ? 'room' : `${room.refusal.used} of ${room.refusal.cap}`).toBe(expected);
    },
  );

  test('is refused by the first limit that is reached, which is named [3.25]', () => {
    const living = [
      { limit: 'workspaces', used: 1 },
      { limit: 'ownedOrgs', used: 1 },
    ] as const;
    expect(roomFor(plan('tools', 'free'), living)).toEqual({
      ok: false,
      refusal: { kind: 'limitReached', limit: 'ownedOrgs', used: 1, cap: 1, plan: 'free' },
    });
  });
});

describe('the plan that decides for a user [4.06]', () => {
  const tools = termsOf('tools');

  test.each([
    ['the highest of theirs', ['free', 'business', 'creator'], 'business'],
    ['their only one', ['creator'], 'creator'],
    ['the lowest of the product, where they have none', [], 'free'],
  ])('is %s', (_which, held, expected) => {
    const plans = held.map((id) => planOf(tools, id));
    expect(decidingPlan(plans, tools).id).toBe(expected);
  });
});

test.each([
  ['free', true],
  ['trialing', true],
  ['trialEnded', true],
  ['active', true],
  ['pastDue', true],
  ['suspended', true],
  ['none', false],
  ['memberPaid', false],
  ['incomplete', false],
  ['canceled', false],
] as const)('a workspace that is %s has its plan: %s', (status, expected) => {
  expect(holdsPlan(status)).toBe(expected);
});
