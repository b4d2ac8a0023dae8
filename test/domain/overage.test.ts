import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadlinesOf } from '../../src/domain/deadlines.ts';
import type { MeteredLine } from '../../src/domain/life/metering-fact.ts';
import { meteredLine, meteredMinor, pricePerCredit } from '../../src/domain/credits/metering.ts';
import { micro, microMinor, minor, sum } from '../../src/domain/values/money.ts';
import type { Spend } from '../../src/domain/credits/spend.ts';
import { MeterModel } from '../../src/foresight/meter-model.ts';
import { ofKind, openWorkspace, termsOf, type Workspace } from './support.ts';

const agents = termsOf('agents');
const start = '2026-01-01T00:00:00.000Z';
const february = '2026-02-01T00:00:00.000Z';
const march = '2026-03-01T00:00:00.000Z';
const span = { start, end: february };
const perCent = microMinor(1_000_000);

function pro(): Workspace {
  const terms = { ...agents, plans: agents.plans.map((plan) => ({ ...plan, trial: null })) };
  const workspace = openWorkspace(terms, { at: start });
  workspace.happens(start, { kind: 'paymentMethodAttached' });
  workspace.happens(start, { kind: 'started', plan: 'pro', interval: 'month' });
  return workspace;
}

const used = (credits: number, kind: MeteredLine['kind'] = 'usage'): MeteredLine => ({
  ...{ kind, quantityMicro: micro(credits * 1_000_000), priceMicro: microMinor(100_000_000) },
  ...span,
});

describe('a line of metered usage', () => {
  test.each([
    [1_000_000n, 1_000_000n, 1n],
    [1_500_000n, 1_000_000n, 2n],
    [1_499_999n, 1_000_000n, 1n],
    [-1_500_000n, 1_000_000n, -2n],
    [12_345_678n, 1_250_000n, 15n],
    [1n, 1n, 0n],
  ])('of %i micro-credits at %i costs %i cents, rounded once', (quantity, price, cents) => {
    expect(meteredMinor(micro(quantity), microMinor(price))).toBe(cents);
  });

  test.each([
    [100_000_000n, 'usd', '1.00'],
    [1_250_000n, 'usd', '0.0125'],
    [3_000_000n, 'jpy', '3'],
    [2_500n, 'kwd', '0.0000025'],
  ])('at %i of a currency costs so much a credit', (price, currency, words) => {
    expect(pricePerCredit(microMinor(price), currency)).toBe(words);
  });

  test('tells quantity and price in words, for it is no whole number of units', () => {
    expect(meteredLine(used(2.25, 'late'), agents)).toEqual({
      kind: 'metered',
      description: 'Metered usage of an earlier period: 2.25 credits at 1.00 USD',
      quantity: 1,
      unitMinor: 225n,
      amountMinor: 225n,
      period: span,
      days: null,
      member: null,
      metered: { quantityMicro: 2_250_000n, priceMicro: 100_000_000n },
    });
  });
});

