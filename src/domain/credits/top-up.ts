import { addMonths, type Instant } from '../values/calendar.ts';
import type { Event, InvoiceLine, Lifecycle, Purchase, StepOutcome } from '../life/lifecycle.ts';
import { minorDigits, times, toDecimal, type Minor } from '../values/money.ts';
import { ok, refused } from '../values/outcome.ts';
import { isTooMuch } from './spend.ts';
import { planIdOf } from '../life/stepping.ts';
import { planOf, topUpsOf, type Pack, type Terms, type TopUpOffer } from '../terms/terms.ts';

type TopUpRequested = Extract<Event, { readonly kind: 'topUpRequested' }>;

/** What a price buys: one of the packs [1.08], or a whole number of steps [3.17]; null if not on offer. */
export function topUpFor(offer: TopUpOffer, priceMinor: Minor): Pack | null {
  if (offer.offer === 'packs') {
    return offer.packs.find((pack) => pack.priceMinor === priceMinor) ?? null;
  }
  const { step, min, max } = offer;
  const steps = priceMinor / step.priceMinor;
  const whole = priceMinor % step.priceMinor === 0n;
  if (!whole || steps < BigInt(min) || steps > BigInt(max)) return null;
  // A whole number of steps of credits is an amount of credits.
  return { priceMinor, creditsMicro: (step.creditsMicro * steps) as Pack['creditsMicro'] };
}

/** The amounts on offer, in words [3.18]. */
export function describeOffer(offer: TopUpOffer, currency: string): string {
  const money = (amount: Minor): string =>
    `${toDecimal(amount, minorDigits(currency))} ${currency.toUpperCase()}`;
  if (offer.offer === 'packs') return offer.packs.map((p) => money(p.priceMinor)).join(', ');
  const { step, min, max } = offer;
  return `${min} to ${max} times ${money(step.priceMinor)}`;
}

/** Buys credits outside the plan [0.34 2.33]: by the saved method, or on Stripe's page. */
export function topUp(life: Lifecycle, event: TopUpRequested, terms: Terms): StepOutcome {
  const { status } = life.subscription;
  if (status === 'none' || status === 'incomplete') return refused({ kind: 'notStarted' });
  if (status === 'memberPaid') return refused({ kind: 'memberPlanRequired' });
  if (status === 'canceled') return refused({ kind: 'alreadyCanceled' });
  const plan = planIdOf(life.subscription);
  const offer = topUpsOf(terms, plan === null ? null : planOf(terms, plan));
  const pack = topUpFor(offer, event.priceMinor);
  if (pack === null) {
    const { priceMinor: offeredMinor } = event;
    const choices = describeOffer(offer, terms.currency);
    return refused({ kind: 'notATopUp', offeredMinor, choices });
  }
  const { spend } = event;
  if (spend !== undefined && isTooMuch(spend, pack.priceMinor)) {
    return refused({ kind: 'spendCapReached', ...spend, currency: life.currency });
  }
  const purchase = purchaseOf({ ...event, pack, quantity: 1 });
  if (event.pay === 'savedMethod') {
    if (!life.paymentMethodOnFile) return refused({ kind: 'paymentMethodRequired' });
    return ok({ state: life, effects: [{ kind: 'chargePurchase', purchase }] });
  }
  if (event.returnTo === null) return refused({ kind: 'returnToRequired' });
  const { returnTo } = event;
  const { kinds } = terms.paymentMethods;
  return ok({ state: life, effects: [{ kind: 'openCheckout', purchase, returnTo, kinds }] });
}

/** So many of a pack, as what is paid for: one line, its credits granted when the money is booked. */
export function purchaseOf(wish: {
  readonly payment: string;
  readonly at: Instant;
  readonly pack: Pack;
  readonly quantity: number;
}): Purchase {
  const { payment, at, pack, quantity } = wish;
  const creditsMicro = times(pack.creditsMicro, quantity);
  const totalMinor = times(pack.priceMinor, quantity);
  const description = `Top-up of ${toDecimal(creditsMicro, 6).replace(/\.?0+$/, '')} credits`;
  const line: InvoiceLine = {
    kind: 'topUp',
    description,
    quantity,
    unitMinor: pack.priceMinor,
    amountMinor: totalMinor,
    period: { start: at, end: at },
    days: null,
    member: null,
  };
  const purpose = { kind: 'topUp', creditsMicro } as const;
  return { payment, purpose, description, lines: [line], totalMinor };
}

/** Until when credits bought at this instant can be used, by the catalog; null: for ever. */
export const topUpEndsAt = (terms: Terms, at: Instant, timeZone: string): Instant | null => {
  const { expiresAfterMonths } = terms.topUps;
  return expiresAfterMonths === null ? null : addMonths(at, expiresAfterMonths, timeZone);
};
