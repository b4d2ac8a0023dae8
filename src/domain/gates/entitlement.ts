import { isAtOrBefore, type Instant } from '../values/calendar.ts';
import { isFree } from '../life/activation.ts';
import { closersOf, closings } from './gate.ts';
import { growthOf } from '../changes/growth.ts';
import type { Lifecycle } from '../life/lifecycle.ts';
import { minor, type MicroCredits } from '../values/money.ts';
import { isTooMuch, type Spend } from '../credits/spend.ts';
import { planIdOf } from '../life/stepping.ts';
import { planOf, type Closer, type Terms } from '../terms/terms.ts';

/** Why a feature may not be used, and since when; null where no single instant began it. */
export type Reason = {
  readonly code: Closer | 'notStarted' | 'memberPlanRequired' | 'spendCapReached';
  readonly since: Instant | null;
};

/** What a person can do about it, the quickest first. */
export type Remedy = 'addPaymentMethod' | 'topUp' | 'changePlan' | 'startPlan' | 'raiseSpendCap';

export type Entitlement = {
  readonly feature: string;
  readonly allowed: boolean;
  readonly reasons: readonly Reason[];
  readonly remedies: readonly Remedy[];
};

/** What an entitlement is decided from: the payer's lifecycle, its credits, and an instant. */
export type Facts = {
  readonly life: Lifecycle;
  readonly terms: Terms;
  readonly availableMicro: MicroCredits;
  /** What may still be used beyond the credits, and the month's spend; absent: nothing, no cap. */
  readonly overage?: { readonly roomMicro: MicroCredits } | null;
  readonly spend?: Spend | null;
  readonly at: Instant;
};

/** Every feature class that the catalog names, with its answer [0.40 1.16]. */
export const entitlements = (facts: Facts): Entitlement[] =>
  Object.keys(facts.terms.gates).map((feature) => entitlementTo(facts, feature));

/**
 * Whether a feature class may be used at an instant, and if not, everything that stands in its way and
 * what would help. A function of facts and time alone [0.32 4.27]. A feature that the catalog does not
 * name is closed by nothing.
 */
export function entitlementTo(facts: Facts, feature: string): Entitlement {
  const reasons = reasonsAgainst(facts, closersOf(facts.terms, feature));
  const remedies = [...new Set(reasons.flatMap((reason) => remediesFor(facts, reason)))];
  return { feature, allowed: reasons.length === 0, reasons, remedies };
}

function reasonsAgainst(facts: Facts, closers: readonly Closer[]): Reason[] {
  const { life, terms, availableMicro, overage = null, spend = null, at } = facts;
  const { status } = life.subscription;
  const burnsCredits = closers.includes('outOfCredits');
  if (status === 'none') return closers.length === 0 ? [] : [{ code: 'notStarted', since: null }];
  if (status === 'memberPaid') {
    return burnsCredits ? [{ code: 'memberPlanRequired', since: null }] : [];
  }
  const reasons: Reason[] = closings(life, terms)
    .filter((closing) => closers.includes(closing.closer) && isAtOrBefore(closing.at, at))
    .map(({ closer, at: since }) => ({ code: closer, since }));
  if (!burnsCredits || availableMicro > 0n || (overage?.roomMicro ?? 0n) > 0n) return reasons;
  // Where usage may go beyond the credits, a reached spend cap alone may be what stops it.
  const capped = overage !== null && spend !== null && isTooMuch(spend, minor(1));
  return [...reasons, { code: capped ? 'spendCapReached' : 'outOfCredits', since: null }];
}

function remediesFor(facts: Facts, { code }: Reason): readonly Remedy[] {
  switch (code) {
    case 'outOfCredits':
      return refills(facts);
    case 'spendCapReached':
      return ['raiseSpendCap'];
    case 'trialEnded':
      return trialExits(facts);
    case 'pastDue':
    case 'suspended':
      return ['addPaymentMethod'];
    case 'canceled':
      return ['changePlan'];
    case 'notStarted':
    case 'memberPlanRequired':
      return ['startPlan'];
  }
}

/** More credits: bought beside the plan where it takes top-ups, or with a bigger plan. */
function refills({ life, terms }: Facts): Remedy[] {
  const { status } = life.subscription;
  if (status === 'canceled') return ['changePlan'];
  if (status === 'incomplete') return ['addPaymentMethod'];
  const canGrow = growthOf(terms, planIdOf(life.subscription)).kind === 'plan';
  return canGrow ? ['topUp', 'changePlan'] : ['topUp'];
}

/** The ways out of an ended trial that the plan allows [K15]; a downgrade needs a plan to go to. */
function trialExits({ life, terms }: Facts): Remedy[] {
  const plan = planIdOf(life.subscription);
  const exits = plan === null ? [] : (planOf(terms, plan).trial?.exits ?? []);
  return exits.flatMap((exit): Remedy[] => {
    if (exit === 'addPaymentMethod') return ['addPaymentMethod'];
    return terms.plans.some(isFree) ? ['changePlan'] : [];
  });
}
