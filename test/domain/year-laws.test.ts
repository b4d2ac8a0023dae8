import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addMinutes, type Instant } from '../../src/domain/values/calendar.ts';
import { dueDeadline } from '../../src/domain/deadlines.ts';
import type { Event, InvoiceLine, Lifecycle, Step } from '../../src/domain/life/lifecycle.ts';
import { minor, prorate, sum } from '../../src/domain/values/money.ts';
import { toPlain } from '../../src/domain/values/plain.ts';
import { basisOf } from '../../src/domain/changes/plan-change.ts';
import { step } from '../../src/domain/step.ts';
import type { Interval, Terms } from '../../src/domain/terms/terms.ts';
import { drawing } from '../support/drawing.ts';
import { live } from './live.ts';
import { randomLife, termsFor } from './random-life.ts';
import { openWorkspace, termsOf, type Card } from './support.ts';

const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland', 'Africa/Cairo'];

type Year = {
  readonly plan: string;
  readonly interval: Interval;
  readonly timeZone: string;
  readonly at: Instant;
  readonly clock: 'real' | 'test';
  readonly card: Card;
};

const yearOf = (plans: readonly string[]): fc.Arbitrary<Year> =>
  fc.record({
    plan: fc.constantFrom(...plans),
    interval: fc.constantFrom<Interval>('month', 'year'),
    timeZone: fc.constantFrom(...zones),
    // Every minute of the years around a leap day.
    at: fc.integer({ min: 0, max: 3 * 365 * 1_440 }).map(atMinute),
    clock: fc.constantFrom('real', 'test'),
    card: fc.constantFrom<Card>('works', 'declines', 'isStolen', 'silence'),
  });

const atMinute = (minutes: number): Instant => addMinutes('2027-01-01T00:00:00.000Z', minutes);

/** A year after a paid start, looked at so often; what is true then, and all that it asked for. */
function lived(terms: Terms, year: Year, looks: number): unknown {
  const { plan, interval, card, ...opening } = year;
  const workspace = openWorkspace(terms, opening);
  const { at } = year;
  const effects = [
    ...workspace.happens(at, { kind: 'paymentMethodAttached' }),
    ...workspace.happens(at, { kind: 'started', plan, interval }),
  ];
  workspace.card = card;
  for (let look = 1; look <= looks; look += 1) {
    effects.push(...workspace.until(addMinutes(at, (look * 366 * 1_440) / looks)));
  }
  const { version: _steps, ...state } = workspace.life;
  return JSON.parse(JSON.stringify(toPlain({ state, effects })).replaceAll(/:v\d+/g, ':v'));
}

describe('a year in one leap equals the year day by day', () => {
  test.each(['studio', 'team', 'tools', 'agents'] as const)('by the catalog of %s', (product) => {
    const terms = termsOf(product);
    const sold = terms.plans.filter(({ prices }) => prices.month !== undefined);
    const monthly = sold.filter(({ prices }) => prices.year === undefined).map(({ id }) => id);
    fc.assert(
      fc.property(yearOf(sold.map(({ id }) => id)), (drawn) => {
        const year = monthly.includes(drawn.plan)
          ? { ...drawn, interval: 'month' as const }
          : drawn;
        expect(lived(terms, year, 366)).toEqual(lived(terms, year, 1));
      }),
      drawing({ numRuns: 12 }),
    );
  });
});

const linesOf = ({ state, effects }: Step): (readonly [string, bigint])[] => {
  const asked = effects.flatMap((effect): readonly InvoiceLine[] => {
    if (effect.kind === 'issueInvoice') return effect.invoice.lines;
    return effect.kind === 'openCheckout' ? effect.purchase.lines : [];
  });
  return [...asked, ...state.upcoming].map((line) => [line.description, line.amountMinor] as const);
};

const change = (plan: string, more: Pick<Event & { kind: 'planChangeRequested' }, 'preview'>) => ({
  kind: 'planChangeRequested' as const,
  plan,
  interval: 'month' as const,
  payment: 'p',
  returnTo: 'https://x.test',
  ...more,
});

const stepIn = (life: Lifecycle, event: Event, terms: Terms): Step | string => {
  const outcome = step(life, event, terms);
  return outcome.ok ? outcome.value : outcome.refusal.kind;
};

test('what a preview shows is what its confirmation charges, minutes later', () => {
  const later = fc.integer({ min: 0, max: 30 });
  fc.assert(
    fc.property(randomLife(), later, (random, minutes) => {
      const life = live(random).at(-1)?.after;
      const terms = termsFor(random);
      const at = life?.at ?? random.at;
      const confirmedAt = addMinutes(at, minutes);
      if (life === undefined || dueDeadline(life, confirmedAt) !== null) return;
      const preview = { at, basis: basisOf(life) };
      for (const { id } of terms.plans) {
        const shown = stepIn(life, { ...change(id, { preview: null }), at }, terms);
        const done = stepIn(life, { ...change(id, { preview }), at: confirmedAt }, terms);
        if (typeof shown === 'string' || typeof done === 'string') expect(done).toEqual(shown);
        else expect(linesOf(done)).toEqual(linesOf(shown));
      }
    }),
    drawing({ numRuns: 100 }),
  );
});

describe('parts sum to the whole', () => {
  test('of an amount over the parts of a period, to half a minor unit for each part', () => {
    const parts = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), parts, (amount, days) => {
        const whole = days.reduce((a, b) => a + b, 0);
        if (whole === 0) return;
        const each = days.map((part) =>
          prorate(minor(amount), { part, whole }, 'halfAwayFromZero'),
        );
        const off = sum(each) - BigInt(amount);
        expect(2n * (off < 0n ? -off : off)).toBeLessThanOrEqual(BigInt(days.length));
      }),
      drawing({ numRuns: 1_000 }),
    );
  });
});