describe('an invoice of a plan with metered usage [4.36]', () => {
  test('is the plan’s price and what the meter shows up to the boundary', () => {
    const workspace = pro();
    const asked: (string | null)[] = [];
    workspace.meter = (until) => {
      asked.push(until);
      return [used(12)];
    };
    const effects = workspace.until('2026-02-02T00:00:00.000Z');
    expect(asked).toEqual([february]);
    expect(ofKind(effects, 'issueInvoice').map(({ invoice }) => invoice.totalMinor)).toEqual([
      6_100n,
    ]);
  });

  test('waits for the reading, and is made at once when that has come', () => {
    const { life } = pro();
    const invoiceRunAt = february;
    const { subscription } = life;
    if (subscription.status !== 'active') throw new Error('the plan runs');
    const due = { ...life, subscription: { ...subscription, invoiceRunAt } };
    const awaits = [{ reading: 'one', final: null }];
    const kinds = (of: typeof life) => deadlinesOf(of).map(({ kind }) => kind);
    expect(kinds({ ...due, meter: { overage: null, awaits } })).not.toContain('invoiceRun');
    expect(kinds({ ...due, meter: { overage: null, awaits: [] } })).toContain('invoiceRun');
  });

  test('is a last one when the plan ends, with what waited for the next', () => {
    const workspace = pro();
    workspace.meter = () => [used(3)];
    const effects = workspace.happens('2026-01-20T00:00:00.000Z', {
      kind: 'cancelRequested',
      when: 'now',
    });
    expect(ofKind(effects, 'readMeter')).toMatchObject([{ until: null }]);
    expect(ofKind(effects, 'issueInvoice')).toMatchObject([
      { invoice: { totalMinor: 300n, lines: [{ kind: 'metered' }] } },
    ]);
    expect(ofKind(effects, 'setOverage')).toEqual([{ kind: 'setOverage', overage: null }]);
  });

  test('a reading that is told again is on no second invoice', () => {
    const workspace = pro();
    workspace.meter = () => [used(1)];
    workspace.until('2026-02-02T00:00:00.000Z');
    const again = {
      kind: 'usageMetered',
      reading: `period:${february}`,
      lines: [used(1)],
    } as const;
    workspace.happens('2026-02-03T00:00:00.000Z', again);
    expect(workspace.life.upcoming).toEqual([]);
  });
});

describe('what may go beyond the credits', () => {
  test('ends by itself where a smaller plan or none follows, worker or no worker', () => {
    const workspace = pro();
    const at = '2026-01-10T00:00:00.000Z';
    const effects = workspace.happens(at, { kind: 'cancelRequested', when: 'periodEnd' });
    expect(ofKind(effects, 'setOverage')).toMatchObject([{ overage: { endsAt: february } }]);
    const kept = workspace.happens(at, { kind: 'scheduledChangeCanceled' });
    expect(ofKind(kept, 'setOverage')).toMatchObject([{ overage: { endsAt: null } }]);
  });

  test('is nothing while an invoice is overdue, and comes back when it is paid', () => {
    const workspace = pro();
    workspace.card = 'declines';
    const behind = workspace.until('2026-02-02T00:00:00.000Z');
    expect(ofKind(behind, 'setOverage')).toEqual([{ kind: 'setOverage', overage: null }]);
    workspace.card = 'works';
    const paid = workspace.until('2026-02-10T00:00:00.000Z');
    expect(ofKind(paid, 'setOverage')).toMatchObject([
      { overage: { upToMicro: 200_000_000n, priceMicro: 100_000_000n, endsAt: null } },
    ]);
  });
});

