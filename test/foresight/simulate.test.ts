import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minor } from '../../src/domain/values/money.ts';
import type { Terms } from '../../src/domain/terms/terms.ts';
import type { Act } from '../../src/foresight/simulate.ts';
import { termsOf } from '../domain/support.ts';
import { call, creditsOf, invoicesOf, lived } from './support.ts';

const studio = termsOf('studio');
const team = termsOf('team');

describe('a simulated life', () => {
  test('is billed and refilled as in production [0.41 0.42]', () => {
    const life = lived(studio, { usage: [call('2026-01-20T10:00:00.000Z', 5)] });
    expect(creditsOf(life)).toEqual([
      '2026-01-10 granted 45 included:2026-01',
      '2026-02-01 expired 40 included:2026-01',
      '2026-02-01 granted 45 included:2026-02',
      '2026-03-01 expired 45 included:2026-02',
      '2026-03-01 granted 45 included:2026-03',
      '2026-04-01 expired 45 included:2026-03',
      '2026-04-01 granted 45 included:2026-04',
    ]);
    expect(invoicesOf(life)).toEqual([
      '2026-01-10 30.00 open',
      '2026-02-10 30.00 open',
      '2026-03-10 30.00 open',
    ]);
    expect(life.totals).toMatchObject({ calls: 1, invoices: 3, invoicedMinor: 9_000n });
  });

  test('tells what each window used when it ends', () => {
    const usage = [
      call('2026-01-20T10:00:00.000Z', 5),
      call('2026-01-31T23:59:59.999Z', 2),
      call('2026-02-01T00:00:00.000Z', 1),
    ];
    const { timeline } = lived(studio, { usage });
    expect(timeline.filter(({ kind }) => kind === 'usage')).toMatchObject([
      { at: '2026-02-01T00:00:00.000Z', calls: 2, usedMicro: 7_000_000n },
      { at: '2026-03-01T00:00:00.000Z', calls: 1, usedMicro: 1_000_000n },
    ]);
  });

  test('refuses a call that nothing covers, whole, and goes on [0.33]', () => {
    const usage = [call('2026-01-11T00:00:00.000Z', 40), call('2026-01-12T00:00:00.000Z', 6)];
    const { totals, timeline } = lived(studio, {
      usage: [...usage, call('2026-01-13T00:00:00.000Z', 5)],
    });
    expect(totals).toMatchObject({
      calls: 2,
      usedMicro: 45_000_000n,
      denials: { outOfCredits: 1 },
      deniedMicro: 6_000_000n,
    });
    expect(timeline).toContainEqual({
      at: '2026-01-12T00:00:00.000Z',
      kind: 'denied',
      by: 'outOfCredits',
    });
  });

  test.each([
    // What is left of the window's credits, and of the top-up, after a call for 10.
    ['studio, after the included pool [0.36 1.05]', studio, 'pro', 35, 10],
    ['team, before the monthly allotment [2.24]', team, 'team', 9_000, 990],
  ] as const)('burns top-ups by the catalog: %s', (_, terms, plan, included, topUp) => {
    const priceMinor = minor(1_000);
    const life = lived(terms, {
      plan,
      acts: [{ at: '2026-01-11T00:00:00.000Z', do: 'topUp', priceMinor }],
      usage: [call('2026-01-12T00:00:00.000Z', 10)],
      until: '2026-01-13T00:00:00.000Z',
    });
    expect(life.totals.availableMicro).toBe(BigInt(included + topUp) * 1_000_000n);
    const later = lived(terms, {
      plan,
      acts: [{ at: '2026-01-11T00:00:00.000Z', do: 'topUp', priceMinor }],
      usage: [call('2026-01-12T00:00:00.000Z', 10)],
      until: '2026-02-11T00:00:00.000Z',
    });
    expect(later.totals.expiredMicro).toBe(BigInt(included) * 1_000_000n);
  });

  test.each([
    ['studio [0.35 0.41 1.04 1.14 1.15]', studio, 'pro', '2026-02-01', 45, 10],
    ['team [2.22 2.23]', team, 'team', '2026-02-10', 9_000, 1_000],
  ] as const)('what is left of a month ends with it, what was bought stays: %s', (...row) => {
    const [, terms, plan, reset, included, bought] = row;
    const acts: Act[] = [{ at: '2026-01-11T00:00:00.000Z', do: 'topUp', priceMinor: minor(1_000) }];
    const { totals } = lived(terms, { plan, acts, until: `${reset}T00:00:00.001Z` });
    expect(totals).toMatchObject({
      expiredMicro: BigInt(included) * 1_000_000n,
      availableMicro: BigInt(included + bought) * 1_000_000n,
    });
  });

  test('buys the smallest top-up when credits run out, if it is told to', () => {
    const usage = [call('2026-01-11T00:00:00.000Z', 60)];
    const life = lived(studio, { usage, topsUp: true });
    expect(creditsOf(life).filter((line) => line.includes('topUp'))).toEqual([
      '2026-01-11 granted 10 topUp:payment-1',
      '2026-01-11 granted 10 topUp:payment-2',
    ]);
    expect(life.totals).toMatchObject({ calls: 1, usedMicro: 60_000_000n });
  });

  test('ends a trial without a card, and starts the plan when one comes [0.31 0.32]', () => {
    const acts: Act[] = [{ at: '2026-01-30T00:00:00.000Z', do: 'card', card: 'works' }];
    const life = lived(studio, { card: 'none', acts, until: '2026-02-01T00:00:00.000Z' });
    expect(creditsOf(life)).toEqual([
      '2026-01-10 granted 45 trial:pro',
      '2026-01-24 expired 45 trial:pro',
      '2026-01-30 granted 45 included:2026-01',
    ]);
    expect(invoicesOf(life)).toEqual(['2026-01-30 30.00 open']);
  });

  test('is suspended when the card keeps declining, and denied by the closed gate', () => {
    const acts: Act[] = [{ at: '2026-02-01T00:00:00.000Z', do: 'card', card: 'declines' }];
    const usage = [call('2026-02-20T00:00:00.000Z', 1), call('2026-03-05T00:00:00.000Z', 1)];
    const life = lived(studio, { acts, usage });
    expect(life.totals).toMatchObject({ calls: 1, denials: { suspended: 1 } });
  });

  test('changes plans by the catalog: the difference now, the charge later [0.27]', () => {
    const acts: Act[] = [
      { at: '2026-01-25T00:00:00.000Z', do: 'changePlan', plan: 'team', interval: 'month' },
    ];
    const life = lived(studio, { acts, until: '2026-02-20T00:00:00.000Z' });
    expect(creditsOf(life).slice(1, 2)).toEqual(['2026-01-25 granted 55 included:2026-01:to:team']);
    // 60.00 for the new month, and 16 of 31 days of 60.00 less 16 of 31 days of 30.00.
    expect(invoicesOf(life)).toEqual(['2026-01-10 30.00 open', '2026-02-10 75.49 open']);
  });

  test('counts a plan’s runs and refuses what is above its quota [4.05]', () => {
    const plans = studio.plans.map((plan) => ({
      ...plan,
      limits: { ...plan.limits, runsPerWindow: 2 },
    }));
    const usage = [11, 12, 13].map((day) => call(`2026-01-${day}T00:00:00.000Z`, 1));
    const life = lived(
      { ...studio, plans },
      { usage: [...usage, call('2026-02-01T00:00:00.000Z', 1)] },
    );
    expect(life.totals).toMatchObject({ calls: 3, denials: { runs: 1 } });
  });

  test('tells an act that is refused, and changes nothing', () => {
    const acts: Act[] = [{ at: '2026-01-11T00:00:00.000Z', do: 'topUp', priceMinor: minor(1_234) }];
    const life = lived(studio, { acts });
    expect(life.timeline.find(({ kind }) => kind === 'refused')).toMatchObject({
      what: 'buy credits',
    });
    expect(life.totals.grantedMicro).toBe(180_000_000n);
  });

  test('leaves out usage before its start and from its end on, and says how much', () => {
    const usage = ['2026-01-09T23:59:59.999Z', '2026-01-10T00:00:00.000Z'];
    const life = lived(studio, {
      usage: [...usage, '2026-04-10T00:00:00.000Z'].map((at) => call(at, 1)),
    });
    expect(life.totals).toMatchObject({ calls: 1, rowsOutside: 2 });
  });

  test('is the same life each time, and whatever the order of its rows', () => {
    const usage = Array.from({ length: 60 }, (_, day) =>
      call(new Date(Date.UTC(2026, 0, 11 + day)).toISOString(), 3),
    );
    const once = lived(studio, { usage });
    expect(lived(studio, { usage })).toEqual(once);
    expect(lived(studio, { usage: usage.toReversed() })).toEqual(once);
  });
});

