import type { AutoTopUpRule } from './terms/auto-top-up-rule.ts';
import type { Instant } from './values/calendar.ts';
import type { Contract } from './terms/contract.ts';
import type { InvoiceNote, ManualLine } from './invoices/invoice-note.ts';
import type { Minor } from './values/money.ts';
import type { Spend } from './credits/spend.ts';
import type { Interval, Terms } from './terms/terms.ts';

/** What a person asks of a lifecycle, with what the rules need to know about it. */
export type Wish =
  | { readonly kind: 'started'; readonly plan: string; readonly interval: Interval }
  | {
      readonly kind: 'planChangeRequested';
      readonly plan: string;
      readonly interval: Interval;
      readonly payment: string;
      readonly returnTo: string | null;
      /** What a confirmed preview was computed from; its instant prorates. */
      readonly preview: { readonly at: Instant; readonly basis: string } | null;
      /** Spaces that no member owns, where there are any: who leaves an organisation loses them [2.37]. */
      readonly spacesWithoutOwner?: readonly string[];
    }
  | { readonly kind: 'scheduledChangeCanceled' }
  | { readonly kind: 'cancelRequested'; readonly when: 'periodEnd' | 'now' }
  | { readonly kind: 'reactivated' }
  | { readonly kind: 'seatsRequested'; readonly purchased: number }
  | {
      readonly kind: 'topUpRequested';
      readonly payment: string;
      readonly priceMinor: Minor;
      readonly pay: 'savedMethod' | 'checkout';
      readonly returnTo: string | null;
      /** What the month may cost and has cost beside the plan, where that has a cap [0.06]. */
      readonly spend?: Spend;
    }
  | {
      readonly kind: 'autoTopUpSet';
      readonly rule: Pick<AutoTopUpRule, 'thresholdMicro' | 'priceMinor'> | null;
    }
  | {
      readonly kind: 'termsChangeRequested';
      readonly to: Terms;
      /** The plan there, where it is another one. */
      readonly plan: string | null;
      readonly when: 'periodEnd' | 'now';
      /** What was seen before; its instant prorates. */
      readonly preview: { readonly at: Instant; readonly basis: string } | null;
    }
  | { readonly kind: 'timeZoneSet'; readonly timeZone: string }
  | {
      readonly kind: 'invoiceRequested';
      /** The command's id: one command makes one invoice. */
      readonly request: string;
      readonly lines: readonly ManualLine[];
      /** Local days until it is to be paid; null: it is charged to the method on file. */
      readonly dueInDays: number | null;
      readonly note: InvoiceNote;
    }
  | {
      readonly kind: 'contractAgreed';
      /** The command's id, which is the contract's. */
      readonly request: string;
      readonly contract: Contract;
      /** What was seen before; its instant prorates. */
      readonly preview: { readonly at: Instant; readonly basis: string } | null;
    }
  | { readonly kind: 'contractEndRequested' }
  | { readonly kind: 'clockAdvanced'; readonly to: Instant };

const kinds = {
  started: true,
  planChangeRequested: true,
  scheduledChangeCanceled: true,
  cancelRequested: true,
  reactivated: true,
  seatsRequested: true,
  topUpRequested: true,
  autoTopUpSet: true,
  termsChangeRequested: true,
  timeZoneSet: true,
  invoiceRequested: true,
  contractAgreed: true,
  contractEndRequested: true,
  clockAdvanced: true,
} as const satisfies Record<Wish['kind'], true>;

/** Whether an event was asked for, so that a rule may refuse it; anything else is so already. */
export const isWish = <Of extends { readonly kind: string }>(
  event: Of,
): event is Extract<Of, { readonly kind: Wish['kind'] }> => Object.hasOwn(kinds, event.kind);
