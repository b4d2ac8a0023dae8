import type { Instant } from '../domain/values/calendar.ts';
import type { InvoiceLine } from '../domain/life/lifecycle.ts';
import { showCredits, showMoney } from '../domain/values/money-text.ts';
import type { Minor } from '../domain/values/money.ts';
import type { InvoiceNotice, NoticedClosing, NotifyEffect } from '../domain/news/notice.ts';
import type { Letter } from '../ports/mail.ts';
import { compose, footerOf, paragraph, type Block } from './letter.ts';
import { list, showDay, showFeature, showInstant } from './words.ts';

/** Whom a notice is from, and in which time zone it tells dates. */
type Voice = Pick<NotifyEffect, 'productName' | 'timeZone'>;

/** What the words about an invoice are made from, beside the notice itself. */
export type InvoiceFacts = {
  /** When what it tells happened, in the workspace's time. */
  readonly at: Instant;
  readonly workspace: string;
  readonly invoice: {
    readonly number: string;
    readonly currency: string;
    readonly totalMinor: Minor;
    readonly appliedMinor: Minor;
    readonly purchaseOrder: string | null;
    readonly memo: string | null;
    readonly lines: readonly Pick<InvoiceLine, 'description' | 'amountMinor'>[];
  };
  /** The page on which a person puts another payment method on file for this invoice. */
  readonly payAt: string;
  /** Where a refund's credit note is; null: the notice tells of none. */
  readonly creditNoteAt: string | null;
};

type About<Kind extends InvoiceNotice['kind']> = Voice &
  InvoiceFacts & { readonly notice: Extract<InvoiceNotice, { readonly kind: Kind }> };

/** A notice about an invoice, written for the person who pays; dates are in the workspace's time zone. */
export function writeInvoiceNotice(
  notice: InvoiceNotice,
  voice: Voice,
  facts: InvoiceFacts,
): Letter {
  const { productName, timeZone } = voice;
  const about = { productName, timeZone, ...facts };
  switch (notice.kind) {
    case 'receipt':
      return writeReceipt({ ...about, notice });
    case 'paymentFailed':
      return writePaymentFailed({ ...about, notice });
    case 'invoiceSent':
      return writeSent({ ...about, notice });
    case 'invoiceOverdue':
      return writeOverdue({ ...about, notice });
    case 'refunded':
      return writeRefunded({ ...about, notice });
    case 'suspended':
      return writeSuspended({ ...about, notice });
  }
}

function writeReceipt(about: About<'receipt'>): Letter {
  const { at, invoice, productName, timeZone } = about;
  const total = totalOf(about);
  return compose({
    subject: `${productName}: receipt for ${total} (${invoice.number})`,
    blocks: [
      paragraph(
        about.notice.automatic === true
          ? `Your credits ran low, so more were bought as you had asked: ${total} for ${productName}.`
          : `Thank you: we received your payment of ${total} for ${productName}.`,
      ),
      paragraph(`Invoice ${invoice.number}, paid on ${showDay(at, timeZone)}.`),
      amountsOf(about),
    ],
    footer: footerOf(about),
  });
}

function writeRefunded(about: About<'refunded'>): Letter {
  const { invoice, notice, productName, timeZone } = about;
  const { backMinor, refundedMinor, creditsMicro, unit } = notice;
  const money = showMoney(backMinor, invoice.currency);
  const all = showMoney(refundedMinor, invoice.currency);
  const inAll = refundedMinor === backMinor ? '' : ` With what went back before, that is ${all}.`;
  const credits = showCredits(creditsMicro, unit);
  return compose({
    subject: `${productName}: ${money} given back (${invoice.number})`,
    blocks: [
      paragraph(
        `On ${showDay(notice.refundedAt, timeZone)}, we gave ${money} of your payment for invoice ` +
          `${invoice.number} of ${productName} back, to the method that had paid.${inAll}`,
      ),
      ...(creditsMicro > 0n ? [paragraph(`${credits} that it had bought went with it.`)] : []),
      paragraph('Banks take some days to show it.'),
      ...(about.creditNoteAt === null ? [] : [creditNoteButton(about.creditNoteAt)]),
    ],
    footer: footerOf(about),
  });
}

const creditNoteButton = (to: string): Block => ({ kind: 'button', label: 'The credit note', to });

function writePaymentFailed(about: About<'paymentFailed'>): Letter {
  const { at, invoice, notice, productName } = about;
  const total = totalOf(about);
  const isClosed = notice.closing.at <= at;
  return compose({
    subject: `${productName}: your payment of ${total} failed (${invoice.number})`,
    blocks: [
      paragraph(`We could not collect ${total} for invoice ${invoice.number} of ${productName}.`),
      paragraph(`${nextTry(about)} ${newMethod(notice.newMethodPays)}`),
      paragraph(isClosed ? closed(about) : closes(about)),
      updateButton(about),
      amountsOf(about),
    ],
    footer: footerOf(about),
  });
}

