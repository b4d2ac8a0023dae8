import { createHash } from 'node:crypto';
import { toPlain } from '../domain/plain.ts';
import type { Terms } from '../domain/terms.ts';
import type { Sql } from './connect.ts';

/** A published version never changes: workspaces are pinned to it. */
class VersionChanged extends Error {
  override readonly name = 'VersionChanged';

  constructor(terms: Pick<Terms, 'product' | 'version'>) {
    super(
      `The catalog of "${terms.product}" differs from its published version ${terms.version}. ` +
        `Raise "version" in the file to ${terms.version + 1}, then start again.`,
    );
  }
}

/** Publishes each product's terms once per version. Throws `VersionChanged` for an edited version. */
export async function publishTerms(sql: Sql, all: readonly Terms[]): Promise<void> {
  for (const terms of all) {
    const plain = toPlain(terms);
    const hash = createHash('sha256').update(JSON.stringify(plain)).digest('hex');
    await sql`insert into product (id, name) values (${terms.product}, ${terms.name})
      on conflict (id) do nothing`;
    await sql`insert into plan_term (product_id, version, terms, hash)
      values (${terms.product}, ${terms.version}, ${sql.json(plain as object as never)}, ${hash})
      on conflict (product_id, version) do nothing`;
    const [published] = await sql<{ hash: string }[]>`
      select hash from plan_term
      where product_id = ${terms.product} and version = ${terms.version}`;
    if (published?.hash !== hash) throw new VersionChanged(terms);
  }
}
