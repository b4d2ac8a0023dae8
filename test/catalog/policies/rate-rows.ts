import { estimateRun, rateTokens, rateUnits } from '../../../src/domain/terms/rating.ts';
import type { Terms } from '../../../src/domain/terms/terms.ts';
import type { Flip } from './flip.ts';

const at = '2026-01-10T00:00:00.000Z';

const million = 1_000_000;

/** A million tokens of one bucket by Opus, in micro-credits. */
const costOf = (bucket: 'input' | 'cacheRead' | 'cacheWrite' | 'output') => (terms: Terms) => {
  const tokens = { [bucket]: million };
  const rated = rateTokens({ card: terms.rates, model: 'opus-4.7', tokens, at });
  return rated.ok ? rated.value.amountMicro : rated.refusal.kind;
};

const bucketRow = (bucket: 'input' | 'cacheRead' | 'cacheWrite' | 'output'): Flip => ({
  leaves: [`rates.items.*.${bucket}`],
  product: 'studio',
  see: costOf(bucket),
  cases: [
    [{ [`rates/items/opus-4.7/${bucket}`]: '5' }, 5_000_000n],
    [{ [`rates/items/opus-4.7/${bucket}`]: '6.25' }, 6_250_000n],
  ],
});

const unitsOf = (rate: string, quantity: number) => (terms: Terms) => {
  const rated = rateUnits({ card: terms.rates, rate, quantity, at });
  return rated.ok ? `${rated.value.amountMicro} for ${rated.value.unit}` : rated.refusal.kind;
};

const counted = (unit: string, credits = '2', perUnits = 1) => ({
  'rates/items/image-standard': {
    ...{ unit, name: 'Standard image', modality: 'image' },
    ...{ perUnits, credits },
  },
});

/** Opus with other figures from a day on. */
const changed = (figures: object, from = '2026-01-05') => ({
  'rates/items/opus-4.7/changes': [
    { from, input: '1', cacheRead: '1', cacheWrite: '1', output: '1', ...figures },
  ],
});

const changedTo = (credits: string) => ({
  'rates/items/image-standard': {
    ...counted('asset')['rates/items/image-standard'],
    changes: [{ from: '2026-01-05', credits }],
  },
});

const atCost = (model: string, markupPercent = 0) => ({
  'rates/items/claude-haiku-4.5/model': model,
  'rates/source/markupPercent': markupPercent,
});

/** Agents' models at another markup from a day on. */
const markedUp = (from: string, markupPercent: number) => ({
  'rates/source/changes': [{ from, markupPercent, priceList: 'providers' }],
});

const costAtProvider = (terms: Terms) => {
  const tokens = { input: million };
  const rated = rateTokens({ card: terms.rates, model: 'claude-haiku-4.5', tokens, at });
  return rated.ok ? rated.value.amountMicro : rated.refusal.kind;
};

const slack = { unit: 'call', name: 'Slack', modality: 'tool', perUnits: 1, credits: '0.001' };

const estimateOf = (terms: Terms) => {
  const tool = terms.estimates['deep-research'];
  return tool && Object.values(estimateRun(terms.rates, tool, at)).map(Number);
};

const uses = (low: object | number, high: object | number, rate = 'text-large') => ({
  'estimates/deep-research/uses': [{ rate, low, high }],
});

