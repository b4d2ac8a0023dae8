import type { Notice } from '../domain/notice.ts';
import { writeNotice } from '../mail/write-notice.ts';
import type { Account, InvoiceRow } from '../ports/books.ts';
import type { SkippedBecause } from '../ports/notices.ts';
import type { EffectOf, Errand } from './errand.ts';

/**
 * Mails a notice and books that it was sent. A crash between the two sends it once more, under the same
 * Message-ID; what was booked is never sent again.
 */
export async function sendNotice(errand: Errand, effect: EffectOf<'notify'>): Promise<void> {
  const { books, notices, mailer, of, task, key, at } = errand;
  if (!(await notices.isWaiting(of, task))) return;
  const { notice } = effect;
  const told = { task, notice, at };
  const [account, invoice] = [await books.account(of), await books.invoice(of, notice.invoice)];
  if (invoice === undefined) throw new Error(`no invoice ${notice.invoice} to tell of`);
  const { email } = account.details;
  const why = email === null ? 'noBillingEmail' : mootBecause(notice, invoice, account);
  if (email === null || why !== null) {
    return notices.close(of, told, { kind: 'skipped', why: why ?? 'noBillingEmail' });
  }
  const payAt = `${errand.publicUrl}/pay/${of.product}/${invoice.id}`;
  const letter = writeNotice(effect, { at, workspace: of.workspace, invoice, payAt });
  const sent = await mailer.send({ ...letter, to: email, key });
  return notices.close(
    of,
    told,
    sent === 'sent' ? { kind: 'sent' } : { kind: 'skipped', why: 'refused' },
  );
}

/** A notice that asks for what was done meanwhile, or names a date that has passed, would mislead. */
function mootBecause(notice: Notice, invoice: InvoiceRow, account: Account): SkippedBecause | null {
  if (notice.kind === 'receipt') return null;
  if (invoice.status !== 'open') return 'paidMeanwhile';
  const isOutdated =
    notice.kind === 'paymentFailed' && notice.nextTryAt !== null && notice.nextTryAt <= account.at;
  return isOutdated ? 'outdated' : null;
}
