import { z } from 'zod';
import { alertScopes } from '../domain/news/alert.ts';
import { denialKinds, denialStatuses } from '../domain/gates/denial.ts';
import {
  downgradeConditions,
  downgradeLosses,
  granularities,
  permissions,
} from '../domain/terms/terms.ts';
import { capScopes } from '../domain/terms/cap-scope.ts';
import { credits, money } from './amounts.ts';
import { id, plan, topUps } from './schema-plans.ts';
import { estimates, rates } from './schema-rates.ts';

const currency = z
  .string()
  .regex(/^[a-z]{3}$/)
  .meta({ description: 'a currency in small letters, like usd' });

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

const rollover = z
  .union([
    z.literal('none'),
    z.strictObject({
      min: credits,
      max: credits.nullable(),
      percent: z.int().min(1).max(100),
      expiresAfterWindows: z.int().min(1).max(36),
    }),
  ])
  .meta({ description: 'none, or { min, max (null: all), percent, expiresAfterWindows }' });

const refundOfExpired = z
  .union([z.enum(['lost', 'promo']), z.strictObject({ promoDays: z.int().min(1).max(3660) })])
  .meta({
    description:
      'what comes back of a refunded run whose credits have expired: lost, promo (promo credits for ' +
      '30 days), or { promoDays }',
  });

const unit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('money'), currency }),
  z.strictObject({ kind: z.literal('credits'), name: z.string().min(1).max(32) }),
]);

const planChange = z.strictObject({
  upgrade: z.strictObject({
    charge: z.enum(['now', 'nextInvoice']),
    credits: z.enum(['reseed', 'addDifference', 'prorate', 'keep']),
    anchor: z.enum(['keep', 'restart']),
    requiresCheckout: z.boolean(),
  }),
  downgrade: z.strictObject({
    at: z.enum(['periodEnd', 'now']),
    requires: z.array(z.enum(downgradeConditions)),
    loses: z.array(z.enum(downgradeLosses)),
    pooledCredits: z.enum(['forfeit', 'keep']),
    topUps: z.enum(['keep', 'forfeit']),
  }),
  seats: z.strictObject({
    add: z.enum(['now', 'nextInvoice', 'none']),
    remove: z.enum(['creditNextInvoice', 'none']),
    granularity: z.enum(granularities),
  }),
  // Who gives back what is spent is charged for it, unless the catalog says otherwise.
  spentCredits: z.enum(['charge', 'waive']).default('charge'),
  granularity: z.enum(granularities),
});

const feature = z
  .string()
  .regex(/^[a-z][a-zA-Z]{0,31}$/)
  .meta({ description: 'a feature class in letters, like deploys' });

const lineName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .meta({ description: 'a line of a run in small letters, like llm' });

const role = z
  .string()
  .regex(/^[a-z][a-zA-Z]{0,31}$/)
  .meta({ description: 'a role in letters, like editor' });

const alert = z
  .strictObject({
    scope: z.enum(alertScopes),
    at: z
      .union([
        z.strictObject({ percent: z.int().min(0).max(99) }),
        z.strictObject({ amount: credits }),
      ])
      .meta({ description: '{ percent: of the whole that is left } or { amount: credits left }' }),
    to: z.array(role),
    rearm: z.array(z.enum(['reset', 'topUp'])),
  })
  .meta({ description: 'who is told when how little is left, and what arms it again' });

const customPermission = z
  .string()
  .regex(/^[a-z][a-zA-Z]*(?::[a-zA-Z]+)*$/)
  .max(64)
  .meta({ description: "the product's own permission, like billing:read" });

const granted = z.array(z.enum(permissions));

const link = z
  .url({ protocol: /^https$/ })
  .nullable()
  .meta({ description: 'an https address, or null' });

const whenEffective = z.enum(['now', 'nextCycle']);

const closer = z.enum(['outOfCredits', 'trialEnded', 'pastDue', 'suspended', 'canceled']);

const denial = z
  .strictObject({
    status: z
      .literal(denialStatuses)
      .optional()
      .meta({ description: 'the HTTP status; default: 402' }),
    code: z
      .string()
      .regex(/^[a-z][a-zA-Z]{0,63}$/)
      .optional()
      .meta({ description: "the product's own code in camelCase; default: the kind of limit" }),
  })
  .meta({ description: 'how this denial is told' });

/** One product's policies as a person writes them; the shape of `Terms`, with amounts as decimals. */
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
      rollover,
      // What has ended stays ended, unless the catalog says otherwise.
      refundOfExpired: refundOfExpired.default('lost'),
    }),
    plans: z.array(plan).min(1),
    planChange,
    caps: z.strictObject({
      scopes: z.array(z.enum(capScopes)),
      spend: z.enum(['none', 'offered']).default('none'),
    }),
    settlement: z.enum(['creditOnly', 'creditThenInvoice']).default('creditOnly'),
    gates: z.record(feature, z.array(closer)),
    denials: z.partialRecord(z.enum(denialKinds), denial).default({}),
    usageFeature: feature,
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
    rates,
    lines: z.strictObject({ required: z.array(lineName).max(16) }),
    estimates,
    alerts: z.array(alert),
    pastDue: z.strictObject({
      retryAfterDays: z.array(z.int().min(1).max(60)),
      graceDays: z.int().min(2).max(365),
      credits: z.enum(['keep', 'freeze']),
      finalState: z
        .union([z.enum(['suspended', 'canceled']), z.strictObject({ plan: id })])
        .meta({ description: 'suspended, canceled, or { plan: a plan that costs nothing }' }),
    }),
    paymentMethods: z.strictObject({
      kinds: z.array(z.enum(['card', 'bankAccount'])).min(1),
      effective: z.strictObject({
        renewal: whenEffective,
        topUp: whenEffective,
        dunning: whenEffective,
        unblocking: whenEffective,
      }),
    }),
    disputes: z.strictObject({ spentCredits: z.enum(['debt', 'loss']) }),
    roles: z.record(role, granted),
    customPermissions: z.record(customPermission, granted),
    visibility: z.strictObject({ earmarks: z.enum(['shown', 'hidden']) }),
    links: z.strictObject({ pricing: link, support: link, policies: link }),
    advice: z.strictObject({ upgradeFromDays: z.int().min(1).max(14) }),
  })
  .meta({ title: 'Tollgate catalog', description: "one product's billing policies" });

export type CatalogFile = z.output<typeof catalogSchema>;
