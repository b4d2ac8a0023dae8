import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { micro } from '../../src/domain/values/money.ts';
import type { RateCard, Tokens } from '../../src/domain/terms/rate-card.ts';
import {
  changesNear,
  estimateRun,
  rateSince,
  rateTokens,
  rateUnits,
} from '../../src/domain/terms/rating.ts';

const at = '2026-01-10T00:00:00.000Z';

const card: RateCard = {
  version: 3,
  source: { kind: 'fixed' },
  items: {
    'sonnet-4.6': {
      unit: 'tokens',
      name: 'Sonnet 4.6',
      modality: 'text',
      perTokens: 1_000_000,
      inputMicro: micro(3_000_000),
      cacheReadMicro: micro(300_000),
      cacheWriteMicro: micro(3_750_000),
      outputMicro: micro(15_000_000),
    },
    thirds: {
      unit: 'tokens',
      name: 'Thirds',
      modality: 'text',
      perTokens: 3,
      inputMicro: micro(1),
      cacheReadMicro: micro(1),
      cacheWriteMicro: micro(1),
      outputMicro: micro(1),
    },
    clip: {
      unit: 'second',
      name: 'Clip',
      modality: 'video',
      perUnits: 2,
      creditsMicro: micro(5),
    },
    halves: {
      unit: 'tokens',
      name: 'Halves',
      modality: 'text',
      perTokens: 2,
      inputMicro: micro(1),
      cacheReadMicro: micro(1),
      cacheWriteMicro: micro(1),
      outputMicro: micro(1),
    },
  },
};

const costOf = (model: string, tokens: Tokens): bigint => {
  const rated = rateTokens({ card, model, tokens, at });
  if (!rated.ok) throw new Error(rated.refusal.kind);
  return rated.value.amountMicro;
};

describe('tokens × the model’s rate [4.22]', () => {
  test.each<[string, string, Tokens, bigint]>([
    ['input alone', 'sonnet-4.6', { input: 1_000_000 }, 3_000_000n],
    ['output alone', 'sonnet-4.6', { output: 1_000 }, 15_000n],
    ['each bucket at its own rate', 'sonnet-4.6', sonnetCall(), 37_350n],
    ['no tokens', 'sonnet-4.6', {}, 0n],
    ['a half, away from zero', 'halves', { input: 1 }, 1n],
    ['less than a half, down', 'thirds', { input: 1 }, 0n],
    ['buckets are added before rounding', 'thirds', { input: 1, cacheRead: 1, output: 1 }, 1n],
  ])('%s', (_name, model, tokens, amountMicro) => {
    expect(costOf(model, tokens)).toBe(amountMicro);
  });

  test('says by which version of the card', () => {
    expect(rateTokens({ card, model: 'halves', tokens: { input: 4, output: 2 }, at })).toEqual({
      ok: true,
      value: { amountMicro: 3n, rateVersion: 3, model: 'halves', tokens: 6 },
    });
  });

  test('a call told in parts costs the same, to half a millionth of a credit for each part', () => {
    const counts = fc.integer({ min: 0, max: 10 ** 9 });
    fc.assert(
      fc.property(fc.array(counts, { minLength: 1, maxLength: 20 }), (parts) => {
        const whole = costOf('sonnet-4.6', { cacheRead: parts.reduce((a, b) => a + b, 0) });
        const told = parts.reduce((cost, n) => cost + costOf('sonnet-4.6', { cacheRead: n }), 0n);
        const off = told < whole ? whole - told : told - whole;
        expect(2n * off).toBeLessThanOrEqual(BigInt(parts.length + 1));
      }),
    );
  });

  test('more tokens never cost less', () => {
    const counts = fc.integer({ min: 0, max: 10 ** 12 });
    fc.assert(
      fc.property(counts, counts, (some, more) => {
        expect(costOf('sonnet-4.6', { input: some })).toBeLessThanOrEqual(
          costOf('sonnet-4.6', { input: some, cacheWrite: more }),
        );
      }),
    );
  });
});

describe('a model that is not on the card', () => {
  test.each([
    ['sonet-4.6', 'sonnet-4.6'],
    ['Sonnet-4.6', 'sonnet-4.6'],
    ['something-else-entirely', null],
    ['constructor', null],
    ['__proto__', null],
  ])('%s is refused, and the nearest name is %s', (model, nearest) => {
    expect(rateTokens({ card, model, tokens: { input: 1 }, at })).toEqual({
      ok: false,
      refusal: { kind: 'unknownModel', model, nearest },
    });
  });
});

