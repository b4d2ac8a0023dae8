/** What is scheduled for the end of what a workspace has paid for. */
import type { Interval } from '../terms/terms.ts';

export type PlanByInterval = { readonly plan: string; readonly interval: Interval };

export type ScheduledChange =
  ({ readonly kind: 'plan' } & PlanByInterval) | { readonly kind: 'cancel' };

/** A scheduled move to another version. */
export type ComingTerms = {
  readonly version: number;
  /** The plan there, where it has another name; null: the same one. */
  readonly plan: { readonly from: string; readonly to: string } | null;
};
