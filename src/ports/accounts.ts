import type { Instant } from '../domain/values/calendar.ts';
import type { LimitReached } from '../domain/changes/limits.ts';
import type { MicroCredits, Minor } from '../domain/values/money.ts';
import type { Outcome } from '../domain/values/outcome.ts';
import type { LedgerAccount } from './ledger.ts';

/** A limit of a user's plans [3.19 3.20 4.06]; `decidedBy`: the workspace whose plan it is, if any. */
export type AccountLimitReached = LimitReached & {
  readonly user: string;
  readonly decidedBy: string | null;
};

/** Credits that an operator gives, or sets aside for something [3.08]. */
export type NewGrant = {
  readonly kind: 'promo' | 'adjustment';
  readonly amountMicro: MicroCredits;
  /** Null: from now on. */
  readonly effectiveAt: Instant | null;
  /** Null: they never expire. */
  readonly expiresAt: Instant | null;
  readonly priority: number;
  /** What alone may burn them: `tool:search`; null: everything. */
  readonly earmark: string | null;
  readonly reason: string;
};

export type GrantMade = {
  readonly grantNo: number;
  readonly effectiveAt: Instant;
  /** What of it went into a debt at once. */
  readonly repaidMicro: MicroCredits;
};

export type GrantRefusal =
  | { readonly kind: 'idempotencyKeyReused' }
  /** It would have expired before it began, or before now. */
  | { readonly kind: 'expiresTooSoon'; readonly at: Instant };

export type VoidRefusal =
  | { readonly kind: 'notFound' }
  /** It is spent or has ended, and was never voided. */
  | { readonly kind: 'nothingToVoid' }
  /** The plan gave it, or it was bought: both have their own ways back. */
  | { readonly kind: 'grantNotVoidable' };

/** Money for an invoice that came another way than through the provider. */
export type PaidElsewhere = {
  readonly invoice: string;
  /** How one finds it again: a bank's reference, a cheque's number. */
  readonly reference: string;
  readonly actor: string;
};

type PaidRefusal =
  | { readonly kind: 'notFound' }
  /** It is paid, carried or void. */
  | { readonly kind: 'invoiceNotOpen' }
  /** A bank debit of it is on its way. */
  | { readonly kind: 'invoiceBeingPaid' };

/** One try to move money, and what became of it [4.16]. */
export type Charge = {
  /** The purchase or the invoice; each failed try has one of its own. */
  readonly id: string;
  readonly at: Instant;
  readonly what: 'purchase' | 'invoice';
  /** For a person; null: the invoice says it. */
  readonly description: string | null;
  readonly amountMinor: Minor;
  readonly currency: string;
  readonly state: 'open' | 'succeeded' | 'failed' | 'expired';
  readonly invoice: { readonly id: string; readonly number: string } | null;
  /** What was given back of it since. */
  readonly refundedMinor: Minor;
  /** The notes that credit it, oldest first; void ones are left out. */
  readonly creditNotes: readonly { readonly id: string; readonly number: string }[];
  readonly dispute: 'open' | 'withdrawn' | 'lost' | 'won' | null;
};

/** A request that is no command of the lifecycle: its key and the hash of its body know it again. */
export type SentRequest = { readonly key: string; readonly bodyHash: Uint8Array };

/** The key came before, with another body. */
export type KeyReused = { readonly kind: 'idempotencyKeyReused' };

export type TransferRefusal =
  | KeyReused
  | { readonly kind: 'memberUnknown' }
  /** A personal workspace is its user's for ever. */
  | { readonly kind: 'ownerStays' }
  | AccountLimitReached;

export type SpaceRefusal =
  KeyReused | { readonly kind: 'memberUnknown' } | { readonly kind: 'notFound' };

/** Who is to own it, as it was asked. */
export type Transfer = {
  readonly owner: string;
  readonly actor: string;
  readonly sent: SentRequest;
};

/** What operators and owners do to a workspace beside its lifecycle; each method is one transaction. */
export interface Accounts {
  /** Gives credits, once per key; the same key again answers the first grant. */
  grant(
    account: LedgerAccount,
    sent: {
      readonly key: string;
      readonly bodyHash: Uint8Array;
      readonly actor: string;
      readonly grant: NewGrant;
    },
  ): Promise<Outcome<GrantMade, GrantRefusal>>;
  /** Takes what is unspent of an operator's grant; again, the first answer. */
  voidGrant(
    account: LedgerAccount,
    voided: { readonly grantNo: number; readonly actor: string },
  ): Promise<Outcome<{ readonly voidedMicro: MicroCredits }, VoidRefusal>>;
  /** An open invoice is paid elsewhere; told again with the same reference, the first answer. */
  recordPaid(account: LedgerAccount, paid: PaidElsewhere): Promise<Outcome<undefined, PaidRefusal>>;
  /** Newest first; `before` is the last page's last charge. */
  charges(
    account: LedgerAccount,
    page: { readonly before: string | null; readonly limit: number },
  ): Promise<readonly Charge[]>;
  /** What was answered under this key; undefined where it is new. */
  answered(
    account: LedgerAccount,
    sent: SentRequest,
  ): Promise<Outcome<string | undefined, KeyReused>>;
  /** Keeps an answer under its key; of two at once the first one stands. */
  keepAnswer(
    account: LedgerAccount,
    sent: SentRequest & { readonly answer: string },
  ): Promise<Outcome<string, KeyReused>>;
  /** Makes an accepted member the owner, once per key [2.38]; the owner before gets the other role. */
  transferWorkspace(
    account: LedgerAccount,
    to: Transfer & { readonly formerRole: string },
  ): Promise<Outcome<undefined, TransferRefusal>>;
  /** Gives a Space that lives to an accepted member, once per key. */
  transferSpace(
    account: LedgerAccount,
    to: Transfer & { readonly space: string },
  ): Promise<Outcome<undefined, SpaceRefusal>>;
}
