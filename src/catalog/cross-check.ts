import { isFree } from '../domain/life/activation.ts';
import { nearest } from '../domain/values/nearest.ts';
import type { Plan, Terms, TopUpOffer } from '../domain/terms/terms.ts';
import { checkAlerts } from './cross-check-alerts.ts';
import { checkRates } from './cross-check-rates.ts';
import { checkRoles } from './cross-check-roles.ts';
import { repeats } from './repeats.ts';
import type { Mistake, Path } from './source.ts';

/** What no field shows by itself: policies that contradict each other, or that nothing would read. */
export function crossCheck(terms: Terms): Mistake[] {
  return [
    ...checkCurrency(terms),
    ...checkRepeats(terms),
    ...terms.plans.flatMap((plan, index) => checkPlan(terms, plan, ['plans', index])),
    ...terms.plans.flatMap((plan, index) => checkSeats(plan, ['plans', index, 'seats'])),
    ...terms.plans.flatMap((plan, index) => checkExtras(terms, plan, ['plans', index])),
    ...checkPlanChange(terms),
    ...checkPastDue(terms),
    ...checkTopUps(terms.topUps, ['topUps']),
    ...checkSettlement(terms),
    ...checkGates(terms),
    ...checkAlerts(terms),
    ...checkRates(terms),
    ...checkRoles(terms),
  ];
}

/** Usage in arrears needs a plan that allows it, and an invoice that it can stand on [K26]. */
function checkSettlement({ settlement, plans }: Terms): Mistake[] {
  const none = plans.every(({ overage }) => overage === null);
  if (settlement === 'creditThenInvoice' && none) {
    const message = 'found creditThenInvoice, expected creditOnly: no plan has overage';
    return [{ path: ['settlement'], message }];
  }
  return plans.flatMap((plan, index): Mistake[] => {
    if (plan.overage === null) return [];
    const path = ['plans', index, 'overage'];
    if (settlement === 'creditOnly') {
      const message = 'is a price, expected none: settlement is creditOnly';
      return [{ path, message }];
    }
    if (plan.selfServe && !isFree(plan)) return [];
    return [{ path, message: 'is a price, expected none: this plan has no invoice of its own' }];
  });
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
  const { plans, credits, caps, lines, paymentMethods } = terms;
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
    ...repeats(lines.required, String, (index) => ['lines', 'required', index]),
    ...repeats(paymentMethods.kinds, String, (index) => ['paymentMethods', 'kinds', index]),
  ];
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
  if (plan.trial !== null && !plan.requiresPaymentMethod) {
    report('trial', 'expected null: without a payment method to ask for, a trial never ends');
  }
  const free = terms.plans.some((other) => isFree(other) && other.rank < plan.rank);
  if (plan.trial?.exits.includes('downgrade') === true && !free) {
    report('trial', 'has the exit downgrade, expected a free plan of lower rank to go to');
  }
  if (!plan.selfServe && plan.contact === null) {
    report('contact', 'is missing, expected whom to ask: the plan is sold by contract');
  }
  return mistakes;
}

/** Seats that a plan has, and what they cost and bring. */
function checkSeats({ holder, prices, seats, included, selfServe }: Plan, path: Path): Mistake[] {
  if (holder === 'user' && seats.model !== 'none') {
    const message = `found ${seats.model}, expected none: a user's own plan has no seats`;
    return [{ path, message }];
  }
  const perSeat = Object.values(prices).some(({ perSeatMinor }) => perSeatMinor !== 0n);
  const bring = included.perSeatMicro !== 0n;
  if (seats.model === 'none' && (perSeat || bring)) {
    const message = 'found none, expected purchased or counted: something here is per seat';
    return [{ path, message }];
  }
  const isEndless = seats.model === 'purchased' && seats.most === undefined;
  if (!isEndless || perSeat || !bring || !selfServe) return [];
  return [{ path, message: 'expected most: each seat brings credits and costs nothing' }];
}

