import type { Sql } from './connect.ts';
import type { Told } from './ledger-answers.ts';
import { encodeColumns, encodeSeen } from './ledger-columns.ts';
import { exactJson, type Posting } from './ledger-posting.ts';
import { present } from './ledger-writes.ts';

/** What `ledger_batch` answers. */
export type BatchAnswer = {
  /**
   * Operations, the fast and then the exact ones counted, that were judged by what is so no longer: the
   * batch was not posted because of them. Null: it was.
   */
  readonly moved: readonly number[] | null;
  /** A line for each operation that the fast path has written; null: none. */
  readonly posted: string | null;
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
  const c = encodeColumns(batch.fast);
  const s = encodeSeen([...batch.fast, ...batch.exact]);
  const exact = `[${batch.exact.map(exactJson).join(',')}]`;
  const [row] = await sql<BatchAnswer[]>`
    select moved, posted, refused, answers from ledger_batch(
      ${lane}::smallint, ${s.workspace.array}::text::bigint[], ${s.version.array}::text::int[],
      ${s.member.array}::text::text[], ${c.op.array}::text::int[],
      ${c.ordinal.array}::text::smallint[], ${c.kind.array}::text::text[],
      ${c.product.array}::text::text[], ${c.workspace.array}::text::bigint[],
      ${c.key.array}::text::uuid[], ${c.body.array}::text::bigint[], ${c.terms.array}::text::int[],
      ${c.rate.array}::text::int[], ${c.need.array}::text::bigint[],
      ${c.amount.array}::text::bigint[], ${c.line.array}::text::text[],
      ${c.model.array}::text::text[], ${c.tokens.array}::text::bigint[],
      ${c.quantities.array}::text::jsonb[], ${c.member.array}::text::text[],
      ${c.space.array}::text::text[], ${c.agent.array}::text::text[],
      ${c.surface.array}::text::text[], ${c.tool.array}::text::text[], ${c.run.array}::text::text[],
      ${c.behalf.array}::text::bigint[], ${c.hold.array}::text::uuid[],
      ${c.life.array}::text::bigint[], ${c.earmarks.array}::text::text[], ${exact}::text::jsonb)`;
  const { moved, ...told } = present(row);
  return { ...told, moved: moved && moved.flatMap((place) => s.ops[place - 1] ?? []) };
}
