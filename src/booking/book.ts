/**
 * Payments into the books, once, by business key. The workflow's activity and the page that a person
 * returns to after Checkout both come here, in any order and any number of times.
 */
import type { Books } from '../ports/books.ts';
import type { Payments } from '../ports/payments.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';

export type BookingPorts = { readonly books: Books; readonly payments: Payments };

/** Books what a payment intent came to, as Stripe tells it now. Money that is not ours is left alone. */
export async function bookPayment(
  ports: BookingPorts,
  of: WorkspaceRef,
  paymentIntent: string,
): Promise<void> {
  const seen = await ports.payments.seePayment(paymentIntent);
  if (seen.payment === null) return;
  const payment = await ports.books.payment(of, seen.payment);
  if (payment === undefined) return;
  const { totalMinor } = payment.purchase;
  if (seen.status !== 'succeeded') return;
  if (seen.amountMinor !== totalMinor || seen.currency !== payment.currency) {
    await ports.books.alert(of, 'paymentMismatch', {
      payment: payment.id,
      paymentIntent,
      oursMinor: totalMinor.toString(),
      theirsMinor: seen.amountMinor.toString(),
    });
    return;
  }
  await ports.books.bookPurchase(of, payment.id, paymentIntent);
}

/** Books what Stripe's invoice came to: paid, or nothing yet. */
async function bookInvoice(
  ports: BookingPorts,
  of: WorkspaceRef,
  stripeInvoice: string,
): Promise<void> {
  const seen = await ports.payments.seeInvoice(stripeInvoice);
  if (seen.invoice === null || seen.status !== 'paid') return;
  const invoice = await ports.books.invoiceById(of, seen.invoice);
  if (invoice !== undefined) await ports.books.bookInvoicePaid(of, invoice.key);
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

/** Looks into every stored event of a workspace. An event is a hint; what it points at is refetched. */
export async function bookInbox(ports: BookingPorts, of: WorkspaceRef): Promise<void> {
  const events = await ports.books.inbox(of);
  for (const event of events) {
    await bookings[event.type]?.(ports, of, event.objectId);
    await ports.books.inboxHandled([event.id]);
  }
}

type Booking = (ports: BookingPorts, of: WorkspaceRef, objectId: string) => Promise<void>;

/** What an event is a hint of; all other types concern nothing that these books keep. */
const bookings: Readonly<Record<string, Booking>> = {
  'payment_intent.succeeded': bookPayment,
  'invoice.paid': bookInvoice,
  'payment_method.attached': bookPaymentMethods,
  'payment_method.detached': bookPaymentMethods,
  'setup_intent.succeeded': bookPaymentMethods,
  'checkout.session.completed': async (ports, _of, session) => {
    await bookCheckout(ports, session);
  },
  'checkout.session.expired': (ports, of, session) => ports.books.closeCheckout(of, session),
};

/** Whether an event of this type points at something that these books keep. */
export const concernsBooks = (type: string): boolean => Object.hasOwn(bookings, type);
