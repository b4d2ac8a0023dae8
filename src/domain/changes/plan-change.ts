import { isFree } from '../life/activation.ts';
import { downgrade } from './downgrade.ts';
import { orderNextWindow } from '../credits/included.ts';
import { monthsOf } from '../values/interval.ts';
import type { Event, Lifecycle, Paid, Step, StepOutcome } from '../life/lifecycle.ts';
import { isPersonal } from '../life/new-lifecycle.ts';
import { begin, offered, type Target } from './offer.ts';
import { ok, refused } from '../values/outcome.ts';
import { paysItself } from '../life/payer.ts';
import { ask, become, chain, paidOf, planIdOf, stay, updatePaid } from '../life/stepping.ts';
import { planOf, type Terms } from '../terms/terms.ts';
import { upgrade } from './upgrade.ts';

type PlanChange = Extract<Event, { readonly kind: 'planChangeRequested' }>;

/** What a confirmed preview must find unchanged. */
export function basisOf(life: Lifecycle): string {
  const paid = paidOf(life);
  const { termsVersion, members, purchasedSeats, subscription, contract } = life;
  const { period, scheduled } = paid ?? { period: null, scheduled: null };
  const plan = planIdOf(subscription);
  const seats = { members, purchasedSeats };
  const status = subscription.status;
  const under = contract && [contract.agreed.id, contract.termsLeft, contract.amended?.id ?? null];
  return JSON.stringify({ termsVersion, status, plan, seats, period, scheduled, under });
}

/** Carries out or schedules a change of plan: upgrades at once, downgrades at the term's end. */
export function changePlan(life: Lifecycle, event: PlanChange, terms: Terms): StepOutcome {
  const offer = offered(life, terms, event);
  if (!offer.ok) return offer;
  if (event.preview !== null && event.preview.basis !== basisOf(life)) {
    return refused({ kind: 'previewStale' });
  }
  const target = offer.value;
  const paid = paidOf(life);
  if (life.subscription.status === 'none') return refused({ kind: 'notStarted' });
  if (paid === undefined) return changeUnpaid(life, event, terms, target);
  const order = compare(terms, paid, target);
  if (order === 'same') return ok(keepPlan(life, terms, paid));
  if (order === 'down' && paid.status !== 'suspended') return downgrade(life, event, terms, target);
  if (paid.status !== 'active') return refused({ kind: 'paymentOverdue' });
  return upgrade(life, event, terms, target);
}

function changeUnpaid(
  life: Lifecycle,
  event: PlanChange,
  terms: Terms,
  target: Target,
): StepOutcome {
  const { subscription } = life;
  const { plan } = target;
  const pays = paysItself(life, plan) && !isFree(plan);
  if (subscription.status === 'free' && subscription.plan === plan.id) return ok(stay(life));
  if (subscription.status === 'trialing' && pays && plan.trial !== null) {
    const { trialEndsAt, notices } = subscription;
    const { interval } = target;
    const trialsUsed = [...new Set([...life.trialsUsed, plan.id])];
    const told = notices === undefined ? {} : { notices };
    const trial = { status: 'trialing', plan: plan.id, interval, trialEndsAt, ...told } as const;
    return ok(become({ ...life, trialsUsed }, trial));
  }
  if (pays && terms.planChange.upgrade.requiresCheckout && !isPersonal(life)) {
    return upgrade(life, event, terms, target);
  }
  const begun = begin(life, terms, target, event.at);
  const { status } = begun.state.subscription;
  const wasWaiting = subscription.status === 'incomplete' || subscription.status === 'trialEnded';
  if (status === 'incomplete' && !wasWaiting) return refused({ kind: 'paymentMethodRequired' });
  return ok(begun);
}

/** Which way a change goes; the same plan for longer is an upgrade, for shorter a downgrade. */
function compare(terms: Terms, from: Paid, to: Target): 'up' | 'down' | 'same' {
  const rank = to.plan.rank - planOf(terms, from.plan).rank;
  if (rank !== 0) return rank > 0 ? 'up' : 'down';
  if (from.interval === to.interval) return 'same';
  return monthsOf(to.interval) > monthsOf(from.interval) ? 'up' : 'down';
}

/** Choosing the current plan cancels a scheduled change. */
function keepPlan(life: Lifecycle, terms: Terms, paid: Paid): Step {
  if (paid.scheduled === null) return stay(life);
  return chain(
    updatePaid(life, { scheduled: null }),
    orderNextWindow(terms),
    ask({ kind: 'announce', what: 'scheduledChangeCanceled', data: { plan: paid.plan } }),
  );
}
