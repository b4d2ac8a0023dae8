import type { Sql } from './connect.ts';
import type { Told } from './ledger-answers.ts';
import { encodeColumns, encodeSeen, type Asking } from './ledger-columns.ts';
import { exactJson, type Posting } from './ledger-posting.ts';
import { present } from './ledger-writes.ts';

/** What `ledger_batch` answers. */
export type BatchAnswer = {
  /**
   * Operations, the fast and then the exact ones counted, that were judged by what is so no longer: the
   * batch was not posted because of them. Null: it was.
   */
  readonly moved: readonly number[] | null;
  /** What the fast path asked. */
  readonly asked: readonly Asking[];
  /** What it was told of the debits and holds that it has written; null: none. */
  readonly posted: string | null;
  /** A line for each settle that it has written; null: none. */
  readonly settled: string | null;
  /** A line for each operation that the empty pool refused; null: none. */
  readonly refused: string | null;
  /** In the order of the exact operations; null: the batch was not posted. */
  readonly answers: readonly Told[] | null;
};

/** Sends a batch of one lane's operations to the books: one transaction, all of it or nothing. */
export async function callBatch(
  sql: Sql,
  lane: number,
  batch: { readonly fast: readonly Posting[]; readonly exact: readonly Posting[] },
): Promise<BatchAnswer> {
  const { pools: p, caps: c, rows: r, asked } = encodeColumns(batch.fast);
  const s = encodeSeen([...batch.fast, ...batch.exact]);
  const exact = `[${batch.exact.map(exactJson).join(',')}]`;
  const [row] = await sql<Omit<BatchAnswer, 'asked'>[]>`
    select moved, posted, settled, refused, answers from ledger_batch(
      ${lane}::smallint, ${s.workspace.array}::text::bigint[], ${s.version.array}::text::int[],
      ${s.roster.array}::text::int[], ${s.member.array}::text::text[], ${p.product.array}::text::text[],
      ${p.workspace.array}::text::bigint[], ${p.terms.array}::text::int[],
      ${p.rate.array}::text::int[], ${p.need.array}::text::bigint[],
      ${p.held.array}::text::bigint[], ${p.life.array}::text::bigint[],
      ${p.earmarked.array}::text::boolean[], ${c.pool.array}::text::int[],
      ${c.scope.array}::text::text[], ${c.subject.array}::text::text[],
      ${c.need.array}::text::bigint[], ${r.op.array}::text::int[],
      ${r.ordinal.array}::text::smallint[], ${r.pool.array}::text::int[],
      ${r.kind.array}::text::text[], ${r.key.array}::text::uuid[], ${r.body.array}::text::bigint[],
      ${r.need.array}::text::bigint[], ${r.sum.array}::text::bigint[],
      ${r.amount.array}::text::bigint[], ${r.line.array}::text::text[],
      ${r.model.array}::text::text[], ${r.tokens.array}::text::bigint[],
      ${r.quantities.array}::text::jsonb[], ${r.member.array}::text::text[],
      ${r.memberCap.array}::text::int[], ${r.memberSum.array}::text::bigint[],
      ${r.space.array}::text::text[], ${r.spaceCap.array}::text::int[],
      ${r.spaceSum.array}::text::bigint[], ${r.agent.array}::text::text[],
      ${r.surface.array}::text::text[], ${r.tool.array}::text::text[], ${r.run.array}::text::text[],
      ${r.behalf.array}::text::bigint[], ${r.hold.array}::text::uuid[],
      ${r.life.array}::text::bigint[], ${r.earmarks.array}::text::text[], ${exact}::text::jsonb)`;
  const { moved, ...told } = present(row);
  return { ...told, asked, moved: moved && moved.flatMap((place) => s.ops[place - 1] ?? []) };
}
