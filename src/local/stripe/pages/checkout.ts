import type Stripe from 'stripe';
import { escapeHtml } from '../../../domain/values/escape-html.ts';
import { showMoney } from '../../../domain/values/money-text.ts';
import { StripeRefusal } from '../http/refusal.ts';
import { submitCheckout, successUrl, type CheckoutStep } from '../objects/checkout.ts';
import { cardsOfCustomer } from '../objects/payment-methods.ts';
import { idOf, type World } from '../world.ts';
import { cardFields, readCard } from './cards.ts';
import { problemNote, renderPage } from './html.ts';
import type { PageAnswer, PageRequest } from './page.ts';

/** The hosted Checkout page: a plain form that works without JavaScript. */
export function serveCheckout(request: PageRequest): PageAnswer {
  const { world } = request;
  const session = world.tables.checkoutSessions.get(request.id);
  if (session === undefined) return closed('This checkout does not exist', null);
  if (session.status === 'complete') {
    return closed('This checkout is done', { label: 'Continue', to: successUrl(session) });
  }
  if (session.status === 'expired') {
    const back = session.cancel_url;
    return closed('This checkout has expired', back ? { label: 'Go back', to: back } : null);
  }
  if (request.method !== 'POST') return open(world, session, null);
  return afterStep(world, session, () =>
    submitCheckout(world, session, readCard(request.fields), request.fields.get('email') || null),
  );
}

/** Sends the customer where a step leads: on, to their bank, or back to the form. */
export function afterStep(
  world: World,
  session: Stripe.Checkout.Session,
  takeStep: () => CheckoutStep,
): PageAnswer {
  try {
    const step = takeStep();
    if (step.kind === 'complete') return { kind: 'redirect', to: step.redirect };
    if (step.kind === 'declined') return open(world, session, step.message);
    return { kind: 'redirect', to: `${world.baseUrl}/authenticate/${step.intent}` };
  } catch (error) {
    if (error instanceof StripeRefusal) return open(world, session, error.message);
    throw error;
  }
}

function open(world: World, session: Stripe.Checkout.Session, problem: string | null): PageAnswer {
  const customer = idOf(session.customer);
  const isPayment = session.mode === 'payment';
  const total = showMoney(BigInt(session.amount_total ?? 0), session.currency ?? 'usd');
  const saved = customer === null || !isPayment ? [] : cardsOfCustomer(world, customer);
  const asksEmail = customer === null && session.customer_email === null;
  const email = asksEmail
    ? `<label class="field">Email
<input type="email" name="email" autocomplete="email" required></label>`
    : '';
  const body = `${isPayment ? summary(world, session, total) : ''}
${problemNote(problem)}
<form method="post">
${email}
${cardFields(saved, session.payment_method_types)}
<button type="submit">${isPayment ? `Pay ${escapeHtml(total)}` : 'Save card'}</button>
</form>
${session.cancel_url === null ? '' : link({ label: 'Cancel', to: session.cancel_url })}`;
  const title = isPayment ? 'Pay' : 'Save a card';
  const html = renderPage({ title, body });
  return { kind: 'page', status: problem === null ? 200 : 402, html };
}

function summary(world: World, session: Stripe.Checkout.Session, total: string): string {
  const rows = (world.tables.checkoutLines.get(session.id) ?? []).map((line) => {
    const times = line.quantity === 1 ? '' : ` × ${line.quantity ?? 1}`;
    const amount = showMoney(BigInt(line.amount_total), line.currency);
    return (
      `<tr><th scope="row">${escapeHtml(line.description ?? '')}${times}</th>` +
      `<td>${escapeHtml(amount)}</td></tr>`
    );
  });
  return `<table><tbody>${rows.join('\n')}</tbody>
<tfoot><tr><th scope="row">Total</th><td>${escapeHtml(total)}</td></tr></tfoot></table>`;
}

export const link = (target: { readonly label: string; readonly to: string }): string =>
  `<a class="button quiet" href="${escapeHtml(target.to)}">${escapeHtml(target.label)}</a>`;

export const closed = (
  title: string,
  next: { readonly label: string; readonly to: string } | null,
): PageAnswer => ({
  kind: 'page',
  status: next === null ? 404 : 200,
  html: renderPage({
    title,
    body: next === null ? '<p>Go back to where you came from, and start again.</p>' : link(next),
  }),
});