function writeSuspended(about: About<'suspended'>): Letter {
  const { invoice, productName } = about;
  const total = totalOf(about);
  return compose({
    subject: `${productName}: ${finalStateOf(about, total)} (${invoice.number})`,
    blocks: [
      paragraph(`Invoice ${invoice.number} of ${productName} over ${total} was not paid in time.`),
      paragraph(closed(about)),
      updateButton(about),
      amountsOf(about),
    ],
    footer: footerOf(about),
  });
}

function writeSent(about: About<'invoiceSent'>): Letter {
  const { invoice, notice, productName, timeZone } = about;
  const total = totalOf(about);
  const day = showDay(lastMomentBefore(notice.dueAt), timeZone);
  return compose({
    subject: `${productName}: invoice ${invoice.number} over ${total}, due on ${day}`,
    blocks: [
      paragraph(`Invoice ${invoice.number} of ${productName} over ${total} is due on ${day}.`),
      ...notesOf(about).map(paragraph),
      amountsOf(about),
    ],
    footer: footerOf(about),
  });
}

function writeOverdue(about: About<'invoiceOverdue'>): Letter {
  const { invoice, notice, productName } = about;
  const total = totalOf(about);
  const { closing } = notice;
  return compose({
    subject: `${productName}: invoice ${invoice.number} over ${total} is overdue`,
    blocks: [
      paragraph(`Invoice ${invoice.number} of ${productName} over ${total} was not paid in time.`),
      ...(closing === null ? [] : [paragraph(closes({ ...about, notice: { closing } }))]),
      ...notesOf(about).map(paragraph),
      amountsOf(about),
    ],
    footer: footerOf(about),
  });
}

/** An invoice is due by the end of its last day. */
const lastMomentBefore = (at: Instant): Instant =>
  new Date(new Date(at).getTime() - 1).toISOString();

const notesOf = ({ invoice: { purchaseOrder, memo } }: InvoiceFacts): string[] => [
  ...(purchaseOrder === null ? [] : [`Your purchase order: ${purchaseOrder}.`]),
  ...(memo === null ? [] : [memo]),
];

function nextTry({ notice, timeZone }: About<'paymentFailed'>): string {
  const { nextTryAt, try: number } = notice;
  return nextTryAt === null
    ? `We do not try again by ourselves: this was try ${number}, and the last.`
    : `This was try ${number}; we try again on ${showDay(nextTryAt, timeZone)}.`;
}

const newMethod = (pays: 'now' | 'nextCycle'): string =>
  pays === 'now'
    ? 'When you add another payment method, we try it at once.'
    : 'When you add another payment method, the next try uses it.';

type Closes = Pick<Voice, 'timeZone'> & {
  readonly notice: { readonly closing: NoticedClosing };
};

function closes({ notice: { closing }, timeZone }: Closes): string {
  const until = showInstant(closing.at, timeZone);
  const access = accessTo(closing);
  const renewal = `your plan ${closing.planName} ${ending(closing, 'ahead')}`;
  return access === null
    ? `If it is not paid by ${until}, ${renewal}`
    : `If it is not paid by ${until}, ${access} closes, and ${renewal}`;
}

function closed({ notice: { closing }, timeZone }: Closes): string {
  const since = showInstant(closing.at, timeZone);
  const access = accessTo(closing);
  const renewal = `your plan ${closing.planName} ${ending(closing, 'happened')}`;
  return access === null
    ? `Since ${since}, ${renewal}`
    : `Since ${since}, ${access} is closed, and ${renewal}`;
}

/** What becomes of a plan that was not paid for, by the catalog's final state. */
function ending({ becomes }: NoticedClosing, is: 'ahead' | 'happened'): string {
  if (becomes === 'suspended') {
    return is === 'ahead' ? 'will not renew.' : 'does not renew. Paying the invoice puts it right.';
  }
  if (becomes === 'canceled') return is === 'ahead' ? 'ends.' : 'has ended.';
  return is === 'ahead'
    ? `ends, and ${becomes.planName} takes its place.`
    : `has ended, and ${becomes.planName} has taken its place.`;
}

const finalStateOf = ({ notice }: About<'suspended'>, total: string): string =>
  notice.closing.becomes === 'suspended'
    ? `suspended until ${total} is paid`
    : `your plan ${notice.closing.planName} has ended`;

/** Null where the catalog closes nothing to those who do not pay. */
const accessTo = ({ features }: NoticedClosing): string | null =>
  features.length === 0 ? null : `access to ${list(features.map(showFeature))}`;

const updateButton = ({ payAt }: InvoiceFacts): Block => ({
  kind: 'button',
  label: 'Update the payment method',
  to: payAt,
});

const totalOf = ({ invoice }: InvoiceFacts): string =>
  showMoney(invoice.totalMinor, invoice.currency);

function amountsOf({ invoice }: InvoiceFacts): Block {
  const { currency, lines, appliedMinor, totalMinor } = invoice;
  const rows = lines.map(
    ({ description, amountMinor }) => [description, showMoney(amountMinor, currency)] as const,
  );
  const word = appliedMinor < 0n ? 'Account credit' : 'Carried from before';
  const applied = appliedMinor === 0n ? [] : [[word, showMoney(appliedMinor, currency)] as const];
  return {
    kind: 'amounts',
    rows: [...rows, ...applied],
    total: ['Total', showMoney(totalMinor, currency)],
  };
}
