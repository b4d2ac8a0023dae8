import type Stripe from 'stripe';
import type { z } from 'zod';
import type { address } from '../http/params.ts';

export const noAddress: Stripe.Address = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
};

/** The address that a parameter names: what it leaves out is unknown. */
export const addressOf = (given: z.output<typeof address>): Stripe.Address => ({
  city: given.city ?? null,
  country: given.country ?? null,
  line1: given.line1 ?? null,
  line2: given.line2 ?? null,
  postal_code: given.postal_code ?? null,
  state: given.state ?? null,
});
