import { alertName } from '../domain/news/alert.ts';
import type { Instant } from '../domain/values/calendar.ts';
import { isNews } from '../domain/news/news.ts';
import { readersOf, type Notice, type Readers } from '../domain/news/notice.ts';
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
    addresses: (of, notice) =>
      inProduct(sql, of.product, async (tx) => {
        const [row] = await tx<{ id: bigint }[]>`select id from workspace
          where product_id = ${of.product} and external_id = ${of.workspace}`;
        return row === undefined ? [] : addressesOf(tx, row.id, notice);
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

/** Where a notice goes; empty: nobody whom it is for has told an address. */
export async function addressesOf(
  tx: Transaction,
  workspaceId: bigint,
  notice: Notice,
): Promise<string[]> {
  const readers = readersOf(notice);
  const own = readers === null ? [] : await ownAddresses(tx, workspaceId, readers);
  if (own.length > 0 || (readers !== null && 'member' in readers)) return own;
  const [row] = await tx<{ email: string | null; copies: readonly string[] }[]>`
    select billing_email as email, billing_copies as copies from workspace
    where id = ${workspaceId}`;
  if (row === undefined || row.email === null) return [];
  return [...new Set([row.email, ...row.copies])];
}

async function ownAddresses(
  tx: Transaction,
  workspaceId: bigint,
  readers: Readers,
): Promise<string[]> {
  const rows = await tx<{ email: string }[]>`
    select distinct u.email from membership m join app_user u on u.id = m.user_id
    where m.workspace_id = ${workspaceId} and m.state = 'accepted' and u.email is not null
      and ${
        'member' in readers
          ? tx`u.external_id = ${readers.member}`
          : tx`m.role = any(${[...readers.roles]}) and u.external_id is distinct from ${readers.except}`
      }
    order by u.email`;
  return rows.map(({ email }) => email);
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
function factsOf(notice: Notice): Record<string, string | number | null> {
  if (isNews(notice)) return { notice: notice.kind };
  switch (notice.kind) {
    case 'receipt':
    case 'invoiceSent':
    case 'invoiceOverdue':
    case 'refunded':
    case 'suspended':
      return { notice: notice.kind, invoice: notice.invoice };
    case 'paymentFailed':
      return { notice: notice.kind, invoice: notice.invoice, try: notice.try };
    case 'creditsLow':
      return { notice: notice.kind, alert: alertName(notice), subject: notice.subject };
  }
}
