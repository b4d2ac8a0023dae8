/**
 * Money that went back, into the books. Events about it come twice, late, in any order and several in a
 * second, so none is believed: what is true of the payment now is asked for and booked as a whole, the
 * payment itself first.
 */
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { bookPayment } from './book-payment.ts';
import type { BookingPorts } from './ports.ts';

/** Books what a dispute came to. */
export async function bookDispute(
  ports: BookingPorts,
  of: WorkspaceRef,
  dispute: string,
): Promise<void> {
  const origin = await ports.payments.seeDispute(dispute);
  await bookIntent(ports, of, origin?.paymentIntent ?? null);
}

/** Books all that was refunded of a payment; the event names its charge or one of its refunds. */
export async function bookRefund(
  ports: BookingPorts,
  of: WorkspaceRef,
  object: string,
): Promise<void> {
  await bookIntent(ports, of, await ports.payments.paymentIntentOf(object));
}

/** Books the payment itself, and then all that went back of it. */
export async function bookMoneyBack(
  ports: BookingPorts,
  of: WorkspaceRef,
  paymentIntent: string,
): Promise<void> {
  await bookPayment(ports, of, paymentIntent);
  await ports.books.bookMoneyBack(of, await ports.payments.seeMoneyBack(paymentIntent));
}

/** Charged without an intent: none of ours are. */
async function bookIntent(
  ports: BookingPorts,
  of: WorkspaceRef,
  paymentIntent: string | null,
): Promise<void> {
  if (paymentIntent !== null) await bookMoneyBack(ports, of, paymentIntent);
}
