import type { Instant } from '../domain/calendar.ts';
import type { Notice } from '../domain/notice.ts';
import type { NoticeBooks, SkippedBecause } from '../ports/notices.ts';
import { bookingOn, finishTask } from './booking.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { writeFeed } from './ledger-writes.ts';

/** The books of notices on Postgres: the task's row and the feed. */
export function noticeBooks(sql: Sql): NoticeBooks {
  const booking = bookingOn(sql);
  return {
    isWaiting: (of, task) =>
      inProduct(sql, of.product, async (tx) => {
        const rows = await tx`select 1 from outbox where id = ${task} and done_at is null`;
        return rows.length > 0;
      }),
    close: (of, { task, notice, at }, outcome) =>
      booking(of, async (tx, workspaceId) => {
        if (!(await finishTask(tx, task))) return;
        if (outcome.kind === 'skipped') {
          await tellSkipped(tx, workspaceId, { notice, at, why: outcome.why });
          return;
        }
        await writeFeed(tx, workspaceId, { kind: 'noticeSent', at, data: factsOf(notice) });
      }),
  };
}

/** Tells in the feed that a notice was not sent, and why. */
export async function tellSkipped(
  tx: Transaction,
  workspaceId: bigint,
  skipped: { readonly notice: Notice; readonly at: Instant; readonly why: SkippedBecause },
): Promise<void> {
  const { notice, at, why } = skipped;
  await writeFeed(tx, workspaceId, {
    kind: 'noticeSkipped',
    at,
    data: { ...factsOf(notice), why },
  });
}

/** Which notice it was. Never the address: the feed is kept for ever. */
function factsOf(notice: Notice): Record<string, string | number> {
  switch (notice.kind) {
    case 'receipt':
    case 'suspended':
      return { notice: notice.kind, invoice: notice.invoice };
    case 'paymentFailed':
      return { notice: notice.kind, invoice: notice.invoice, try: notice.try };
    case 'creditsLow':
      return { notice: notice.kind, percent: notice.percent };
  }
}
