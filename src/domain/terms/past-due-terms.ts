/** What becomes of a workspace whose invoice nobody pays. */
export type PastDueTerms = {
  /** Days between one try and the next, counted from the real attempt. */
  readonly retryAfterDays: readonly number[];
  readonly graceDays: number;
  /** Whether usage stops from the first failed try on, or goes on until the grace is over. */
  readonly credits: 'keep' | 'freeze';
  /** What becomes of a workspace whose grace is over. */
  readonly finalState: FinalState;
};

/** Nothing renews until it is paid; the plan ends; or a plan that costs nothing takes its place. */
export type FinalState = 'suspended' | 'canceled' | { readonly plan: string };
