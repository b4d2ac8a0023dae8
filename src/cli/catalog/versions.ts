import { existsSync } from 'node:fs';
import { nearest } from '../../domain/values/nearest.ts';
import { changedPolicies, tellChange } from '../../domain/terms/terms-diff.ts';
import type { Terms } from '../../domain/terms/terms.ts';
import type { PublishedVersion } from '../../ports/terms-moves.ts';
import type { Sql } from '../../store/connect.ts';
import { storedCatalogs } from '../../store/directory-catalogs.ts';
import { publishedVersions } from '../../store/publish-terms.ts';
import { columns, good } from '../shared/answer.ts';
import { Misasked } from '../shared/misasked.ts';
import { withBooks } from '../shared/open-books.ts';
import { namesOf, type Verb } from '../shared/run-verbs.ts';
import { readFiles } from './files.ts';

/** Which versions of a product there are, and how many workspaces each has. */
export const versions: Verb = {
  name: 'versions',
  takes: 'PRODUCT',
  does: 'Lists what was published, newest first, and who is on it.',
  run: (asked) =>
    withBooks(async (sql) => {
      const [product = ''] = namesOf(asked, ['PRODUCT']);
      const known = await versionsOf(sql, product);
      const rows = known.map(({ version, publishedAt, workspaces }) => [
        String(version),
        publishedAt,
        String(workspaces),
      ]);
      return good(columns([['version', 'published', 'workspaces'], ...rows]), known);
    }),
};

/** What differs between two versions, by default the newest one and the one before. */
export const diff: Verb = {
  name: 'diff',
  takes: 'PRODUCT [FROM] [TO]',
  does: 'Says what differs between two versions, policy by policy.',
  help: [
    'FROM and TO are published versions, or catalog files that may be drafts.',
    'Without them: the newest version and the one before; without TO: the newest one.',
  ],
  run: (asked) =>
    withBooks(async (sql) => {
      const [product = '', from, to] = namesOf(asked, ['PRODUCT'], ['FROM', 'TO']);
      const known = await versionsOf(sql, product);
      const [newest, before] = known.map(({ version }) => String(version));
      const sides = {
        from: await side(sql, known, product, from ?? before ?? newest ?? ''),
        to: await side(sql, known, product, to ?? newest ?? ''),
      };
      const changes = changedPolicies(sides.from, sides.to);
      const lines = changes.map(tellChange);
      const nothing = `version ${sides.from.version} and version ${sides.to.version} say the same`;
      const text = lines.length === 0 ? nothing : lines.join('\n');
      return good(text, { from: sides.from.version, to: sides.to.version, changes });
    }),
};

/** A product's versions; who asks for a product that nobody published is told which there are. */
export async function versionsOf(sql: Sql, product: string): Promise<PublishedVersion[]> {
  const known = await publishedVersions(sql, product);
  if (known.length > 0) return known;
  const products = await sql<{ id: string }[]>`select id from product order by id`;
  const names = products.map(({ id }) => id);
  const guess = nearest(product, names);
  const hint = guess === null ? '.' : `; did you mean ${guess}?`;
  const all = names.join(', ') || 'none';
  throw new Misasked(`nobody has published "${product}"${hint} There are: ${all}`);
}

async function side(
  sql: Sql,
  known: readonly PublishedVersion[],
  product: string,
  name: string,
): Promise<Terms> {
  if (/\.ya?ml$/.test(name) || existsSync(name)) return draft(product, name);
  const found = known.find(({ version }) => String(version) === name);
  if (found !== undefined) return storedCatalogs(sql).termsOf(product, found.version);
  const all = known.map(({ version }) => version).join(', ');
  throw new Misasked(
    `there is no version "${name}" of ${product}, and no such file; there are: ${all}`,
  );
}

function draft(product: string, file: string): Terms {
  const [read] = readFiles([file]);
  if (read?.terms === undefined) throw new Misasked((read?.mistakes ?? []).join('\n'));
  if (read.terms.product === product) return read.terms;
  throw new Misasked(`${file} is the catalog of ${read.terms.product}, not of ${product}`);
}
