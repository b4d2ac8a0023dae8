import type { Alert } from '../news/alert.ts';
import type { CapScope } from './cap-scope.ts';
import type { MicroCredits, MicroMinor, Minor } from '../values/money.ts';
import type { Denials } from '../gates/denial.ts';
import type { InvoiceTerms } from './invoice-terms.ts';
import type { PastDueTerms } from './past-due-terms.ts';
import type { Estimate, RateCard } from './rate-card.ts';

/** A product's published policy: one catalog file at one version. Plain, frozen data. */
export type Terms = {
  readonly product: string;
  readonly name: string;
  readonly version: number;
  readonly currency: string;
  readonly credits: CreditTerms;
  readonly plans: readonly Plan[];
  readonly planChange: PlanChangeTerms;
  /** `spend`: whether the owner may limit what a month costs beside the plan [0.06]. */
  readonly caps: { readonly scopes: readonly CapScope[]; readonly spend: 'none' | 'offered' };
  /** Whether usage beyond the credits may be invoiced in arrears, or everything is prepaid [K26]. */
  readonly settlement: 'creditOnly' | 'creditThenInvoice';
  readonly gates: Readonly<Record<string, readonly Closer[]>>;
  /** How denials are told where it is not by 402 and the kind of limit [K13]. */
  readonly denials: Denials;
  /** The feature class that a debit or hold uses: the ledger guards its gate. */
  readonly usageFeature: string;
  readonly topUps: TopUpTerms;
  readonly invoices: InvoiceTerms;
  readonly holds: { readonly lifetimeMinutes: number; readonly survivesExpiry: boolean };
  readonly rates: RateCard;
  readonly lines: LineTerms;
  /** What a standard run of each tool uses [3.06]. */
  readonly estimates: Readonly<Record<string, Estimate>>;
  readonly alerts: readonly Alert[];
  readonly pastDue: PastDueTerms;
  readonly paymentMethods: PaymentMethodTerms;
  /** What a lost dispute makes of credits that were spent already. */
  readonly disputes: { readonly spentCredits: 'debt' | 'loss' };
  /** What each role may do [K17 K18]; a role that is not here may do nothing. */
  readonly roles: Readonly<Record<string, readonly Permission[]>>;
  /** What a permission that the product gives to single members lets them do besides [4.31]. */
  readonly customPermissions: Readonly<Record<string, readonly Permission[]>>;
  /** Whether earmarked credits are shown to those who may not allocate them [3.09 K19]. */
  readonly visibility: { readonly earmarks: 'shown' | 'hidden' };
  readonly links: Readonly<Record<LinkName, string | null>>;
  /** On how many of the last 14 days usage lies above the inclusion before an upgrade is advised [1.18]. */
  readonly advice: { readonly upgradeFromDays: number };
  /** In a workspace's hands: the version that takes over at its term's end, where a move is scheduled. */
  readonly coming?: Terms;
  /** Under a contract: the same terms as everybody has them. */
  readonly published?: Terms;
};

/** `read` plan and balance, `usage` of everybody, `caps`, `allocate` earmarks, `manage` the rest. */
export const permissions = ['read', 'usage', 'caps', 'allocate', 'manage'] as const;
export type Permission = (typeof permissions)[number];

export type LinkName = 'pricing' | 'support' | 'policies';

/** The lines that every run shows [4.21]; empty: a run names its lines as it likes. */
export type LineTerms = { readonly required: readonly string[] };

/** What a person pays with; a bank account's debits take days. */
export type PaymentMethodKind = 'card' | 'bankAccount';

export type PaymentMethodTerms = {
  /** What a person may put on file [4.15 K20]. */
  readonly kinds: readonly PaymentMethodKind[];
  /** From when on a new method counts, for each purpose by itself [4.17 4.27 K21]. */
  readonly effective: Readonly<
    Record<'renewal' | 'topUp' | 'dunning' | 'unblocking', 'now' | 'nextCycle'>
  >;
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
  /** What is left of the included credits at a reset goes on by this rule; null: nothing does. */
  readonly rollover: RolloverTerms | null;
  /** What a refund gives back of an ended grant; not there: in terms that did not know of it (`lost`). */
  readonly refundOfExpired?: RefundOfExpired;
};

