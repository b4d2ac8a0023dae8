import type Stripe from 'stripe';
import { minor, type Minor } from '../domain/values/money.ts';
import type { CollectResult, InvoiceSeen, MirrorRequest, Payments } from '../ports/payments.ts';
import { isInvalidRequest, stepKey, type StripeAccess } from './access.ts';
import { resultOf } from './charges.ts';
import { methodToCharge, seePayer, type Payer } from './customers.ts';
import { declineIn, declineOf } from './declines.ts';
import { levelLines, makeDraft, newestInvoices, usableDraft } from './drafts.ts';
import { tag, tagOf } from './metadata.ts';

type CollectInvoice = Parameters<Payments['collectInvoice']>[0];
type Collected = { readonly stripeInvoice: string; readonly result: CollectResult };

/**
 * Mirrors our issued invoice and tries once to collect it. Safe to repeat at every step: each one looks
 * at the mirror's state first, and Stripe takes an invoice's money only once.
 */
export async function collectInvoice(
  access: StripeAccess,
  request: CollectInvoice,
): Promise<Collected> {
  if (request.totalMinor <= 0n) {
    throw new RangeError(`invoice ${request.number} has nothing to collect: carry it instead`);
  }
  const payer = await seePayer(access, request.customer);
  const mirror = await mirrorOf(access, payer, { ...request, days: null });
  const issued = mirror.status === 'draft' ? await issueMirror(access, mirror, request) : mirror;
  return { stripeInvoice: issued.id, result: await collect(access, { payer, issued, request }) };
}

/** The mirror made before; else the workspace's draft; else a new one. */
export async function mirrorOf(
  access: StripeAccess,
  payer: Payer,
  request: MirrorRequest & { readonly draft: string | null; readonly days: number | null },
): Promise<Stripe.Invoice> {
  const { customer, invoice, number, currency, key, days } = request;
  const made = await madeMirror(access, request);
  if (made !== null) return made;
  const tags = { [tag.invoice]: invoice, [tag.number]: number };
  const draft = await usableDraft(access, request.draft, customer);
  if (draft === null || draft.currency !== currency) {
    return makeDraft(access, { payer, currency, tags, key, days });
  }
  return access.act(stepKey(key, 'name', draft.id), (stripe, once) =>
    stripe.invoices.update(draft.id, { metadata: { ...payer.tags, ...tags } }, once),
  );
}

/** The mirror that was made before; null: there is none yet. */
export async function madeMirror(
  access: StripeAccess,
  request: Pick<MirrorRequest, 'customer' | 'invoice' | 'stripeInvoice'>,
): Promise<Stripe.Invoice | null> {
  const { customer, invoice, stripeInvoice } = request;
  if (stripeInvoice !== null) {
    const seen = await access.ask((stripe) => stripe.invoices.retrieve(stripeInvoice));
    if (tagOf(seen, tag.invoice) === invoice) return seen;
    throw new Error(`Stripe invoice ${stripeInvoice} does not mirror our invoice ${invoice}`);
  }
  const newest = await newestInvoices(access, { customer });
  return newest.find((seen) => tagOf(seen, tag.invoice) === invoice) ?? null;
}

/**
 * Finalised only when the amounts are equal to the cent; a draft that is not is answered as it is. When
 * an attempt before this one, still under way, finalised it first, there is nothing left to do.
 */
export async function issueMirror(
  access: StripeAccess,
  mirror: Stripe.Invoice,
  request: MirrorRequest,
): Promise<Stripe.Invoice> {
  try {
    return await levelAndFinalise(access, mirror.id, request);
  } catch (error) {
    if (!isInvalidRequest(error)) throw error;
    const now = await access.ask((stripe) => stripe.invoices.retrieve(mirror.id));
    if (now.status === 'draft') throw error;
    return now;
  }
}

async function levelAndFinalise(
  access: StripeAccess,
  invoice: string,
  request: MirrorRequest,
): Promise<Stripe.Invoice> {
  const { lines, key, totalMinor } = request;
  await levelLines(access, { invoice, lines, key });
  const draft = await access.ask((stripe) => stripe.invoices.retrieve(invoice));
  if (theirsOf(draft, totalMinor) !== totalMinor) return draft;
  return access.act(stepKey(key, 'finalise'), (stripe, once) =>
    stripe.invoices.finalizeInvoice(invoice, { auto_advance: false }, once),
  );
}

/**
 * What Stripe would take. It differs from the total where a customer balance, a credit note or a partial
 * payment changed what is due; none of these is ever ours.
 */
export function theirsOf(invoice: Stripe.Invoice, ours: Minor): Minor {
  const total = minor(invoice.total);
  return total === ours ? minor(invoice.amount_remaining) : total;
}

type Collecting = {
  readonly payer: Payer;
  readonly issued: Stripe.Invoice;
  readonly request: CollectInvoice;
};

