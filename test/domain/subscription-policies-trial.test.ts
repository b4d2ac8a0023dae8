import { describe, expect, test } from 'vitest';
import type { Terms, TrialTerms } from '../../src/domain/terms/terms.ts';
import { announced, grantsIn, invoicesIn, ofKind, openWorkspace, termsOf } from './support.ts';

const at = '2026-01-10T12:00:00.000Z';
const later = '2026-01-15T12:00:00.000Z';

const withTrial = (change: Partial<TrialTerms>): Terms =>
  termsOf('studio', (terms) => ({
    ...terms,
    plans: terms.plans.map((plan) =>
      plan.trial === null ? plan : { ...plan, trial: { ...plan.trial, ...change } },
    ),
  }));

function onTrial(terms: Terms) {
  const workspace = openWorkspace(terms, { at });
  const effects = workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
  return { workspace, effects };
}

describe('a card that had a trial in another workspace [K15]', () => {
  const used = { kind: 'paymentMethodAttached', trialUsed: true } as const;

  test('oncePer cardFingerprint: the trial ends, and the plan starts and is charged', () => {
    const { workspace } = onTrial(withTrial({ oncePer: ['cardFingerprint'] }));
    const effects = workspace.happens(later, used);
    expect(workspace.life.subscription).toMatchObject({ status: 'active', anchor: later });
    expect(announced(effects)).toEqual(['trialUsed pro', 'statusChanged active pro']);
    expect(ofKind(effects, 'voidIncluded')).toMatchObject([{ sourcePrefix: 'trial:' }]);
    expect(invoicesIn(effects)).toMatchObject([{ lines: ['Pro, seats: 30.00'] }]);
    expect(grantsIn(effects)).toEqual(['included:2026-01: 45 until 2026-02-01T00:00:00.000Z']);
  });

  test('oncePer nothing: the trial goes on, and is charged at its end', () => {
    const { workspace } = onTrial(withTrial({ oncePer: [] }));
    expect(invoicesIn(workspace.happens(later, used))).toEqual([]);
    expect(workspace.life.subscription.status).toBe('trialing');
  });

  test('a card of its own leaves the trial alone', () => {
    const { workspace } = onTrial(withTrial({ oncePer: ['cardFingerprint'] }));
    workspace.happens(later, { kind: 'paymentMethodAttached' });
    expect(workspace.life.subscription.status).toBe('trialing');
  });
});

describe('what a trial gives', () => {
  test('the catalog’s amount', () => {
    expect(grantsIn(onTrial(termsOf('studio')).effects)).toEqual([
      'trial:pro: 45 until 2026-01-24T12:00:00.000Z',
    ]);
  });

  test('or, where it names none, what one window of the plan includes', () => {
    const workspace = openWorkspace(withTrial({ creditsMicro: null }), { at });
    workspace.happens(at, { kind: 'memberAccepted', member: 'bob' });
    const effects = workspace.happens(at, { kind: 'started', plan: 'team', interval: 'month' });
    expect(grantsIn(effects)).toEqual(['trial:team: 100 until 2026-01-24T12:00:00.000Z']);
  });
});