/** Nothing; or promo credits in its place, to be used for so many days of 24 hours. */
export type RefundOfExpired = 'lost' | { readonly promoDays: number };

export type GrantKind = 'included' | 'topUp' | 'promo' | 'adjustment';

export type BurnComparator =
  | 'earmarkedFirst'
  | 'priority'
  | 'expiresSoonest'
  | 'oldest'
  | { readonly kind: readonly GrantKind[] };

/** What of a window's unspent included credits goes on into the next one; bounds as in `Rollover`. */
export type RolloverTerms = {
  readonly minMicro: MicroCredits;
  readonly maxMicro: MicroCredits | null;
  /** So much of what is left, before the bounds are applied. */
  readonly percent: number;
  /** With the end of which window what went on ends: 1 is the one that it goes into. */
  readonly expiresAfterWindows: number;
};

/** When the included pool refills [K2 K3]; independent of the invoice's interval. */
export type ResetRule =
  | { readonly on: 'calendarMonth' }
  | { readonly on: 'anniversary' }
  | { readonly on: 'dayOfMonth'; readonly day: number }
  | { readonly on: 'never' };

/** What a plan may be sold by; each is a number of whole months, the shortest first. */
export const intervals = ['month', 'quarter', 'halfYear', 'year'] as const;
export type Interval = (typeof intervals)[number];

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
  /** Whom to ask for a plan by contract [2.34 4.04]: an address of a page or a mailbox. */
  readonly contact: string | null;
  readonly requiresPaymentMethod: boolean;
  readonly prices: Readonly<Partial<Record<Interval, Price>>>;
  readonly included: Included;
  readonly seats: SeatTerms;
  readonly trial: TrialTerms | null;
  /** What may be used beyond the credits, for money; null: nothing [K12]. */
  readonly overage: OverageTerms | null;
  readonly limits: PlanLimits;
  /** What the plan has beside credits [0.24 4.02]: yes, no, or which. */
  readonly features: Readonly<Record<string, boolean | string>>;
  /** Whether operators may earmark credits on this plan [3.08]. */
  readonly allocation: { readonly allowed: boolean };
  /** What this plan's customers buy beside it [3.18]; null: the product's common offer. */
  readonly topUps: TopUpOffer | null;
};

/** How many credits a window may go beyond its grants, and what each costs [4.36]. */
export type OverageTerms = { readonly upToMicro: MicroCredits; readonly priceMicro: MicroMinor };

/** How much of something a plan allows; null: as much as one likes. */
export type PlanLimits = {
  /** Organisations that the owner may own, and may have joined [3.19 3.20]. */
  readonly ownedOrgs: number | null;
  readonly joinedOrgs: number | null;
  /** Workspaces of one owner [4.06]. */
  readonly workspaces: number | null;
  /** Projects that live at the same time [3.21]. */
  readonly projects: number | null;
  /** Accepted members and pending invitations together [3.22]. */
  readonly seatsAndInvitations: number | null;
  /** Runs that a credit window may begin [4.05]. */
  readonly runsPerWindow: number | null;
  readonly tools: Readonly<Record<string, ToolLimit>>;
};

/** How often a tool may be called [3.23]; `experimental`: a ceiling that is there to be moved [3.24]. */
export type ToolLimit = {
  readonly calls: number;
  readonly per: 'minute' | 'hour' | 'day' | 'window';
  readonly experimental: boolean;
};

export type Included = {
  readonly baseMicro: MicroCredits;
  readonly perSeatMicro: MicroCredits;
  readonly onSeatAdded: 'full' | 'prorated' | 'nextPeriod';
  /** Whether a seat that is given back takes its unspent credits along [K7 K35]. */
  readonly onSeatRemoved: 'keep' | 'clawBack';
};

