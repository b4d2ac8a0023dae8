import type { MirrorRequest, Payments, SendResult } from '../ports/payments.ts';
import { stepKey, type StripeAccess } from './access.ts';
import { seePayer } from './customers.ts';
import { issueMirror, madeMirror, mirrorOf, paymentOf, statusOf, theirsOf } from './invoices.ts';

type SendInvoice = Parameters<Payments['sendInvoice']>[0];
type Sent = Awaited<ReturnType<Payments['sendInvoice']>>;

/**
 * Mirrors our issued invoice and has Stripe send it, with the page on which it is paid. Safe to repeat, as
 * collecting is: each step looks at the mirror's state first.
 */
export async function sendInvoice(access: StripeAccess, request: SendInvoice): Promise<Sent> {
  const payer = await seePayer(access, request.customer);
  // Never the draft that shows the next invoice's lines: this one is of its own.
  const mirror = await mirrorOf(access, payer, { ...request, draft: null });
  const issued = mirror.status === 'draft' ? await issueMirror(access, mirror, request) : mirror;
  return { stripeInvoice: issued.id, result: await send(access, issued, request) };
}

async function send(
  access: StripeAccess,
  issued: Awaited<ReturnType<typeof issueMirror>>,
  { totalMinor: oursMinor, key }: SendInvoice,
): Promise<SendResult> {
  const status = statusOf(issued);
  if (status === 'paid') return { kind: 'sent' }; // whoever got it was quick
  const theirsMinor = theirsOf(issued, oursMinor);
  if (status !== 'open' || theirsMinor !== oursMinor) {
    return { kind: 'mismatch', oursMinor, theirsMinor };
  }
  await access.act(stepKey(key, 'send'), (stripe, once) =>
    stripe.invoices.sendInvoice(issued.id, {}, once),
  );
  return { kind: 'sent' };
}

/** The invoice was paid elsewhere, so that its mirror asks for nothing more; a draft of it is taken away. */
export async function markPaid(
  access: StripeAccess,
  request: Pick<MirrorRequest, 'customer' | 'invoice' | 'stripeInvoice' | 'key'>,
): Promise<'asksNoMore' | 'paidHere'> {
  const mirror = await madeMirror(access, request);
  if (mirror === null) return 'asksNoMore';
  switch (statusOf(mirror)) {
    case 'draft':
      await access.act(stepKey(request.key, 'delete'), (stripe, once) =>
        stripe.invoices.del(mirror.id, {}, once),
      );
      return 'asksNoMore';
    case 'open':
      await access.act(stepKey(request.key, 'outOfBand'), (stripe, once) =>
        stripe.invoices.pay(mirror.id, { paid_out_of_band: true }, once),
      );
      return 'asksNoMore';
    case 'paid': {
      const payment = await paymentOf(access, mirror.id);
      return payment?.status === 'succeeded' ? 'paidHere' : 'asksNoMore';
    }
    case 'void':
    case 'uncollectible':
      return 'asksNoMore';
  }
}
