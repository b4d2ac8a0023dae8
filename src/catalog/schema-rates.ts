import { z } from 'zod';
import { countedUnits, modalities } from '../domain/terms/rate-card.ts';
import { credits } from './amounts.ts';

/** Rate cards and estimates as a person writes them. */
const rateName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/)
  .meta({ description: 'a stable name of small letters, digits, dots and dashes' });

const named = { name: z.string().min(1).max(64), modality: z.enum(modalities) };

const from = z.iso.date().meta({ description: 'a day like 2026-03-01; it begins at midnight UTC' });

const tokenFigures = { input: credits, cacheRead: credits, cacheWrite: credits, output: credits };
const unitFigures = { credits };

/** Other figures from a day on; the rate's own until the first. */
const changes = <Figures extends z.core.$ZodLooseShape>(figures: Figures) =>
  z
    .array(z.strictObject({ from, ...figures }))
    .min(1)
    .exactOptional()
    .meta({ description: 'other figures from days on, the earliest first' });

const rate = z.discriminatedUnion('unit', [
  z.strictObject({
    unit: z.literal('tokens'),
    ...named,
    perTokens: z.int().min(1),
    ...tokenFigures,
    changes: changes(tokenFigures),
  }),
  z.strictObject({
    unit: z.literal('tokensAtCost'),
    ...named,
    model: z.string().min(1).meta({ description: 'a model of the price list, as provider/model' }),
  }),
  z.strictObject({
    unit: z.enum(countedUnits),
    ...named,
    perUnits: z.int().min(1),
    ...unitFigures,
    changes: changes(unitFigures),
  }),
]);

const atCost = {
  markupPercent: z.int().min(0).max(1000),
  priceList: z
    .string()
    .regex(/^[a-z][a-z-]{0,31}$/)
    .meta({ description: 'the name of a file in prices/, without .json' }),
};

const source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed') }),
  z.strictObject({
    kind: z.literal('costPlus'),
    ...atCost,
    changes: z
      .array(z.strictObject({ from, ...atCost }))
      .min(1)
      .exactOptional()
      .meta({ description: 'another list, or another markup, from days on, the earliest first' }),
  }),
]);

export const rates = z.strictObject({
  version: z.int().min(1),
  source,
  items: z.record(rateName, rate),
});

const tokens = z.int().min(0).max(1_000_000_000).exactOptional();

const used = z
  .union([
    z.int().min(0).max(1_000_000_000),
    z.strictObject({ input: tokens, cacheRead: tokens, cacheWrite: tokens, output: tokens }),
  ])
  .meta({ description: 'a whole number of units, or { input: …, output: … } tokens' });

/** What a standard run of each tool uses. */
export const estimates = z.record(
  rateName,
  z.strictObject({
    name: z.string().min(1).max(64),
    uses: z.array(z.strictObject({ rate: rateName, low: used, high: used })).min(1),
  }),
);
