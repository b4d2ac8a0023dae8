import type { ThresholdFact } from '../news/alert.ts';
import type { AutoTopUpRule, RefillFact } from '../terms/auto-top-up-rule.ts';
import type { CreditWindow, Instant, Period } from '../values/calendar.ts';
import type { RunningContract } from '../terms/contract.ts';
import type { CreditEffect } from '../credits/credit-effect.ts';
import type { SendInvoice, SentInvoice, WrittenByHand } from '../invoices/invoice-note.ts';
import type { MembershipFact } from './membership-fact.ts';
import type { Meter, Metered, UsageMetered } from './metering-fact.ts';
import type { MoneyBackFact } from '../invoices/money-back.ts';
import type { MicroCredits, Minor } from '../values/money.ts';
import type { DeadlineKind } from '../deadline.ts';
import type { NotifyEffect } from '../news/notice.ts';
import type { FormerMethod, InvoiceReason, PaymentFact } from './payment-fact.ts';
import type { Outcome } from '../values/outcome.ts';
import type { Refusal } from './refusal.ts';
import type { OrderedRollover } from '../credits/rollover.ts';
import type { ComingTerms, PlanByInterval, ScheduledChange } from '../changes/scheduled.ts';
import type { GrantKind, Interval, PaymentMethodKind } from '../terms/terms.ts';
import type { SpentCreditsFact } from './spent-credits-fact.ts';
import type { Wish } from '../wish.ts';

/** All that is true of one workspace's subscription, as plain data; `step` is its only writer. */
export type Lifecycle = {
  readonly product: string;
  /** The product's own id of the workspace; `user:<id>` for a personal one. */
  readonly workspace: string;
  /** The owner's id: whose personal workspace takes over when a pool ends [2.35]. */
  readonly owner: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly termsVersion: number;
  /** Counts the steps taken; a projection is stored only on the version it was made from. */
  readonly version: number;
  /** The last instant lived: state time never goes back. */
  readonly at: Instant;
  /** The last fact of the feed that was taken in. */
  readonly seenSeq: number;
  readonly clock: Clock;
  readonly subscription: Subscription;
  readonly paymentMethodOnFile: boolean;
  /** Accepted members [2.19]. */
  readonly members: number;
  /** Who is invited and has not accepted yet [2.19 3.22]. */
  readonly invited: readonly string[];
  /** Seats bought up front, where the plan sells them [0.08]. */
  readonly purchasedSeats: number;
  /** Plans that were tried, all of them in the one trial that a workspace has [K15]. */
  readonly trialsUsed: readonly string[];
  /** The window that ran last: who comes back within it is granted nothing new. */
  readonly lastWindow: Window | null;
  /** What the customer has in credit (positive) or owes from carried totals (negative). */
  readonly accountCreditMinor: Minor;
  /** Lines that wait for the next invoice. */
  readonly upcoming: readonly InvoiceLine[];
  /** The checkout that a plan change waits for. */
  readonly checkout: (PlanByInterval & { readonly payment: string }) | null;
  /** What is bought when credits run low; it outlives periods and plans. */
  readonly autoTopUp: AutoTopUpRule | null;
  /** Usage that is billed in arrears; absent where no plan has ever allowed any [4.36]. */
  readonly meter?: Meter;
  /** The version that takes over at the term's end; not there: none is scheduled. */
  readonly comingTerms?: ComingTerms;
  /** Invoices that were sent, are not paid and not yet overdue; absent: there are none. */
  readonly sent?: readonly SentInvoice[];
  /** What the plan is under; absent: what everybody is. */
  readonly contract?: RunningContract;
};

export type Clock =
  | { readonly kind: 'real' }
  | { readonly kind: 'test'; readonly now: Instant; readonly target: Instant | null };

