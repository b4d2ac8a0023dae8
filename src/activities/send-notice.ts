import { addExactDays } from '../domain/values/calendar.ts';
import { asksForMethod, isNews, staleAfter, type News } from '../domain/news/news.ts';
import { noAddressFor, type InvoiceNotice } from '../domain/news/notice.ts';
import { writeCreditsLow } from '../mail/write-credits-low.ts';
import { writeNews } from '../mail/write-news.ts';
import { writeInvoiceNotice } from '../mail/write-notice.ts';
import type { Account, InvoiceRow } from '../ports/books.ts';
import type { Letter } from '../ports/mail.ts';
import type { SkippedBecause } from '../ports/notices.ts';
import type { EffectOf, Errand } from './errand.ts';

type Written =
  | { readonly kind: 'letter'; readonly letter: Letter }
  | { readonly kind: 'moot'; readonly why: SkippedBecause };

/**
 * Mails a notice and books that it was sent. A crash between the two sends it once more, under the same
 * Message-ID; what was booked is never sent again.
 */
export async function sendNotice(errand: Errand, effect: EffectOf<'notify'>): Promise<void> {
  const { books, notices, mailer, of, task, key, at } = errand;
  if (!(await notices.isWaiting(of, task))) return;
  const told = { task, notice: effect.notice, at };
  const account = await books.account(of);
  const written = await write(errand, effect, account);
  if (written.kind === 'moot') {
    return notices.close(of, told, { kind: 'skipped', why: written.why });
  }
  const addresses = await notices.addresses(of, effect.notice);
  if (addresses.length === 0) {
    return notices.close(of, told, { kind: 'skipped', why: noAddressFor(effect.notice) });
  }
  const answers: ('sent' | 'refused')[] = [];
  for (const to of addresses) {
    answers.push(await mailer.send({ ...written.letter, to, key: `${key}>${to}` }));
  }
  // One address that is refused for good keeps nobody else from being told.
  const outcome = answers.includes('sent')
    ? ({ kind: 'sent' } as const)
    : ({ kind: 'skipped', why: 'refused' } as const);
  return notices.close(of, told, outcome);
}

async function write(
  errand: Errand,
  effect: EffectOf<'notify'>,
  account: Account,
): Promise<Written> {
  const { books, of, at, publicUrl } = errand;
  const { notice } = effect;
  if (notice.kind === 'creditsLow') {
    // The next day may find the credits bought, or reset.
    const isOld = addExactDays(notice.crossedAt, 1) <= account.at;
    if (isOld) return { kind: 'moot', why: 'outdated' };
    return { kind: 'letter', letter: writeCreditsLow(notice, effect, of.workspace) };
  }
  if (isNews(notice)) {
    const why = staleBecause(notice, account);
    if (why !== null) return { kind: 'moot', why };
    return { kind: 'letter', letter: writeNews(notice, effect, of.workspace) };
  }
  const invoice = await books.invoice(of, notice.invoice);
  if (invoice === undefined) throw new Error(`no invoice ${notice.invoice} to tell of`);
  const why = mootBecause(notice, invoice, account);
  if (why !== null) return { kind: 'moot', why };
  const payAt = `${publicUrl}/pay/${of.product}/${invoice.id}`;
  const creditNote = notice.kind === 'refunded' ? (notice.creditNote ?? null) : null;
  const creditNoteAt = creditNote && `${publicUrl}/credit-notes/${of.product}/${creditNote}`;
  const facts = { at, workspace: of.workspace, invoice, payAt, creditNoteAt };
  return { kind: 'letter', letter: writeInvoiceNotice(notice, effect, facts) };
}

/** News whose date has passed, or that asks for a payment method that is there, would mislead. */
function staleBecause(news: News, account: Account): SkippedBecause | null {
  const until = staleAfter(news);
  if (until !== null && until <= account.at) return 'outdated';
  return asksForMethod(news) && account.paymentMethod !== null ? 'addedMeanwhile' : null;
}

/** A notice that asks for what was done meanwhile, or names a date that has passed, would mislead. */
function mootBecause(
  notice: InvoiceNotice,
  invoice: InvoiceRow,
  account: Account,
): SkippedBecause | null {
  if (notice.kind === 'receipt' || notice.kind === 'refunded') return null;
  if (invoice.status !== 'open') return 'paidMeanwhile';
  const isOutdated =
    notice.kind === 'paymentFailed' && notice.nextTryAt !== null && notice.nextTryAt <= account.at;
  return isOutdated ? 'outdated' : null;
}