async function collect(access: StripeAccess, of: Collecting): Promise<CollectResult> {
  const { issued, request } = of;
  const oursMinor = request.totalMinor;
  switch (statusOf(issued)) {
    case 'paid':
      return paidResult(access, issued, oursMinor);
    case 'open': {
      const theirsMinor = theirsOf(issued, oursMinor);
      return theirsMinor === oursMinor
        ? tryToPay(access, of)
        : { kind: 'mismatch', oursMinor, theirsMinor };
    }
    case 'draft':
      return { kind: 'mismatch', oursMinor, theirsMinor: theirsOf(issued, oursMinor) };
    case 'void':
    case 'uncollectible':
      // Somebody stopped it at Stripe: nothing is asked for there any more.
      return { kind: 'mismatch', oursMinor, theirsMinor: minor(0) };
  }
}

/** Paid by other means than a payment of its own (marked so by hand): a person looks. */
async function paidResult(
  access: StripeAccess,
  invoice: Stripe.Invoice,
  oursMinor: Minor,
): Promise<CollectResult> {
  const payment = await paymentOf(access, invoice.id);
  if (payment?.status !== 'succeeded') {
    return { kind: 'mismatch', oursMinor, theirsMinor: minor(0) };
  }
  const theirsMinor = minor(payment.amount_received);
  return theirsMinor === oursMinor
    ? { kind: 'succeeded', paymentIntent: payment.id }
    : { kind: 'mismatch', oursMinor, theirsMinor };
}

async function tryToPay(access: StripeAccess, of: Collecting): Promise<CollectResult> {
  const { payer, issued, request } = of;
  const running = await paymentOf(access, issued.id);
  if (running?.status === 'processing') return resultOf(running);
  const payment_method = await methodToCharge(access, payer, request.method);
  if (payment_method === null) return { kind: 'noPaymentMethod' };
  const key = stepKey(request.key, `try${request.try}`, payment_method);
  try {
    await access.act(key, (stripe, once) =>
      stripe.invoices.pay(issued.id, { payment_method, off_session: true }, once),
    );
  } catch (error) {
    const decline = declineIn(error);
    if (decline !== null) return decline;
    // Refused because another attempt was quicker? Then the invoice says how that one ended.
    const ended = isInvalidRequest(error) ? await endedResult(access, of) : null;
    if (ended !== null) return ended;
    throw error;
  }
  const ended = await endedResult(access, of);
  if (ended !== null) return ended;
  throw new Error(`Stripe invoice ${issued.id} was paid for but shows no payment`);
}

/** How the payment of an invoice ended or where it waits; `null` when none was begun. */
async function endedResult(access: StripeAccess, of: Collecting): Promise<CollectResult | null> {
  const { issued, request } = of;
  const now = await access.ask((stripe) => stripe.invoices.retrieve(issued.id));
  if (now.status === 'paid') return paidResult(access, now, request.totalMinor);
  const payment = await paymentOf(access, issued.id);
  const waits = payment?.status === 'processing' || payment?.status === 'requires_action';
  return waits ? resultOf(payment) : null;
}

/** The payment that took an invoice's money, or else the newest that tries to. */
export async function paymentOf(
  access: StripeAccess,
  invoice: string,
): Promise<Stripe.PaymentIntent | null> {
  const page = await access.ask((stripe) =>
    stripe.invoicePayments.list({ invoice, limit: 100, expand: ['data.payment.payment_intent'] }),
  );
  const intents = page.data
    .map((made) => made.payment.payment_intent)
    .filter((intent) => typeof intent === 'object');
  return intents.find((intent) => intent.status === 'succeeded') ?? intents[0] ?? null;
}

export async function seeInvoice(
  access: StripeAccess,
  stripeInvoice: string,
): Promise<InvoiceSeen> {
  const seen = await access.ask((stripe) => stripe.invoices.retrieve(stripeInvoice));
  const status = statusOf(seen);
  const failure = status === 'open' ? await failureOf(access, stripeInvoice) : null;
  return { stripeInvoice, status, invoice: tagOf(seen, tag.invoice), failure };
}

async function failureOf(access: StripeAccess, invoice: string): Promise<InvoiceSeen['failure']> {
  const payment = await paymentOf(access, invoice);
  const error = payment?.last_payment_error ?? null;
  if (payment?.status !== 'requires_payment_method' || error === null) return null;
  const told = declineOf(error);
  return told.kind === 'declined'
    ? { code: told.code, hard: told.hard }
    : { code: told.kind, hard: false };
}

const statuses = ['draft', 'open', 'paid', 'void', 'uncollectible'] as const;

/** The states that are known here; a new one of Stripe's is not guessed at. */
export function statusOf(invoice: Stripe.Invoice): InvoiceSeen['status'] {
  const status = statuses.find((known) => known === invoice.status);
  if (status !== undefined) return status;
  throw new Error(`Stripe invoice ${invoice.id} is in an unknown state, ${invoice.status}`);
}
