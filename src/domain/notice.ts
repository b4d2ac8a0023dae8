import type { Instant } from './calendar.ts';
import type { MicroCredits } from './money.ts';
import type { CreditTerms } from './terms.ts';

/** Something that a person is told by mail: the fact alone, its words are made when it is sent. */
export type Notice = InvoiceNotice | CreditsLow;

/** The pool fell below a part of the window's credits that the catalog warns at [2.29]. */
export type CreditsLow = {
  readonly kind: 'creditsLow';
  readonly percent: number;
  readonly availableMicro: MicroCredits;
  readonly unit: CreditTerms['unit'];
  readonly crossedAt: Instant;
};

/** A notice about an invoice, named by its key. */
export type InvoiceNotice =
  /** Money came for this invoice: a renewal's, a purchase's. */
  | { readonly kind: 'receipt'; readonly invoice: string }
  | {
      readonly kind: 'paymentFailed';
      readonly invoice: string;
      readonly try: number;
      /** Null: this was the last one, or the method can never pay. */
      readonly nextTryAt: Instant | null;
      /** When a new payment method pays what is overdue. */
      readonly newMethodPays: 'now' | 'nextCycle';
      readonly closing: NoticedClosing;
    }
  /** The grace is over, and the invoice is still not paid. */
  | { readonly kind: 'suspended'; readonly invoice: string; readonly closing: NoticedClosing };

/** What closes while an invoice is not paid, and from when on. */
export type NoticedClosing = {
  readonly at: Instant;
  readonly planName: string;
  /** Feature classes by the names that the catalog's gates give them. */
  readonly features: readonly string[];
  /** What the workspace is then. */
  readonly becomes: 'suspended' | 'canceled' | { readonly planName: string };
};

/** A notice on its way: what its words need beside the invoice, as it was when the fact happened. */
export type NotifyEffect = {
  readonly kind: 'notify';
  readonly notice: Notice;
  readonly productName: string;
  readonly timeZone: string;
};

/** The business fact that a notice tells: nobody is told the same one twice. */
export function noticeKey(notice: Notice): string {
  switch (notice.kind) {
    case 'receipt':
      return `notice:receipt:${notice.invoice}`;
    case 'paymentFailed':
      return `notice:failed:${notice.invoice}:try:${notice.try}`;
    case 'suspended':
      return `notice:suspended:${notice.invoice}`;
    case 'creditsLow':
      return `notice:creditsLow:${notice.percent}:${notice.crossedAt}`;
  }
}
