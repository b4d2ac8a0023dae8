import type { MicroCredits } from '../domain/values/money.ts';
import type { GrantKind } from '../domain/terms/terms.ts';
import type { UsageSeen } from './ledger-reports.ts';
import type { LedgerAccount, LedgerEntry } from './ledger.ts';

/** A grant and what became of it: `amount = remaining + held + the sum of booked`. */
export type PaidGrant = {
  readonly grantNo: number;
  readonly kind: GrantKind;
  /** The business fact behind it. */
  readonly sourceKey: string;
  readonly earmark: string | null;
  readonly amountMicro: MicroCredits;
  readonly remainingMicro: MicroCredits;
  readonly heldMicro: MicroCredits;
  readonly effectiveAt: string;
  readonly expiresAt: string | null;
  /** What entries took of it, by their kind; negative gave back. */
  readonly booked: Readonly<Record<string, MicroCredits>>;
};

/** What there was before an instant of the workspace's time, with the grants that were live or held. */
export type PastBalance = {
  readonly asOf: string;
  readonly availableMicro: MicroCredits;
  readonly heldMicro: MicroCredits;
  readonly debtMicro: MicroCredits;
  /** In the order in which they would burn. */
  readonly grants: readonly PaidGrant[];
};

/** Where an export goes on: after this entry. */
export type EntryPlace = { readonly id: string; readonly ordinal: number };

/** What support finds the ledger's entries by [3.29], and what every execution cost [4.38]. */
export interface Tracing {
  /** The invoice that a payment paid, by our id of it or the payment provider's. */
  invoiceOfPayment(account: LedgerAccount, payment: string): Promise<string | undefined>;
  /** The credits that an invoice paid for; `undefined` for an unknown invoice. */
  paidGrants(account: LedgerAccount, invoice: string): Promise<readonly PaidGrant[] | undefined>;
  /**
   * The balance that entries before an instant had left; it never changes once that instant is past.
   * `undefined` for an unknown workspace.
   */
  balanceAt(account: LedgerAccount, asOf: string): Promise<PastBalance | undefined>;
  /** Usage and refunds that happened in `[from, to)`, oldest first. */
  costs(
    account: LedgerAccount,
    page: {
      readonly from: string;
      readonly to: string;
      readonly seen: UsageSeen;
      readonly after: EntryPlace | null;
      readonly limit: number;
    },
  ): Promise<readonly LedgerEntry[]>;
}
