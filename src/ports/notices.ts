import type { Instant } from '../domain/values/calendar.ts';
import type { Notice } from '../domain/news/notice.ts';
import type { WorkspaceRef } from './workspace-ref.ts';

/** What became of a notice; why one was not sent is told with it. */
export type NoticeOutcome =
  { readonly kind: 'sent' } | { readonly kind: 'skipped'; readonly why: SkippedBecause };

export type SkippedBecause =
  /** Nobody whom it is for has told an address. */
  | 'noBillingEmail'
  | 'noAddress'
  /** It asks for a payment that came meanwhile. */
  | 'paidMeanwhile'
  /** It asks for a payment method that came meanwhile. */
  | 'addedMeanwhile'
  /** The date that it names has passed, and a later notice tells the next one. */
  | 'outdated'
  /** The mail server refuses this mail or its address for good. */
  | 'refused';

/** The books of notices: each ends once, as a row of the feed. */
export interface NoticeBooks {
  /** Whether the notice still waits; a lost answer is not sent a second time. */
  isWaiting(of: WorkspaceRef, task: string): Promise<boolean>;
  /** Where it goes: the billing address with its copies, or each of its readers; empty: nowhere. */
  addresses(of: WorkspaceRef, notice: Notice): Promise<readonly string[]>;
  close(
    of: WorkspaceRef,
    told: { readonly task: string; readonly notice: Notice; readonly at: Instant },
    outcome: NoticeOutcome,
  ): Promise<void>;
}
