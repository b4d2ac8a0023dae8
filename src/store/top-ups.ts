import type { Purchase } from '../domain/life/lifecycle.ts';
import { micro, minor } from '../domain/values/money.ts';
import { ok, refused } from '../domain/values/outcome.ts';
import { fromPlain, toPlain, type Plain } from '../domain/values/plain.ts';
import { refundOf, type TopUpRefund } from '../domain/credits/top-up-refund.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import type { RefundWish, TopUpRow, TopUps } from '../ports/top-ups.ts';
import { topUpKey } from './bought.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { knownCommand, storePaying } from './directory-commands.ts';
import { noteRing } from './feed.ts';
import { freezeGrant } from './ledger-reversals.ts';
import { lockLedger, touchLedger } from './ledger-writes.ts';
import { refundFreeze, readTopUpRefund } from './top-up-refund-books.ts';

/** Top-ups that were bought, and wishes to give them back, on Postgres. */
export function topUps(sql: Sql): TopUps {
  return {
    topUps: (account, page) =>
      inProduct(sql, account.product, (tx) => readTopUps(tx, account, { ...page, id: null })),
    topUp: (account, id) =>
      inProduct(sql, account.product, async (tx) => findTopUp(tx, account, id)),
    requestTopUpRefund: (account, wish) =>
      inProduct(sql, account.product, (tx) => requestRefund(tx, account, wish)),
    topUpRefund: (account, id) =>
      inProduct(sql, account.product, (tx) => readTopUpRefund(tx, account.workspaceId, id)),
  };
}

type Row = {
  readonly id: string;
  readonly purchase: Plain<Purchase>;
  readonly currency: string;
  readonly bought_at: string;
  readonly unspent_micro: bigint;
  readonly expires_at: string | null;
  readonly refunded_minor: bigint;
  readonly disputed: boolean;
  readonly refunding: boolean;
};

async function readTopUps(
  tx: Transaction,
  { workspaceId }: LedgerAccount,
  which: { readonly before: string | null; readonly limit: number; readonly id: string | null },
): Promise<TopUpRow[]> {
  const { before, limit, id } = which;
  const rows = await tx<Row[]>`
    select p.id, p.purchase, p.currency, p.settled_at as bought_at, g.unspent_micro, g.expires_at,
      (select coalesce(max(r.refunded_minor), 0) from refund r
        where r.payment_id = p.id and r.returned_at is null) as refunded_minor,
      exists (select 1 from dispute d
        where d.payment_id = p.id and d.state <> 'won') as disputed,
      exists (select 1 from top_up_refund t
        where t.payment_id = p.id and t.state = 'requested') as refunding
    from payment p
    join ledger_top_ups(${workspaceId}) g on g.source_key = 'topUp:' || p.id
    where p.workspace_id = ${workspaceId} and p.state = 'succeeded'
      and (${id}::uuid is null or p.id = ${id})
      and (${before}::uuid is null or (p.settled_at, p.id) < (
        select last.settled_at, last.id from payment last
        where last.id = ${before} and last.workspace_id = ${workspaceId}))
    order by p.settled_at desc, p.id desc limit ${limit}`;
  return rows.map(topUpOf);
}

function topUpOf(row: Row): TopUpRow {
  const { purpose, totalMinor } = fromPlain<Purchase>(row.purchase);
  if (purpose.kind !== 'topUp') throw new Error(`payment ${row.id} bought no credits`);
  return {
    id: row.id,
    currency: row.currency,
    boughtAt: row.bought_at,
    expiresAt: row.expires_at,
    paidMinor: totalMinor,
    creditsMicro: purpose.creditsMicro,
    unspentMicro: micro(row.unspent_micro),
    refundedMinor: minor(row.refunded_minor),
    isDisputed: row.disputed,
    isRefunding: row.refunding,
  };
}

async function findTopUp(
  tx: Transaction,
  account: LedgerAccount,
  id: string,
): Promise<TopUpRow | undefined> {
  const [found] = await readTopUps(tx, account, { id, before: null, limit: 1 });
  return found;
}

/** Under the lane's lock from the first statement on: what is quoted is what is frozen. */
async function requestRefund(
  tx: Transaction,
  account: LedgerAccount,
  wish: RefundWish,
): ReturnType<TopUps['requestTopUpRefund']> {
  const { workspaceId } = account;
  await lockLedger(tx, [workspaceId]);
  const at = await touchLedger(tx, workspaceId);
  const known = await knownCommand(tx, account, wish.sent);
  if (known !== undefined) return known;
  const topUp = await findTopUp(tx, account, wish.topUp);
  if (topUp === undefined) return refused({ kind: 'notFound' });
  const quoted = refundOf(wish.policy, topUp, { ...wish, at });
  if (!quoted.ok) return quoted;
  const command = await storePaying(tx, account, wish.sent);
  await setOut(tx, account, { id: command.id, topUp, at }, quoted.value);
  return ok(command);
}

/** The wish as a row, its credits frozen, and the task that moves its money. */
async function setOut(
  tx: Transaction,
  { product, workspaceId }: LedgerAccount,
  { id, topUp, at }: { readonly id: string; readonly topUp: TopUpRow; readonly at: string },
  { amountMinor, creditsMicro }: TopUpRefund,
): Promise<void> {
  await tx`insert into top_up_refund (
      id, workspace_id, product_id, payment_id, amount_minor, credits_micro, requested_at
    ) values (${id}, ${workspaceId}, ${product}, ${topUp.id}, ${amountMinor}, ${creditsMicro}, ${at})`;
  const freeze = { sourceKey: topUpKey(topUp.id), amountMicro: creditsMicro };
  await freezeGrant(tx, workspaceId, { ...freeze, key: refundFreeze(id) });
  const effect = toPlain({ kind: 'refundTopUp', refund: id });
  await tx`insert into outbox (workspace_id, product_id, key, effect, at)
    values (${workspaceId}, ${product}, ${`refund:${id}`}, ${tx.json(effect)}, ${at})`;
  await noteRing(tx, workspaceId);
}
