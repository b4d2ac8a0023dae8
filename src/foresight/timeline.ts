import type { Instant } from '../domain/values/calendar.ts';
import type { InvoiceDraft } from '../domain/life/lifecycle.ts';
import type { MicroCredits, Minor } from '../domain/values/money.ts';
import type { CreditNews } from './books.ts';

/** Calls since the entry before: how many were charged and refused, and for how much. */
export type UsageSum = {
  readonly calls: number;
  readonly usedMicro: MicroCredits;
  readonly denied: number;
  readonly deniedMicro: MicroCredits;
};

/** Something that a simulated workspace lived through. */
export type TimelineEntry =
  /** What happened, or was asked for, in an operator's words. */
  | { readonly at: Instant; readonly kind: 'event'; readonly what: string }
  | { readonly at: Instant; readonly kind: 'refused'; readonly what: string; readonly why: string }
  | {
      readonly at: Instant;
      readonly kind: 'announced';
      readonly what: string;
      readonly data: Readonly<Record<string, string | number>>;
    }
  | { readonly at: Instant; readonly kind: 'credits'; readonly news: CreditNews }
  | { readonly at: Instant; readonly kind: 'invoice'; readonly invoice: InvoiceDraft }
  | {
      readonly at: Instant;
      readonly kind: 'payment';
      readonly result: 'paid' | 'declined';
      readonly of: string;
      readonly amountMinor: Minor;
    }
  /** The first call of a window that was refused for this reason. */
  | { readonly at: Instant; readonly kind: 'denied'; readonly by: string }
  /** A window's usage, told at its end. */
  | ({ readonly at: Instant; readonly kind: 'usage' } & UsageSum);
