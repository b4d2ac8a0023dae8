import { activate, announceStatus, isFree, startFree, startTrial } from '../life/activation.ts';
import type { Instant } from '../values/calendar.ts';
import { gate } from '../gates/gate.ts';
import type { Lifecycle, Step, Subscription } from '../life/lifecycle.ts';
import { isPersonal } from '../life/new-lifecycle.ts';
import { ok, refused, type Outcome } from '../values/outcome.ts';
import { paysItself } from '../life/payer.ts';
import type { Refusal } from '../life/refusal.ts';
import { ask, chain } from '../life/stepping.ts';
import type { Interval, Plan, Terms } from '../terms/terms.ts';

/** A plan that is on offer, and what it would be paid by. */
export type Target = { readonly plan: Plan; readonly interval: Interval };

/** The plan as it is sold to this workspace, or why it is not. */
export function offered(
  life: Lifecycle,
  terms: Terms,
  wish: { readonly plan: string; readonly interval: Interval },
): Outcome<Target, Refusal> {
  const plan = terms.plans.find(({ id }) => id === wish.plan);
  if (plan === undefined) return refused({ kind: 'unknownPlan', plan: wish.plan });
  if (!plan.selfServe) {
    return refused({ kind: 'contactSales', plan: plan.id, contact: plan.contact });
  }
  if (plan.prices[wish.interval] === undefined) {
    return refused({ kind: 'intervalNotSold', plan: plan.id, interval: wish.interval });
  }
  if (plan.holder === 'org' && isPersonal(life) && terms.plans.some((p) => p.holder === 'user')) {
    return refused({ kind: 'personalPlanOnly', plan: plan.id });
  }
  return ok({ plan, interval: wish.interval });
}

/** A first plan, or a plan again: free, tried, paid at once, or waiting for something to pay with. */
export function begin(life: Lifecycle, terms: Terms, target: Target, at: Instant): Step {
  const { plan } = target;
  if (!paysItself(life, plan)) {
    return wait(life, terms, { status: 'memberPaid', plan: plan.id });
  }
  if (isFree(plan)) return startFree(life, terms, plan, at);
  if (life.paymentMethodOnFile || !plan.requiresPaymentMethod) {
    return activate(life, terms, { ...target, charged: 'byInvoice' }, at);
  }
  if (plan.trial !== null && life.trialsUsed.length === 0) {
    return startTrial(life, terms, target, at);
  }
  return wait(life, terms, { status: 'incomplete', plan: plan.id, interval: target.interval });
}

/** Nothing is paid for here; what an earlier plan's end has closed is open again. */
const wait = (
  life: Lifecycle,
  terms: Terms,
  to: Extract<Subscription, { readonly status: 'memberPaid' | 'incomplete' }>,
): Step =>
  chain({ ...life, subscription: to }, gate(terms), ask(announceStatus(to.status, to.plan)));
