import type { Contract } from '../terms/contract.ts';
import type { Plain } from '../values/plain.ts';
import type { Interval } from '../terms/terms.ts';

/** What a person may ask of a workspace, as it stands in the command's row. */
export type Command = LifecycleCommand | RefundCommand;

/** Decided where it is stored, with the credits under their lock; the workflow moves its money. */
export type RefundCommand = { readonly kind: 'refundTopUp'; readonly topUp: string };

/** What `step` decides. */
export type LifecycleCommand =
  | { readonly kind: 'start'; readonly plan: string; readonly interval: Interval }
  | {
      readonly kind: 'changePlan';
      readonly plan: string;
      readonly interval: Interval;
      readonly returnTo: string | null;
      /** The id of the preview that this confirms. */
      readonly preview: string | null;
    }
  | { readonly kind: 'cancelScheduledChange' }
  | { readonly kind: 'cancel'; readonly when: 'periodEnd' | 'now' }
  | { readonly kind: 'reactivate' }
  | { readonly kind: 'setSeats'; readonly purchased: number }
  | {
      readonly kind: 'topUp';
      readonly priceMinor: string;
      readonly pay: 'savedMethod' | 'checkout';
      readonly returnTo: string | null;
    }
  | {
      readonly kind: 'setAutoTopUp';
      readonly rule: { readonly thresholdMicro: string; readonly priceMinor: string } | null;
    }
  | {
      readonly kind: 'moveTerms';
      readonly version: number;
      /** The plan there, where it is another one. */
      readonly plan: string | null;
      readonly when: 'periodEnd' | 'now';
      /** What an operator saw: what it was computed from, and at which instant of the workspace's time. */
      readonly seen: { readonly at: string; readonly basis: string };
    }
  | { readonly kind: 'setTimeZone'; readonly timeZone: string }
  | {
      readonly kind: 'issueInvoice';
      readonly lines: readonly ManualLineAsked[];
      /** Null: it is charged to the payment method on file. */
      readonly dueInDays: number | null;
      readonly purchaseOrder: string | null;
      readonly memo: string | null;
    }
  | {
      readonly kind: 'agreeContract';
      readonly contract: Plain<Contract>;
      /** The id of the preview that this confirms. */
      readonly preview: string | null;
    }
  | { readonly kind: 'endContract' }
  | { readonly kind: 'advanceClock'; readonly to: string };

/** A line of an operator's invoice; `unitMinor` is what one costs, in the currency's minor unit. */
type ManualLineAsked = {
  readonly description: string;
  readonly quantity: number;
  readonly unitMinor: string;
};

export type CommandKind = Command['kind'];
export const commandKinds = [
  'start',
  'changePlan',
  'cancelScheduledChange',
  'cancel',
  'reactivate',
  'setSeats',
  'topUp',
  'setAutoTopUp',
  'moveTerms',
  'setTimeZone',
  'issueInvoice',
  'agreeContract',
  'endContract',
  'advanceClock',
  'refundTopUp',
] as const satisfies readonly CommandKind[];

/** What a command came to; written on its row. */
export type CommandResult =
  | {
      readonly kind: 'done';
      /** Where the person pays, when the change waits for that. */
      readonly checkoutUrl: string | null;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };
