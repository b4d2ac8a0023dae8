import { z } from 'zod';
import { trialMarks } from '../domain/terms/terms.ts';
import { creditPrice, credits, money } from './amounts.ts';

/** Plans and top-ups as a person writes them; amounts as decimals. */
export const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .meta({ description: 'a stable name of small letters, digits and dashes' });

const price = z.strictObject({ base: money, perSeat: money });
const pack = z.strictObject({ price: money, credits });

const packs = { offer: z.literal('packs'), packs: z.array(pack).min(1) };
const steps = {
  offer: z.literal('steps'),
  step: pack,
  min: z.int().min(1),
  max: z.int().min(1),
};

const refund = z
  .union([
    z.enum(['none', 'manual']),
    z.strictObject({ unusedWithinDays: z.int().min(1).max(365) }),
  ])
  .meta({ description: 'none, manual, or { unusedWithinDays: n }' });

const topUpOffer = z.discriminatedUnion('offer', [z.strictObject(packs), z.strictObject(steps)]);

const expiry = z
  .union([z.literal('never'), z.strictObject({ months: z.int().min(1).max(120) })])
  .meta({ description: 'never, or { months: n }' });

const automatic = z
  .union([z.literal('none'), z.strictObject({ timesADay: z.int().min(1).max(24) })])
  .meta({ description: 'none, or { timesADay: n }' });

export const topUps = z.discriminatedUnion('offer', [
  z.strictObject({ ...packs, refund, expiry, automatic }),
  z.strictObject({ ...steps, refund, expiry, automatic }),
]);

const seats = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('none') }),
  z.strictObject({
    model: z.literal('purchased'),
    whenOver: z.enum(['warn', 'block', 'expand']),
    // Not given: as many as are bought.
    most: z.int().min(1).max(1_000_000).exactOptional(),
  }),
  z.strictObject({
    model: z.literal('counted'),
    count: z.enum(['accepted', 'acceptedAndPending']),
  }),
]);

const trial = z.strictObject({
  days: z.int().min(1).max(365),
  // Not given: what one window of the plan includes.
  credits: credits.optional(),
  oncePer: z.array(z.enum(trialMarks)),
  exits: z.array(z.enum(['addPaymentMethod', 'downgrade'])).min(1),
  notices: z
    .array(z.int().min(1).max(60))
    .default([3, 1])
    .meta({ description: 'so many days before its end that is told; default: 3 and 1' }),
});

const most = z.int().min(0).max(1_000_000_000).optional();

const limits = z.strictObject({
  ownedOrgs: most,
  joinedOrgs: most,
  workspaces: most,
  projects: most,
  seatsAndInvitations: most,
  runsPerWindow: most,
  tools: z
    .record(
      id,
      z.strictObject({
        calls: z.int().min(0).max(1_000_000_000),
        per: z.enum(['minute', 'hour', 'day', 'window']),
        experimental: z.boolean().default(false),
      }),
    )
    .default({}),
});

const overage = z
  .union([z.literal('none'), z.strictObject({ upTo: credits, price: creditPrice })])
  .meta({ description: 'none, or { upTo: credits of a window, price: of one credit }' });

const planFeature = z
  .string()
  .regex(/^[a-z][a-zA-Z]{0,31}$/)
  .meta({ description: 'a name in letters, like support' });

export const plan = z.strictObject({
  id,
  name: z.string().min(1).max(64),
  rank: z.int().min(0),
  holder: z.enum(['org', 'user']),
  selfServe: z.boolean(),
  // None of these four is needed: a plan has no contact, no limit and no offer of its own.
  contact: z
    .union([z.url({ protocol: /^https$/ }), z.email()])
    .meta({ description: 'an https address or a mailbox' })
    .nullable()
    .default(null),
  limits: limits.default({ tools: {} }),
  allocation: z.strictObject({ allowed: z.boolean() }).default({ allowed: false }),
  topUps: topUpOffer.nullable().default(null),
  requiresPaymentMethod: z.boolean(),
  prices: z.strictObject({
    month: price.optional(),
    quarter: price.optional(),
    halfYear: price.optional(),
    year: price.optional(),
  }),
  included: z.strictObject({
    base: credits,
    perSeat: credits,
    onSeatAdded: z.enum(['full', 'prorated', 'nextPeriod']),
    // What was given stays, unless the catalog says otherwise.
    onSeatRemoved: z.enum(['keep', 'clawBack']).default('keep'),
  }),
  seats,
  trial: trial.nullable(),
  overage: overage.default('none'),
  features: z.record(
    planFeature,
    z
      .union([z.boolean(), z.string().min(1).max(64)])
      .meta({ description: 'true, false, or a word that says which' }),
  ),
});
