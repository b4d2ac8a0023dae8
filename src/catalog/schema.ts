import { z } from 'zod';
import { credits, money } from './amounts.ts';

/** One product's policies as a person writes them; the shape of `Terms`, with amounts as decimals. */
const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .meta({ description: 'a stable name of small letters, digits and dashes' });

const currency = z
  .string()
  .regex(/^[a-z]{3}$/)
  .meta({ description: 'a currency in small letters, like usd' });

const price = z.strictObject({ base: money, perSeat: money });
const pack = z.strictObject({ price: money, credits });
const grantKind = z.enum(['included', 'topUp', 'promo', 'adjustment']);

const burnComparator = z
  .union([
    z.enum(['earmarkedFirst', 'priority', 'expiresSoonest', 'oldest']),
    z.strictObject({ kind: z.array(grantKind).min(1) }),
  ])
  .meta({
    description: 'earmarkedFirst, priority, expiresSoonest, oldest, or { kind: [...] }',
  });

const reset = z.discriminatedUnion('on', [
  z.strictObject({ on: z.literal('calendarMonth') }),
  z.strictObject({ on: z.literal('anniversary') }),
  z.strictObject({ on: z.literal('dayOfMonth'), day: z.int().min(1).max(31) }),
  z.strictObject({ on: z.literal('never') }),
]);

const unit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('money'), currency }),
  z.strictObject({ kind: z.literal('credits'), name: z.string().min(1).max(32) }),
]);

const seats = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('none') }),
  z.strictObject({ model: z.literal('purchased'), whenOver: z.enum(['warn', 'block']) }),
  z.strictObject({ model: z.literal('counted') }),
]);

const trial = z.strictObject({
  days: z.int().min(1).max(365),
  credits,
  exits: z.array(z.enum(['addPaymentMethod', 'downgrade'])).min(1),
});

const plan = z.strictObject({
  id,
  name: z.string().min(1).max(64),
  rank: z.int().min(0),
  holder: z.enum(['org', 'user']),
  selfServe: z.boolean(),
  requiresPaymentMethod: z.boolean(),
  prices: z.strictObject({ month: price.optional(), year: price.optional() }),
  included: z.strictObject({
    base: credits,
    perSeat: credits,
    onSeatAdded: z.enum(['full', 'prorated', 'nextPeriod']),
  }),
  seats,
  trial: trial.nullable(),
});

const planChange = z.strictObject({
  upgrade: z.strictObject({
    charge: z.enum(['now', 'nextInvoice']),
    credits: z.enum(['reseed', 'addDifference', 'prorate', 'keep']),
    anchor: z.enum(['keep', 'restart']),
    requiresCheckout: z.boolean(),
  }),
  downgrade: z.strictObject({
    pooledCredits: z.enum(['forfeit', 'keep']),
    topUps: z.enum(['keep', 'forfeit']),
  }),
  seats: z.strictObject({
    add: z.enum(['now', 'nextInvoice', 'none']),
    remove: z.enum(['creditNextInvoice', 'none']),
  }),
});

const topUps = z.discriminatedUnion('offer', [
  z.strictObject({ offer: z.literal('packs'), packs: z.array(pack).min(1) }),
  z.strictObject({
    offer: z.literal('steps'),
    step: pack,
    min: z.int().min(1),
    max: z.int().min(1),
  }),
]);

const modelRate = z.strictObject({
  name: z.string().min(1),
  perTokens: z.int().min(1),
  input: credits,
  cacheRead: credits,
  cacheWrite: credits,
  output: credits,
});

const feature = z
  .string()
  .regex(/^[a-z][a-zA-Z]{0,31}$/)
  .meta({ description: 'a feature class in letters, like deploys' });

const closer = z.enum(['outOfCredits', 'trialEnded', 'pastDue', 'suspended', 'canceled']);

export const catalogSchema = z
  .strictObject({
    product: id,
    name: z.string().min(1).max(64),
    version: z.int().min(1),
    currency,
    credits: z.strictObject({
      unit,
      burnOrder: z.array(burnComparator).min(1),
      reset,
      debtAtReset: z.enum(['carry', 'forgive']),
    }),
    plans: z.array(plan).min(1),
    planChange,
    caps: z.strictObject({ scopes: z.array(z.enum(['member', 'space'])) }),
    gates: z.record(feature, z.array(closer)),
    topUps,
    invoices: z.strictObject({
      zeroAmount: z.enum(['skip', 'issue']),
      spreadMinutes: z.int().min(0).max(1440),
      minimumCharge: money,
    }),
    holds: z.strictObject({
      lifetimeMinutes: z.int().min(1).max(1440),
      survivesExpiry: z.boolean(),
    }),
    rates: z.strictObject({
      version: z.int().min(1),
      models: z.record(z.string().min(1).max(64), modelRate),
    }),
    alerts: z.array(z.strictObject({ atPercent: z.int().min(1).max(99) })),
    pastDue: z.strictObject({
      retryAfterDays: z.array(z.int().min(1).max(60)),
      graceDays: z.int().min(2).max(365),
    }),
    paymentMethods: z.strictObject({
      effective: z.strictObject({ dunning: z.enum(['now', 'nextCycle']) }),
    }),
  })
  .meta({ title: 'Tollgate catalog', description: "one product's billing policies" });

export type CatalogFile = z.output<typeof catalogSchema>;
