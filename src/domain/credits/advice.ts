import { includedMicro } from './included.ts';
import type { Lifecycle } from '../life/lifecycle.ts';
import { minus, plus, times, type MicroCredits, type Minor } from '../values/money.ts';
import { paysItself } from '../life/payer.ts';
import { seatsOf } from '../life/seats.ts';
import { topUpsOf, type Pack, type Plan, type Terms } from '../terms/terms.ts';

/** What a workspace that burns more than it has should do. */
export type Advice =
  | { readonly kind: 'none' }
  /** One unusual month: more credits for it [1.19 2.33]. */
  | { readonly kind: 'topUp' }
  /** Always above: a plan whose additional credits cost less than a top-up's [0.20 1.18]. */
  | { readonly kind: 'upgrade'; readonly plan: string }
  /** Always above, and only a plan by contract is bigger [2.34]. */
  | { readonly kind: 'contactSales'; readonly plan: string };

type Situation = {
  readonly life: Lifecycle;
  readonly terms: Terms;
  readonly plan: Plan;
  readonly daysAbove: number;
  /** Whether nothing will be left before the next refill. */
  readonly runsOut: boolean;
};

/**
 * A plan where usage lies above the inclusion on so many days as the catalog says, a top-up where credits
 * run out all the same, otherwise nothing.
 */
export function advise(situation: Situation): Advice {
  const { terms, plan, daysAbove, runsOut } = situation;
  const isConsistent = daysAbove >= terms.advice.upgradeFromDays;
  if (!isConsistent) return runsOut ? { kind: 'topUp' } : { kind: 'none' };
  const bigger = terms.plans
    .filter(({ rank }) => rank > plan.rank)
    .toSorted((a, b) => a.rank - b.rank);
  const cheaper = bigger.find((candidate) => isCheaperPerCredit(situation, candidate));
  if (cheaper !== undefined) return { kind: 'upgrade', plan: cheaper.id };
  const contract = bigger.find(({ selfServe }) => !selfServe);
  if (contract !== undefined) return { kind: 'contactSales', plan: contract.id };
  return runsOut ? { kind: 'topUp' } : { kind: 'none' };
}

/** Whether what a bigger plan adds in a month costs less per credit than the cheapest top-up. */
function isCheaperPerCredit({ life, terms, plan }: Situation, bigger: Plan): boolean {
  if (!bigger.selfServe || !paysItself(life, bigger)) return false;
  const before = monthOf(life, plan);
  const after = monthOf(life, bigger);
  if (before === null || after === null) return false;
  const addedMicro = minus(after.creditsMicro, before.creditsMicro);
  const addedMinor = minus(after.priceMinor, before.priceMinor);
  return (
    addedMicro > 0n &&
    packsOf(terms, plan).every(
      (pack) => addedMinor * pack.creditsMicro < pack.priceMinor * addedMicro,
    )
  );
}

/** A month of the plan with this workspace's seats; null if it is not sold by the month. */
function monthOf(
  life: Lifecycle,
  plan: Plan,
): { readonly priceMinor: Minor; readonly creditsMicro: MicroCredits } | null {
  const price = plan.prices.month;
  if (price === undefined) return null;
  const seats = seatsOf(life, plan);
  return {
    priceMinor: plus(price.baseMinor, times(price.perSeatMinor, seats)),
    creditsMicro: includedMicro(plan, seats),
  };
}

function packsOf(terms: Terms, plan: Plan): readonly Pack[] {
  const offer = topUpsOf(terms, plan);
  return offer.offer === 'packs' ? offer.packs : [offer.step];
}
