import type Stripe from 'stripe';
import { escapeHtml } from '../../../domain/values/escape-html.ts';
import { StripeRefusal } from '../http/refusal.ts';
import { chooseDefaultCard } from '../objects/customers.ts';
import {
  attachPaymentMethod,
  cardsOfCustomer,
  createPaymentMethod,
  detachPaymentMethod,
} from '../objects/payment-methods.ts';
import { idOf, type World } from '../world.ts';
import { cardFields, describeCard, readCard } from './cards.ts';
import { closed, link } from './checkout.ts';
import { problemNote, renderPage } from './html.ts';
import type { PageAnswer, PageRequest } from './page.ts';

/** The customer portal: which cards there are, and which one pays. */
export function servePortal(request: PageRequest): PageAnswer {
  const { world, fields } = request;
  const session = world.tables.portalSessions.get(request.id);
  const customer = world.tables.customers.get(session?.customer ?? '');
  if (session === undefined || customer === undefined) {
    return closed('This page does not exist', null);
  }
  if (request.method !== 'POST') return show(world, { session, customer, problem: null });
  try {
    act(world, customer, fields);
    return { kind: 'redirect', to: session.url };
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
    return show(world, { session, customer, problem: error.message });
  }
}

function act(world: World, customer: Stripe.Customer, fields: URLSearchParams): void {
  const chosen = readCard(fields);
  if (chosen.kind === 'new') {
    const card = createPaymentMethod(world, chosen.card);
    attachPaymentMethod(world, card, customer.id);
    makeDefault(world, customer, card.id);
    return;
  }
  if (fields.get('act') === 'remove') {
    const card = world.need('paymentMethods', chosen.paymentMethod);
    if (idOf(card.customer) === customer.id) detachPaymentMethod(world, card);
    return;
  }
  makeDefault(world, customer, chosen.paymentMethod);
}

function makeDefault(world: World, customer: Stripe.Customer, card: string): void {
  const previous = { invoice_settings: structuredClone(customer.invoice_settings) };
  chooseDefaultCard(world, customer, card);
  world.emit('customer.updated', customer, { previous });
}

interface Shown {
  readonly session: Stripe.BillingPortal.Session;
  readonly customer: Stripe.Customer;
  readonly problem: string | null;
}

function show(world: World, { session, customer, problem }: Shown): PageAnswer {
  const cards = cardsOfCustomer(world, customer.id);
  const chosen = idOf(customer.invoice_settings.default_payment_method);
  const rows = cards.map((card) => cardRow(card, card.id === chosen));
  const body = `${problemNote(problem)}
<p class="soft">${escapeHtml(customer.name ?? customer.email ?? customer.id)}</p>
<h2>Your cards</h2>
${rows.length === 0 ? '<p>There is no card yet.</p>' : rows.join('\n')}
<h2>Add a card</h2>
<form method="post">
${cardFields([], ['card', 'us_bank_account'])}
<button type="submit">Save card and pay with it</button>
</form>
${session.return_url === null ? '' : link({ label: 'Go back', to: session.return_url })}`;
  const html = renderPage({ title: 'Payment methods', body });
  return { kind: 'page', status: problem === null ? 200 : 402, html };
}

function cardRow(card: Stripe.PaymentMethod, isDefault: boolean): string {
  const name = escapeHtml(describeCard(card));
  const act = (verb: string, label: string) =>
    `<form method="post"><input type="hidden" name="card" value="${card.id}">` +
    `<button class="quiet" name="act" value="${verb}" aria-label="${label}: ${name}">` +
    `${label}</button></form>`;
  return `<div class="row"><p>${name}${isDefault ? ' <small class="soft">(pays)</small>' : ''}</p>
${isDefault ? '' : act('choose', 'Pay with it')}${act('remove', 'Remove')}</div>`;
}
