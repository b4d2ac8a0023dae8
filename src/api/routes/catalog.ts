import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import {
  topUpsOf,
  type Interval,
  type Pack,
  type Plan,
  type PlanLimits,
  type Terms,
  type TopUpOffer,
} from '../../domain/terms/terms.ts';
import { money, signedCredits } from '../codecs.ts';
import { currentTerms, pinnedTerms } from '../current-terms.ts';
import { none, route, type Route } from '../route.ts';
import { contractsShown, showContracts } from '../shown-contract.ts';
import {
  comparison,
  comparisonShown,
  quotesShown,
  quoteShown,
  seatCounts,
} from '../shown-quote.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const pack = z.strictObject({
  credits: signedCredits.meta({ description: 'What it gives' }),
  price: money.meta({ description: 'What it costs' }),
});

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
  .meta({ description: 'Credits that can be bought beside a plan' });

function topUpsShown(topUps: TopUpOffer, currency: string): z.output<typeof topUpsSchema> {
  const packShown = ({ creditsMicro, priceMinor }: Pack) => ({
    credits: creditsMicro,
    price: { amountMinor: priceMinor, currency },
  });
  if (topUps.offer === 'packs') return { offer: 'packs', packs: topUps.packs.map(packShown) };
  const { step, min, max } = topUps;
  return { offer: 'steps', step: packShown(step), min, max };
}

const most = z.int().nullable();

const limitsSchema = z
  .strictObject({
    ownedOrgs: most.meta({ description: 'Organisations that the owner may own' }),
    joinedOrgs: most.meta({ description: 'Organisations that the owner may have joined' }),
    workspaces: most.meta({ description: 'Workspaces of one owner' }),
    projects: most.meta({ description: 'Projects that live at the same time' }),
    seatsAndInvitations: most.meta({ description: 'Members and pending invitations together' }),
    runsPerWindow: most.meta({ description: 'Runs that a credit window may begin' }),
    tools: z
      .array(
        z.strictObject({
          tool: z.string().meta({ description: 'The tool' }),
          calls: z.int().meta({ description: 'So many calls' }),
          per: z
            .enum(['minute', 'hour', 'day', 'window'])
            .meta({ description: 'in each of these; window: the credit window' }),
          experimental: z.boolean().meta({ description: 'Whether the ceiling is still tried out' }),
        }),
      )
      .meta({ description: 'How often tools may be called' }),
  })
  .meta({ description: 'How much of other things the plan allows; null: as much as one likes' });

const limitsShown = ({ tools, ...limits }: PlanLimits): z.output<typeof limitsSchema> => ({
  ...limits,
  tools: Object.entries(tools).map(([tool, limit]) => ({ tool, ...limit })),
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
    contact: z.string().nullable().meta({ description: 'Whom to ask where it is not sold here' }),
    requiresPaymentMethod: z.boolean().meta({ description: 'Whether it needs a card on file' }),
    prices: z
      .strictObject({
        month: priceShown.meta({ description: 'By the month; null: not sold so' }),
        quarter: priceShown.meta({ description: 'By the quarter; null: not sold so' }),
        halfYear: priceShown.meta({ description: 'By the half-year; null: not sold so' }),
        year: priceShown.meta({ description: 'By the year; null: not sold so' }),
      })
      .meta({ description: 'What an interval costs' }),
    quotes: z
      .array(quoteShown)
      .meta({ description: 'What it comes to at each number of seats; one where it has none' }),
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
        credits: signedCredits
          .nullable()
          .meta({ description: 'What it gives; null: what one window includes' }),
      })
      .nullable()
      .meta({ description: 'The plan’s trial; null: none' }),
    limits: limitsSchema,
    features: z
      .record(z.string(), z.union([z.boolean(), z.string()]))
      .meta({ description: 'What else it has: yes, no, or which' }),
    topUps: topUpsSchema,
  })
  .meta({ id: 'Plan' });

const planShown = (
  plan: Plan,
  terms: Terms,
  seats: readonly number[],
): z.output<typeof planSchema> => {
  const { currency } = terms;
  const priceOf = (interval: Interval) => {
    const found = plan.prices[interval];
    if (found === undefined) return null;
    return {
      base: { amountMinor: found.baseMinor, currency },
      perSeat: { amountMinor: found.perSeatMinor, currency },
    };
  };
  const { id, name, rank, holder, selfServe, contact, requiresPaymentMethod } = plan;
  const { included, trial, features } = plan;
  return {
    ...{ id, name, rank, holder, selfServe, contact, requiresPaymentMethod },
    prices: {
      ...{ month: priceOf('month'), quarter: priceOf('quarter') },
      ...{ halfYear: priceOf('halfYear'), year: priceOf('year') },
    },
    quotes: quotesShown(plan, terms, seats),
    included: { base: included.baseMicro, perSeat: included.perSeatMicro },
    seats: plan.seats.model,
    trial: trial && { days: trial.days, credits: trial.creditsMicro },
    limits: limitsShown(plan.limits),
    features: { ...features },
    topUps: topUpsShown(topUpsOf(terms, plan), currency),
  };
};

const plansSchema = z
  .strictObject({
    product: z.string().meta({ description: 'The product' }),
    version: z.int().meta({ description: 'The catalog’s version' }),
    plans: z.array(planSchema).meta({ description: 'By rank' }),
    comparison: comparisonShown,
    topUps: topUpsSchema,
    links: z
      .strictObject({
        pricing: z.string().nullable().meta({ description: 'What things cost' }),
        support: z.string().nullable().meta({ description: 'Where help is' }),
        policies: z.string().nullable().meta({ description: 'Refunds, renewals, taxes' }),
      })
      .meta({ description: 'Pages of the product itself' }),
  })
  .meta({ id: 'Plans' });

function plansShown(terms: Terms, seats: readonly number[]): z.output<typeof plansSchema> {
  const ranked = [...terms.plans].sort((a, b) => a.rank - b.rank);
  return {
    product: terms.product,
    version: terms.version,
    plans: ranked.map((plan) => planShown(plan, terms, seats)),
    comparison: comparison(ranked),
    topUps: topUpsShown(terms.topUps, terms.currency),
    links: terms.links,
  };
}

const plans = route({
  method: 'get',
  path: '/api/plans',
  summary: 'The plans and top-ups on offer',
  tag: 'Catalog',
  scopes: ['read', 'manage', 'debit'],
  needs: 'product',
  params: none,
  query: z.strictObject({ seats: seatCounts }),
  body: null,
  responses: { 200: plansSchema },
  problems: [],
  carryOut: async ({ query }, call) => {
    const current = await currentTerms(call);
    return current.ok
      ? ok({ status: 200, value: plansShown(current.value, query.seats) })
      : current;
  },
});

const plansOfWorkspace = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/plans',
  summary:
    'The plans by the version that a workspace lives by, its contract’s at the agreed figures',
  tag: 'Plans',
  scopes: ['read', 'manage', 'admin'],
  needs: 'manage',
  params: inWorkspace,
  query: z.strictObject({ seats: seatCounts }),
  body: null,
  responses: {
    200: plansSchema
      .extend({
        contract: contractsShown.meta({ description: 'What one of the plans is under' }),
      })
      .meta({ id: 'WorkspacePlans' }),
  },
  problems: ['notFound'],
  carryOut: async ({ params, query }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const record = found.value;
    const shown = plansShown(await pinnedTerms(call, record), query.seats);
    return ok({ status: 200, value: { ...shown, contract: showContracts(record) } });
  },
});

export const catalogRoutes: readonly Route[] = [plans, plansOfWorkspace];
