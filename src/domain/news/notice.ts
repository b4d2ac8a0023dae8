import { alertName, type AlertLevel, type AlertScope } from './alert.ts';
import type { Instant } from '../values/calendar.ts';
import type { MicroCredits, Minor } from '../values/money.ts';
import { isNews, newsKey, type News } from './news.ts';
import type { CreditTerms } from '../terms/terms.ts';

/** Something that a person is told by mail: the fact alone, its words are made when it is sent. */
export type Notice = InvoiceNotice | CreditsLow | News;

/** Less is left, of the pool or below a cap, than the catalog warns of [2.29 K33]. */
export type CreditsLow = {
  readonly kind: 'creditsLow';
  readonly scope: AlertScope;
  /** Whose cap: a member, a Space; null for the pool and the organisation's. */
  readonly subject: string | null;
  readonly at: AlertLevel;
  readonly availableMicro: MicroCredits;
  readonly unit: CreditTerms['unit'];
  readonly crossedAt: Instant;
  readonly readers: Readers;
};

/** Who reads a notice at their own address: who has one of the roles, or one member. */
export type Readers =
  | { readonly roles: readonly string[]; readonly except: string | null }
  | { readonly member: string };

/** Null: whoever reads the workspace's billing address. */
export const readersOf = (notice: Notice): Readers | null =>
  notice.kind === 'creditsLow' ? notice.readers : null;

/** Why a notice without an address is not sent. */
export const noAddressFor = (notice: Notice): 'noAddress' | 'noBillingEmail' => {
  const readers = readersOf(notice);
  return readers !== null && 'member' in readers ? 'noAddress' : 'noBillingEmail';
};

/** A notice about an invoice, named by its key. */
export type InvoiceNotice =
  /** Money came for this invoice: a renewal's, a purchase's. */
  | {
      readonly kind: 'receipt';
      readonly invoice: string;
      /** It was bought by itself, because credits ran low. */
      readonly automatic?: true;
    }
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
  /** An operator's invoice, to be paid by then [4.35]. */
  | { readonly kind: 'invoiceSent'; readonly invoice: string; readonly dueAt: Instant }
  /** Nobody has paid it until its last day; closing null: no plan would close for it. */
  | {
      readonly kind: 'invoiceOverdue';
      readonly invoice: string;
      readonly closing: NoticedClosing | null;
    }
  /** Money of it went back, and the credits that it had bought with it [3.28]. */
  | {
      readonly kind: 'refunded';
      readonly invoice: string;
      readonly refundedAt: Instant;
      /** What this refund adds to those before it. */
      readonly backMinor: Minor;
      /** All that went back until then. */
      readonly refundedMinor: Minor;
      readonly creditsMicro: MicroCredits;
      readonly unit: CreditTerms['unit'];
      /** By its id; null, or absent before there were any: none was issued. */
      readonly creditNote?: string | null;
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
  if (isNews(notice)) return newsKey(notice);
  switch (notice.kind) {
    case 'receipt':
      return `notice:receipt:${notice.invoice}`;
    case 'paymentFailed':
      return `notice:failed:${notice.invoice}:try:${notice.try}`;
    case 'invoiceSent':
      return `notice:sent:${notice.invoice}`;
    case 'invoiceOverdue':
      return `notice:overdue:${notice.invoice}`;
    case 'suspended':
      return `notice:suspended:${notice.invoice}`;
    case 'refunded':
      // A refund that the bank could not pay out may be made again.
      return `notice:refunded:${notice.invoice}:${notice.refundedMinor}:${notice.refundedAt}`;
    case 'creditsLow':
      return lowKey(notice);
  }
}

/** On a clock that stands still two crossings fall on one instant: what is left tells them apart. */
function lowKey(notice: CreditsLow): string {
  const { subject, readers, crossedAt, availableMicro } = notice;
  const whom = 'member' in readers ? 'own' : 'roles';
  const what = [alertName(notice), subject ?? '', whom, crossedAt, availableMicro.toString()];
  return `notice:creditsLow:${what.join(':')}`;
}
