import type { Minor } from '../domain/values/money.ts';
import { ok, refused, type Outcome } from '../domain/values/outcome.ts';
import type { Caps, LivesMost, LivingMost, ResourceRecord } from '../ports/directory.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { noteRing, tellFact } from './feed.ts';
import { ledgerAt, lockLedger, setCap, writeFeed } from './ledger-writes.ts';
import { ensureUser } from './new-workspace.ts';
import { setSpendCap } from './overage-writes.ts';

type Row = {
  readonly kind: ResourceRecord['kind'];
  readonly external_id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly closed_at: string | null;
};

const resourceOf = (row: Row): ResourceRecord => ({
  kind: row.kind,
  id: row.external_id,
  name: row.name,
  owner: row.owner,
  closedAt: row.closed_at,
});

export const readResources = (sql: Sql, account: LedgerAccount): Promise<ResourceRecord[]> =>
  inProduct(sql, account.product, async (tx) => {
    const rows = await tx<Row[]>`
      select r.kind, r.external_id, r.name, u.external_id as owner, r.closed_at
      from resource r left join app_user u on u.id = r.owner_id
      where r.workspace_id = ${account.workspaceId} and r.closed_at is null
      order by r.kind, r.external_id`;
    return rows.map(resourceOf);
  });

/**
 * Makes, renames or gives a resource to another owner; one that was closed lives again. Counted under the
 * lane's lock: of two at once on the last place one is refused.
 */
export async function putResource(
  sql: Sql,
  account: LedgerAccount,
  resource: Pick<ResourceRecord, 'kind' | 'id' | 'name' | 'owner'>,
  livesMost: LivesMost,
): Promise<Outcome<ResourceRecord, LivingMost>> {
  const { product, workspaceId } = account;
  const { kind, id, name, owner } = resource;
  // In a transaction of its own: rows of users are made before lanes are locked.
  const ownerId =
    owner === null ? null : await inProduct(sql, product, (tx) => ensureUser(tx, product, owner));
  return inProduct(sql, product, async (tx) => {
    if (livesMost !== null) {
      await lockLedger(tx, [workspaceId]);
      const used = await othersLiving(tx, workspaceId, resource);
      if (used !== null && used >= livesMost) return refused({ kind: 'livingMost', used });
    }
    await tx`insert into resource (workspace_id, product_id, kind, external_id, owner_id, name)
      values (${workspaceId}, ${product}, ${kind}, ${id}, ${ownerId}, ${name})
      on conflict (workspace_id, kind, external_id) do update set
        owner_id = excluded.owner_id, name = excluded.name, closed_at = null`;
    return ok({ kind, id, name, owner, closedAt: null });
  });
}

/** How many others of the kind live; null where this one does already. */
async function othersLiving(
  tx: Transaction,
  workspaceId: bigint,
  { kind, id }: Pick<ResourceRecord, 'kind' | 'id'>,
): Promise<number | null> {
  const rows = await tx<{ external_id: string }[]>`
    select external_id from resource
    where workspace_id = ${workspaceId} and kind = ${kind} and closed_at is null`;
  return rows.some(({ external_id }) => external_id === id) ? null : rows.length;
}

/** Closes a resource; closing again answers the first closing. */
export const closeResource = (
  sql: Sql,
  account: LedgerAccount,
  resource: Pick<ResourceRecord, 'kind' | 'id'>,
): Promise<ResourceRecord | undefined> =>
  inProduct(sql, account.product, async (tx) => {
    const [row] = await tx<Row[]>`
      update resource r set closed_at = coalesce(r.closed_at, ledger_at(r.workspace_id))
      where r.workspace_id = ${account.workspaceId} and r.kind = ${resource.kind}
        and r.external_id = ${resource.id}
      returning r.kind, r.external_id, r.name, r.closed_at,
        (select u.external_id from app_user u where u.id = r.owner_id) as owner`;
    return row && resourceOf(row);
  });

export async function setCaps(
  sql: Sql,
  account: LedgerAccount,
  { caps, spendMinor }: Caps,
): Promise<void> {
  await inProduct(sql, account.product, async (tx) => {
    await lockLedger(tx, [account.workspaceId]);
    const at = await ledgerAt(tx, account.workspaceId);
    for (const cap of caps) {
      const isChanged = await setCap(tx, account.workspaceId, cap);
      if (!isChanged) continue;
      const { scope, subject, capMicro } = cap;
      const data = { scope, subject, capMicro: capMicro?.toString() ?? null };
      await writeFeed(tx, account.workspaceId, { kind: 'capChanged', at, data });
    }
    if (spendMinor !== undefined) await changeSpendCap(tx, account.workspaceId, spendMinor);
  });
}

/** The month's spend cap counts from now on, and the lifecycle hears of it. */
async function changeSpendCap(
  tx: Transaction,
  workspace: bigint,
  capMinor: Minor | null,
): Promise<void> {
  await setSpendCap(tx, workspace, capMinor);
  const data = { capMinor: capMinor?.toString() ?? null };
  await tellFact(tx, workspace, { kind: 'spendCapChanged', data });
  await noteRing(tx, workspace);
}
