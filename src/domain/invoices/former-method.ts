import { isBefore, type Instant } from '../values/calendar.ts';
import type { Effect, Event, Lifecycle } from '../life/lifecycle.ts';
import type { FormerMethod } from '../life/payment-fact.ts';
import { paidOf, updatePaid } from '../life/stepping.ts';
import type { PaymentMethodTerms, Terms } from '../terms/terms.ts';

type Attached = Extract<Event, { readonly kind: 'paymentMethodAttached' }>;

/**
 * A method came in place of another: by the catalog the other one goes on paying until the running cycle is
 * over [4.17 K21]. Of several within one cycle the one that it began with does.
 */
export function keepFormerMethod(life: Lifecycle, { at, former }: Attached): Lifecycle {
  const paid = paidOf(life);
  if (paid === undefined || paid.status === 'suspended' || former === undefined) return life;
  if (formerMethodAt(life, at) !== null) return life;
  return updatePaid(life, { formerMethod: { id: former, until: paid.period.end } });
}

/** The method that the running cycle began with, while another is on file; null: the newest one pays. */
function formerMethodAt(life: Lifecycle, at: Instant): string | null {
  const former: FormerMethod | null = paidOf(life)?.formerMethod ?? null;
  return former !== null && isBefore(at, former.until) ? former.id : null;
}

type From = PaymentMethodTerms['effective'];

/**
 * Names the former method on each effect that takes money for a purpose whose new method counts from the next
 * cycle on: invoices by `renewal`, purchases by `topUp`. A later try of an invoice is dunning's, which has a
 * policy of its own.
 */
export function payingBy(life: Lifecycle, terms: Terms, at: Instant, effect: Effect): Effect {
  if (!isCharge(effect, terms.paymentMethods.effective)) return effect;
  const former = formerMethodAt(life, at);
  return former === null ? effect : { ...effect, method: former };
}

type Charge = Extract<Effect, { readonly kind: 'collectInvoice' | 'chargePurchase' }>;

function isCharge(effect: Effect, { renewal, topUp }: From): effect is Charge {
  if (effect.kind === 'collectInvoice') return renewal === 'nextCycle' && effect.try === 1;
  if (effect.kind !== 'chargePurchase') return false;
  return (effect.purchase.purpose.kind === 'topUp' ? topUp : renewal) === 'nextCycle';
}
