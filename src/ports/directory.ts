import type { Instant } from '../domain/values/calendar.ts';
import type { InvoiceLine, Lifecycle } from '../domain/life/lifecycle.ts';
import type { MicroCredits, Minor } from '../domain/values/money.ts';
import type { Outcome } from '../domain/values/outcome.ts';
import type { Refusal } from '../domain/life/refusal.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type { CapScope } from '../domain/terms/cap-scope.ts';
import type { Accounts, AccountLimitReached, KeyReused } from './accounts.ts';
import type { BilledTo, BillingDetails } from './billing-details.ts';
import type { InvoiceRow } from './books.ts';
import type { CreditNotes } from './credit-notes.ts';
import type { LedgerAccount } from './ledger.ts';
import type { PaymentMethod } from './payments.ts';
import type { CommandRow, SentCommand } from './sent-command.ts';
import type { TermsMoves } from './terms-moves.ts';
import type { TopUps } from './top-ups.ts';
import type { WorkspaceRef } from './workspace-ref.ts';

/** A workspace as the API shows it and acts on it. */
export type WorkspaceRecord = {
  readonly of: WorkspaceRef;
  readonly account: LedgerAccount;
  readonly personal: boolean;
  readonly owner: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly termsVersion: number;
  readonly testClock: boolean;
  /** The workspace's present. */
  readonly at: Instant;
  /** How far its workflow has lived on a test clock; null in real time. */
  readonly clockAt: Instant | null;
  readonly lifecycle: Lifecycle;
  /** Another number after each change of its members. */
  readonly roster: number;
  readonly paymentMethod: PaymentMethod | null;
  readonly billing: BillingDetails;
  /** Disputes of its payments that no bank has decided yet. */
  readonly disputesOpen: number;
};

/** The part of it that a call is charged by. */
export type ChargedWorkspace = Pick<
  WorkspaceRecord,
  'of' | 'account' | 'termsVersion' | 'testClock' | 'at' | 'roster'
> & {
  readonly lifecycle: Pick<Lifecycle, 'subscription' | 'version'>;
};

/** What is remembered of it, with those who were found among the accepted members of its roster. */
export type RememberedWorkspace = ChargedWorkspace & { readonly members: ReadonlySet<string> };

/** Where a user is told what concerns them; null: nowhere. */
export type Contact = { readonly email: string | null };

export type FreshWorkspace = {
  readonly owner: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly termsVersion: number;
  /** Null: it lives in real time. */
  readonly testClockAt: Instant | null;
};

/** A preview as it was shown, under the id that confirms it. */
export type StoredPreview<Shown> = {
  readonly id: string;
  readonly at: Instant;
  readonly shown: Shown;
};

export type MemberState = 'invited' | 'accepted' | 'removed';

export type MemberRecord = {
  readonly member: string;
  readonly role: string;
  readonly state: MemberState;
  readonly invitedAt: Instant;
  readonly acceptedAt: Instant | null;
  readonly removedAt: Instant | null;
};

/** Ownership is transferred, never invited, demoted or removed. */
export type OwnerStays = { readonly kind: 'ownerStays' };

export type SeatsExhausted = Extract<Refusal, { readonly kind: 'seatsExhausted' }>;

/** So many may live in a workspace at one time by its plan; null: as many as come. */
export type LivesMost = number | null;

export type PeopleMost = { readonly kind: 'peopleMost'; readonly used: number };
export type LivingMost = { readonly kind: 'livingMost'; readonly used: number };

export type ResourceKind = 'space' | 'project' | 'agent';

export type ResourceRecord = {
  readonly kind: ResourceKind;
  readonly id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly closedAt: Instant | null;
};

export type Cap = {
  readonly scope: CapScope;
  readonly subject: string;
  /** Null takes the cap away. */
  readonly capMicro: MicroCredits | null;
};

/** What is to be limited; `spendMinor` null takes the month's spend cap away, absent it stays. */
export type Caps = { readonly caps: readonly Cap[]; readonly spendMinor?: Minor | null };

export type InvoiceShown = Pick<
  InvoiceRow,
  | 'id'
  | 'number'
  | 'reason'
  | 'status'
  | 'currency'
  | 'appliedMinor'
  | 'totalMinor'
  | 'dueAt'
  | 'purchaseOrder'
  | 'memo'
> & {
  readonly period: { readonly start: Instant; readonly end: Instant };
  readonly subtotalMinor: Minor;
  readonly billing: BilledTo;
  /** The product's name when it was issued. */
  readonly seller: string;
  readonly issuedAt: Instant;
  readonly paidAt: Instant | null;
  /** How it was paid elsewhere, as an operator has told; null: at the provider, or not yet. */
  readonly paidReference: string | null;
};

export type InvoiceInFull = InvoiceShown & { readonly lines: readonly InvoiceLine[] };