export type Subscription =
  | { readonly status: 'none' }
  /** The plan's credits belong to its members' own workspaces: nobody pays here [2.02]. */
  | { readonly status: 'memberPaid'; readonly plan: string }
  | {
      readonly status: 'free';
      readonly plan: string;
      readonly anchor: Instant;
      readonly window: Window;
    }
  /** A paid plan was chosen, and nothing is on file to pay it with yet. */
  | { readonly status: 'incomplete'; readonly plan: string; readonly interval: Interval }
  | {
      readonly status: 'trialing';
      readonly plan: string;
      readonly interval: Interval;
      readonly trialEndsAt: Instant;
      /** When its end is still to be told ahead, soonest first; not there: never. */
      readonly notices?: readonly Instant[];
    }
  | {
      readonly status: 'trialEnded';
      readonly plan: string;
      readonly interval: Interval;
      readonly trialEndedAt: Instant;
    }
  | ({ readonly status: 'active' } & Paid)
  | ({ readonly status: 'pastDue'; readonly dunning: Dunning } & Paid)
  | ({ readonly status: 'suspended'; readonly dunning: Dunning } & Paid)
  | {
      readonly status: 'canceled';
      readonly plan: string;
      readonly canceledAt: Instant;
    };

export type Status = Subscription['status'];

/** What is true while a plan is being paid for. */
export type Paid = {
  readonly plan: string;
  readonly interval: Interval;
  /** Periods, terms and anniversary windows are counted from it, never chained. */
  readonly anchor: Instant;
  /** The running invoice period: always a month. */
  readonly period: Period;
  /** The running term, at whose end the base recurs and a scheduled change happens. */
  readonly term: Period;
  readonly window: Window;
  /** From then on the plan is owed: what is before is paid, or on a former contract's invoice that is not due. */
  readonly paidUntil: Instant;
  readonly scheduled: ScheduledChange | null;
  /** Seats added since the local day began and not yet invoiced [2.17]. */
  readonly seatsToday: readonly SeatAdded[];
  /** Seats charged for the running term, on any invoice of it or a line that waits for one. */
  readonly seatsCharged: number;
  /** The instant at which a period that ended is invoiced (its end plus the spread). */
  readonly invoiceRunAt: Instant | null;
  /** What goes on paying where a new method counts from the next cycle on [4.17 K21]. */
  readonly formerMethod?: FormerMethod;
  /** Since when a trial's end closes features that open with the first settled charge [K21]; null: not. */
  readonly closedSince?: Instant | null;
  /** Invoices whose bank debits are on their way: no try of them has failed. */
  readonly debits?: readonly string[];
};

/** The running window of included credits. */
export type Window = CreditWindow & {
  /** Seats whose credits this window has granted: a seat re-added grants nothing new. */
  readonly seatsGranted: number;
  /** Of these, seats whose unspent credits were taken back when they were removed [K7]. */
  readonly seatsTakenBack: number;
  /** Charged for the rest of seats that were removed with their credits spent, and until when it pays. */
  readonly spentSeatsMinor?: Minor;
  readonly spentSeatsUntil?: Instant;
  /** Plans whose credits this window has granted, beside the running one: each grants once. */
  readonly upgradedTo: readonly string[];
};

export type SeatAdded = { readonly member: string; readonly at: Instant };

export type Dunning = {
  readonly invoice: string;
  /** Invoices that failed while this one was overdue; they are tried once it is paid. */
  readonly waiting: readonly string[];
  /** Those of them that were sent to be paid: only a method that comes afterwards is asked for them. Absent: none. */
  readonly sent?: readonly string[];
  readonly firstFailedAt: Instant;
  /** Tries made so far. */
  readonly tries: number;
  readonly nextTryAt: Instant | null;
  readonly gateClosesAt: Instant;
};

/** One line of an invoice: what it charges, for which period, and the days it stands for. */
export type InvoiceLine = {
  readonly kind:
    'base' | 'seats' | 'seatAdded' | 'seatRemoved' | 'proration' | 'topUp' | 'metered' | 'custom';
  readonly description: string;
  readonly quantity: number;
  readonly unitMinor: Minor;
  readonly amountMinor: Minor;
  readonly period: Period;
  readonly days: { readonly part: number; readonly whole: number } | null;
  /** The seat's member, for a line about one. */
  readonly member: string | null;
  /** On a line of usage beyond the credits: its credits, and the price of one. */
  readonly metered?: Metered;
};

/** Something that happened, or was asked for, at an instant. */
export type Event = { readonly at: Instant } & EventKind;

