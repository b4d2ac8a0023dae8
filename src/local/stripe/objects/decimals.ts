import type Stripe from 'stripe';

/** A decimal as Stripe writes it on the wire. */
export const wireDecimal = (value: number): Stripe.Decimal =>
  // The SDK declares the object that it makes of this text.
  String(value) as unknown as Stripe.Decimal;
