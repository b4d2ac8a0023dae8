import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import type { BookingPorts } from './ports.ts';

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
  if (seen.status === 'failed') await ports.books.closeUnsettled(of, payment.id);
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