export const rateFlips: readonly Flip[] = [
  ...(['input', 'cacheRead', 'cacheWrite', 'output'] as const).map(bucketRow),
  ...(['input', 'cacheRead', 'cacheWrite', 'output'] as const).map((bucket): Flip => ({
    leaves: [`rates.items.*.changes[].${bucket}`],
    product: 'studio',
    see: costOf(bucket),
    cases: [
      [changed({ [bucket]: '6' }), 6_000_000n],
      [changed({ [bucket]: '7.5' }), 7_500_000n],
    ],
  })),
  {
    leaves: ['rates.items.*.changes[].from'],
    product: 'studio',
    see: costOf('input'),
    cases: [
      [changed({ input: '6' }, '2026-01-10'), 6_000_000n],
      [changed({ input: '6' }, '2026-01-11'), 5_000_000n],
    ],
  },
  {
    leaves: ['rates.items.*.changes[].credits'],
    product: 'tools',
    see: unitsOf('image-standard', 10),
    cases: [
      [changedTo('3'), '30000000 for asset'],
      [changedTo('4'), '40000000 for asset'],
    ],
  },
  {
    leaves: ['rates.items.*.perTokens'],
    product: 'studio',
    see: costOf('input'),
    cases: [
      [{ 'rates/items/opus-4.7/perTokens': 1_000_000 }, 5_000_000n],
      [{ 'rates/items/opus-4.7/perTokens': 500_000 }, 10_000_000n],
    ],
  },
  {
    leaves: ['rates.items.*.unit', 'rates.items.*.perUnits', 'rates.items.*.credits'],
    product: 'tools',
    see: unitsOf('image-standard', 10),
    cases: [
      [counted('asset'), '20000000 for asset'],
      [counted('second'), '20000000 for second'],
      [counted('call'), '20000000 for call'],
      [counted('megabyteHour'), '20000000 for megabyteHour'],
      [counted('asset', '3'), '30000000 for asset'],
      [counted('asset', '2', 5), '4000000 for asset'],
      [
        {
          'rates/items/image-standard': {
            ...{ unit: 'tokens', name: 'Image', modality: 'image', perTokens: 1 },
            ...{ input: '1', cacheRead: '1', cacheWrite: '1', output: '1' },
          },
          'estimates/image-studio/uses/0/low': { input: 1 },
          'estimates/image-studio/uses/0/high': { input: 1 },
        },
        'unknownRate',
      ],
    ],
  },
  {
    leaves: ['rates.items.*.unit', 'rates.items.*.model', 'rates.source.markupPercent'],
    product: 'agents',
    see: costAtProvider,
    cases: [
      [{ 'rates/items/claude-haiku-4.5/unit': 'tokensAtCost' }, 1_000_000n],
      [atCost('anthropic/claude-opus-4-7'), 5_000_000n],
      [atCost('anthropic/claude-opus-4-7', 20), 6_000_000n],
    ],
  },
  {
    leaves: [
      'rates.source.changes[].from',
      'rates.source.changes[].markupPercent',
      'rates.source.changes[].priceList',
    ],
    product: 'agents',
    see: costAtProvider,
    cases: [
      [markedUp('2026-01-10', 20), 1_200_000n],
      [markedUp('2026-01-10', 7), 1_070_000n],
      [markedUp('2026-01-11', 20), 1_000_000n],
    ],
  },
  {
    leaves: ['rates.source.kind', 'rates.source.priceList'],
    product: 'agents',
    see: ({ rates }) => rates.source,
    cases: [
      [
        { 'rates/source': { kind: 'costPlus', markupPercent: 0, priceList: 'providers' } },
        {
          ...{ kind: 'costPlus', markupPercent: 0, priceList: 'providers' },
          ...{ asOf: '2026-07-24', currency: 'usd' },
        },
      ],
      [{ 'rates/source': { kind: 'fixed' }, 'rates/items': { slack } }, { kind: 'fixed' }],
    ],
  },
  {
    leaves: ['rates.version'],
    product: 'studio',
    see: ({ rates }) => {
      const rated = rateTokens({ card: rates, model: 'opus-4.7', tokens: { input: 1 }, at });
      return rated.ok ? rated.value.rateVersion : rated.refusal.kind;
    },
    cases: [
      [{ 'rates/version': 1 }, 1],
      [{ 'rates/version': 2 }, 2],
    ],
  },
  {
    leaves: [
      'estimates.*.uses[].rate',
      ...['low', 'high'].flatMap((end) => [
        `estimates.*.uses[].${end}`,
        ...['input', 'cacheRead', 'cacheWrite', 'output'].map(
          (bucket) => `estimates.*.uses[].${end}.${bucket}`,
        ),
      ]),
    ],
    product: 'tools',
    see: estimateOf,
    cases: [
      [uses({ input: 2_000 }, { input: 4_000 }), [1_000_000, 2_000_000]],
      [uses({ cacheRead: 2_000 }, { cacheRead: 4_000 }), [100_000, 200_000]],
      [uses({ cacheWrite: 2_000 }, { cacheWrite: 4_000 }), [1_250_000, 2_500_000]],
      [uses({ output: 2_000 }, { output: 4_000 }), [5_000_000, 10_000_000]],
      [uses({ output: 2_000 }, { output: 6_000 }), [5_000_000, 15_000_000]],
      [uses(2, 6, 'web-search'), [1_000_000, 3_000_000]],
    ],
  },
];
