/** What the demo reads of the API's answers. The rest of them is left unread. */
import { z } from 'zod';

const money = z.object({ amount: z.string(), currency: z.string() });

export const workspaceAnswer = z.object({
  at: z.string(),
  movingTo: z.string().nullable(),
  status: z.string(),
  shownAs: z.string().nullable(),
  plan: z.object({ id: z.string() }).nullable(),
  period: z.object({ start: z.string(), end: z.string() }).nullable(),
  trial: z.object({ endsAt: z.string(), daysLeft: z.number() }).nullable(),
  seats: z
    .object({
      used: z.number(),
      purchased: z.number().nullable(),
      warning: z.string().nullable(),
    })
    .nullable(),
  scheduledChange: z.object({ plan: z.string().nullable(), at: z.string() }).nullable(),
});
export type WorkspaceAnswer = z.output<typeof workspaceAnswer>;

export const changedAnswer = z.object({
  workspace: workspaceAnswer,
  checkoutUrl: z.string().nullable(),
});

export const commandAnswer = z.object({
  state: z.enum(['waiting', 'done', 'refused']),
  checkoutUrl: z.string().nullable(),
  refusal: z.object({ code: z.string(), detail: z.string() }).nullable(),
});

export const pageAnswer = z.object({ url: z.string() });

export const balanceAnswer = z.object({
  at: z.string(),
  available: z.string(),
  held: z.string(),
  debt: z.string(),
  grants: z.array(
    z.object({
      kind: z.string(),
      granted: z.string(),
      remaining: z.string(),
      held: z.string(),
      effectiveAt: z.string(),
      expiresAt: z.string().nullable(),
    }),
  ),
  window: z.object({ start: z.string(), resetsAt: z.string().nullable() }),
});
export type BalanceAnswer = z.output<typeof balanceAnswer>;

const invoice = z.object({
  id: z.string(),
  number: z.string(),
  reason: z.string(),
  status: z.enum(['open', 'paid', 'carried', 'void']),
  total: money,
  issuedAt: z.string(),
  paidAt: z.string().nullable(),
});
export type InvoiceAnswer = z.output<typeof invoice>;

export const invoicesAnswer = z.object({
  invoices: z.array(invoice),
  before: z.string().nullable(),
});

export const invoiceInFullAnswer = z.object({
  lines: z.array(
    z.object({
      kind: z.string(),
      description: z.string(),
      amount: money,
      days: z.object({ part: z.number(), whole: z.number() }).nullable(),
    }),
  ),
});
export type InvoiceLineAnswer = z.output<typeof invoiceInFullAnswer>['lines'][number];

export const receiptAnswer = z.object({
  id: z.string(),
  payer: z.string(),
  credits: z.string(),
  balance: z.string(),
  aboveHold: z.boolean(),
  entries: z.array(
    z.object({ credits: z.string(), from: z.string(), grant: z.string().nullable() }),
  ),
});
export type ReceiptAnswer = z.output<typeof receiptAnswer>;

export const holdAnswer = z.object({ id: z.string(), credits: z.string(), balance: z.string() });

/** A problem; a denial names its limits and what would help as well. */
export const problemAnswer = z.object({
  code: z.string(),
  detail: z.string(),
  limits: z.array(z.object({ limit: z.string(), scope: z.string().nullish() }).loose()).default([]),
  remedies: z.array(z.object({ action: z.string() })).default([]),
});
export type ProblemAnswer = z.output<typeof problemAnswer>;

export const entitlementAnswer = z.object({
  allowed: z.boolean(),
  reasons: z.array(z.object({ code: z.string() })),
  remedies: z.array(z.string()),
});
export type EntitlementAnswer = z.output<typeof entitlementAnswer>;

export const usageAnswer = z.object({
  total: z.string(),
  rows: z.array(
    z.object({
      by: z.record(z.string(), z.string().nullable()),
      credits: z.string(),
      tokens: z.coerce.bigint(),
      runs: z.coerce.bigint(),
    }),
  ),
});
export type UsageAnswer = z.output<typeof usageAnswer>;

export const eventsAnswer = z.object({
  events: z.array(
    z.object({
      cursor: z.coerce.string(),
      workspace: z.string(),
      kind: z.string(),
      at: z.string(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
  after: z.coerce.string(),
});
export type EventAnswer = z.output<typeof eventsAnswer>['events'][number];

const entry = z.object({ kind: z.string(), at: z.string(), credits: z.string() });

export const entriesAnswer = z.object({ entries: z.array(entry) });
export type LedgerEntryAnswer = z.output<typeof entry>;

/** Stripe's: what was paid in a Checkout. */
export const sessionAnswer = z.object({ payment_intent: z.string() });
export const disputeAnswer = z.object({ id: z.string() });