export type EventKind =
  | Wish
  | MembershipFact
  | PaymentFact
  | MoneyBackFact
  | RefillFact
  | UsageMetered
  | SpentCreditsFact
  | { readonly kind: 'toppedUp'; readonly payment: string; readonly creditsMicro: MicroCredits }
  | ThresholdFact
  | { readonly kind: 'deadlineReached'; readonly deadline: DeadlineKind };

/** What a step wants done: data, performed by activities or shown by a preview. */
export type Effect =
  | {
      readonly kind: 'grantCredits';
      readonly grantKind: GrantKind;
      readonly amountMicro: MicroCredits;
      readonly effectiveAt: Instant;
      readonly expiresAt: Instant | null;
      readonly sourceKey: string;
    }
  | CreditEffect
  | {
      readonly kind: 'placeOrder';
      readonly startsAt: Instant;
      readonly endsAt: Instant;
      readonly amountMicro: MicroCredits;
      readonly sourceKey: string;
      /** What of the window that ends goes on into this one; null: nothing. */
      readonly rollover: OrderedRollover | null;
    }
  | { readonly kind: 'cancelOrder' }
  | { readonly kind: 'openWindow'; readonly start: Instant; readonly end: Instant | null }
  /** From this instant on the ledger refuses AI usage with this code; null: it stays open. */
  | {
      readonly kind: 'setGate';
      readonly gate: { readonly closesAt: Instant; readonly code: string } | null;
    }
  | { readonly kind: 'issueInvoice'; readonly invoice: InvoiceDraft }
  | {
      readonly kind: 'collectInvoice';
      readonly invoice: string;
      readonly try: number;
      /** What pays, while it is on file; default: the newest method. */
      readonly method?: string;
    }
  | SendInvoice
  | { readonly kind: 'mirrorUpcoming'; readonly lines: readonly InvoiceLine[] }
  | {
      readonly kind: 'openCheckout';
      readonly purchase: Purchase;
      readonly returnTo: string;
      /** What the page takes. */
      readonly kinds: readonly PaymentMethodKind[];
    }
  /** `method` as for an invoice. */
  | { readonly kind: 'chargePurchase'; readonly purchase: Purchase; readonly method?: string }
  | { readonly kind: 'expireCheckout'; readonly payment: string }
  | {
      readonly kind: 'startPersonalPlan';
      readonly workspace: string;
      readonly plan: string;
      readonly interval: Interval;
      /** Whether what was bought here goes along. */
      readonly topUps: 'bring' | 'leave';
    }
  /** Money that came for a change which is no longer wanted: it is kept for the customer. */
  | { readonly kind: 'creditAccount'; readonly payment: string; readonly amountMinor: Minor }
  | { readonly kind: 'forfeitTopUps' }
  | NotifyEffect
  | {
      readonly kind: 'announce';
      readonly what: string;
      readonly data: Readonly<Record<string, string | number>>;
    };

export type InvoiceDraft = WrittenByHand & {
  /** The business fact it stands for, unique per workspace: `renewal:2026-02-01T…`. */
  readonly key: string;
  readonly reason: InvoiceReason;
  readonly issuedAt: Instant;
  readonly period: Period;
  readonly lines: readonly InvoiceLine[];
  readonly subtotalMinor: Minor;
  /** Account credit applied (negative) or an old debt added (positive). */
  readonly appliedMinor: Minor;
  readonly totalMinor: Minor;
  readonly status: 'open' | 'paid' | 'carried';
};

/** Something paid for before it is given: its invoice is issued when the money is booked. */
export type Purchase = {
  readonly payment: string;
  readonly purpose:
    | { readonly kind: 'topUp'; readonly creditsMicro: MicroCredits }
    | { readonly kind: 'planChange'; readonly plan: string; readonly interval: Interval };
  readonly description: string;
  readonly lines: readonly InvoiceLine[];
  readonly totalMinor: Minor;
};

/** What a step answers: the new state, what is to be done, and a sentence for the operator. */
export type Step = {
  readonly state: Lifecycle;
  readonly effects: readonly Effect[];
};

export type StepOutcome = Outcome<Step, Refusal>;
