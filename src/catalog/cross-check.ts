import { isFree } from '../domain/activation.ts';
import type { Plan, Terms } from '../domain/terms.ts';
import type { Mistake, Path } from './source.ts';

/** What no field shows by itself: policies that contradict each other, or that nothing would read. */
export function crossCheck(terms: Terms): Mistake[] {
  return [
    ...checkCurrency(terms),
    ...checkRepeats(terms),
    ...terms.plans.flatMap((plan, index) => checkPlan(terms, plan, ['plans', index])),
    ...checkPlanChange(terms),
    ...checkTopUps(terms),
    ...checkGates(terms),
    ...checkRates(terms),
  ];
}

function checkCurrency({ currency, credits }: Terms): Mistake[] {
  const known = Intl.supportedValuesOf('currency').map((code) => code.toLowerCase());
  if (!known.includes(currency)) {
    const message = `found "${currency}", expected a currency of ISO 4217, such as usd`;
    return [{ path: ['currency'], message }];
  }
  if (credits.unit.kind === 'credits' || credits.unit.currency === currency) return [];
  const message = `found "${credits.unit.currency}", expected the catalog's currency, ${currency}`;
  return [{ path: ['credits', 'unit', 'currency'], message }];
}

function checkRepeats(terms: Terms): Mistake[] {
  const { plans, credits, caps, topUps, alerts } = terms;
  return [
    ...repeats(
      plans,
      ({ id }) => `plan "${id}"`,
      (index) => ['plans', index, 'id'],
    ),
    ...repeats(
      plans,
      ({ rank }) => `rank ${rank}`,
      (index) => ['plans', index, 'rank'],
    ),
    ...repeats(
      credits.burnOrder,
      (comparator) => (typeof comparator === 'string' ? comparator : 'kind'),
      (index) => ['credits', 'burnOrder', index],
    ),
    ...credits.burnOrder.flatMap((comparator, at) =>
      typeof comparator === 'string'
        ? []
        : repeats(comparator.kind, String, (index) => ['credits', 'burnOrder', at, 'kind', index]),
    ),
    ...repeats(caps.scopes, String, (index) => ['caps', 'scopes', index]),
    ...repeats(
      alerts,
      ({ atPercent }) => `${atPercent} %`,
      (index) => ['alerts', index, 'atPercent'],
    ),
    ...repeats(
      topUps.offer === 'packs' ? topUps.packs : [],
      ({ priceMinor }) => `pack at this price (${priceMinor})`,
      (index) => ['topUps', 'packs', index, 'price'],
    ),
  ];
}

function repeats<Item>(
  items: readonly Item[],
  name: (item: Item) => string,
  path: (index: number) => Path,
): Mistake[] {
  const names = items.map(name);
  return names.flatMap((each, index) =>
    names.indexOf(each) < index
      ? [{ path: path(index), message: `there is ${each} already; expected each one once` }]
      : [],
  );
}

function checkPlan(terms: Terms, plan: Plan, path: Path): Mistake[] {
  const mistakes: Mistake[] = [];
  const report = (step: string, message: string): void => {
    mistakes.push({ path: [...path, step], message });
  };
  const prices = Object.values(plan.prices);
  if (plan.selfServe && prices.length === 0) {
    report('prices', 'is empty, expected a price: only a plan sold by contract has none');
  }
  if (plan.holder === 'user' && plan.seats.model !== 'none') {
    report('seats', `found ${plan.seats.model}, expected none: a user's own plan has no seats`);
  }
  const perSeat = prices.some(({ perSeatMinor }) => perSeatMinor !== 0n);
  if (plan.seats.model === 'none' && (perSeat || plan.included.perSeatMicro !== 0n)) {
    report('seats', 'found none, expected purchased or counted: something here is per seat');
  }
  if (plan.trial !== null && !plan.requiresPaymentMethod) {
    report('trial', 'expected null: without a payment method to ask for, a trial never ends');
  }
  const free = terms.plans.some((other) => isFree(other) && other.rank < plan.rank);
  if (plan.trial?.exits.includes('downgrade') === true && !free) {
    report('trial', 'has the exit downgrade, expected a free plan of lower rank to go to');
  }
  return mistakes;
}

function checkPlanChange({ planChange }: Terms): Mistake[] {
  const { charge, requiresCheckout } = planChange.upgrade;
  if (!requiresCheckout || charge === 'now') return [];
  const message = `found ${charge}, expected now: a checkout takes the money at once`;
  return [{ path: ['planChange', 'upgrade', 'charge'], message }];
}

function checkTopUps({ topUps }: Terms): Mistake[] {
  const packs =
    topUps.offer === 'steps'
      ? [{ pack: topUps.step, path: ['topUps', 'step'] }]
      : topUps.packs.map((pack, index) => ({ pack, path: ['topUps', 'packs', index] }));
  const empty = packs.flatMap(({ pack, path }) => [
    ...(pack.priceMinor > 0n ? [] : [{ path: [...path, 'price'], message: aboveZero }]),
    ...(pack.creditsMicro > 0n ? [] : [{ path: [...path, 'credits'], message: aboveZero }]),
  ]);
  if (topUps.offer === 'packs' || topUps.max >= topUps.min) return empty;
  const message = `found ${topUps.max}, expected at least min, ${topUps.min}`;
  return [...empty, { path: ['topUps', 'max'], message }];
}

const aboveZero = 'found zero, expected more';

function checkGates({ gates, plans }: Terms): Mistake[] {
  const mistakes: Mistake[] = [];
  if (gates['ai'] === undefined) {
    mistakes.push({ path: ['gates'], message: 'expected a gate "ai": what closes AI usage' });
  }
  const closing = Object.keys(gates).filter((name) => gates[name]?.includes('trialEnded'));
  const tried = plans.findIndex(({ trial }) => trial !== null);
  if (tried >= 0 && closing.length === 0) {
    const message = 'expected a gate that trialEnded closes: otherwise nothing happens at its end';
    mistakes.push({ path: ['plans', tried, 'trial'], message });
  }
  if (tried < 0) {
    const message = 'lists trialEnded, expected a plan that has a trial';
    mistakes.push(...closing.map((name) => ({ path: ['gates', name], message })));
  }
  return mistakes;
}

function checkRates({ rates }: Terms): Mistake[] {
  if (Object.keys(rates.models).length > 0) return [];
  return [{ path: ['rates', 'models'], message: 'is empty, expected at least one model' }];
}
