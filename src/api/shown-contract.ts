import { z } from 'zod';
import { contractEndsAt, type AgreedContract, type Contract } from '../domain/terms/contract.ts';
import { paidOf } from '../domain/life/stepping.ts';
import { intervals } from '../domain/terms/terms.ts';
import type { WorkspaceRecord } from '../ports/directory.ts';
import {
  credits,
  externalId,
  instant,
  money,
  oneLine,
  price,
  signedCredits,
  uuid,
} from './codecs.ts';
import { chargeOf, type Foreseen } from './plan-preview.ts';
import { chargeShown, creditsMovedShown, showCharge, showCreditsMoved } from './shown-preview.ts';
import type { Balance } from '../ports/ledger-reports.ts';

const monthsMost = 120;
const netDaysMost = 120;

const interval = z.enum(intervals).meta({ description: 'What it is invoiced by' });
const months = z.int().min(1).max(monthsMost).meta({
  description: 'Its length: a whole number of its intervals',
  example: 12,
});
const netDays = z.int().min(0).max(netDaysMost).meta({
  description: 'Local days to pay each invoice in; 0: the method on file pays, where there is one',
  example: 30,
});
const follows = z
  .union([
    z.literal('renew'),
    z.strictObject({
      plan: externalId.meta({ description: 'A plan that the workspace could choose itself' }),
      interval: z.enum(intervals).meta({ description: 'What that is paid by' }),
    }),
  ])
  .meta({ description: 'What follows: the same again, or a plan' });

export const newContract = z
  .strictObject({
    plan: externalId.meta({
      description: 'A plan that is sold by contract',
      example: 'enterprise',
    }),
    interval,
    price: z
      .strictObject({
        base: price.meta({ description: 'The base of one interval' }),
        perSeat: price.meta({ description: 'Each seat of one interval' }),
      })
      .meta({ description: 'In the workspace’s currency' }),
    included: z
      .strictObject({
        base: credits.meta({ description: 'The base of one window' }),
        perSeat: credits.meta({ description: 'Each seat of one window' }),
      })
      .meta({ description: 'Credits of each window' }),
    months,
    netDays,
    purchaseOrder: oneLine(64)
      .nullable()
      .default(null)
      .meta({ description: 'The customer’s own number, on each invoice' }),
    follows,
    preview: z
      .boolean()
      .default(false)
      .meta({ description: 'Only show what it would come to; nothing changes' }),
    previewToken: uuid.optional().meta({ description: 'The preview that this confirms' }),
  })
  .meta({ id: 'NewContract' });

export type NewContract = z.output<typeof newContract>;

const contractShown = z
  .object({
    id: uuid.meta({ description: 'The change that agreed on it' }),
    agreedAt: instant.meta({ description: 'When it was agreed on' }),
    plan: z.string().meta({ description: 'The plan' }),
    interval,
    price: z
      .object({
        base: money.meta({ description: 'The base of one interval' }),
        perSeat: money.meta({ description: 'Each seat of one interval' }),
      })
      .meta({ description: 'What it costs' }),
    included: z
      .object({
        base: signedCredits.meta({ description: 'The base of one window' }),
        perSeat: signedCredits.meta({ description: 'Each seat of one window' }),
      })
      .meta({ description: 'Credits of each window' }),
    months,
    netDays,
    purchaseOrder: z.string().nullable().meta({ description: 'On each invoice; null: none' }),
    follows,
  })
  .meta({ id: 'Contract' });

export const contractsShown = z
  .object({
    running: contractShown
      .extend({ endsAt: instant.meta({ description: 'When its length is over' }) })
      .meta({ id: 'RunningContract' })
      .nullable()
      .meta({ description: 'What the plan is under now; null: no contract' }),
    next: contractShown
      .extend({ startsAt: instant.meta({ description: 'When the running term ends' }) })
      .meta({ id: 'NextContract' })
      .nullable()
      .meta({ description: 'What takes its place; null: nothing does' }),
  })
  .meta({ id: 'Contracts' });

/** What a preview shows, as it is stored with it. */
export const contractForeseen = z.object({
  when: z
    .enum(['now', 'atTermEnd'])
    .meta({ description: 'Now, or in place of a contract when its running term ends' }),
  at: instant.meta({ description: 'That instant' }),
  charge: chargeShown.nullable().meta({ description: 'Its first invoice; null: none now' }),
  dueAt: instant
    .nullable()
    .meta({ description: 'When that is to be paid; null: it is charged, or there is none' }),
  credits: creditsMovedShown.meta({ description: 'What it does to the credits at once' }),
});

export const contractPreview = contractForeseen
  .extend({
    previewToken: uuid.meta({ description: 'Confirms exactly this contract' }),
    validUntil: instant.meta({ description: 'How long it may be confirmed' }),
  })
  .meta({ id: 'ContractPreview' });

/** A contract as it was asked for. */
export const contractOf = (body: NewContract): Contract => ({
  plan: body.plan,
  interval: body.interval,
  price: {
    baseMinor: body.price.base.amountMinor,
    perSeatMinor: body.price.perSeat.amountMinor,
  },
  included: { baseMicro: body.included.base, perSeatMicro: body.included.perSeat },
  months: body.months,
  netDays: body.netDays,
  purchaseOrder: body.purchaseOrder,
  follows: body.follows,
});

export function showContracts({
  lifecycle: life,
  currency,
  timeZone,
}: WorkspaceRecord): z.output<typeof contractsShown> {
  const { contract } = life;
  const paid = paidOf(life);
  if (contract === undefined || paid === undefined) return { running: null, next: null };
  const { agreed, amended } = contract;
  return {
    running: {
      ...showContract(agreed, currency),
      endsAt: contractEndsAt(contract, paid, timeZone),
    },
    next: amended && { ...showContract(amended, currency), startsAt: paid.term.end },
  };
}

function showContract(
  { price: agreed, included, ...contract }: AgreedContract,
  currency: string,
): z.output<typeof contractShown> {
  return {
    ...contract,
    price: {
      base: { amountMinor: agreed.baseMinor, currency },
      perSeat: { amountMinor: agreed.perSeatMinor, currency },
    },
    included: { base: included.baseMicro, perSeat: included.perSeatMicro },
  };
}

export function showContractForeseen(
  foreseen: Foreseen,
  balance: Balance,
): z.output<typeof contractForeseen> {
  const { before, after } = foreseen;
  const isNow = before.contract === undefined;
  const at = isNow ? after.at : (paidOf(after)?.term.end ?? after.at);
  return {
    ...{ when: isNow ? 'now' : 'atTermEnd', at },
    charge: showCharge(foreseen),
    dueAt: chargeOf(foreseen)?.dueAt ?? null,
    credits: showCreditsMoved(foreseen, balance),
  };
}