/** What a plan has of its own beside its price: an offer of top-ups, and limits on tools. */
function checkExtras(terms: Terms, plan: Plan, path: Path): Mistake[] {
  const offer = plan.topUps === null ? [] : checkTopUps(plan.topUps, [...path, 'topUps']);
  return [...offer, ...checkToolLimits(terms, plan, [...path, 'limits', 'tools'])];
}

/** A limit on a tool that the catalog does not know would never be reached. */
function checkToolLimits({ estimates }: Terms, { limits }: Plan, path: Path): Mistake[] {
  const known = Object.keys(estimates);
  return Object.keys(limits.tools)
    .filter((tool) => !known.includes(tool))
    .map((tool) => {
      const guess = nearest(tool, known);
      const hint = guess === null ? '' : `; did you mean ${guess}?`;
      return { path: [...path, tool], message: `has no estimate, expected one${hint}`, on: 'key' };
    });
}

function checkPlanChange(terms: Terms): Mistake[] {
  return [...checkUpgrade(terms), ...checkDowngrade(terms)];
}

/** Money back for a time whose credits stay would let everybody have the biggest plan's for nothing. */
function checkDowngrade({ planChange: { downgrade } }: Terms): Mistake[] {
  const path = ['planChange', 'downgrade'];
  const twice = [
    ...repeats(downgrade.requires, String, (index) => [...path, 'requires', index]),
    ...repeats(downgrade.loses, String, (index) => [...path, 'loses', index]),
  ];
  if (downgrade.at === 'periodEnd' || downgrade.pooledCredits === 'forfeit') return twice;
  const message = 'found keep, expected forfeit: a downgrade now gives the unused time back';
  return [...twice, { path: [...path, 'pooledCredits'], message }];
}

function checkUpgrade({ planChange }: Terms): Mistake[] {
  const { charge, requiresCheckout } = planChange.upgrade;
  if (!requiresCheckout || charge === 'now') return [];
  const message = `found ${charge}, expected now: a checkout takes the money at once`;
  return [{ path: ['planChange', 'upgrade', 'charge'], message }];
}

/** Who could not pay can only go to a plan that asks for nothing, and that the workspace holds itself. */
function checkPastDue({ pastDue: { finalState }, plans }: Terms): Mistake[] {
  if (typeof finalState === 'string') return [];
  const plan = plans.find(({ id }) => id === finalState.plan);
  if (plan !== undefined && isFree(plan) && plan.holder === 'org') return [];
  const found = plans.filter((each) => isFree(each) && each.holder === 'org').map(({ id }) => id);
  const expected =
    found.length === 0
      ? 'suspended or canceled: no plan costs nothing'
      : `${found.join(' or ')}: it costs nothing`;
  const message = `found "${finalState.plan}", expected ${expected}`;
  return [{ path: ['pastDue', 'finalState', 'plan'], message }];
}

function checkTopUps(topUps: TopUpOffer, path: Path): Mistake[] {
  const packs =
    topUps.offer === 'steps'
      ? [{ pack: topUps.step, at: [...path, 'step'] }]
      : topUps.packs.map((pack, index) => ({ pack, at: [...path, 'packs', index] }));
  const found = packs.flatMap(({ pack, at }) => [
    ...(pack.priceMinor > 0n ? [] : [{ path: [...at, 'price'], message: aboveZero }]),
    ...(pack.creditsMicro > 0n ? [] : [{ path: [...at, 'credits'], message: aboveZero }]),
  ]);
  if (topUps.offer === 'packs') {
    const twice = repeats(
      topUps.packs,
      ({ priceMinor }) => `pack at this price (${priceMinor})`,
      (index) => [...path, 'packs', index, 'price'],
    );
    return [...found, ...twice];
  }
  if (topUps.max >= topUps.min) return found;
  const message = `found ${topUps.max}, expected at least min, ${topUps.min}`;
  return [...found, { path: [...path, 'max'], message }];
}

const aboveZero = 'found zero, expected more';

function checkGates({ gates, plans, usageFeature }: Terms): Mistake[] {
  const mistakes: Mistake[] = [];
  if (gates[usageFeature]?.includes('outOfCredits') !== true) {
    const message = `found "${usageFeature}", expected a gate that outOfCredits closes`;
    mistakes.push({ path: ['usageFeature'], message });
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
