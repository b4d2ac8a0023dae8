import { describe, expect, test } from 'vitest';
import { featuresLost } from '../../src/domain/changes/downgrade.ts';
import { minor } from '../../src/domain/values/money.ts';
import { planOf, type Terms } from '../../src/domain/terms/terms.ts';
import {
  announced,
  grantsIn,
  invoicesIn,
  linesOf,
  ofKind,
  openWorkspace,
  orderIn,
  termsOf,
  type Product,
} from './support.ts';

const at = '2026-01-10T09:00:00.000Z';
const later = '2026-01-20T12:00:00.000Z';

const by = (product: Product, policy: Partial<Terms['planChange']['downgrade']>): Terms =>
  termsOf(product, (terms) => {
    const { planChange } = terms;
    return {
      ...terms,
      planChange: { ...planChange, downgrade: { ...planChange.downgrade, ...policy } },
    };
  });

const changeTo = (plan: string, spacesWithoutOwner: readonly string[] = []) => {
  const wish = { kind: 'planChangeRequested', plan, interval: 'month' } as const;
  const returnTo = 'https://example.test';
  return { ...wish, payment: `to ${plan}`, returnTo, preview: null, spacesWithoutOwner };
};

/** Studio's Team by the month, $60 a seat, since `at`. */
function onTeamOf(terms: Terms) {
  const workspace = openWorkspace(terms, { at });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  workspace.happens(at, { kind: 'started', plan: 'team', interval: 'month' });
  return workspace;
}

/** The product team's Team, bought by checkout at `at`. */
function pooled(terms: Terms) {
  const workspace = openWorkspace(terms, { at });
  workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
  workspace.happens(at, changeTo('team'));
  const totalMinor = minor(6_100);
  workspace.happens(at, { kind: 'planPurchasePaid', payment: 'to team', totalMinor });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  return workspace;
}

describe('when a smaller plan begins [0.28 2.36]', () => {
  test('periodEnd: the bigger one runs on, and nothing is given back', () => {
    const workspace = onTeamOf(by('studio', { at: 'periodEnd' }));
    const effects = workspace.happens(later, changeTo('pro'));
    expect(announced(effects)).toEqual(['changeScheduled pro month']);
    expect(workspace.life).toMatchObject({ upcoming: [], subscription: { plan: 'team' } });
  });

  test('now: what is unused is credited on the next invoice, in the running term', () => {
    const workspace = onTeamOf(by('studio', { at: 'now', pooledCredits: 'keep' }));
    const effects = workspace.happens(later, changeTo('pro'));
    expect(linesOf(workspace.life.upcoming)).toEqual([
      'Remaining time: Pro, seats, 21 of 31 days: 20.32',
      'Unused time: Team, seats, 21 of 31 days: -40.65',
    ]);
    expect(invoicesIn(effects)).toEqual([]);
    expect(grantsIn(effects)).toEqual([]);
    expect(ofKind(effects, 'voidIncluded')).toEqual([]);
    expect(orderIn(effects)).toMatch('included:2026-02: 45 from');
    const { subscription } = workspace.life;
    expect(subscription).toMatchObject({ plan: 'pro', term: { end: '2026-02-10T09:00:00.000Z' } });
    const next = workspace.until('2026-02-10T12:00:00.000Z');
    expect(invoicesIn(next)).toMatchObject([{ total: '9.67 open' }]);
  });

  test('now, forfeit: the smaller plan’s credits stand in place of the pool, once per window', () => {
    const workspace = onTeamOf(by('studio', { at: 'now', pooledCredits: 'forfeit' }));
    const effects = workspace.happens(later, changeTo('pro'));
    expect(ofKind(effects, 'voidIncluded')).toMatchObject([{ sourcePrefix: 'included:2026-01' }]);
    expect(grantsIn(effects)).toEqual([
      'included:2026-01:to:pro: 45 until 2026-02-01T00:00:00.000Z',
    ]);
    workspace.happens(later, changeTo('team'));
    expect(grantsIn(workspace.happens(later, changeTo('pro')))).toEqual([]);
  });

  test('now, to a plan that costs nothing: the unused time is kept as credit', () => {
    const workspace = onTeamOf(by('studio', { at: 'now' }));
    const effects = workspace.happens(later, changeTo('free'));
    expect(invoicesIn(effects)).toMatchObject([
      { lines: ['Unused time: Team, seats, 21 of 31 days: -40.65'], total: '-40.65 carried' },
    ]);
    expect(workspace.life).toMatchObject({
      accountCreditMinor: 4_065n,
      subscription: { status: 'free', plan: 'free' },
    });
  });

  test('now, while an invoice is overdue: refused, for what was not paid is not given back', () => {
    const workspace = onTeamOf(by('studio', { at: 'now' }));
    workspace.card = 'declines';
    workspace.until('2026-02-11T00:00:00.000Z');
    const refusal = workspace.refuses('2026-02-11T00:00:00.000Z', changeTo('pro'));
    expect(refusal).toEqual({ kind: 'paymentOverdue' });
  });

  test('now, by another interval: it waits for the end of the term', () => {
    const workspace = onTeamOf(by('studio', { at: 'now' }));
    const yearly = { ...changeTo('pro'), interval: 'year' } as const;
    expect(announced(workspace.happens(later, yearly))).toEqual(['changeScheduled pro year']);
  });
});

describe('Spaces that no member owns, when an organisation’s pool would end [2.37 2.38]', () => {
  test('a catalog that asks for owners first refuses, and names the Spaces', () => {
    const workspace = pooled(by('team', { requires: ['ownershipTransferred'] }));
    expect(workspace.refuses(later, changeTo('pro', ['attic', 'cellar']))).toEqual({
      kind: 'ownershipNotTransferred',
      spaces: ['attic', 'cellar'],
    });
    const effects = workspace.happens(later, changeTo('pro'));
    expect(announced(effects)).toEqual(['changeScheduled pro month']);
  });

  test('the catalog of team only shows them', () => {
    const effects = pooled(termsOf('team')).happens(later, changeTo('pro', ['attic']));
    expect(announced(effects)).toEqual(['changeScheduled pro month']);
  });

  test('now: the pool ends at once, its unused time is credit, and the owner’s plan starts', () => {
    const workspace = pooled(by('team', { at: 'now' }));
    const effects = workspace.happens(later, changeTo('pro'));
    expect(workspace.life.subscription).toEqual({ status: 'memberPaid', plan: 'pro' });
    expect(workspace.life.accountCreditMinor).toBe(4_132n);
    expect(ofKind(effects, 'startPersonalPlan')).toMatchObject([{ workspace: 'user:ada' }]);
  });
});

test('features that a smaller plan lacks or has in another form are named [0.24 4.02]', () => {
  const { terms } = onTeamOf(termsOf('studio'));
  expect(featuresLost(planOf(terms, 'team'), planOf(terms, 'free'))).toEqual([
    'integrations',
    'support',
  ]);
  expect(featuresLost(planOf(terms, 'free'), planOf(terms, 'team'))).toEqual(['support']);
});