describe('the spend cap [0.06]', () => {
  const spend = (used: number, cap: number): Spend => ({
    ...{ usedMinor: minor(used), capMinor: minor(cap), resetsAt: february },
  });
  const buy = { payment: 'p', priceMinor: minor(1_000), pay: 'savedMethod' } as const;
  const wish = { kind: 'topUpRequested', ...buy, returnTo: null } as const;

  test.each([
    [0, 1_000, true],
    [1, 1_000, false],
    [9_000, 10_000, true],
    [0, 0, false],
  ])('with %i of %i cents used, a top-up of 1000: allowed is %s', (has, cap, allowed) => {
    const workspace = pro();
    const asked = { ...wish, spend: spend(has, cap) };
    if (allowed) {
      expect(ofKind(workspace.happens(start, asked), 'chargePurchase')).toHaveLength(1);
    } else {
      expect(workspace.refuses(start, asked)).toEqual({
        ...{ kind: 'spendCapReached', currency: 'usd' },
        ...spend(has, cap),
      });
    }
  });

  test('leaves an automatic top-up as many packs as it has room for', () => {
    const workspace = pro();
    const rule = { thresholdMicro: micro(25_000_000), priceMinor: minor(1_000) };
    workspace.happens(start, { kind: 'autoTopUpSet', rule });
    const fell = { kind: 'balanceFell', payment: 'p', availableMicro: micro(0) } as const;
    const told = { ...fell, debtMicro: micro(0), spend: spend(0, 2_500) };
    const effects = workspace.happens('2026-01-05T00:00:00.000Z', told);
    expect(ofKind(effects, 'chargePurchase')).toMatchObject([{ purchase: { totalMinor: 2_000n } }]);
  });

  test('lets an automatic top-up rest until the next month, or until the owner changes it', () => {
    const workspace = pro();
    const rule = { thresholdMicro: micro(5_000_000), priceMinor: minor(1_000) };
    workspace.happens(start, { kind: 'autoTopUpSet', rule });
    const fell = { kind: 'balanceFell', payment: 'p', availableMicro: micro(0) } as const;
    const told = { ...fell, debtMicro: micro(0), spend: spend(500, 1_000) };
    workspace.happens('2026-01-05T00:00:00.000Z', told);
    expect(workspace.life.autoTopUp).toMatchObject({ inFlight: null, restsUntil: february });
    const raised = { kind: 'spendCapChanged', capMinor: minor(5_000) } as const;
    const effects = workspace.happens('2026-01-06T00:00:00.000Z', raised);
    expect(ofKind(effects, 'watchBalance')).toHaveLength(1);
    expect(workspace.life.autoTopUp).toMatchObject({ restsUntil: null });
  });
});

describe('laws of metering', () => {
  const amounts = fc.array(fc.bigInt({ min: 1n, max: 10_000_000n }), { minLength: 1 });
  const overage = (priceMicro: bigint) => ({
    ...{ upToMicro: micro(10n ** 15n), priceMicro: microMinor(priceMicro), endsAt: null },
  });

  test('usage that is split costs what it costs in one run', () => {
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 0n, max: 10n ** 9n }), (parts, price) => {
        const [split, whole] = [new MeterModel(), new MeterModel()];
        for (const meter of [split, whole]) meter.set(start, overage(price));
        for (const part of parts) split.use(start, micro(part));
        whole.use(start, sum(parts.map((part) => micro(part))));
        const billed = (meter: MeterModel) =>
          meter.read(february, february).map((line) => meteredLine(line, agents).amountMinor);
        expect(billed(split)).toEqual(billed(whole));
      }),
    );
  });

  test('however often the meter is read, each use is in exactly one reading', () => {
    const days = fc.array(fc.tuple(fc.integer({ min: 1, max: 28 }), fc.boolean()));
    fc.assert(
      fc.property(days, (deeds) => {
        const meter = new MeterModel();
        meter.set(start, overage(1_000_000n));
        const at = (day: number): string => `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;
        const ordered = deeds.toSorted(([a], [b]) => a - b);
        const read = ordered.flatMap(([day, reads]) => {
          if (reads) return meter.read(at(day), at(day));
          meter.use(at(day), micro(1_000_000));
          return [];
        });
        const all = [...read, ...meter.read(march, null)];
        const uses = ordered.filter(([, reads]) => !reads).length;
        expect(sum(all.map((line) => line.quantityMicro))).toBe(BigInt(uses) * 1_000_000n);
      }),
    );
  });

  test('money never appears: what a line charges is within half a cent of its credits', () => {
    const size = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
    fc.assert(
      fc.property(size, fc.bigInt({ min: 0n, max: 10n ** 9n }), (quantity, price) => {
        const charged = meteredMinor(micro(quantity), microMinor(price)) * 10n ** 12n;
        const exact = quantity * price;
        const off = charged > exact ? charged - exact : exact - charged;
        expect(2n * off <= 10n ** 12n).toBe(true);
      }),
    );
  });

  test('one cent a credit is one cent a credit', () => {
    expect(meteredMinor(micro(7_000_000), perCent)).toBe(7n);
  });
});