/** One row of a product's feed. Amounts in `data` are integer strings under keys that name their unit. */
export type FeedRow = {
  readonly cursor: bigint;
  readonly workspace: string;
  readonly seq: bigint;
  readonly kind: string;
  readonly at: Instant;
  readonly currency: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** All that is believed of a webhook: which object to look at. */
export type StripeHint = {
  readonly id: string;
  readonly type: string;
  readonly objectId: string;
  readonly customer: string | null;
};

/** A hint, and whether it points at something that the books keep. */
export type StoredHint = StripeHint & { readonly concernsBooks: boolean };

/**
 * Who and what a product has: workspaces, members, resources, and what was asked of their lifecycles. Every
 * method is one transaction that sees the rows of one product only. Facts and commands are noted for the
 * workflow in the same transaction, so that a doorbell which is lost is rung again.
 */
export interface Directory extends Accounts, CreditNotes, TopUps, TermsMoves {
  workspace(of: WorkspaceRef): Promise<WorkspaceRecord | undefined>;
  /**
   * As it was when this process last read it, if it did. It may have changed: who acts by it tells the
   * ledger what was seen.
   */
  remembered(of: WorkspaceRef): RememberedWorkspace | undefined;
  /** Remembers somebody whom the ledger has found to be an accepted member in this roster. */
  rememberMember(of: WorkspaceRef, roster: number, member: string): void;
  /**
   * Makes a workspace and stores the command that starts its plan. Asked again with the same body it
   * answers the same command; with another body the workspace `exists`. An owner who may own no more is
   * refused.
   */
  createWorkspace(
    of: WorkspaceRef,
    fresh: FreshWorkspace,
    start: SentCommand,
  ): Promise<
    Outcome<
      CommandRow & { readonly created: boolean },
      { readonly kind: 'exists' } | AccountLimitReached
    >
  >;

  /** Stores what is asked before it is sent to anyone; the same key again answers the first row. */
  submitCommand(account: LedgerAccount, sent: SentCommand): Promise<Outcome<CommandRow, KeyReused>>;
  command(account: LedgerAccount, id: string): Promise<CommandRow | undefined>;
  /** Stores a preview, to be confirmed by its id; the same key again answers the first one. */
  storePreview<Shown>(
    account: LedgerAccount,
    preview: SentCommand & { readonly at: Instant; readonly basis: string; readonly shown: Shown },
  ): Promise<Outcome<StoredPreview<Shown>, KeyReused>>;

  member(account: LedgerAccount, member: string): Promise<MemberRecord | undefined>;
  /** Invited and accepted members, by name. */
  members(account: LedgerAccount): Promise<readonly MemberRecord[]>;
  /** Invites, accepts, or changes a role; the first two are facts for the lifecycle [2.19 3.22]. */
  putMember(
    account: LedgerAccount,
    change: {
      readonly member: string;
      readonly role: string;
      readonly state: Exclude<MemberState, 'removed'>;
      /** The most members that may be accepted; null: as many as come. */
      readonly membersMost: number | null;
      /** The most members and pending invitations together [3.22]. */
      readonly peopleMost: LivesMost;
    },
  ): Promise<Outcome<MemberRecord, OwnerStays | SeatsExhausted | PeopleMost | AccountLimitReached>>;
  /** Removes a member; removing again answers the first removal. */
  removeMember(
    account: LedgerAccount,
    member: string,
  ): Promise<Outcome<MemberRecord, OwnerStays | { readonly kind: 'notFound' }>>;

  /** What lives now, by name. */
  resources(account: LedgerAccount): Promise<readonly ResourceRecord[]>;
  putResource(
    account: LedgerAccount,
    resource: Pick<ResourceRecord, 'kind' | 'id' | 'name' | 'owner'>,
    /** Of this kind; one that lives already is never refused [3.21]. */
    livesMost: LivesMost,
  ): Promise<Outcome<ResourceRecord, LivingMost>>;
  closeResource(
    account: LedgerAccount,
    resource: Pick<ResourceRecord, 'kind' | 'id'>,
  ): Promise<ResourceRecord | undefined>;

  /** Sets or takes away caps, all or none [2.26 2.28]. */
  setCaps(account: LedgerAccount, caps: Caps): Promise<void>;
  /** For invoices issued from now on; an issued one keeps its copy [2.41]. */
  setBillingDetails(account: LedgerAccount, details: BillingDetails): Promise<void>;
  setContact(
    of: { readonly product: string; readonly user: string },
    contact: Contact,
  ): Promise<void>;
  contact(of: { readonly product: string; readonly user: string }): Promise<Contact>;

  /** Newest first; `before` is the last page's last invoice. */
  invoices(
    account: LedgerAccount,
    page: { readonly before: string | null; readonly limit: number },
  ): Promise<readonly InvoiceShown[]>;
  invoice(account: LedgerAccount, id: string): Promise<InvoiceInFull | undefined>;
  /** By the business fact that it stands for. */
  invoiceOfKey(account: LedgerAccount, key: string): Promise<InvoiceInFull | undefined>;
  /** The product's feed after a cursor; a cursor once read never misses a row. */
  events(
    product: string,
    page: { readonly after: bigint; readonly limit: number },
  ): Promise<readonly FeedRow[]>;

  /** Puts a webhook's hint into the inbox, once; answers whose workflow has to be rung for it. */
  storeStripeEvent(hint: StoredHint): Promise<WorkspaceRef | undefined>;
  /** Whether the books answer and have every table that this version needs. */
  isReady(): Promise<boolean>;
}

/** Published catalogs; a version never changes. */
export interface Catalogs {
  /** The terms that new workspaces get; `undefined` for a product without any. */
  current(product: string): Promise<Terms | undefined>;
  /** A pinned version; a defect if it was never published. */
  termsOf(product: string, version: number): Promise<Terms>;
}

export const scopes = ['debit', 'record', 'read', 'manage', 'admin'] as const;
/** What a key may do: charge, charge without asking, look, change, operate. */
export type Scope = (typeof scopes)[number];

/** Whom a key speaks for. */
export type Caller = {
  readonly keyId: string;
  readonly product: string;
  readonly scopes: readonly Scope[];
};

export interface ApiKeys {
  /** Who presents this key; `undefined` if it is malformed, unknown or revoked. */
  find(presented: string): Promise<Caller | undefined>;
}
