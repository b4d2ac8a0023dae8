import type Stripe from 'stripe';
import { showMoney } from '../../../../domain/values/money-text.ts';
import { idOf, type World } from '../../world.ts';

/** One object as a row of a list, and whole. */
export interface Entry {
  readonly id: string;
  readonly what: string;
  readonly amount: string;
  readonly status: string;
  /** Seconds since 1970, on the clock of its customer. */
  readonly created: number;
  readonly customer: string | null;
  readonly object: object;
}

/** A kind of object that the dashboard shows. */
export interface Shelf {
  readonly name: string;
  readonly title: string;
  /** Oldest first. */
  readonly entries: (world: World) => readonly Entry[];
}

/** Sums in one minor unit; Stripe's amounts are whole numbers. */
const money = (amount: number, currency: string | null): string =>
  showMoney(BigInt(amount), currency ?? 'usd');

const customerEntry = (customer: Stripe.Customer): Entry => ({
  id: customer.id,
  what: [customer.name, ...Object.values(customer.metadata), customer.email]
    .filter((word) => word !== null)
    .join(', '),
  amount: '',
  status: '',
  created: customer.created,
  customer: customer.id,
  object: customer,
});

const paymentEntry = (intent: Stripe.PaymentIntent): Entry => ({
  id: intent.id,
  what: intent.description ?? '',
  amount: money(intent.amount, intent.currency),
  status: intent.status,
  created: intent.created,
  customer: idOf(intent.customer),
  object: intent,
});

const chargeEntry = (charge: Stripe.Charge): Entry => ({
  id: charge.id,
  what: charge.description ?? '',
  amount: money(charge.amount, charge.currency),
  status: chargeStatus(charge),
  created: charge.created,
  customer: idOf(charge.customer),
  object: charge,
});

function chargeStatus(charge: Stripe.Charge): string {
  if (charge.disputed) return 'disputed';
  if (charge.amount_refunded === 0) return charge.status;
  return charge.refunded ? 'refunded' : 'partly refunded';
}

const invoiceEntry = (invoice: Stripe.Invoice): Entry => ({
  id: invoice.id,
  what: invoice.number ?? invoice.description ?? '',
  amount: money(invoice.total, invoice.currency),
  status: invoice.status ?? '',
  created: invoice.created,
  customer: idOf(invoice.customer),
  object: invoice,
});

const checkoutEntry = (session: Stripe.Checkout.Session): Entry => ({
  id: session.id,
  what: session.mode,
  amount: session.amount_total === null ? '' : money(session.amount_total, session.currency),
  status: session.status ?? '',
  created: session.created,
  customer: idOf(session.customer),
  object: session,
});

const refundEntry = (refund: Stripe.Refund): Entry => ({
  id: refund.id,
  what: refund.reason ?? '',
  amount: money(refund.amount, refund.currency),
  status: refund.status ?? '',
  created: refund.created,
  customer: null,
  object: refund,
});

const disputeEntry = (world: World, dispute: Stripe.Dispute): Entry => ({
  id: dispute.id,
  what: dispute.reason,
  amount: money(dispute.amount, dispute.currency),
  status: dispute.status,
  created: dispute.created,
  customer: idOf(world.tables.charges.get(idOf(dispute.charge) ?? '')?.customer),
  object: dispute,
});

const eventEntry = (event: Stripe.Event): Entry => ({
  id: event.id,
  what: event.type,
  amount: '',
  status: event.pending_webhooks === 0 ? '' : `${event.pending_webhooks} webhooks pending`,
  created: event.created,
  customer: null,
  object: event,
});

const from = <Value>(rows: ReadonlyMap<string, Value>, show: (row: Value) => Entry): Entry[] =>
  [...rows.values()].map(show);

export const shelves: readonly Shelf[] = [
  {
    name: 'customers',
    title: 'Customers',
    entries: ({ tables }) => from(tables.customers, customerEntry),
  },
  {
    name: 'payments',
    title: 'Payments',
    entries: ({ tables }) => from(tables.paymentIntents, paymentEntry),
  },
  {
    name: 'charges',
    title: 'Charges',
    entries: ({ tables }) => from(tables.charges, chargeEntry),
  },
  {
    name: 'invoices',
    title: 'Invoices',
    entries: ({ tables }) => from(tables.invoices, invoiceEntry),
  },
  {
    name: 'checkouts',
    title: 'Checkouts',
    entries: ({ tables }) => from(tables.checkoutSessions, checkoutEntry),
  },
  {
    name: 'refunds',
    title: 'Refunds',
    entries: ({ tables }) => from(tables.refunds, refundEntry),
  },
  {
    name: 'disputes',
    title: 'Disputes',
    entries: (world) => from(world.tables.disputes, (dispute) => disputeEntry(world, dispute)),
  },
  { name: 'events', title: 'Events', entries: ({ tables }) => from(tables.events, eventEntry) },
];

export const shelfOf = (name: string): Shelf | undefined =>
  shelves.find((shelf) => shelf.name === name);

/** On which shelf an id stands; undefined for an id of nothing that is shown. */
export const shelfOfId = (world: World, id: string): string | undefined =>
  Object.entries(tableOf).find(([, table]) => world.tables[table].has(id))?.[0];

const tableOf = {
  customers: 'customers',
  payments: 'paymentIntents',
  charges: 'charges',
  invoices: 'invoices',
  checkouts: 'checkoutSessions',
  refunds: 'refunds',
  disputes: 'disputes',
  events: 'events',
} as const;
