import type { Effect, Lifecycle, Paid, Step, Subscription } from './lifecycle.ts';

/** A subscription that is paid for: active, or behind with its payment. */
export type PaidSubscription = Extract<Subscription, { readonly period: unknown }>;

export const stay = (state: Lifecycle): Step => ({ state, effects: [] });

/** The state with another subscription, and what that asks for. */
export const become = (
  life: Lifecycle,
  subscription: Subscription,
  effects: readonly Effect[] = [],
): Step => ({ state: { ...life, subscription }, effects });

/** One step after another; their effects in order. */
export function chain(life: Lifecycle, ...parts: readonly ((life: Lifecycle) => Step)[]): Step {
  return parts.reduce<Step>((before, part) => {
    const after = part(before.state);
    return { state: after.state, effects: [...before.effects, ...after.effects] };
  }, stay(life));
}

/** Keeps the state and asks for these effects. */
export const ask =
  (...effects: readonly Effect[]) =>
  (life: Lifecycle): Step => ({ state: life, effects });

/** The subscription if it is paid for, otherwise `undefined`. */
export function paidOf(life: Lifecycle): PaidSubscription | undefined {
  const { subscription } = life;
  switch (subscription.status) {
    case 'active':
    case 'pastDue':
    case 'suspended':
      return subscription;
    case 'none':
    case 'memberPaid':
    case 'free':
    case 'incomplete':
    case 'trialing':
    case 'trialEnded':
    case 'canceled':
      return undefined;
  }
}

/** Changes facts of a paid subscription, and leaves its status as it is. */
export function updatePaid(life: Lifecycle, change: Partial<Paid>): Lifecycle {
  const paid = paidOf(life);
  if (paid === undefined) throw new Error(`nothing is paid for in ${life.subscription.status}`);
  return { ...life, subscription: { ...paid, ...change } };
}

/** The plan that a workspace is on, if any. */
export const planIdOf = (subscription: Subscription): string | null =>
  subscription.status === 'none' ? null : subscription.plan;
