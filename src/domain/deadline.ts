import type { Instant } from './values/calendar.ts';

/** What is lived through by time alone. */
export type DeadlineKind =
  | 'trialNotice'
  | 'trialEnds'
  | 'renewalNotice'
  | 'seatDayEnds'
  | 'periodEnds'
  | 'windowEnds'
  | 'invoiceRun'
  | 'invoiceDue'
  | 'paymentRetry'
  | 'gateCloses'
  | 'autoTopUpRests'
  | 'clockReached';

export type Deadline = { readonly kind: DeadlineKind; readonly at: Instant };
