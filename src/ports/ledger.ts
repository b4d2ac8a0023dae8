import type { MicroCredits } from '../domain/values/money.ts';
import type { GrantKind } from '../domain/terms/terms.ts';
import type { CallCount, CountLeft, CountPer, Counted } from './call-count.ts';
import type { PromoInPlace } from './promo-in-place.ts';
import type { CapScope } from '../domain/terms/cap-scope.ts';
import type { Outcome } from '../domain/values/outcome.ts';
import type {
  Balance,
  Earmarked,
  EntriesPage,
  Spend,
  UsageDimension,
  UsageRow,
  UsageSeen,
} from './ledger-reports.ts';

/** Whose credits: the workspace that pays. All three stand on its row. */
export interface LedgerAccount {
  readonly product: string;
  readonly workspaceId: bigint;
  readonly lane: number;
}

/**
 * The client's idempotency key, and the body it sent. For at least 35 days of real time the same key gives the same
 * answer, and the same key with another body is refused `idempotencyKeyReused`.
 */
export interface ClientRequest {
  readonly key: string;
  readonly body: string;
}

export interface Attribution {
  readonly member?: string;
  readonly space?: string;
  readonly agent?: string;
  readonly surface?: string;
  /** The tool that runs: a dimension of usage. */
  readonly tool?: string;
  readonly runId?: string;
  /** The organisation for whose view a personal workspace pays. */
  readonly onBehalfOf?: bigint;
  /** Keys (`tool:search`, `member:u1`) whose earmarked grants this call may burn beside the unearmarked ones. */
  readonly earmarks?: readonly string[];
}

/** The versions an operation was rated with; if they are no longer in force the answer is `stale`. */
export interface Rated {
  readonly termsVersion: number;
  readonly rateVersion: number;
}

export interface UsageLine {
  /** What is charged: `llm`, `tools`, `storage`, … [4.21]. A line of zero is recorded and burns nothing. */
  readonly line: string;
  readonly amountMicro: MicroCredits;
  readonly model?: string;
  readonly tokens?: bigint;
  /** Each reported quantity in its one bucket: `{ inputTokens: 1200 }`. */
  readonly quantities?: Readonly<Record<string, number>>;
}

/** What a call was judged by: a version and a roster of a workspace, and that somebody is an accepted member. */
export interface Seen {
  readonly workspaceId: bigint;
  readonly version: number;
  readonly roster: number;
  /** Null: nobody was presumed, or somebody who was found in this roster before. */
  readonly member: string | null;
}

interface Operation {
  readonly account: LedgerAccount;
  readonly request: ClientRequest;
  /** What was remembered and may have changed; if it has, the answer is `moved`. Default: nothing. */
  readonly seen?: readonly Seen[];
}

export interface Debit extends Operation, Attribution, Counted, Rated {
  readonly lines: readonly UsageLine[];
  /** `deny` (default): all or nothing. `record`: it already happened, what is short becomes debt. */
  readonly onShort: 'deny' | 'record';
  /** ISO instant of the usage itself; default: now in the workspace's time. */
  readonly occurredAt?: string;
}

export interface Hold extends Operation, Attribution, Counted, Rated {
  readonly amountMicro: MicroCredits;
  /** How long it lives in the workspace's time: default 15 minutes, at most 24 hours. */
  readonly lifeMs?: number;
}

export interface Extend extends Operation {
  readonly holdId: string;
  /** Its new life, counted from now. */
  readonly lifeMs: number;
}

export interface Settle extends Operation, Rated {
  readonly holdId: string;
  readonly lines: readonly UsageLine[];
  /** What happens to credits that the lines leave: back to their grants, or held on for more settles. */
  readonly rest: 'release' | 'keep';
  readonly occurredAt?: string;
}

export interface Release extends Operation {
  readonly holdId: string;
}

export interface Refund extends Operation {
  /** The receipt's id of the debit or settle. */
  readonly receiptId: string;
  /** How much of it; default: all that was not refunded yet. */
  readonly amountMicro?: MicroCredits;
}

export interface Entry {
  readonly ordinal: number;
  readonly line: string | null;
  readonly model: string | null;
  /** Positive took credits, negative gave them back. */
  readonly amountMicro: MicroCredits;
  /** Overage is usage beyond the grants, which goes on an invoice. */
  readonly target: 'grant' | 'debt' | 'overage' | 'forgiven' | 'nothing';
  readonly grantNo: number | null;
  readonly grantKind: GrantKind | null;
  /** It burned what the hold had not set aside. */
  readonly aboveHold: boolean;
}

/** What is left below a cap after the operation. */
export interface LimitLeft {
  readonly limit: CapScope;
  readonly subject: string;
  readonly leftMicro: MicroCredits;
}

/** With the versions that it was booked under; a refund was priced as its run, by an older card perhaps. */
export interface Receipt extends Rated {
  readonly id: string;
  readonly at: string;
  readonly occurredAt: string;
  readonly entries: readonly Entry[];
  readonly amountMicro: MicroCredits;
  readonly balanceAfterMicro: MicroCredits;
  readonly aboveHold: boolean;
  readonly holdExpired: boolean;
  readonly limitsLeft: readonly LimitLeft[];
  readonly countsLeft: readonly CountLeft[];
  /** What a refund has given in the place of grants that have ended. */
  readonly promos: readonly PromoInPlace[];
  readonly replayed: boolean;
  /** Names of the alerts that this operation crossed; `balance` is the watched one. Ring. */
  readonly crossed: readonly string[];
}

