import { ok, refused, type Outcome } from '../values/outcome.ts';
import type { Status } from '../life/lifecycle.ts';
import type { Plan, PlanLimits, Terms } from '../terms/terms.ts';

/** A limit on what lives at one time, never on what was made in all [3.21]: an end gives a place back. */
export type LiveLimit = Exclude<keyof PlanLimits, 'runsPerWindow' | 'tools'>;

/** A plan allows so many, and so many there are [3.25]. */
export type LimitReached = {
  readonly kind: 'limitReached';
  readonly limit: LiveLimit;
  readonly used: number;
  readonly cap: number;
  readonly plan: string;
};

/**
 * Whether a plan has room for one more beside what lives already, by the first limit that it sets and that is
 * reached [3.19 3.20 3.21 3.22 4.06]. What lies above a limit since a downgrade stays: only more is refused.
 */
export function roomFor(
  plan: Plan,
  living: readonly { readonly limit: LiveLimit; readonly used: number }[],
): Outcome<undefined, LimitReached> {
  for (const { limit, used } of living) {
    const cap = plan.limits[limit];
    if (cap !== null && used >= cap) {
      return refused({ kind: 'limitReached', limit, used, cap, plan: plan.id });
    }
  }
  return ok(undefined);
}

/**
 * The plan that decides what a user may own and join [4.06]: the highest among those of their workspaces;
 * who has none is held to the product's lowest. A defect if the product has no plans.
 */
export function decidingPlan(held: readonly Plan[], terms: Terms): Plan {
  const [first, ...others] = held;
  if (first !== undefined) return others.reduce((a, b) => (b.rank > a.rank ? b : a), first);
  const [one, ...more] = terms.plans;
  if (one === undefined) throw new Error(`${terms.product} has no plans`);
  return more.reduce((a, b) => (b.rank < a.rank ? b : a), one);
}

/** Whether a workspace has its plan by now: not one that waits for its first payment, or has ended. */
export function holdsPlan(status: Status): boolean {
  switch (status) {
    case 'free':
    case 'trialing':
    case 'trialEnded':
    case 'active':
    case 'pastDue':
    case 'suspended':
      return true;
    case 'none':
    case 'memberPaid':
    case 'incomplete':
    case 'canceled':
      return false;
  }
}
