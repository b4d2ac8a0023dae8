import { describe, expect, test } from 'vitest';
import { minor, micro } from '../../src/domain/values/money.ts';
import type { Terms } from '../../src/domain/terms/terms.ts';
import { Backtest, type BacktestSettings, type Comparison } from '../../src/foresight/backtest.ts';
import type { UsageRow } from '../../src/foresight/usage-row.ts';
import { termsOf } from '../domain/support.ts';
import { call } from './support.ts';

const studio = termsOf('studio');

/** Studio with a dearer Starter that includes more. */
const draft: Terms = {
  ...studio,
  plans: studio.plans.map((plan) =>
    plan.id === 'starter'
      ? {
          ...plan,
          prices: { month: { baseMinor: minor(0), perSeatMinor: minor(1_900) } },
          included: { ...plan.included, perSeatMicro: micro(30_000_000) },
        }
      : plan,
  ),
};

function compare(
  rows: readonly UsageRow[],
  to: Terms = draft,
  changes: Partial<BacktestSettings> = {},
): Comparison[] {
  const side = { plan: 'starter', interval: 'month' } as const;
  const backtest = new Backtest({
    from: { terms: studio, ...side },
    to: { terms: to, ...side },
    ...{ timeZone: 'UTC', seats: 1, topsUp: false },
    ...changes,
  });
  for (const row of rows) backtest.take(row);
  return backtest.finish();
}

describe('a backtest', () => {
  test('charges the same usage on both catalogs and tells the difference', () => {
    const rows = [
      call('2026-01-10T00:00:00.000Z', 15),
      call('2026-01-11T00:00:00.000Z', 10),
      call('2026-02-11T00:00:00.000Z', 1),
    ];
    expect(compare(rows)).toEqual([
      {
        workspace: 'workspace',
        from: {
          ...{ invoices: 2, invoicedMinor: 3_000n, calls: 2, denials: 1 },
          ...{ usedMicro: 16_000_000n, grantedMicro: 40_000_000n },
        },
        to: {
          ...{ invoices: 2, invoicedMinor: 3_800n, calls: 3, denials: 0 },
          ...{ usedMicro: 26_000_000n, grantedMicro: 60_000_000n },
        },
        difference: {
          ...{ invoices: 0, invoicedMinor: 800n, calls: 1, denials: -1 },
          ...{ usedMicro: 10_000_000n, grantedMicro: 20_000_000n },
        },
      },
    ]);
  });

  test('compares each workspace by itself, the biggest change first', () => {
    const of = (workspace: string, ...days: readonly string[]): UsageRow[] =>
      days.map((day) => call(`${day}T00:00:00.000Z`, 1, { workspace }));
    const rows = [...of('small', '2026-03-01'), ...of('big', '2026-01-10', '2026-03-11')];
    expect(
      compare(rows).map(({ workspace, difference }) => [workspace, difference.invoicedMinor]),
    ).toEqual([
      ['big', 1_200n],
      ['small', 400n],
    ]);
  });

  test('the same catalog twice differs in nothing', () => {
    const rows = Array.from({ length: 50 }, (_, day) =>
      call(new Date(Date.UTC(2026, 0, 10 + day)).toISOString(), 3, { workspace: `w${day % 3}` }),
    );
    for (const { difference } of compare(rows, studio)) {
      expect(difference).toEqual({
        ...{ invoices: 0, invoicedMinor: 0n, calls: 0, denials: 0 },
        ...{ usedMicro: 0n, grantedMicro: 0n },
      });
    }
  });

  test('prices tokens by each side’s own card; a model that a card lacks is refused there', () => {
    const { 'opus-4.7': _gone, ...items } = studio.rates.items;
    const to = { ...studio, rates: { ...studio.rates, items } };
    const use = { kind: 'tokens', model: 'opus-4.7', tokens: { input: 1_000_000 } } as const;
    const [found] = compare([{ ...call('2026-01-10T00:00:00.000Z', 0), use }], to);
    expect(found?.from).toMatchObject({ calls: 1, usedMicro: 5_000_000n });
    expect(found?.to).toMatchObject({ calls: 0, denials: 1, usedMicro: 0n });
  });

  test('a member joins with their first call, where members are counted [2.14]', () => {
    const team = termsOf('team');
    const plan = { plan: 'team', interval: 'month' } as const;
    const rows = ['ana', 'ben', 'ana', 'cem'].map((member, hour) =>
      call(`2026-01-10T0${hour}:00:00.000Z`, 1, { member }),
    );
    const both = { from: { terms: team, ...plan }, to: { terms: team, ...plan } };
    const [found] = compare(rows, team, both);
    // 8,000 of the base, and 1,000 for each of three.
    expect(found?.to.grantedMicro).toBe(11_000_000_000n);
  });

  test('a row that comes too late is charged at the present, and time never goes back', () => {
    const [found] = compare([
      call('2026-01-10T00:00:00.000Z', 1),
      call('2026-02-02T00:00:00.000Z', 20),
      call('2026-01-31T00:00:00.000Z', 1),
    ]);
    expect(found?.from).toMatchObject({ calls: 2, denials: 1 });
  });
});

test('a backtest prices each call by the figures of its own day', () => {
  const dated: Terms = {
    ...studio,
    rates: {
      ...studio.rates,
      items: {
        image: {
          ...{ unit: 'asset', name: 'Image', modality: 'image', perUnits: 1 },
          creditsMicro: micro(1_000_000),
          changes: [{ from: '2026-02-01T00:00:00.000Z', creditsMicro: micro(3_000_000) }],
        },
      },
    },
  };
  const image = (at: string): UsageRow => ({
    ...call(at, 0),
    use: { kind: 'units', rate: 'image', quantity: 2 },
  });
  const rows = [image('2026-01-31T23:59:59.999Z'), image('2026-02-01T00:00:00.000Z')];
  const [both] = compare(rows, dated, {
    from: { terms: dated, plan: 'starter', interval: 'month' },
  });
  expect([both?.from.usedMicro, both?.to.usedMicro]).toEqual([8_000_000n, 8_000_000n]);
});
