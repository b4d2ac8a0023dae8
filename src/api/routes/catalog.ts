import { z } from 'zod';
import { divide, times } from '../../domain/money.ts';
import { ok } from '../../domain/outcome.ts';
import type { Pack, Plan, Terms } from '../../domain/terms.ts';
import { money, signedCredits } from '../codecs.ts';
import { currentTerms } from '../current-terms.ts';
import { none, route, type Route } from '../route.ts';

const pack = z.strictObject({
  credits: signedCredits.meta({ description: 'What it gives' }),
  price: money.meta({ description: 'What it costs' }),
});

const priceShown = z
  .strictObject({
    base: money.meta({ description: 'For the plan itself' }),
    perSeat: money.meta({ description: 'For each seat' }),
  })
  .nullable();

const planSchema = z
  .strictObject({
    id: z.string().meta({ description: 'The plan' }),
    name: z.string().meta({ description: 'Its name' }),
    rank: z.int().meta({ description: 'Higher is an upgrade' }),
    holder: z.enum(['org', 'user']).meta({ description: 'Who pays for a call' }),
    selfServe: z.boolean().meta({ description: 'false: by contract, contact sales' }),
    requiresPaymentMethod: z.boolean().meta({ description: 'Whether it needs a card on file' }),
    prices: z
      .strictObject({
        month: priceShown.meta({ description: 'By the month; null: not sold so' }),
        year: priceShown.meta({ description: 'By the year; null: not sold so' }),
      })
      .meta({ description: 'What an interval costs' }),
    yearlySavesPercent: z
      .int()
      .nullable()
      .meta({ description: 'What a year saves on twelve months, rounded down, at one seat' }),
    included: z
      .strictObject({
        base: signedCredits.meta({ description: 'For the plan itself' }),
        perSeat: signedCredits.meta({ description: 'For each seat' }),
      })
      .meta({ description: 'Credits of each window' }),
    seats: z
      .enum(['none', 'purchased', 'counted'])
      .meta({ description: 'counted: accepted members; purchased: bought up front' }),
    trial: z
      .strictObject({
        days: z.int().meta({ description: 'How long' }),
        credits: signedCredits.meta({ description: 'What it gives' }),
      })
      .nullable()
      .meta({ description: 'The plan’s trial; null: none' }),
  })
  .meta({ id: 'Plan' });

const planShown = (plan: Plan, currency: string): z.output<typeof planSchema> => {
  const priceOf = (interval: 'month' | 'year') => {
    const found = plan.prices[interval];
    if (found === undefined) return null;
    return {
      base: { amountMinor: found.baseMinor, currency },
      perSeat: { amountMinor: found.perSeatMinor, currency },
    };
  };
  const { id, name, rank, holder, selfServe, requiresPaymentMethod, included, trial } = plan;
  return {
    ...{ id, name, rank, holder, selfServe, requiresPaymentMethod },
    prices: { month: priceOf('month'), year: priceOf('year') },
    yearlySavesPercent: yearlySaving(plan),
    included: { base: included.baseMicro, perSeat: included.perSeatMicro },
    seats: plan.seats.model,
    trial: trial && { days: trial.days, credits: trial.creditsMicro },
  };
};

/** Computed from the two prices, never stored [K4]. */
function yearlySaving({ prices: { month, year } }: Plan): number | null {
  if (month === undefined || year === undefined) return null;
  const monthly = times(month.baseMinor, 12) + times(month.perSeatMinor, 12);
  if (monthly === 0n) return null;
  const yearly = year.baseMinor + year.perSeatMinor;
  return Number(divide((monthly - yearly) * 100n, monthly, 'down'));
}

const topUpsSchema = z
  .discriminatedUnion('offer', [
    z.strictObject({
      offer: z.literal('packs').meta({ description: 'A choice of amounts' }),
      packs: z.array(pack).meta({ description: 'What is on offer' }),
    }),
    z.strictObject({
      offer: z.literal('steps').meta({ description: 'A whole number of steps' }),
      step: pack.meta({ description: 'One step' }),
      min: z.int().meta({ description: 'The fewest steps' }),
      max: z.int().meta({ description: 'The most steps' }),
    }),
  ])
  .meta({ description: 'Credits that can be bought beside the plan' });

function topUpsShown({ topUps, currency }: Terms): z.output<typeof topUpsSchema> {
  const packShown = ({ creditsMicro, priceMinor }: Pack) => ({
    credits: creditsMicro,
    price: { amountMinor: priceMinor, currency },
  });
  if (topUps.offer === 'packs') return { offer: 'packs', packs: topUps.packs.map(packShown) };
  const { step, min, max } = topUps;
  return { offer: 'steps', step: packShown(step), min, max };
}

const plans = route({
  method: 'get',
  path: '/api/plans',
  summary: 'The plans and top-ups on offer',
  tag: 'Catalog',
  scopes: ['read', 'manage', 'debit'],
  params: none,
  query: none,
  body: null,
  responses: {
    200: z
      .strictObject({
        product: z.string().meta({ description: 'The product' }),
        version: z.int().meta({ description: 'The catalog’s version' }),
        plans: z.array(planSchema).meta({ description: 'By rank' }),
        topUps: topUpsSchema,
      })
      .meta({ id: 'Plans' }),
  },
  problems: [],
  carryOut: async (_request, call) => {
    const current = await currentTerms(call);
    if (!current.ok) return current;
    const terms = current.value;
    const ranked = [...terms.plans].sort((a, b) => a.rank - b.rank);
    const value = {
      product: terms.product,
      version: terms.version,
      plans: ranked.map((plan) => planShown(plan, terms.currency)),
      topUps: topUpsShown(terms),
    };
    return ok({ status: 200, value });
  },
});

export const catalogRoutes: readonly Route[] = [plans];
