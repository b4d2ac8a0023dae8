import type { Instant } from '../domain/values/calendar.ts';
import type { CommandResult } from '../domain/life/commands.ts';
import type { Effect, InvoiceDraft, InvoiceLine, Purchase } from '../domain/life/lifecycle.ts';
import type { Minor } from '../domain/values/money.ts';
import type { MoneyBackSeen } from './money-back.ts';
import type { CustomerDetails, PaymentMethod } from './payments.ts';
import type { RefundEnd, TopUpRefundRow } from './top-ups.ts';
import type { WorkspaceRef } from './workspace-ref.ts';

/** What the books know of a workspace when money is spoken of. */
export type Account = {
  readonly details: CustomerDetails;
  readonly currency: string;
  readonly customer: string | null;
  /** The provider's draft that shows the next invoice, while there is one. */
  readonly draft: string | null;
  readonly paymentMethod: string | null;
  /** The workspace's instant, and whether a person moves it. */
  readonly at: Instant;
  readonly testClock: boolean;
};

export type PaymentRow = {
  readonly id: string;
  readonly of: WorkspaceRef;
  /** Who asked for it; null: nobody, it is an automatic top-up. */
  readonly command: string | null;
  readonly purchase: Purchase;
  readonly currency: string;
  readonly session: string | null;
  readonly state: 'requested' | 'open' | 'succeeded' | 'failed' | 'expired';
};

/** Why no money came; `hard`: the method can never pay by itself. */
export type PurchaseFailure = { readonly code: string; readonly hard: boolean };

export type InvoiceRow = {
  readonly id: string;
  readonly key: string;
  readonly number: string;
  readonly reason: InvoiceDraft['reason'];
  readonly status: 'open' | 'paid' | 'carried' | 'void';
  readonly appliedMinor: Minor;
  readonly totalMinor: Minor;
  readonly currency: string;
  readonly periodEnd: Instant;
  readonly lines: readonly InvoiceLine[];
  readonly stripeInvoice: string | null;
  readonly dueAt: Instant | null;
  readonly purchaseOrder: string | null;
  readonly memo: string | null;
};

export type InboxEvent = { readonly id: string; readonly type: string; readonly objectId: string };

/** How a collection's or a purchase's try ended, as a fact for the lifecycle. */
export type TryFailed = {
  readonly task: string;
  readonly invoice: string;
  readonly hard: boolean;
};

/**
 * The books of money: every booking is one transaction and is made once per business key, whoever comes
 * first, the webhook or the page that the person returns to.
 */
export interface Books {
  account(of: WorkspaceRef): Promise<Account>;
  setCustomer(of: WorkspaceRef, customer: string): Promise<void>;
  workspaceOfCustomer(customer: string): Promise<WorkspaceRef | undefined>;

  payment(of: WorkspaceRef, id: string): Promise<PaymentRow | undefined>;
  paymentOpened(of: WorkspaceRef, id: string, session: string | null): Promise<void>;
  /** Money came: invoice issued as paid, credits granted, the lifecycle told. False if it was booked before. */
  bookPurchase(of: WorkspaceRef, id: string, paymentIntent: string): Promise<boolean>;
  /** It will not come: the payment's row is closed, the lifecycle told. */
  closePurchase(
    of: WorkspaceRef,
    id: string,
    state: 'failed' | 'expired',
    why?: PurchaseFailure,
  ): Promise<void>;
  /** A bank debit that was on its way did not settle. What is being charged just now is left alone. */
  closeUnsettled(of: WorkspaceRef, id: string): Promise<void>;
  /** Its Checkout session is over without money; unknown and paid ones are left as they are. */
  closeCheckout(of: WorkspaceRef, session: string, state: 'failed' | 'expired'): Promise<void>;

  invoice(of: WorkspaceRef, key: string): Promise<InvoiceRow | undefined>;
  invoiceById(of: WorkspaceRef, id: string): Promise<InvoiceRow | undefined>;
  /** Whose invoice it is, for those who know its id. */
  workspaceOfInvoice(product: string, id: string): Promise<WorkspaceRef | undefined>;
  mirrored(of: WorkspaceRef, key: string, stripeInvoice: string): Promise<void>;
  draftMirrored(of: WorkspaceRef, draft: string | null): Promise<void>;
  /** An invoice's money came. False if it was booked before. */
  bookInvoicePaid(of: WorkspaceRef, key: string): Promise<boolean>;
  /** A bank debit of it is on its way; told once, until it has ended. */
  bookDebitPending(of: WorkspaceRef, key: string): Promise<void>;
  /** The bank has turned the debit down that was on its way; without one nothing is told. */
  bookDebitFailed(of: WorkspaceRef, key: string, hard: boolean): Promise<void>;
  /** A try to collect failed; told once per task. */
  bookTryFailed(of: WorkspaceRef, failed: TryFailed): Promise<void>;

  /** What is on file now; the lifecycle is told when that begins or ends. */
  bookPaymentMethod(of: WorkspaceRef, method: PaymentMethod | null): Promise<void>;

  topUpRefund(of: WorkspaceRef, id: string): Promise<TopUpRefundRow | undefined>;
  /** A refund of a top-up is made and booked, or never will be; told again, nothing changes. */
  endTopUpRefund(of: WorkspaceRef, id: string, end: RefundEnd): Promise<void>;

  /** Refunds and disputes of a payment: rows, credits and feed are brought to what is true now. */
  bookMoneyBack(of: WorkspaceRef, seen: MoneyBackSeen): Promise<void>;

  /** Whose credit note it is, for those who know its id. */
  workspaceOfCreditNote(product: string, id: string): Promise<WorkspaceRef | undefined>;

  inbox(of: WorkspaceRef): Promise<readonly InboxEvent[]>;
  inboxHandled(ids: readonly string[]): Promise<void>;
  /** The provider has no such object any more: the event is kept as moot, and told to operators once. */
  inboxMoot(of: WorkspaceRef, event: InboxEvent, why: string): Promise<void>;
  /** Events that wait and name no customer: a dispute tells only its charge. */
  strayEvents(): Promise<readonly InboxEvent[]>;
  /** Puts a stray event into its customer's inbox; answers whose bell to ring. */
  adoptEvent(id: string, customer: string): Promise<WorkspaceRef | undefined>;

  taskDone(of: WorkspaceRef, task: string): Promise<void>;
  settleCommand(of: WorkspaceRef, command: string, result: CommandResult): Promise<void>;
  /** Something a person has to look at, in the feed and the audit log. */
  alert(of: WorkspaceRef, what: string, data: Readonly<Record<string, string>>): Promise<void>;
  /**
   * Has the owner's personal workspace, made if it is missing, start a plan by a command of its own, and
   * moves bought credits along.
   */
  startPersonalPlan(
    of: WorkspaceRef,
    personal: Extract<Effect, { readonly kind: 'startPersonalPlan' }>,
    key: string,
  ): Promise<void>;
}
