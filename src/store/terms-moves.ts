import { createHash, randomUUID } from 'node:crypto';
import type { Command } from '../domain/life/commands.ts';
import type { Lifecycle } from '../domain/life/lifecycle.ts';
import { ok, refused, type Outcome } from '../domain/values/outcome.ts';
import { fromPlain, toPlain, type Plain } from '../domain/values/plain.ts';
import { moveBasisOf } from '../domain/changes/terms-change.ts';
import { foreseeMove, type MoveForeseen } from '../domain/changes/terms-move.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type { Catalogs } from '../ports/directory.ts';
import type { MoveShown, MoveWish, TermsMoves } from '../ports/terms-moves.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { storedCatalogs } from './directory-catalogs.ts';
import { noteRing } from './feed.ts';
import { publishedVersions } from './publish-terms.ts';
import { readMove } from './terms-move-reads.ts';

const workspacesAtOnce = 200;
const previewMinutes = 30;

/** Moves to another version, on Postgres; each workspace's own workflow carries its command out. */
export const termsMoves = (sql: Sql): TermsMoves => ({
  versions: (product) => publishedVersions(sql, product),
  previewMove: (product, wish) => previewMove(sql, product, wish),
  applyMove: (product, move) => applyMove(sql, product, move),
  move: (product, id) => inProduct(sql, product, (tx) => readMove(tx, id)),
});

async function previewMove(
  sql: Sql,
  product: string,
  wish: Parameters<TermsMoves['previewMove']>[1],
): ReturnType<TermsMoves['previewMove']> {
  const id = idOf(product, wish.key);
  const known = await inProduct(sql, product, (tx) => readMove(tx, id));
  if (known !== undefined) {
    return isSame(known, wish) ? ok(known) : refused({ kind: 'idempotencyKeyReused' });
  }
  const catalogs = storedCatalogs(sql);
  const to = await catalogs.termsOf(product, wish.to);
  const seen: Seen[] = [];
  for (let page = await readPage(sql, product, wish, 0n); page.length > 0;) {
    for (const row of page) {
      const terms = await livedTerms(catalogs, product, row);
      seen.push(see(row, terms, { to, plan: wish.toPlan, when: wish.when }));
    }
    page = await readPage(sql, product, wish, page.at(-1)?.id ?? 0n);
  }
  return inProduct(sql, product, async (tx) => {
    await tx`insert into terms_move (id, product_id, to_version, plan, to_plan, at, actor)
      values (${id}, ${product}, ${wish.to}, ${wish.plan}, ${wish.toPlan}, ${wish.when},
        ${wish.actor})
      on conflict (id) do nothing`;
    for (const row of seen) await storeSeen(tx, product, id, row);
    const stored = await readMove(tx, id);
    if (stored === undefined) throw new Error('a preview was stored and is gone');
    return ok(stored);
  });
}

/** The same key names the same preview. */
function idOf(product: string, key: string): string {
  const hex = createHash('sha256').update(`terms-move/${product}/${key}`).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20, 32)].join('-');
}

const isSame = (move: MoveShown, wish: MoveWish): boolean =>
  move.to === wish.to &&
  move.plan === wish.plan &&
  move.toPlan === wish.toPlan &&
  move.when === wish.when;

type Row = {
  readonly id: bigint;
  readonly lifecycle: Plain<Lifecycle>;
  readonly terms_version: number;
  readonly at: string;
};

/** Who is not on the version yet, nor on the way to it at that time, by number. */
const readPage = (sql: Sql, product: string, wish: MoveWish, after: bigint): Promise<Row[]> =>
  inProduct(
    sql,
    product,
    (tx) => tx<Row[]>`
      select id, lifecycle, terms_version, ledger_at(id) as at from workspace
      where product_id = ${product} and id > ${after} and terms_version <> ${wish.to}
        and status <> 'none' and (${wish.plan}::text is null or plan = ${wish.plan})
        and (${wish.when} = 'now'
          or lifecycle -> 'comingTerms' ->> 'version' is distinct from ${String(wish.to)})
      order by id limit ${workspacesAtOnce}`,
  );

type Seen = {
  readonly workspace: bigint;
  readonly at: string;
  readonly basis: string | null;
  readonly shown: MoveForeseen;
};

async function livedTerms(catalogs: Catalogs, product: string, row: Row): Promise<Terms> {
  const terms = await catalogs.termsOf(product, row.terms_version);
  const { comingTerms } = row.lifecycle;
  if (comingTerms === undefined) return terms;
  return { ...terms, coming: await catalogs.termsOf(product, comingTerms.version) };
}