export type SeatTerms =
  | { readonly model: 'none' }
  /** Bought up front; what happens when more members are accepted than that [K5]. */
  | {
      readonly model: 'purchased';
      readonly whenOver: 'warn' | 'block' | 'expand';
      /** The most seats that the plan has; not given: as many as are bought. */
      readonly most?: number;
    }
  /** Charged for as they come; an invitation may count before it is accepted [2.19 3.22]. */
  | { readonly model: 'counted'; readonly count: 'accepted' | 'acceptedAndPending' };

export const trialMarks = ['cardFingerprint'] as const;
export type TrialMark = (typeof trialMarks)[number];

export type TrialTerms = {
  readonly days: number;
  /** Null: what one window of the plan includes. */
  readonly creditsMicro: MicroCredits | null;
  /** What a second trial is known by, in another workspace [K15]; empty: by nothing. */
  readonly oncePer: readonly TrialMark[];
  /** What ends the closing of the features that `gates` close at a trial's end [K15]. */
  readonly exits: readonly ('addPaymentMethod' | 'downgrade')[];
  /** So many local days before its end that is told; not there: in terms that did not know of it. */
  readonly notices?: readonly number[];
};

export type PlanChangeTerms = {
  readonly upgrade: {
    readonly charge: 'now' | 'nextInvoice';
    readonly credits: 'reseed' | 'addDifference' | 'prorate' | 'keep';
    readonly anchor: 'keep' | 'restart';
    readonly requiresCheckout: boolean;
  };
  readonly downgrade: {
    /** At the end of what is paid for; or now, what is unused of it credited on the next invoice. */
    readonly at: 'periodEnd' | 'now';
    /** What must be so before an organisation's pool may end [2.37 2.38]. */
    readonly requires: readonly DowngradeCondition[];
    /** What the preview names as lost [2.36 2.37]. */
    readonly loses: readonly DowngradeLoss[];
    readonly pooledCredits: 'forfeit' | 'keep';
    readonly topUps: 'keep' | 'forfeit';
  };
  readonly seats: {
    readonly add: 'now' | 'nextInvoice' | 'none';
    readonly remove: 'creditNextInvoice' | 'none';
    /** What the part of a seat's term is counted in [2.16 K32]. */
    readonly granularity: Granularity;
  };
  /** Whether a seat or plan that is given back is charged as far as its credits are spent. */
  readonly spentCredits: 'charge' | 'waive';
  /** What the unused part of a plan is counted in, when a bigger or smaller one takes over. */
  readonly granularity: Granularity;
};

export const downgradeConditions = ['ownershipTransferred'] as const;
export type DowngradeCondition = (typeof downgradeConditions)[number];

export const downgradeLosses = ['members', 'spaces', 'features'] as const;
export type DowngradeLoss = (typeof downgradeLosses)[number];

export const granularities = ['day', 'second'] as const;
export type Granularity = (typeof granularities)[number];

/** What can close a feature class [K14]. */
export type Closer = 'outOfCredits' | 'trialEnded' | 'pastDue' | 'suspended' | 'canceled';

export type TopUpTerms = TopUpOffer & {
  readonly refund: RefundTerms;
  /** How long bought credits can be used; null: for ever [0.35 1.15 2.33]. */
  readonly expiresAfterMonths: number | null;
  /** Whether credits may be bought by themselves when they run low, and how often a day; null: never. */
  readonly automatic: { readonly timesADay: number } | null;
};

/** Whether a bought top-up can be given back [K23]. */
export type RefundTerms = 'none' | 'manual' | { readonly unusedWithinDays: number };

export type TopUpOffer =
  | { readonly offer: 'packs'; readonly packs: readonly Pack[] }
  | { readonly offer: 'steps'; readonly step: Pack; readonly min: number; readonly max: number };

export type Pack = { readonly creditsMicro: MicroCredits; readonly priceMinor: Minor };

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

/** What this plan's customers can buy beside it: its own offer, or the product's common one [3.18]. */
export const topUpsOf = (terms: Terms, plan: Plan | null): TopUpOffer =>
  plan?.topUps ?? terms.topUps;
