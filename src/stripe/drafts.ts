import type Stripe from 'stripe';
import type { MirrorLine, Payments } from '../ports/payments.ts';
import { digest, isMissing, stepKey, type StripeAccess } from './access.ts';
import { amountFor } from './amounts.ts';
import { seePayer, type Payer } from './customers.ts';
import { idOf, tag, tagOf, type Tags } from './metadata.ts';

type DraftInvoice = Parameters<Payments['draftInvoice']>[0];

/** The workspace's draft for its next run, made on first use, with exactly these lines. */
export async function draftInvoice(access: StripeAccess, request: DraftInvoice): Promise<string> {
  const { customer, currency, lines, key } = request;
  const payer = await seePayer(access, customer);
  const draft =
    (await findDraft(access, request)) ??
    (await makeDraft(access, {
      payer,
      currency,
      tags: { [tag.draft]: 'upcoming' },
      key,
      days: null,
    }));
  await levelLines(access, { invoice: draft.id, lines, key });
  return draft.id;
}

async function findDraft(
  access: StripeAccess,
  request: DraftInvoice,
): Promise<Stripe.Invoice | null> {
  const { customer, currency } = request;
  const given = await usableDraft(access, request.draft, customer);
  if (given !== null && given.currency === currency) return given;
  const newest = await newestInvoices(access, { customer, status: 'draft' });
  const upcoming = newest.find((invoice) => isUpcoming(invoice) && invoice.currency === currency);
  return upcoming ?? null;
}

const isUpcoming = (invoice: Stripe.Invoice): boolean =>
  tagOf(invoice, tag.draft) !== null && tagOf(invoice, tag.invoice) === null;

/** The stored draft, unless it was deleted, or has become an invoice meanwhile. */
export async function usableDraft(
  access: StripeAccess,
  draft: string | null,
  customer: string,
): Promise<Stripe.Invoice | null> {
  if (draft === null) return null;
  try {
    const seen = await access.ask((stripe) => stripe.invoices.retrieve(draft));
    if (idOf(seen.customer) !== customer) {
      throw new Error(`draft ${draft} belongs to another customer than ${customer}`);
    }
    return seen.status === 'draft' && isUpcoming(seen) ? seen : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

const invoicesMax = 100;

/** A retry looks for what it made shortly before: it is among the newest. */
export async function newestInvoices(
  access: StripeAccess,
  of: { readonly customer: string; readonly status?: 'draft' },
): Promise<readonly Stripe.Invoice[]> {
  const page = await access.ask((stripe) => stripe.invoices.list({ ...of, limit: invoicesMax }));
  return page.data;
}

/**
 * An empty draft that takes in nothing of its own accord, no pending items of others', and that Stripe
 * neither finalises nor collects.
 */
export async function makeDraft(
  access: StripeAccess,
  draft: {
    readonly payer: Payer;
    readonly currency: string;
    readonly tags: Tags;
    readonly key: string;
    /** It is sent, to be paid within so many days; null: charged. */
    readonly days: number | null;
  },
): Promise<Stripe.Invoice> {
  const { payer, currency, tags, key, days } = draft;
  return access.act(stepKey(key, 'draft'), (stripe, once) =>
    stripe.invoices.create(
      {
        customer: payer.customer,
        currency,
        auto_advance: false,
        ...(days === null
          ? { collection_method: 'charge_automatically' }
          : { collection_method: 'send_invoice', days_until_due: days }),
        pending_invoice_items_behavior: 'exclude',
        metadata: { ...payer.tags, ...tags },
      },
      once,
    ),
  );
}

/**
 * Makes a draft's lines equal to ours: those there are removed, then ours added. The keys name what was
 * there before, so that the same change is made once, and a change made after somebody's own edit is not
 * taken for one already made.
 */
export async function levelLines(
  access: StripeAccess,
  wanted: {
    readonly invoice: string;
    readonly lines: readonly MirrorLine[];
    readonly key: string;
  },
): Promise<void> {
  const { invoice, lines, key } = wanted;
  const there = await linesOf(access, invoice);
  if (areEqual(there, lines)) return;
  const ids = there.map((line) => line.id);
  const before = digest(JSON.stringify(ids));
  if (ids.length > 0) {
    const removed = ids.map((id) => ({ id, behavior: 'delete' as const }));
    await access.act(stepKey(key, 'remove', before), (stripe, once) =>
      stripe.invoices.removeLines(invoice, { lines: removed }, once),
    );
  }
  if (lines.length === 0) return;
  const added = lines.map(({ description, amountMinor }) => ({
    description,
    amount: amountFor(amountMinor),
    discountable: false, // a coupon left on the customer changes no line of ours
  }));
  const content = digest(JSON.stringify(added));
  await access.act(stepKey(key, 'add', digest(before + content)), (stripe, once) =>
    stripe.invoices.addLines(invoice, { lines: added }, once),
  );
}

async function linesOf(
  access: StripeAccess,
  invoice: string,
): Promise<readonly Stripe.InvoiceLineItem[]> {
  return access.ask((stripe) =>
    stripe.invoices.listLineItems(invoice, { limit: 100 }).autoPagingToArray({ limit: 1000 }),
  );
}

/** In whatever order: Stripe sorts lines by its own rules. */
function areEqual(there: readonly Stripe.InvoiceLineItem[], ours: readonly MirrorLine[]): boolean {
  const theirs = there.map((line) => JSON.stringify([line.description, line.amount])).sort();
  const wanted = ours
    .map((line) => JSON.stringify([line.description, amountFor(line.amountMinor)]))
    .sort();
  return JSON.stringify(theirs) === JSON.stringify(wanted);
}
