import type { Payments } from '../ports/payments.ts';
import type { StripeAccess } from './access.ts';
import { amountFor } from './amounts.ts';
import { tag, tagOf } from './metadata.ts';

type Refund = Parameters<Payments['refund']>[0];

/** One payment is refunded a few times at most, so what a retry looks for is on the first page. */
const refundsMax = 100;

/** Safe to repeat, also after Stripe forgot the key: what was made for the wish is looked up first. */
export async function refund(access: StripeAccess, request: Refund): Promise<string> {
  const { paymentIntent: payment_intent, amountMinor, key } = request;
  const { data } = await access.ask((stripe) =>
    stripe.refunds.list({ payment_intent, limit: refundsMax }),
  );
  const made = data.find((each) => tagOf(each, tag.refund) === request.refund);
  if (made !== undefined) return made.id;
  const { id } = await access.act(key, (stripe, once) =>
    stripe.refunds.create(
      {
        payment_intent,
        amount: amountFor(amountMinor),
        reason: 'requested_by_customer',
        metadata: { [tag.refund]: request.refund },
      },
      once,
    ),
  );
  return id;
}
