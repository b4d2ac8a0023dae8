import type { MicroCredits, Minor } from './money.ts';

/** A product's published policy: one catalog file at one version. Plain, frozen data. */
export type Terms = {
  readonly product: string;
  readonly name: string;
  readonly version: number;
  readonly currency: string;
  readonly credits: CreditTerms;
  readonly plans: readonly Plan[];
  readonly planChange: PlanChangeTerms;
  readonly caps: { readonly scopes: readonly CapScope[] };
  readonly gates: Readonly<Record<string, readonly Closer[]>>;
  readonly topUps: TopUpTerms;
  readonly invoices: InvoiceTerms;
  readonly holds: { readonly lifetimeMinutes: number; readonly survivesExpiry: boolean };
  readonly rates: RateCard;
  readonly alerts: readonly Alert[];
  readonly pastDue: PastDueTerms;
  readonly paymentMethods: { readonly effective: { readonly dunning: 'now' | 'nextCycle' } };
};

export type CreditTerms = {
  /** What one credit is called and whether a viewer sees money [K8]. */
  readonly unit:
    | { readonly kind: 'money'; readonly currency: string }
    | { readonly kind: 'credits'; readonly name: string };
  /** Which grant burns first [K1]; ties go to the next comparator. */
  readonly burnOrder: readonly BurnComparator[];
  readonly reset: ResetRule;
  readonly debtAtReset: 'carry' | 'forgive';
};

export type GrantKind = 'included' | 'topUp' | 'promo' | 'adjustment';

export type BurnComparator =
  | 'earmarkedFirst'
  | 'priority'
  | 'expiresSoonest'
  | 'oldest'
  | { readonly kind: readonly GrantKind[] };

/** When the included pool refills [K2 K3]; independent of the invoice's interval. */
export type ResetRule =
  | { readonly on: 'calendarMonth' }
  | { readonly on: 'anniversary' }
  | { readonly on: 'dayOfMonth'; readonly day: number }
  | { readonly on: 'never' };

export type Interval = 'month' | 'year';

/** What one interval costs [K4]; a discount is computed from two of these, never stored. */
export type Price = { readonly baseMinor: Minor; readonly perSeatMinor: Minor };

export type Plan = {
  readonly id: string;
  readonly name: string;
  /** Higher is an upgrade. */
  readonly rank: number;
  /** Who pays for a call on this plan [K6]. */
  readonly holder: 'org' | 'user';
  /** `false`: by contract only; a self-serve change is refused with the contact. */
  readonly selfServe: boolean;
  readonly requiresPaymentMethod: boolean;
  readonly prices: Readonly<Partial<Record<Interval, Price>>>;
  readonly included: Included;
  readonly seats: SeatTerms;
  readonly trial: TrialTerms | null;
};

export type Included = {
  readonly baseMicro: MicroCredits;
  readonly perSeatMicro: MicroCredits;
  readonly onSeatAdded: 'full' | 'prorated' | 'nextPeriod';
};

export type SeatTerms =
  | { readonly model: 'none' }
  | { readonly model: 'purchased'; readonly whenOver: 'warn' | 'block' }
  | { readonly model: 'counted' };

export type TrialTerms = {
  readonly days: number;
  readonly creditsMicro: MicroCredits;
  /** What ends the closing of the features that `gates` close at a trial's end [K15]. */
  readonly exits: readonly ('addPaymentMethod' | 'downgrade')[];
};

export type PlanChangeTerms = {
  readonly upgrade: {
    readonly charge: 'now' | 'nextInvoice';
    readonly credits: 'reseed' | 'addDifference' | 'prorate' | 'keep';
    readonly anchor: 'keep' | 'restart';
    readonly requiresCheckout: boolean;
  };
  readonly downgrade: {
    readonly pooledCredits: 'forfeit' | 'keep';
    readonly topUps: 'keep' | 'forfeit';
  };
  readonly seats: {
    readonly add: 'now' | 'nextInvoice' | 'none';
    readonly remove: 'creditNextInvoice' | 'none';
  };
};

export type CapScope = 'member' | 'space';

/** What can close a feature class [K14]. */
export type Closer = 'outOfCredits' | 'trialEnded' | 'pastDue' | 'suspended' | 'canceled';

export type TopUpTerms =
  | { readonly offer: 'packs'; readonly packs: readonly Pack[] }
  | { readonly offer: 'steps'; readonly step: Pack; readonly min: number; readonly max: number };

export type Pack = { readonly creditsMicro: MicroCredits; readonly priceMinor: Minor };

export type InvoiceTerms = {
  readonly zeroAmount: 'skip' | 'issue';
  readonly spreadMinutes: number;
  /** Below it a total is carried to the next invoice. */
  readonly minimumChargeMinor: Minor;
};

/** Fixed rates: credits for a batch of tokens, by model and bucket [K27]. */
export type RateCard = {
  readonly version: number;
  readonly models: Readonly<Record<string, ModelRate>>;
};
export const tokenBuckets = ['input', 'cacheRead', 'cacheWrite', 'output'] as const;
export type TokenBucket = (typeof tokenBuckets)[number];
export type ModelRate = {
  readonly name: string;
  readonly perTokens: number;
} & Readonly<Record<`${TokenBucket}Micro`, MicroCredits>>;

/** Told in the feed when the pool falls below this percent of the window's credits [2.29]. */
export type Alert = { readonly atPercent: number };

export type PastDueTerms = {
  /** Days between one try and the next, counted from the real attempt. */
  readonly retryAfterDays: readonly number[];
  readonly graceDays: number;
};

/** The plan with this id; a defect if the terms have none (ids from outside are checked before). */
export function planOf(terms: Terms, id: string): Plan {
  const plan = terms.plans.find((candidate) => candidate.id === id);
  if (plan === undefined) throw new Error(`${terms.product} has no plan "${id}"`);
  return plan;
}

/** What one interval of a plan costs; a defect if the plan is not sold by that interval. */
export function priceOf(plan: Plan, interval: Interval): Price {
  const price = plan.prices[interval];
  if (price === undefined) throw new Error(`plan "${plan.id}" is not sold by the ${interval}`);
  return price;
}
