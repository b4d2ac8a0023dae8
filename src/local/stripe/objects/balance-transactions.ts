import type Stripe from 'stripe';
import type { World } from '../world.ts';

/** One movement on the account's balance, as it stands in the object that caused it. */
export const newBalanceTransaction = (
  world: World,
  moved: {
    /** Signed, in minor units: negative leaves the account. */
    readonly amount: number;
    readonly fee: number;
    readonly currency: string;
    readonly source: string;
    readonly created: number;
  },
): Stripe.BalanceTransaction => ({
  id: world.ids.draw('txn'),
  object: 'balance_transaction',
  amount: moved.amount,
  available_on: moved.created,
  balance_type: 'payments',
  created: moved.created,
  currency: moved.currency,
  description: null,
  exchange_rate: null,
  fee: moved.fee,
  fee_details: [
    {
      amount: moved.fee,
      application: null,
      currency: moved.currency,
      description: 'Dispute fee',
      type: 'stripe_fee',
    },
  ],
  net: moved.amount - moved.fee,
  reporting_category: moved.amount < 0 ? 'dispute' : 'dispute_reversal',
  source: moved.source,
  status: 'available',
  type: 'adjustment',
});
