import { describe, expect, test } from 'vitest';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import { micro, minor } from '../../src/domain/values/money.ts';
import type { Terms } from '../../src/domain/terms/terms.ts';
import { topUpEndsAt } from '../../src/domain/credits/top-up.ts';
import { announced, ofKind, openWorkspace, termsOf } from './support.ts';

const opened = '2026-01-10T00:00:00.000Z';
const noon = '2026-01-12T12:00:00.000Z';

const rule = { thresholdMicro: micro(5_000_000), priceMinor: minor(1_000) };
const set: EventKind = { kind: 'autoTopUpSet', rule };

/** On Studio's Pro with a card: packs of 10 credits for $10, at most three times a day. */
function withRule(change: (terms: Terms) => Terms = (terms) => terms) {
  const workspace = openWorkspace(termsOf('studio', change), { at: opened });
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
  const watched = ofKind(workspace.happens(opened, set), 'watchBalance');
  return { workspace, watched };
}

const fell = (payment: string, available = 4_000_000, debt = 0): EventKind => ({
  kind: 'balanceFell',
  availableMicro: micro(available),
  debtMicro: micro(debt),
  payment,
});
const came = (payment: string): EventKind => ({
  kind: 'toppedUp',
  payment,
  creditsMicro: micro(10_000_000),
});
const failed = (payment: string, hard: boolean): EventKind => ({
  kind: 'autoTopUpFailed',
  payment,
  code: hard ? 'stolen_card' : 'insufficient_funds',
  hard,
});

type Story = ReturnType<typeof withRule>['workspace'];
const bought = (story: Story, at: string, event: EventKind) =>
  ofKind(story.happens(at, event), 'chargePurchase').map(({ purchase }) => [
    purchase.payment,
    purchase.totalMinor,
  ]);

describe('credits that are bought by themselves', () => {
  test('are one pack when the balance falls to the threshold', () => {
    const { workspace, watched } = withRule();
    expect(watched).toEqual([{ kind: 'watchBalance', atMicro: 5_000_000n }]);
    expect(bought(workspace, noon, fell('p1'))).toEqual([['p1', 1_000n]]);
  });

  test('are as many packs as a debt needs, in one purchase', () => {
    // 12 are owed: 5 + 12 = 17 lie between, so two packs of ten.
    expect(bought(withRule().workspace, noon, fell('p1', 0, 12_000_000))).toEqual([['p1', 2_000n]]);
  });

  test('are never two purchases at a time', () => {
    const { workspace } = withRule();
    workspace.happens(noon, fell('p1'));
    expect(bought(workspace, noon, fell('p2'))).toEqual([]);
    expect(ofKind(workspace.happens(noon, came('p1')), 'watchBalance')).toHaveLength(1);
    expect(bought(workspace, noon, fell('p3'))).toEqual([['p3', 1_000n]]);
  });

  test('rest after as many a day as the catalog allows, until the local day is over', () => {
    const { workspace } = withRule();
    for (const payment of ['p1', 'p2', 'p3']) {
      expect(bought(workspace, noon, fell(payment))).toHaveLength(1);
      workspace.happens(noon, came(payment));
    }
    const effects = workspace.happens(noon, fell('p4'));
    expect(ofKind(effects, 'chargePurchase')).toEqual([]);
    expect(announced(effects)).toEqual(['autoTopUpRests 2026-01-13T00:00:00.000Z']);
    const woken = workspace.until('2026-01-13T00:00:00.000Z');
    expect(ofKind(woken, 'watchBalance')).toHaveLength(1);
    expect(bought(workspace, '2026-01-13T09:00:00.000Z', fell('p5'))).toHaveLength(1);
  });

  test('rest for the day after a try that failed', () => {
    const { workspace } = withRule();
    workspace.happens(noon, fell('p1'));
    workspace.happens(noon, failed('p1', false));
    expect(bought(workspace, noon, fell('p2'))).toEqual([]);
    workspace.until('2026-01-13T00:00:00.000Z');
    expect(bought(workspace, '2026-01-13T09:00:00.000Z', fell('p3'))).toHaveLength(1);
  });

  test('stop where the card can never pay, across days and periods, until there is another', () => {
    const { workspace } = withRule();
    workspace.happens(noon, fell('p1'));
    expect(announced(workspace.happens(noon, failed('p1', true)))).toEqual([
      'autoTopUpStopped stolen_card',
    ]);
    workspace.until('2026-03-15T00:00:00.000Z');
    expect(bought(workspace, '2026-03-15T00:00:00.000Z', fell('p2'))).toEqual([]);
    const at = '2026-03-16T00:00:00.000Z';
    expect(
      ofKind(workspace.happens(at, { kind: 'paymentMethodAttached' }), 'watchBalance'),
    ).toEqual([{ kind: 'watchBalance', atMicro: 5_000_000n }]);
    expect(bought(workspace, at, fell('p3'))).toEqual([['p3', 1_000n]]);
  });

  test('are remembered across periods', () => {
    const { workspace } = withRule();
    workspace.until('2026-05-15T00:00:00.000Z');
    expect(bought(workspace, '2026-05-15T00:00:00.000Z', fell('p1'))).toHaveLength(1);
  });

  test('are none while an invoice is overdue', () => {
    const { workspace } = withRule();
    workspace.card = 'declines';
    expect(bought(workspace, '2026-02-12T00:00:00.000Z', fell('p1'))).toEqual([]);
  });

  test('end when the owner says so', () => {
    const { workspace } = withRule();
    const effects = workspace.happens(noon, { kind: 'autoTopUpSet', rule: null });
    expect(ofKind(effects, 'watchBalance')).toEqual([{ kind: 'watchBalance', atMicro: null }]);
    expect(bought(workspace, noon, fell('p1'))).toEqual([]);
  });

  test('are refused where the catalog has none, and for a price that is not on offer', () => {
    const never = withRule().workspace;
    const odd: EventKind = { kind: 'autoTopUpSet', rule: { ...rule, priceMinor: minor(999) } };
    expect(never.refuses(noon, odd).kind).toBe('notATopUp');
    const terms = termsOf('studio', (all) => ({
      ...all,
      topUps: { ...all.topUps, automatic: null },
    }));
    const workspace = openWorkspace(terms, { at: opened });
    workspace.happens(opened, { kind: 'paymentMethodAttached' });
    workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
    expect(workspace.refuses(noon, set).kind).toBe('autoTopUpNotOffered');
  });
});

test.each([
  [null, null],
  [12, '2027-01-31T00:00:00.000Z'],
  [1, '2026-02-28T00:00:00.000Z'],
])('bought credits that expire after %s months end at %s', (expiresAfterMonths, end) => {
  const terms = termsOf('studio', (all) => ({
    ...all,
    topUps: { ...all.topUps, expiresAfterMonths },
  }));
  expect(topUpEndsAt(terms, '2026-01-31T00:00:00.000Z', 'UTC')).toBe(end);
});
