import { expect } from 'vitest';
import type { Served } from './served.ts';

/** Pays a Checkout on Stripe's page, or adds a card there, and comes back as a browser would. */
export async function pay(served: Served, checkoutUrl: unknown): Promise<string | null> {
  const session = /cs_\w+/.exec(typeof checkoutUrl === 'string' ? checkoutUrl : '')?.[0] ?? '';
  const paid = await served.stripe.post(`/_control/checkout/${session}/pay`, { card: 'works' });
  expect(paid).toMatchObject({ status: 200 });
  const back = await fetch(`${served.url}/checkout/return?session=${session}`, {
    redirect: 'manual',
  });
  expect(back.status).toBe(303);
  return back.headers.get('location');
}
