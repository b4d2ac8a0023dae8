import type { MicroCredits, Minor } from '../domain/values/money.ts';
import type { Outcome } from '../domain/values/outcome.ts';
import type { RefundTerms } from '../domain/terms/terms.ts';
import type {
  BoughtTopUp,
  RefundAsked,
  TopUpRefundRefusal,
} from '../domain/credits/top-up-refund.ts';
import type { Instant } from '../domain/values/calendar.ts';
import type { KeyReused } from './accounts.ts';
import type { CommandRow, SentCommand } from './sent-command.ts';
import type { LedgerAccount } from './ledger.ts';

/** A top-up that was paid, as it stands now. */
export type TopUpRow = BoughtTopUp & {
  /** Its payment. */
  readonly id: string;
  readonly currency: string;
  /** Null: its credits never expire. */
  readonly expiresAt: Instant | null;
};

/** By whose policy a refund is asked for, and by whom. */
export type RefundWish = Omit<RefundAsked, 'at'> & {
  readonly policy: RefundTerms;
  readonly sent: SentCommand;
  readonly topUp: string;
};

/** What became of a refund that was asked for. */
export type TopUpRefundRow = {
  readonly id: string;
  readonly topUp: string;
  readonly paymentIntent: string;
  readonly amountMinor: Minor;
  readonly creditsMicro: MicroCredits;
  readonly currency: string;
  readonly state: 'requested' | 'made' | 'refused';
};

/** How a refund ended: by the provider's id of it, or by its reason not to make it. */
export type RefundEnd =
  | { readonly kind: 'made'; readonly stripeRefund: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** Top-ups that were bought, and wishes to give them back. */
export interface TopUps {
  /** Newest first; `before` is the last page's last one. */
  topUps(
    account: LedgerAccount,
    page: { readonly before: string | null; readonly limit: number },
  ): Promise<readonly TopUpRow[]>;
  topUp(account: LedgerAccount, id: string): Promise<TopUpRow | undefined>;
  /**
   * Freezes the credits that the refund takes, and has its money moved; once per key. What policy refuses is
   * not stored: nothing was written.
   */
  requestTopUpRefund(
    account: LedgerAccount,
    wish: RefundWish,
  ): Promise<Outcome<CommandRow, KeyReused | { readonly kind: 'notFound' } | TopUpRefundRefusal>>;
  topUpRefund(account: LedgerAccount, id: string): Promise<TopUpRefundRow | undefined>;
}
