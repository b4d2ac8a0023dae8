/**
 * `tollgate keys issue|list|revoke`: the keys that products call with. Works as the API's role. An issued
 * key is shown once; only its hash is stored.
 */
import { scopes as knownScopes, type Scope } from '../ports/directory.ts';
import { issueApiKey, revokeApiKey } from '../store/api-keys.ts';
import { good } from './shared/answer.ts';
import { Misasked } from './shared/misasked.ts';
import { withBooks } from './shared/open-books.ts';
import { namesOf, runVerbs, type Asked, type Verb } from './shared/run-verbs.ts';

const every = knownScopes.join(',');

const issue: Verb = {
  name: 'issue',
  takes: `--product ID --scopes ${every} [--mode live|test]`,
  does: 'Makes a key; it is shown this once.',
  help: [
    '--product ID    whose key it is',
    '--scopes LIST   what it may do, with commas in between',
    '--mode M        live (default) or test; a word in the key, for people',
  ],
  options: { product: { type: 'string' }, scopes: { type: 'string' }, mode: { type: 'string' } },
  run: (asked) =>
    withBooks(async (sql) => {
      namesOf(asked, []);
      const product = required(asked, 'product');
      const scopes = required(asked, 'scopes').split(',').map(readScope);
      const mode = readMode(asked.text('mode'));
      const products = await sql<{ id: string }[]>`select id from product order by id`;
      if (!products.some(({ id }) => id === product)) {
        const known = products.map(({ id }) => id).join(', ') || 'none; publish a catalog first';
        throw new Misasked(`there is no product "${product}"; there are: ${known}`);
      }
      const { id, key } = await issueApiKey(sql, { product, scopes, mode });
      return good(`${key}\n(id ${id}; the key is not shown again)`, { id, key });
    }),
};

const list: Verb = {
  name: 'list',
  takes: '[--product ID]',
  does: 'Lists keys by what is readable of them, never by their secret.',
  options: { product: { type: 'string' } },
  run: (asked) =>
    withBooks(async (sql) => {
      namesOf(asked, []);
      type Row = {
        readonly id: string;
        readonly product_id: string;
        readonly prefix: string;
        readonly scopes: readonly string[];
        readonly created_at: string;
        readonly revoked_at: string | null;
      };
      const product = asked.text('product') ?? null;
      const rows = await sql<Row[]>`
        select id, product_id, prefix, scopes, created_at, revoked_at from api_key
        where ${product}::text is null or product_id = ${product}
        order by product_id, created_at`;
      const text = rows.map((row) => {
        const state = row.revoked_at === null ? 'good' : `revoked ${row.revoked_at}`;
        const known = [row.id, row.product_id, row.prefix, row.scopes.join(',')];
        return [...known, `made ${row.created_at}`, state].join('  ');
      });
      return good(text.join('\n'), rows);
    }),
};

const revoke: Verb = {
  name: 'revoke',
  takes: '--id ID',
  does: 'Ends a key for good; every process refuses it within five seconds.',
  options: { id: { type: 'string' } },
  run: (asked) =>
    withBooks(async (sql) => {
      namesOf(asked, []);
      const id = required(asked, 'id');
      const known = await sql`select from api_key where id::text = ${id}`;
      if (known.length === 0) throw new Misasked(`there is no key with the id "${id}"; see list`);
      await revokeApiKey(sql, id);
      return good(`revoked ${id}; every process refuses it within five seconds`, { revoked: id });
    }),
};

function required(asked: Asked, name: string): string {
  const value = asked.text(name);
  if (value === undefined) throw new Misasked(`--${name} is missing; see --help`);
  return value;
}

function readScope(text: string): Scope {
  const scope = knownScopes.find((known) => known === text.trim());
  if (scope === undefined) {
    throw new Misasked(`"${text}" is no scope; there are: ${knownScopes.join(', ')}`);
  }
  return scope;
}

function readMode(text: string | undefined): 'live' | 'test' {
  if (text === undefined || text === 'live') return 'live';
  if (text === 'test') return 'test';
  throw new Misasked(`"${text}" is no mode: live or test`);
}

process.exitCode = await runVerbs('keys', [issue, list, revoke], process.argv.slice(2));
