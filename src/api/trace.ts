import { z } from 'zod';
import { ok, type Outcome } from '../domain/values/outcome.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import type { PaidGrant } from '../ports/tracing.ts';
import type { Call } from './parts.ts';
import { refuse, type Problem } from './problem.ts';
import { hiddenGrants } from './viewer.ts';

export const paymentName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,255}$/, { error: 'must be the id of a payment' })
  .meta({ description: 'A payment: our id of it, or Stripe’s of its intent, session or invoice' });

/** What support has in hand: an invoice, a payment, or neither. */
export type TraceBy = {
  readonly invoice?: string | undefined;
  readonly payment?: string | undefined;
};

export type Traced = { readonly invoice: string; readonly grants: readonly PaidGrant[] };

/** The credits that an invoice or a payment paid for, but for what is hidden from who looks; null: not asked [3.29]. */
export async function grantsPaidBy(
  call: Call,
  account: LedgerAccount,
  by: TraceBy,
): Promise<Outcome<Traced | null, Problem>> {
  const { tracing } = call.parts;
  if (by.invoice === undefined && by.payment === undefined) return ok(null);
  const invoice = by.invoice ?? (await tracing.invoiceOfPayment(account, by.payment ?? ''));
  const paid = invoice === undefined ? undefined : await tracing.paidGrants(account, invoice);
  if (invoice === undefined || paid === undefined) {
    const named = by.invoice === undefined ? 'payment' : 'invoice';
    return refuse('notFound', `There is no such ${named} in this workspace.`);
  }
  const hidden = await hiddenGrants(call, account);
  return ok({ invoice, grants: paid.filter(({ grantNo }) => !hidden.includes(grantNo)) });
}
