import { createHash } from 'node:crypto';
import { fromPlain, toPlain, type Plain } from '../domain/values/plain.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type { PublishedVersion } from '../ports/terms-moves.ts';
import { inProduct, type Sql } from './connect.ts';

/** A published version never changes: workspaces are pinned to it. */
export class VersionChanged extends Error {
  override readonly name = 'VersionChanged';

  constructor(terms: Pick<Terms, 'product' | 'version'>, newest: number) {
    super(
      `The catalog of "${terms.product}" differs from its published version ${terms.version}. ` +
        `Raise "version" in the file to ${newest + 1}, then publish it again.`,
    );
  }
}

/** What publishing a file came to: a new version, or nothing, because its policies were there already. */
export type Publication = {
  readonly terms: Terms;
  readonly outcome: 'published' | 'unchanged';
  /** The newest version before; null for a product's first. */
  readonly before: Terms | null;
};

/**
 * Publishes each product's terms once per version. The order of keys in a file is no difference, nor is a
 * raised number alone. Throws `VersionChanged` for an edited version.
 */
export async function publishTerms(sql: Sql, all: readonly Terms[]): Promise<Publication[]> {
  const publications: Publication[] = [];
  for (const terms of all) publications.push(await publish(sql, terms));
  return publications;
}

type Row = { readonly version: number; readonly hash: string; readonly terms: Plain<Terms> };

async function publish(sql: Sql, terms: Terms): Promise<Publication> {
  const { product, name, version } = terms;
  const hash = hashOf(terms);
  const [newest] = await readVersions(sql, product);
  const before = newest === undefined ? null : fromPlain<Terms>(newest.terms);
  if (newest?.hash === hash && version >= newest.version) {
    return { terms, outcome: 'unchanged', before };
  }
  const plain = toPlain(terms) as object as never; // the driver's type for JSON knows no domain types
  await sql`insert into product (id, name) values (${product}, ${name})
    on conflict (id) do nothing`;
  const added = await sql`insert into plan_term (product_id, version, terms, hash)
    values (${product}, ${version}, ${sql.json(plain)}, ${hash})
    on conflict (product_id, version) do nothing`;
  const [latest, ...older] = await readVersions(sql, product);
  const published = [latest, ...older].find((row) => row?.version === version);
  if (published?.hash !== hash) throw new VersionChanged(terms, latest?.version ?? version);
  return { terms, outcome: added.count > 0 ? 'published' : 'unchanged', before };
}

const readVersions = (sql: Sql, product: string): Promise<Row[]> =>
  sql<Row[]>`select version, hash, terms from plan_term
    where product_id = ${product} order by version desc`;

/** By this the policies of a version are known again, whatever order somebody wrote them in. */
function hashOf({ version: _version, ...policies }: Terms): string {
  return createHash('sha256')
    .update(canonical(toPlain(policies)))
    .digest('hex');
}

/** JSON with sorted keys; what stands in a list by an id stands there in the order of ids. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return item;
    if (Array.isArray(item)) return inOrder(item);
    return Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });

const inOrder = (list: readonly unknown[]): readonly unknown[] =>
  list.every(hasId) ? list.toSorted(byId) : list;

type Named = { readonly id: string };

const hasId = (item: unknown): item is Named =>
  typeof item === 'object' && item !== null && 'id' in item && typeof item.id === 'string';

const byId = (a: Named, b: Named): number => (a.id < b.id ? -1 : 1);

/** A product's versions, newest first; empty for a product that nobody has published. */
export const publishedVersions = (sql: Sql, product: string): Promise<PublishedVersion[]> =>
  inProduct(sql, product, async (tx) => {
    type Found = { readonly version: number; readonly at: string; readonly workspaces: number };
    const rows = await tx<Found[]>`
      select t.version, t.published_at as at, count(w.id)::int as workspaces
      from plan_term t
      left join workspace w on w.product_id = t.product_id and w.terms_version = t.version
      where t.product_id = ${product}
      group by t.version, t.published_at order by t.version desc`;
    return rows.map(({ version, at, workspaces }) => ({ version, publishedAt: at, workspaces }));
  });
