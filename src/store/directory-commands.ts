import { randomUUID } from 'node:crypto';
import type { Command, CommandResult } from '../domain/life/commands.ts';
import { isPersonal } from '../domain/life/new-lifecycle.ts';
import { ok, refused, type Outcome } from '../domain/values/outcome.ts';
import type { Directory, FreshWorkspace, StoredPreview } from '../ports/directory.ts';
import type { CommandRow, SentCommand } from '../ports/sent-command.ts';
import type { KeyReused } from '../ports/accounts.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { accountLimit, lockUsers } from './account-limits.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { noteRing } from './feed.ts';
import { ensureUser, insertWorkspace } from './new-workspace.ts';

/** The key of the command that starts a workspace's first plan: there is one such command. */
const startKey = 'workspace:start';

/** A client's keys stand in a space of their own, where none can meet a key that was made here. */
const byClient = <Sent extends SentCommand>(sent: Sent): Sent => ({
  ...sent,
  key: `client:${sent.key}`,
});

type Row = {
  readonly id: string;
  readonly body_hash: Uint8Array;
  readonly body: Command;
  readonly state: CommandRow['state'];
  readonly result: CommandResult | null;
  readonly requested_at: string;
  readonly settled_at: string | null;
};

const rowOf = (row: Row): CommandRow => ({
  id: row.id,
  command: row.body,
  state: row.state,
  result: row.result,
  requestedAt: row.requested_at,
  settledAt: row.settled_at,
});

export function submitCommand(
  sql: Sql,
  account: LedgerAccount,
  sent: SentCommand,
): Promise<Outcome<CommandRow, KeyReused>> {
  return inProduct(sql, account.product, async (tx) => {
    const { row, isNew } = await insertOrFind(tx, account, byClient(sent));
    if (isNew) await noteRing(tx, account.workspaceId);
    return isSame(row, sent) ? ok(rowOf(row)) : refused({ kind: 'idempotencyKeyReused' });
  });
}

/** What was asked for under this key before; undefined where it is new. */
export async function knownCommand(
  tx: Transaction,
  { workspaceId }: LedgerAccount,
  sent: SentCommand,
): Promise<Outcome<CommandRow, KeyReused> | undefined> {
  const row = await findByKey(tx, workspaceId, byClient(sent).key);
  if (row === undefined) return undefined;
  return isSame(row, sent) ? ok(rowOf(row)) : refused({ kind: 'idempotencyKeyReused' });
}

/** Stores a command that no step decides, for its money is moving already. Its key must be new. */
export async function storePaying(
  tx: Transaction,
  account: LedgerAccount,
  sent: SentCommand,
): Promise<CommandRow> {
  const { row } = await insertOrFind(tx, account, byClient(sent), { state: 'paying' });
  return rowOf(row);
}

const isMade = async (tx: Transaction, { product, workspace }: WorkspaceRef): Promise<boolean> => {
  const rows = await tx`select 1 from workspace
    where product_id = ${product} and external_id = ${workspace}`;
  return rows.length > 0;
};

export async function createWorkspace(
  sql: Sql,
  of: WorkspaceRef,
  fresh: FreshWorkspace,
  start: SentCommand,
): ReturnType<Directory['createWorkspace']> {
  const { product } = of;
  const { owner: user, termsVersion } = fresh;
  // In a transaction of its own: rows of users are made before they are locked, and before lanes.
  await inProduct(sql, product, (tx) => ensureUser(tx, product, user));
  return inProduct(sql, product, async (tx) => {
    await lockUsers(tx, product, [user]);
    if (!isPersonal(of) && !(await isMade(tx, of))) {
      const full = await accountLimit(tx, { product, user, termsVersion, wants: 'own' });
      if (full !== null) return refused(full);
    }
    const { id, created } = await insertWorkspace(tx, { ...of, ...fresh });
    const account = { product: of.product, workspaceId: id };
    const sent = { ...start, key: startKey };
    if (created) {
      const { row } = await insertOrFind(tx, account, sent);
      await noteRing(tx, id);
      return ok({ ...rowOf(row), created });
    }
    const known = await findByKey(tx, id, startKey);
    return known !== undefined && isSame(known, sent)
      ? ok({ ...rowOf(known), created })
      : refused({ kind: 'exists' });
  });
}

export function readCommand(
  sql: Sql,
  account: LedgerAccount,
  id: string,
): Promise<CommandRow | undefined> {
  return inProduct(sql, account.product, async (tx) => {
    const [row] = await tx<Row[]>`
      select id, body_hash, body, state, result, requested_at, settled_at from command
      where id = ${id} and workspace_id = ${account.workspaceId} and state <> 'preview'`;
    return row && rowOf(row);
  });
}

export function storePreview<Shown>(
  sql: Sql,
  account: LedgerAccount,
  preview: Parameters<Directory['storePreview']>[1] & { readonly shown: Shown },
): Promise<Outcome<StoredPreview<Shown>, KeyReused>> {
  return inProduct(sql, account.product, async (tx) => {
    const { at, basis, shown } = preview;
    const stored = { state: 'preview', at, result: { basis, shown } } as const;
    const { row } = await insertOrFind(tx, account, byClient(preview), stored);
    if (!isSame(row, preview)) return refused({ kind: 'idempotencyKeyReused' });
    // A preview's row holds what it was stored with; the same body always asks for a preview again.
    const { result } = row as unknown as { readonly result: typeof stored.result };
    return ok({ id: row.id, at: row.requested_at, shown: result.shown });
  });
}

const isSame = (row: Row, sent: SentCommand): boolean =>
  Buffer.compare(row.body_hash, sent.bodyHash) === 0;

async function findByKey(
  tx: Transaction,
  workspaceId: bigint,
  key: string,
): Promise<Row | undefined> {
  const [row] = await tx<Row[]>`
    select id, body_hash, body, state, result, requested_at, settled_at from command
    where workspace_id = ${workspaceId} and idempotency_key = ${key}`;
  return row;
}

type Stored =
  | { readonly state: 'pending' | 'paying' }
  | { readonly state: 'preview'; readonly at: string; readonly result: object };

/** The row under this key: a new one, or the one that was stored first. */
async function insertOrFind(
  tx: Transaction,
  account: { readonly product: string; readonly workspaceId: bigint },
  sent: SentCommand,
  as: Stored = { state: 'pending' },
): Promise<{ readonly row: Row; readonly isNew: boolean }> {
  const { product, workspaceId } = account;
  const preview = as.state === 'preview' ? as : null;
  const result = preview === null ? null : tx.json(toJson(preview.result));
  const [row] = await tx<Row[]>`
    insert into command (
      id, workspace_id, product_id, idempotency_key, body_hash, kind, body, actor, requested_at,
      state, result
    ) values (
      ${randomUUID()}, ${workspaceId}, ${product}, ${sent.key}, ${sent.bodyHash},
      ${sent.command.kind}, ${tx.json(sent.command)}, ${sent.actor},
      coalesce(${preview?.at ?? null}::timestamptz, ledger_at(${workspaceId})),
      ${as.state}, ${result}
    )
    on conflict (workspace_id, idempotency_key) do nothing
    returning id, body_hash, body, state, result, requested_at, settled_at`;
  if (row !== undefined) return { row, isNew: true };
  const known = await findByKey(tx, workspaceId, sent.key);
  if (known === undefined) throw new Error('a command was stored and is gone');
  return { row: known, isNew: false };
}

/** Previews are plain data already; the driver's type for JSON cannot know that. */
const toJson = (value: object) => value as Parameters<Transaction['json']>[0];
