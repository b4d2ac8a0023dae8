import { z } from 'zod';
import { rateSince } from '../../domain/terms/rating.ts';
import type { Terms } from '../../domain/terms/terms.ts';
import type { CountLeft } from '../../ports/call-count.ts';
import type { HoldReceipt, LimitLeft, Receipt } from '../../ports/ledger.ts';
import { instant, signedCredits, uuid } from '../codecs.ts';
import type { Call } from '../parts.ts';
import type { Payer } from './payer.ts';

const limitsLeft = z
  .array(
    z.strictObject({
      limit: z.enum(['member', 'space', 'org']).meta({ description: 'What the cap is for' }),
      subject: z.string().meta({ description: 'Whose cap it is' }),
      left: signedCredits.meta({ description: 'What is left below the cap' }),
    }),
  )
  .meta({ description: 'Caps that counted this call' });

const countsLeft = z
  .array(
    z.strictObject({
      limit: z.enum(['runs', 'tool']).meta({ description: 'What is counted' }),
      tool: z.string().nullable().meta({ description: 'Which tool; null: every run' }),
      per: z
        .enum(['window', 'day', 'hour', 'minute'])
        .meta({ description: 'In which span; window: until the credits reset' }),
      left: z.int().meta({ description: 'How many more calls the span allows' }),
    }),
  )
  .meta({ description: 'Limits on calls that counted this one' });

const payerField = z.string().meta({
  description: 'The workspace that pays; settle, extend, release and refund by its address',
});

export const receiptSchema = z
  .strictObject({
    id: uuid.meta({ description: 'The receipt, to refund it by' }),
    payer: payerField,
    at: instant.meta({ description: 'When it was booked, in the workspace’s time' }),
    occurredAt: instant.meta({ description: 'When the usage happened' }),
    rateVersion: z.int().meta({ description: 'The rate card that it was priced by' }),
    credits: signedCredits.meta({ description: 'What was charged; negative was given back' }),
    balance: signedCredits.meta({ description: 'Available credits after it' }),
    entries: z
      .array(
        z.strictObject({
          line: z.string().nullable().meta({ description: 'The line of the run' }),
          model: z.string().nullable().meta({ description: 'The model, where one was named' }),
          rateFrom: instant.nullable().meta({
            description: 'Since when the card’s rate was in force; null: since the card was',
          }),
          credits: signedCredits.meta({ description: 'What it took from its source' }),
          from: z
            .enum(['grant', 'debt', 'overage', 'forgiven', 'nothing'])
            .meta({ description: 'What paid for it' }),
          grant: z
            .enum(['included', 'topUp', 'promo', 'adjustment'])
            .nullable()
            .meta({ description: 'The kind of grant, where one paid' }),
        }),
      )
      .meta({ description: 'One entry per line and source' }),
    aboveHold: z.boolean().meta({ description: 'Whether it used more than its hold' }),
    holdExpired: z.boolean().meta({ description: 'Whether its hold had expired' }),
    limitsLeft,
    countsLeft,
    promos: z
      .array(
        z.strictObject({
          grant: z.int().meta({ description: 'The new grant’s number in its workspace' }),
          inPlaceOf: z.int().meta({ description: 'The number of the grant that has ended' }),
          credits: signedCredits.meta({ description: 'As much as came back to that one' }),
          expiresAt: instant.meta({ description: 'When they end' }),
        }),
      )
      .meta({
        description:
          'Promo credits that a refund gave in the place of expired ones, by the catalog',
      }),
  })
  .meta({ id: 'Receipt' });

/** The terms that a receipt's run was booked under. */
export const termsOf = (call: Call, { workspace }: Payer, receipt: Receipt): Promise<Terms> =>
  call.parts.catalogs.termsOf(workspace.of.product, receipt.termsVersion);

export const receiptShown = (
  receipt: Receipt,
  payer: Payer,
  { rates }: Terms,
): z.output<typeof receiptSchema> => ({
  id: receipt.id,
  payer: payer.workspace.of.workspace,
  at: receipt.at,
  occurredAt: receipt.occurredAt,
  rateVersion: receipt.rateVersion,
  credits: receipt.amountMicro,
  balance: receipt.balanceAfterMicro,
  entries: receipt.entries.map((entry) => ({
    line: entry.line,
    model: entry.model,
    // Of a refund the terms may be newer than the card that its run was priced by.
    rateFrom:
      entry.model === null || rates.version !== receipt.rateVersion
        ? null
        : rateSince(rates, entry.model, receipt.occurredAt),
    credits: entry.amountMicro,
    from: entry.target,
    grant: entry.grantKind,
  })),
  aboveHold: receipt.aboveHold,
  holdExpired: receipt.holdExpired,
  limitsLeft: leftShown(receipt.limitsLeft),
  countsLeft: countsShown(receipt.countsLeft),
  promos: receipt.promos.map(({ grantNo, inPlaceOf, amountMicro, expiresAt }) => ({
    ...{ grant: grantNo, inPlaceOf, credits: amountMicro, expiresAt },
  })),
});

export const holdSchema = z
  .strictObject({
    id: uuid.meta({ description: 'The hold, to settle it by' }),
    payer: payerField,
    at: instant.meta({ description: 'When it was taken, in the workspace’s time' }),
    credits: signedCredits.meta({ description: 'What is set aside' }),
    expiresAt: instant.meta({ description: 'When its credits return by themselves' }),
    balance: signedCredits.meta({ description: 'Available credits after it' }),
    limitsLeft,
    countsLeft,
  })
  .meta({ id: 'Hold' });

export const holdShown = (hold: HoldReceipt, payer: Payer): z.output<typeof holdSchema> => ({
  id: hold.holdId,
  payer: payer.workspace.of.workspace,
  at: hold.at,
  credits: hold.amountMicro,
  expiresAt: hold.expiresAt,
  balance: hold.balanceAfterMicro,
  limitsLeft: leftShown(hold.limitsLeft),
  countsLeft: countsShown(hold.countsLeft),
});

const leftShown = (limits: readonly LimitLeft[]): z.output<typeof limitsLeft> =>
  limits.map(({ limit, subject, leftMicro }) => ({ limit, subject, left: leftMicro }));

const countsShown = (counts: readonly CountLeft[]): z.output<typeof countsLeft> =>
  counts.map(({ limit, subject, per, left }) => ({ limit, tool: subject || null, per, left }));
