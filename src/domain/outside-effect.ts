import type { Effect } from './lifecycle.ts';

/** Money of a top-up that goes back, by the row of its refund: no step asks for it. */
export type RefundTopUp = { readonly kind: 'refundTopUp'; readonly refund: string };

/** What the outside world has to be told; all other effects are rows. */
export type OutsideEffect =
  | RefundTopUp
  | Extract<
      Effect,
      {
        readonly kind:
          | 'collectInvoice'
          | 'mirrorUpcoming'
          | 'openCheckout'
          | 'chargePurchase'
          | 'expireCheckout'
          | 'startPersonalPlan'
          | 'notify';
      }
    >;