const day = fc.integer({ min: 0, max: 88 });
const at = (days: number): string => new Date(Date.UTC(2026, 0, 10 + days, 9)).toISOString();

const anAct = (terms: Terms): fc.Arbitrary<Act> => {
  const plans = terms.plans.filter(({ selfServe, holder }) => selfServe && holder === 'org');
  return fc.oneof(
    fc.record({ at: day.map(at), do: fc.constant('cancel' as const) }),
    fc.record({
      at: day.map(at),
      do: fc.constant('topUp' as const),
      priceMinor: fc.constant(minor(1_000)),
    }),
    fc.record({
      at: day.map(at),
      do: fc.constant('changePlan' as const),
      plan: fc.constantFrom(...plans.map(({ id }) => id)),
      interval: fc.constant('month' as const),
    }),
    fc.record({
      at: day.map(at),
      do: fc.constant('card' as const),
      card: fc.constantFrom('works' as const, 'declines' as const),
    }),
  );
};

describe.each([
  ['studio', studio, 'pro'],
  ['team', team, 'team'],
] as const)('in every simulated life on %s', (_, terms, plan) => {
  test('what was granted is used, expired, voided or left', () => {
    fc.assert(
      fc.property(
        fc.array(anAct(terms), { maxLength: 6 }),
        fc.array(fc.tuple(day, fc.integer({ min: 0, max: 400 })), { maxLength: 40 }),
        fc.boolean(),
        (acts, calls, topsUp) => {
          const usage = calls.map(([days, credits]) => call(at(days), credits));
          const { totals } = lived(terms, { plan, acts, usage, topsUp });
          const { usedMicro, expiredMicro, voidedMicro, availableMicro } = totals;
          expect(usedMicro + expiredMicro + voidedMicro + availableMicro).toBe(totals.grantedMicro);
          const denied = Object.values(totals.denials).reduce((all, count) => all + count, 0);
          expect(totals.calls + denied).toBe(usage.length);
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });
});