describe('a quantity × its rate [3.11 4.23 4.24]', () => {
  test.each([
    ['nothing', 0, 0n],
    ['a half, away from zero', 1, 3n],
    ['whole batches', 4, 10n],
    ['rounded once, not by the batch', 3, 8n],
  ])('%s', (_name, quantity, amountMicro) => {
    expect(rateUnits({ card, rate: 'clip', quantity, at })).toEqual({
      ok: true,
      value: { amountMicro, rateVersion: 3, rate: 'clip', unit: 'second', quantity },
    });
  });

  test.each([
    ['clips', 'clip'],
    ['sonnet-4.6', null],
    ['constructor', null],
  ])('%s is refused, and the nearest name is %s', (rate, nearest) => {
    expect(rateUnits({ card, rate, quantity: 1, at })).toEqual({
      ok: false,
      refusal: { kind: 'unknownRate', rate, nearest },
    });
  });

  test('what counts in units is no model', () => {
    expect(rateTokens({ card, model: 'clip', tokens: { input: 1 }, at })).toMatchObject({
      ok: false,
    });
  });
});

describe('an estimate of a standard run [3.06]', () => {
  test('adds up what its uses cost, from little to much', () => {
    const uses = [
      { rate: 'clip', low: 2, high: 20 },
      { rate: 'sonnet-4.6', low: { input: 1_000 }, high: { input: 1_000, output: 1_000 } },
    ];
    expect(estimateRun(card, { name: 'Clips', uses }, at)).toEqual({
      lowMicro: 3_005n,
      highMicro: 18_050n,
    });
  });

  test.each([
    ['a rate that there is not', { rate: 'film', low: 1, high: 2 }, 'has no "film"'],
    ['tokens as a quantity', { rate: 'halves', low: 1, high: 2 }, 'another unit'],
    ['a quantity as tokens', { rate: 'clip', low: { input: 1 }, high: {} }, 'another unit'],
  ])('%s is a defect', (_name, use, message) => {
    expect(() => estimateRun(card, { name: 'Clips', uses: [use] }, at)).toThrow(message);
  });
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])('%d tokens is a defect', (input) => {
  expect(() => rateTokens({ card, model: 'halves', tokens: { input }, at })).toThrow(RangeError);
});

function sonnetCall(): Tokens {
  return { input: 1_000, cacheRead: 2_000, cacheWrite: 1_000, output: 2_000 };
}

describe('a rate with dates', () => {
  const march = '2026-03-01T00:00:00.000Z';
  const june = '2026-06-01T00:00:00.000Z';
  const figures = (micros: number) => ({ creditsMicro: micro(micros) });
  const dated: RateCard = {
    ...card,
    items: {
      ...card.items,
      image: {
        ...{ unit: 'asset', name: 'Image', modality: 'image', perUnits: 1, ...figures(10) },
        changes: [
          { from: march, ...figures(20) },
          { from: june, ...figures(5) },
        ],
      },
    },
  };

  test.each([
    ['before the first day', '2026-02-28T23:59:59.999Z', 30n, null],
    ['from its first moment on', march, 60n, march],
    ['until the next one begins', '2026-05-31T23:59:59.999Z', 60n, march],
    ['and from then on by that', june, 15n, june],
  ])('prices usage by the figures in force: %s', (_name, then, amountMicro, since) => {
    const rated = rateUnits({ card: dated, rate: 'image', quantity: 3, at: then });
    expect(rated).toMatchObject({ ok: true, value: { amountMicro, rateVersion: 3 } });
    expect(rateSince(dated, 'image', then)).toBe(since);
  });

  test('prices an estimate by the figures of that day', () => {
    const uses = [{ rate: 'image', low: 1, high: 2 }];
    const costs = [at, march, june].map((then) => estimateRun(dated, { name: 'I', uses }, then));
    expect(costs.map(({ lowMicro, highMicro }) => [lowMicro, highMicro])).toEqual([
      [10n, 20n],
      [20n, 40n],
      [5n, 10n],
    ]);
  });

  test('is about to change only close to a day of its own', () => {
    const near = (name: string, then: string) =>
      changesNear(dated, [name], { at: then, withinMinutes: 1 });
    expect(near('image', '2026-02-28T23:59:00.000Z')).toBe(true);
    expect(near('image', '2026-03-01T00:01:00.000Z')).toBe(true);
    expect(near('image', '2026-03-01T00:01:00.001Z')).toBe(false);
    expect(near('clip', march)).toBe(false);
  });

  test('never costs other than one of its figures, at any instant', () => {
    const instants = fc.date({
      min: new Date('2026-01-01'),
      max: new Date('2026-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, (date) => {
        const then = date.toISOString();
        const rated = rateUnits({ card: dated, rate: 'image', quantity: 1, at: then });
        const expected = then < march ? 10n : then < june ? 20n : 5n;
        expect(rated).toMatchObject({ ok: true, value: { amountMicro: expected } });
      }),
    );
  });
});
