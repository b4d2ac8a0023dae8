import type { Instant } from '../domain/values/calendar.ts';
import type { Minor, MicroCredits } from '../domain/values/money.ts';
import type { BilledTo } from './billing-details.ts';
import type { LedgerAccount } from './ledger.ts';

/** Money that went back of one invoice, as a document of its own. */
export type CreditNoteShown = {
  readonly id: string;
  readonly number: string;
  /** void: the bank could not pay the refund out, so that nothing went back. */
  readonly status: 'issued' | 'void';
  readonly invoice: { readonly id: string; readonly number: string; readonly issuedAt: Instant };
  readonly currency: string;
  readonly subtotalMinor: Minor;
  /** What of the account credit that the invoice had applied; negative, as there. */
  readonly appliedMinor: Minor;
  readonly totalMinor: Minor;
  /** What the money had bought, and was taken with it. */
  readonly creditsMicro: MicroCredits;
  /** Both as the invoice has them. */
  readonly billing: BilledTo;
  readonly seller: string;
  readonly issuedAt: Instant;
  readonly voidedAt: Instant | null;
};

/** A line of the invoice, and what went back of it. */
export type CreditNoteLine = {
  readonly description: string;
  readonly period: { readonly start: Instant; readonly end: Instant };
  readonly member: string | null;
  readonly invoicedMinor: Minor;
  readonly amountMinor: Minor;
};

export type CreditNoteInFull = CreditNoteShown & { readonly lines: readonly CreditNoteLine[] };

export interface CreditNotes {
  /** Newest first; `before` is the last page's last note. */
  creditNotes(
    account: LedgerAccount,
    page: { readonly before: string | null; readonly limit: number },
  ): Promise<readonly CreditNoteShown[]>;
  creditNote(account: LedgerAccount, id: string): Promise<CreditNoteInFull | undefined>;
}

/** All that a credit note's page says. */
export type CreditNotePage = {
  readonly buyer: string;
  /** Dates are the workspace's local ones. */
  readonly timeZone: string;
  readonly creditNote: CreditNoteInFull;
};

/** Prints a credit note as a tagged PDF: the same page always as the same bytes. */
export type CreditNotePrinter = (page: CreditNotePage) => Promise<Uint8Array>;
