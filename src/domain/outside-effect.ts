import type { Effect } from './lifecycle.ts';

/** The effects that the outside world has to be told; all others are rows. */
export type OutsideEffect = Extract<
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
