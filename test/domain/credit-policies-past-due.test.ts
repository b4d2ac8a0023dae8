import { describe, expect, test } from 'vitest';
import type { Instant } from '../../src/domain/values/calendar.ts';
import { entitlementTo } from '../../src/domain/gates/entitlement.ts';
import { micro } from '../../src/domain/values/money.ts';
import type { PastDueTerms } from '../../src/domain/terms/past-due-terms.ts';
import { announced, grantsIn, ofKind, openWorkspace, orderIn, termsOf } from './support.ts';

const opened = '2026-01-10T00:00:00.000Z';
const lastTry = '2026-02-24T00:00:00.000Z';

/** On Studio's Pro since January; no card pays from February on. */
function behind(change: Partial<PastDueTerms>, until: Instant) {
  const terms = termsOf('studio', (all) => ({ ...all, pastDue: { ...all.pastDue, ...change } }));
  const workspace = openWorkspace(terms, { at: opened });
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
  workspace.card = 'declines';
  return { workspace, effects: workspace.until(until) };
}

describe('credits while a payment is overdue', () => {
  test('are usable until the grace is over where the catalog keeps them', () => {
    const { effects } = behind({ credits: 'keep' }, '2026-02-12T00:00:00.000Z');
    expect(ofKind(effects, 'setGate').at(-1)?.gate).toEqual({
      closesAt: lastTry,
      code: 'suspended',
    });
  });

  test('cannot be used from the first failed try on where the catalog freezes them', () => {
    const { workspace, effects } = behind({ credits: 'freeze' }, '2026-02-12T00:00:00.000Z');
    const failedAt = ofKind(effects, 'setGate').at(-1)?.gate;
    expect(failedAt?.code).toBe('pastDue');
    const { life, terms } = workspace;
    const facts = { life, terms, availableMicro: micro(5), at: life.at };
    expect(entitlementTo(facts, 'ai').reasons.map(({ code }) => code)).toEqual(['pastDue']);
    expect(entitlementTo(facts, 'deploys').allowed).toBe(true);
  });

  test('are usable again when it is paid', () => {
    const { workspace } = behind({ credits: 'freeze' }, '2026-02-12T00:00:00.000Z');
    workspace.card = 'works';
    const effects = workspace.happens('2026-02-12T00:00:00.000Z', {
      kind: 'paymentMethodAttached',
    });
    expect(ofKind(effects, 'setGate').at(-1)?.gate?.code).toBe('suspended');
    expect(workspace.life.subscription.status).toBe('active');
  });
});

describe('when the last try has failed', () => {
  test('the plan is suspended, canceled, or free, as the catalog says', () => {
    const states = (['suspended', 'canceled', { plan: 'free' }] as const).map((finalState) => {
      const { subscription } = behind({ finalState }, '2026-02-28T00:00:00.000Z').workspace.life;
      return [subscription.status, subscription.status === 'none' ? null : subscription.plan];
    });
    expect(states).toEqual([
      ['suspended', 'pro'],
      ['canceled', 'pro'],
      ['free', 'free'],
    ]);
  });

  test('a canceled plan loses its included credits, keeps what was bought, and orders nothing', () => {
    const { effects } = behind({ finalState: 'canceled' }, lastTry);
    expect(ofKind(effects, 'voidIncluded')).toEqual([
      { kind: 'voidIncluded', sourcePrefix: 'included:' },
    ]);
    expect(ofKind(effects, 'forfeitTopUps')).toEqual([]);
    expect(orderIn(effects)).toBeNull();
    expect(announced(effects).at(-1)).toBe('statusChanged canceled pro');
  });

  test('Free begins with a window of its own and an open gate', () => {
    const { effects } = behind({ finalState: { plan: 'free' } }, lastTry);
    expect(ofKind(effects, 'setGate').at(-1)?.gate).toBeNull();
    expect(announced(effects).slice(-2)).toEqual([
      'planChanged pro free',
      'statusChanged free free',
    ]);
    // February is granted already, so its key gives nothing twice; March is ordered as Free's.
    expect(orderIn(effects)).toBe(
      'included:2026-03: 1 from 2026-03-01T00:00:00.000Z to 2026-04-01T00:00:00.000Z',
    );
    expect(grantsIn(effects).at(-1)).toBe('included:2026-02: 1 until 2026-03-01T00:00:00.000Z');
  });
});
