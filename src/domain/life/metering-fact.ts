import type { Instant, Period } from '../values/calendar.ts';
import type { MicroCredits, MicroMinor } from '../values/money.ts';
import type { OverageTerms } from '../terms/terms.ts';

/** What the ledger lets go beyond the pool: so much in a window, at this price, until then. */
export type Overage = OverageTerms & {
  /** From this instant on nothing goes beyond the pool; null: not by itself. */
  readonly endsAt: Instant | null;
};

/** What of a workspace's usage is billed in arrears [4.36]. */
export type Meter = {
  /** What the ledger was told; null: nothing goes beyond the pool now. */
  readonly overage: Overage | null;
  /** Readings that were asked for and have not come; invoices wait for them. */
  readonly awaits: readonly {
    readonly reading: string;
    /** The invoice of a plan that has ended; null: the reading is for the period's. */
    readonly final: { readonly issuedAt: Instant; readonly period: Period } | null;
  }[];
};

/** What a line of an invoice bills: credits, and what one of them costs. */
export type Metered = { readonly quantityMicro: MicroCredits; readonly priceMicro: MicroMinor };

/** Usage at one price: of the time since the reading before, late for it, or given back of it. */
export type MeteredLine = Metered & {
  readonly kind: 'usage' | 'late' | 'refund';
  readonly start: Instant;
  readonly end: Instant;
};

/** The ledger has read the meter: what stands here is on no invoice yet, and in no reading again. */
export type UsageMetered = {
  readonly kind: 'usageMetered';
  readonly reading: string;
  readonly lines: readonly MeteredLine[];
};