function see(row: Row, terms: Terms, move: Parameters<typeof foreseeMove>[2]): Seen {
  const life = fromPlain<Lifecycle>(row.lifecycle);
  const at = life.clock.kind === 'test' ? life.at : row.at;
  const shown = foreseeMove(life, terms, move, at);
  const basis = shown.refusal === null ? moveBasisOf(life) : null;
  return { workspace: row.id, at, basis, shown };
}

const storeSeen = (tx: Transaction, product: string, id: string, seen: Seen) =>
  tx`insert into terms_move_row (move_id, workspace_id, product_id, basis, seen_at, shown)
    values (${id}, ${seen.workspace}, ${product}, ${seen.basis}, ${seen.at},
      ${tx.json(toPlain(seen.shown))})
    on conflict (move_id, workspace_id) do nothing`;

async function applyMove(
  sql: Sql,
  product: string,
  { id, actor }: { readonly id: string; readonly actor: string },
): ReturnType<TermsMoves['applyMove']> {
  const begun = await inProduct(sql, product, (tx) => beginMove(tx, product, { id, actor }));
  if (!begun.ok) return begun;
  const move = begun.value;
  // Interrupted and called again, it goes on with whom nothing was asked of yet.
  for (let asked = workspacesAtOnce; asked === workspacesAtOnce;) {
    asked = await inProduct(sql, product, (tx) => askSome(tx, product, move, actor));
  }
  const moved = await inProduct(sql, product, (tx) => readMove(tx, id));
  return moved === undefined ? refused({ kind: 'notFound' }) : ok(moved);
}

type Begun = Outcome<MoveShown, { readonly kind: 'notFound' | 'previewStale' }>;

/** The first time, everybody must be as they were seen; from then on each workspace answers for itself. */
async function beginMove(
  tx: Transaction,
  product: string,
  { id, actor }: { readonly id: string; readonly actor: string },
): Promise<Begun> {
  const [locked] = await tx<{ fresh: boolean }[]>`
    select previewed_at > clock_timestamp() - make_interval(mins => ${previewMinutes}) as fresh
    from terms_move where id = ${id} for update`;
  const move = await readMove(tx, id);
  if (locked === undefined || move === undefined) return refused({ kind: 'notFound' });
  if (move.appliedAt !== null) return ok(move);
  if (!locked.fresh || !(await isAsSeen(tx, id))) return refused({ kind: 'previewStale' });
  await tx`update terms_move set applied_at = clock_timestamp() where id = ${id}`;
  const { to, plan, toPlan, when } = move;
  await tx`insert into audit_log (product_id, actor, action, data)
    values (${product}, ${actor}, 'moveTerms', ${tx.json({ id, to, plan, toPlan, when })})`;
  return ok(move);
}

async function isAsSeen(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx<{ basis: string; lifecycle: Plain<Lifecycle> }[]>`
    select r.basis, w.lifecycle from terms_move_row r join workspace w on w.id = r.workspace_id
    where r.move_id = ${id} and r.basis is not null`;
  return rows.every(
    ({ basis, lifecycle }) => moveBasisOf(fromPlain<Lifecycle>(lifecycle)) === basis,
  );
}

/** Stores the commands of some workspaces that none was stored for yet; answers how many. */
async function askSome(
  tx: Transaction,
  product: string,
  move: MoveShown,
  actor: string,
): Promise<number> {
  type Unasked = {
    readonly workspace_id: bigint;
    readonly basis: string;
    readonly seen_at: string;
  };
  const rows = await tx<Unasked[]>`
    select workspace_id, basis, seen_at from terms_move_row
    where move_id = ${move.id} and basis is not null and command_id is null
    order by workspace_id limit ${workspacesAtOnce} for update`;
  for (const { workspace_id: workspace, basis, seen_at: at } of rows) {
    const { to: version, toPlan: plan, when } = move;
    const command: Command = { kind: 'moveTerms', version, plan, when, seen: { at, basis } };
    const key = `terms:${move.id}`;
    const body = tx.json(command);
    const hash = createHash('sha256').update(move.id).digest();
    const commandId = randomUUID();
    await tx`insert into command (
        id, workspace_id, product_id, idempotency_key, body_hash, kind, body, actor, requested_at,
        state
      ) values (
        ${commandId}, ${workspace}, ${product}, ${key}, ${hash}, ${command.kind}, ${body},
        ${actor}, ledger_at(${workspace}), 'pending')`;
    await tx`update terms_move_row set command_id = ${commandId}
      where move_id = ${move.id} and workspace_id = ${workspace}`;
    await noteRing(tx, workspace);
  }
  return rows.length;
}
