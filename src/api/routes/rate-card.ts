import { z } from 'zod';
import { isBefore, type Instant } from '../../domain/values/calendar.ts';
import { ok } from '../../domain/values/outcome.ts';
import {
  countedUnits,
  modalities,
  type Rate,
  type RateCard,
  type TokenBucket,
  type TokenRate,
} from '../../domain/terms/rate-card.ts';
import { estimateRun, rateAt, rateSince } from '../../domain/terms/rating.ts';
import type { Terms } from '../../domain/terms/terms.ts';
import { instant, signedCredits } from '../codecs.ts';
import { currentTerms } from '../current-terms.ts';
import { none, route, type Route } from '../route.ts';

const named = {
  id: z.string().meta({ description: 'The rate: what a line names as its model or rate' }),
  name: z.string().meta({ description: 'Its name' }),
  modality: z.enum(modalities).meta({ description: 'What it is for: the tab that shows it' }),
};

const tokenFigures = {
  input: signedCredits.meta({ description: 'read at the full rate' }),
  cacheRead: signedCredits.meta({ description: 'read from the cache' }),
  cacheWrite: signedCredits.meta({ description: 'written to the cache' }),
  output: signedCredits.meta({ description: 'written by the model' }),
};

const unitFigures = { credits: signedCredits.meta({ description: 'this much' }) };

const since = instant.nullable().meta({
  description: 'Since when these figures are in force; null: since the card is',
});

const changes = <Figures extends z.core.$ZodLooseShape>(figures: Figures) =>
  z
    .array(z.strictObject({ from: instant.meta({ description: 'From then on' }), ...figures }))
    .meta({ description: 'What it will cost, and from when on' });

const rateSchema = z.discriminatedUnion('unit', [
  z.strictObject({
    unit: z.literal('tokens').meta({ description: 'It prices tokens, each bucket by itself' }),
    ...named,
    perTokens: z.int().meta({ description: 'So many tokens cost:' }),
    ...tokenFigures,
    since,
    changes: changes(tokenFigures),
  }),
  z.strictObject({
    unit: z.enum(countedUnits).meta({ description: 'It prices a quantity of these' }),
    ...named,
    perUnits: z.int().meta({ description: 'So many of them cost:' }),
    ...unitFigures,
    since,
    changes: changes(unitFigures),
  }),
]);

const sourceSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('fixed').meta({ description: 'The product sets its rates itself' }),
    }),
    z.strictObject({
      kind: z.literal('costPlus').meta({ description: 'Models cost what providers ask, and more' }),
      markupPercent: z.int().meta({ description: 'What is added to the provider’s price' }),
      priceList: z.string().meta({ description: 'The providers’ list' }),
      currency: z.string().meta({ description: 'The money of the list' }),
      asOf: z.string().meta({ description: 'The day when the list was taken' }),
      changes: z
        .array(
          z.strictObject({
            from: instant.meta({ description: 'From then on' }),
            markupPercent: z.int().meta({ description: 'what is added' }),
            priceList: z.string().meta({ description: 'to the prices of this list' }),
            asOf: z.string().meta({ description: 'taken on that day' }),
          }),
        )
        .meta({ description: 'Every other list or markup of this version, the earliest first' }),
    }),
  ])
  .meta({ description: 'Who says what models cost' });

const estimateSchema = z.strictObject({
  tool: z.string().meta({ description: 'The tool' }),
  name: z.string().meta({ description: 'Its name' }),
  low: signedCredits.meta({ description: 'A small standard run' }),
  high: signedCredits.meta({ description: 'A large standard run' }),
});

const cardSchema = z
  .strictObject({
    version: z.int().meta({ description: 'The rate card’s version' }),
    source: sourceSchema,
    rates: z.array(rateSchema).meta({ description: 'Every rate, by modality and name' }),
    estimates: z.array(estimateSchema).meta({ description: 'What a standard run expects' }),
  })
  .meta({ id: 'RateCard' });

/** The figures that are in force, and those that will be. */
function rateShown(card: RateCard, id: string, at: Instant): z.output<typeof rateSchema> {
  const rate = rateAt(card, id, at);
  if (rate === undefined) throw new Error(`the rate card has no "${id}"`);
  const { name, modality } = rate;
  const named = { id, name, modality, since: rateSince(card, id, at) };
  const isComing = ({ from }: { readonly from: Instant }): boolean => isBefore(at, from);
  if (rate.unit === 'tokens') {
    const coming = (rate.changes ?? []).filter(isComing);
    return {
      ...{ unit: rate.unit, ...named, perTokens: rate.perTokens, ...tokensShown(rate) },
      changes: coming.map((one) => ({ from: one.from, ...tokensShown(one) })),
    };
  }
  const { unit, perUnits, creditsMicro } = rate;
  const coming = (rate.changes ?? []).filter(isComing);
  return {
    ...{ unit, ...named, perUnits, credits: creditsMicro },
    changes: coming.map((one) => ({ from: one.from, credits: one.creditsMicro })),
  };
}

const tokensShown = (of: Pick<TokenRate, `${TokenBucket}Micro`>) => ({
  input: of.inputMicro,
  cacheRead: of.cacheReadMicro,
  cacheWrite: of.cacheWriteMicro,
  output: of.outputMicro,
});

/** By modality, then by name: the books do not keep the order of a file. */
const inTabs = (items: readonly (readonly [string, Rate])[]) =>
  items.toSorted(
    ([, a], [, b]) =>
      modalities.indexOf(a.modality) - modalities.indexOf(b.modality) ||
      a.name.localeCompare(b.name, 'en'),
  );

const sourceShown = (source: RateCard['source']): z.output<typeof sourceSchema> =>
  source.kind === 'fixed'
    ? source
    : { ...source, changes: (source.changes ?? []).map((change) => ({ ...change })) };

const cardShown = ({ rates, estimates }: Terms, at: Instant): z.output<typeof cardSchema> => ({
  version: rates.version,
  source: sourceShown(rates.source),
  rates: inTabs(Object.entries(rates.items)).map(([id]) => rateShown(rates, id, at)),
  estimates: Object.entries(estimates)
    .map(([tool, estimate]) => {
      const { lowMicro, highMicro } = estimateRun(rates, estimate, at);
      return { tool, name: estimate.name, low: lowMicro, high: highMicro };
    })
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en')),
});

const rateCard = route({
  method: 'get',
  path: '/api/rate-card',
  summary: 'What usage costs, and what a standard run of each tool expects',
  tag: 'Catalog',
  scopes: ['read', 'manage', 'debit'],
  needs: 'product',
  params: none,
  query: none,
  body: null,
  responses: { 200: cardSchema },
  problems: [],
  carryOut: async (_request, call) => {
    const current = await currentTerms(call);
    const at = new Date().toISOString();
    return current.ok ? ok({ status: 200, value: cardShown(current.value, at) }) : current;
  },
});

export const rateCardRoutes: readonly Route[] = [rateCard];
