import { fromPlain, type Plain } from '../domain/values/plain.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type { Catalogs } from '../ports/directory.ts';
import type { Sql } from './connect.ts';

/** Published terms as the books have them; a version never changes, so each is read once. */
export function storedCatalogs(sql: Sql): Catalogs {
  const known = new Map<string, Promise<Terms>>();
  const termsOf = (product: string, version: number): Promise<Terms> => {
    const name = `${product}/${version}`;
    const terms = known.get(name) ?? readTerms(sql, product, version);
    known.set(name, terms);
    // A failed read is not remembered.
    terms.catch(() => known.delete(name));
    return terms;
  };
  return {
    termsOf,
    current: async (product) => {
      const [row] = await sql<{ version: number | null }[]>`
        select max(version) as version from plan_term where product_id = ${product}`;
      const version = row?.version ?? null;
      return version === null ? undefined : termsOf(product, version);
    },
  };
}

async function readTerms(sql: Sql, product: string, version: number): Promise<Terms> {
  const [row] = await sql<{ terms: Plain<Terms> }[]>`
    select terms from plan_term where product_id = ${product} and version = ${version}`;
  if (row === undefined) throw new Error(`no terms ${version} of ${product} were published`);
  return fromPlain<Terms>(row.terms);
}
