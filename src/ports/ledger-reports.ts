import type { MicroCredits } from '../domain/money.ts';
import type { CapScope, GrantKind } from '../domain/terms.ts';

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
