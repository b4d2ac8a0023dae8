import type { Effect } from './lifecycle.ts';

/** Money of a top-up that goes back, by the row of its refund: no step asks for it. */
export type RefundTopUp = { readonly kind: 'refundTopUp'; readonly refund: string };

/** An invoice was paid elsewhere, as an operator has told: nothing more is asked for at the provider. */
export type MarkPaid = { readonly kind: 'markPaid'; readonly invoice: string };

/** What the outside world has to be told; all other effects are rows. */
export type OutsideEffect =
  | RefundTopUp
  | MarkPaid
  | Extract<
      Effect,
      {
        readonly kind:
          | 'collectInvoice'
          | 'sendInvoice'
          | 'mirrorUpcoming'
          | 'openCheckout'
          | 'chargePurchase'
          | 'expireCheckout'
          | 'startPersonalPlan'
          | 'notify';
      }
    >;
