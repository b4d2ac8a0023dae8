import { bookMoneyBack } from '../booking/money-back.ts';
import type { RefundTopUp } from '../domain/life/outside-effect.ts';
import { explainRefusal } from '../domain/life/refusal.ts';
import { customerOf, type Errand } from './errand.ts';

/**
 * Has the money of a refund moved, and books what came of it as a webhook would: the credits that stand
 * frozen for it are taken by what the provider tells of the payment now.
 */
export async function refundTopUp(errand: Errand, { refund: id }: RefundTopUp): Promise<void> {
  const { books, payments, of, key } = errand;
  const refund = await books.topUpRefund(of, id);
  if (refund === undefined || refund.state !== 'requested') return;
  await customerOf(errand);
  const { paymentIntent, amountMinor } = refund;
  const stripeRefund = await payments.refund({ paymentIntent, refund: id, amountMinor, key });
  await bookMoneyBack(errand, of, paymentIntent);
  await books.endTopUpRefund(of, id, { kind: 'made', stripeRefund });
}

/** The provider never makes this refund: its credits come back, and whoever asked is told why. */
export async function refuseTopUpRefund(errand: Errand, id: string, why: string): Promise<void> {
  const message = explainRefusal({ kind: 'paymentsRefused', why });
  const end = { kind: 'refused', code: 'paymentsRefused', message } as const;
  await errand.books.endTopUpRefund(errand.of, id, end);
}