export interface HoldReceipt {
  readonly holdId: string;
  readonly at: string;
  readonly amountMicro: MicroCredits;
  readonly expiresAt: string;
  readonly balanceAfterMicro: MicroCredits;
  readonly limitsLeft: readonly LimitLeft[];
  readonly countsLeft: readonly CountLeft[];
  readonly replayed: boolean;
  readonly crossed: readonly string[];
}

export interface ExtendReceipt {
  readonly holdId: string;
  readonly expiresAt: string;
  readonly replayed: boolean;
}

export interface ReleaseReceipt {
  readonly holdId: string;
  readonly releasedMicro: MicroCredits;
  readonly balanceAfterMicro: MicroCredits;
  readonly replayed: boolean;
}

/**
 * One limit that refused the call [3.25]. A gate has no amounts, only the code of what closed it. Where the
 * pool is exhausted, each earmark that the call could have burned is named beside it.
 */
export type FiredLimit =
  | { readonly limit: 'gate'; readonly code: string; readonly closedAt: string }
  | {
      readonly limit: 'pool' | 'earmark' | 'overage' | CapScope;
      readonly subject: string | null;
      readonly usedMicro: MicroCredits;
      readonly capMicro: MicroCredits;
      /** When it will be full again; null: never by itself. */
      readonly resetsAt: string | null;
    }
  /** What a month may cost beside the plan [0.06], in minor units. */
  | ({ readonly limit: 'spend' } & Spend)
  | {
      readonly limit: CallCount['limit'];
      readonly subject: string;
      readonly per: CountPer;
      readonly used: number;
      readonly cap: number;
      /** When its window ends; null: never by itself. */
      readonly resetsAt: string | null;
    };

/** What the ledger refuses. Only `denied` is remembered under its key, beside successes. */
export type LedgerRefusal =
  | { readonly kind: 'denied'; readonly limits: readonly FiredLimit[]; readonly replayed: boolean }
  /** No such workspace, hold or receipt in this product. */
  | { readonly kind: 'notFound' }
  | { readonly kind: 'idempotencyKeyReused' }
  /** Rated with versions no longer in force: rate again and resubmit under the same key. */
  | { readonly kind: 'stale'; readonly termsVersion: number; readonly rateVersion: number }
  /** What it was judged by is so no longer: judge anew and resubmit under the same key. */
  | { readonly kind: 'moved' }
  /** The hold was closed by another request. */
  | { readonly kind: 'holdClosed'; readonly state: 'settled' | 'released' | 'expired' }
  | { readonly kind: 'nothingToRefund'; readonly refundableMicro: MicroCredits }
  /** `occurredAt` lies more than 5 minutes ahead of, or 35 days behind, the workspace's time. */
  | { readonly kind: 'occurredAhead' | 'occurredTooLate'; readonly at: string };

export interface LedgerEntry extends Entry {
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  readonly occurredAt: string;
  readonly balanceAfterMicro: MicroCredits;
  readonly termsVersion: number;
  readonly rateVersion: number | null;
  readonly member: string | null;
  readonly space: string | null;
  readonly agent: string | null;
  readonly surface: string | null;
  readonly tool: string | null;
  readonly runId: string | null;
  readonly holdId: string | null;
  readonly refundOf: string | null;
  readonly tokens: bigint | null;
}

/** The credit ledger: exact, durable, and never asked about another product's workspace. */
export interface Ledger {
  /** Charges one run, atomically; denied names every limit that fired [0.39, 2.27, 2.28, 3.25]. */
  debit(debit: Debit): Promise<Outcome<Receipt, LedgerRefusal>>;
  /** Sets credits aside for a run whose cost is not known yet. */
  hold(hold: Hold): Promise<Outcome<HoldReceipt, LedgerRefusal>>;
  /** What such a hold would be answered now; nothing is written or remembered [3.12]. */
  rehearse(hold: Omit<Hold, 'request'>): Promise<Outcome<HoldReceipt, LedgerRefusal>>;
  /** Moves an open hold's end. */
  extend(extend: Extend): Promise<Outcome<ExtendReceipt, LedgerRefusal>>;
  /** Books a hold's true usage, never clamped and never denied; what it lacks becomes debt. */
  settle(settle: Settle): Promise<Outcome<Receipt, LedgerRefusal>>;
  /** Gives an unused hold back. */
  release(release: Release): Promise<Outcome<ReleaseReceipt, LedgerRefusal>>;
  /** Gives a debit back, last burned first, to the grants it came from. */
  refund(refund: Refund): Promise<Outcome<Receipt, LedgerRefusal>>;
  /** What there is now, to the millisecond; `undefined` for an unknown workspace. */
  balance(account: LedgerAccount): Promise<Balance | undefined>;
  /** Usage that happened in `[from, to)`, grouped; days are of the given time zone. */
  usage(
    account: LedgerAccount,
    span: {
      readonly from: string;
      readonly to: string;
      readonly by: readonly UsageDimension[];
      readonly timeZone: string;
      /** Leaves out what somebody may not see; default: nothing is left out. */
      readonly seen?: UsageSeen;
    },
  ): Promise<readonly UsageRow[]>;
  /** Entries, newest first; `before` is the last page's last entry's id. */
  entries(account: LedgerAccount, page: EntriesPage): Promise<readonly LedgerEntry[]>;
  /** The entries of one run in their order, refunds included [4.34]. */
  run(account: LedgerAccount, runId: string): Promise<readonly LedgerEntry[]>;
  /** Every grant that is set aside for something, spent ones included [3.08]. */
  earmarks(account: LedgerAccount): Promise<readonly Earmarked[]>;
}
