import type { MicroCredits, MicroMinor } from '../domain/values/money.ts';
import type { Spend } from '../domain/credits/spend.ts';
import type { GrantKind } from '../domain/terms/terms.ts';
import type { CapScope } from '../domain/terms/cap-scope.ts';

export interface GrantState {
  readonly grantNo: number;
  readonly kind: GrantKind;
  readonly sourceKey: string;
  readonly earmark: string | null;
  readonly amountMicro: MicroCredits;
  readonly remainingMicro: MicroCredits;
  readonly heldMicro: MicroCredits;
  readonly spentMicro: MicroCredits;
  readonly effectiveAt: string;
  readonly expiresAt: string | null;
}

export interface Balance {
  readonly at: string;
  readonly availableMicro: MicroCredits;
  readonly heldMicro: MicroCredits;
  readonly debtMicro: MicroCredits;
  /** Grants that are live or still hold credits for a run, in burn order. */
  readonly grants: readonly GrantState[];
  readonly windowStart: string;
  /** The reset; null: the plan never resets. */
  readonly windowEnd: string | null;
  readonly nextIncludedMicro: MicroCredits | null;
  readonly gate: {
    readonly closesAt: string;
    readonly code: string;
    readonly closed: boolean;
  } | null;
  /** The lowest alert that was told and is still crossed, by its name; null: none. */
  readonly low: string | null;
  readonly caps: readonly {
    readonly scope: CapScope;
    readonly subject: string;
    readonly capMicro: MicroCredits;
    readonly usedMicro: MicroCredits;
    /** The same of this cap. */
    readonly low: string | null;
  }[];
  /** What may be used beyond the grants now; null: nothing. */
  readonly overage: OverageState | null;
  /** What the month may cost beside the plan; null: as much as one likes. */
  readonly spend: Spend | null;
}

/** Usage beyond the grants [K12]: of this window, with open holds. */
export interface OverageState {
  readonly upToMicro: MicroCredits;
  readonly usedMicro: MicroCredits;
  /** What is left of it, and of the spend cap. */
  readonly roomMicro: MicroCredits;
  readonly priceMicro: MicroMinor;
}

export type { Spend };

/** Which entries: all, or those booked in `[from, to)` of the workspace's time, or on these grants [3.29]. */
export interface EntriesPage {
  readonly before?: string | undefined;
  readonly limit: number;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly grants?: readonly number[];
}

export type UsageDimension =
  'model' | 'surface' | 'member' | 'space' | 'agent' | 'tool' | 'line' | 'day';

export interface UsageRow {
  readonly by: Readonly<Partial<Record<UsageDimension, string | null>>>;
  /** Net of refunds. */
  readonly amountMicro: MicroCredits;
  readonly tokens: bigint;
  /** Debits and settles in it. */
  readonly runs: bigint;
}

/** What of usage may be seen [3.09]: one member's alone (null: everybody's), without these grants'. */
export interface UsageSeen {
  readonly member: string | null;
  readonly hiddenGrants: readonly number[];
}

export interface Earmarked {
  readonly grantNo: number;
  readonly earmark: string;
}
