/**
 * Payments into the books, once, by business key. The workflow's activity and the page that a person
 * returns to after Checkout both come here, in any order and any number of times.
 */
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { PaymentsMissing } from '../ports/payments.ts';
import { bookPayment } from './book-payment.ts';
import { bookDispute, bookRefund } from './money-back.ts';
import type { BookingPorts } from './ports.ts';

/** Books what Stripe's invoice came to: paid, its bank debit turned down, or nothing yet. */
export async function bookInvoice(
  ports: BookingPorts,
  of: WorkspaceRef,
  stripeInvoice: string,
): Promise<void> {
  const seen = await ports.payments.seeInvoice(stripeInvoice);
  if (seen.invoice === null) return;
  const invoice = await ports.books.invoiceById(of, seen.invoice);
  if (invoice === undefined) return;
  if (seen.status === 'paid') await ports.books.bookInvoicePaid(of, invoice.key);
  if (seen.failure !== null) {
    await ports.books.bookDebitFailed(of, invoice.key, seen.failure.hard);
  }
}

/** Books which payment method is on file: the newest one, made the default. */
async function bookPaymentMethods(ports: BookingPorts, of: WorkspaceRef): Promise<void> {
  const { customer, paymentMethod } = await ports.books.account(of);
  if (customer === null) return;
  const [newest] = await ports.payments.paymentMethods(customer);
  if (newest === undefined) {
    await ports.books.bookPaymentMethod(of, null);
    return;
  }
  if (newest.id !== paymentMethod) {
    const key = `${of.product}/${of.workspace}:default:${newest.id}`;
    await ports.payments.useByDefault(customer, newest.id, key);
  }
  await ports.books.bookPaymentMethod(of, newest);
}

/** What became of a Checkout, for the page that the person returns to. */
export async function bookCheckout(
  ports: BookingPorts,
  session: string,
): Promise<{ readonly of: WorkspaceRef | undefined; readonly returnTo: string } | undefined> {
  const seen = await ports.payments.seeCheckout(session);
  if (seen === undefined) return undefined;
  const of = await ports.books.workspaceOfCustomer(seen.customer);
  if (of !== undefined && seen.complete) {
    if (seen.paymentIntent !== null) await bookPayment(ports, of, seen.paymentIntent);
    await bookPaymentMethods(ports, of);
  }
  return { of, returnTo: seen.returnTo };
}

/**
 * Looks into every stored event of a workspace. An event is a hint; what it points at is refetched. One whose
 * object is gone is moot: it is kept, operators are told, and what waits behind it goes on.
 */
export async function bookInbox(ports: BookingPorts, of: WorkspaceRef): Promise<void> {
  const events = await ports.books.inbox(of);
  for (const event of events) {
    try {
      await bookings[event.type]?.(ports, of, event.objectId);
      await ports.books.inboxHandled([event.id]);
    } catch (error) {
      if (!(error instanceof PaymentsMissing)) throw error;
      await ports.books.inboxMoot(of, event, error.message);
    }
  }
}

type Booking = (ports: BookingPorts, of: WorkspaceRef, objectId: string) => Promise<void>;

/** What an event is a hint of; all other types concern nothing that these books keep. */
const bookings: Readonly<Record<string, Booking>> = {
  'payment_intent.succeeded': bookPayment,
  'payment_intent.payment_failed': bookPayment,
  'charge.refunded': bookRefund,
  'refund.updated': bookRefund,
  'refund.failed': bookRefund,
  'charge.dispute.created': bookDispute,
  'charge.dispute.updated': bookDispute,
  'charge.dispute.funds_withdrawn': bookDispute,
  'charge.dispute.funds_reinstated': bookDispute,
  'charge.dispute.closed': bookDispute,
  'invoice.paid': bookInvoice,
  'invoice.payment_failed': bookInvoice,
  'payment_method.attached': bookPaymentMethods,
  'payment_method.detached': bookPaymentMethods,
  'setup_intent.succeeded': bookPaymentMethods,
  'checkout.session.completed': async (ports, _of, session) => {
    await bookCheckout(ports, session);
  },
  'checkout.session.expired': (ports, of, session) =>
    ports.books.closeCheckout(of, session, 'expired'),
  'checkout.session.async_payment_failed': (ports, of, session) =>
    ports.books.closeCheckout(of, session, 'failed'),
};

/** Whether an event of this type points at something that these books keep. */
export const concernsBooks = (type: string): boolean => Object.hasOwn(bookings, type);
