/**
 * `api-keys issue|list|revoke`: the keys that products call with. Works as the API's role, on
 * DATABASE_URL. An issued key is shown once; only its hash is stored.
 */
import { parseArgs } from 'node:util';
import { scopes as knownScopes, type Scope } from '../ports/directory.ts';
import { issueApiKey, revokeApiKey } from '../store/api-keys.ts';
import { connect, type Sql } from '../store/connect.ts';

const every = knownScopes.join(',');
const usage = `usage: api-keys issue --product ID --scopes ${every} [--mode live|test]
       api-keys list [--product ID]
       api-keys revoke --id ID`;

/** Nothing was done, and the person who asked can put it right. */
class Misasked extends Error {
  override readonly name = 'Misasked';
}

type Asked = Readonly<Record<'product' | 'scopes' | 'mode' | 'id', string | undefined>>;

async function issue(sql: Sql, asked: Asked): Promise<string> {
  const product = required(asked, 'product');
  const products = await sql<{ id: string }[]>`select id from product order by id`;
  if (!products.some(({ id }) => id === product)) {
    const known = products.map(({ id }) => id).join(', ') || 'none; the API publishes them';
    throw new Misasked(`there is no product "${product}"; there are: ${known}`);
  }
  const scopes = required(asked, 'scopes').split(',').map(readScope);
  const { id, key } = await issueApiKey(sql, { product, scopes, mode: readMode(asked.mode) });
  return `${key}\n(id ${id}; the key is not shown again)`;
}

async function list(sql: Sql, { product }: Asked): Promise<string> {
  type Row = {
    readonly id: string;
    readonly product_id: string;
    readonly prefix: string;
    readonly scopes: readonly string[];
    readonly created_at: string;
    readonly revoked_at: string | null;
  };
  const rows = await sql<Row[]>`
    select id, product_id, prefix, scopes, created_at, revoked_at from api_key
    where ${product ?? null}::text is null or product_id = ${product ?? null}
    order by product_id, created_at`;
  return rows
    .map(({ id, product_id, prefix, scopes, created_at, revoked_at }) => {
      const state = revoked_at === null ? 'good' : `revoked ${revoked_at}`;
      return `${id}  ${product_id}  ${prefix}  ${scopes.join(',')}  made ${created_at}  ${state}`;
    })
    .join('\n');
}

async function revoke(sql: Sql, asked: Asked): Promise<string> {
  const id = required(asked, 'id');
  const known = await sql`select from api_key where id::text = ${id}`;
  if (known.length === 0) throw new Misasked(`there is no key with the id "${id}"; see list`);
  await revokeApiKey(sql, id);
  return `revoked ${id}; every process refuses it within five seconds`;
}

function required(asked: Asked, name: keyof Asked): string {
  const value = asked[name];
  if (value === undefined || value === '') throw new Misasked(`--${name} is missing\n${usage}`);
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

const verbs: Readonly<Record<string, (sql: Sql, asked: Asked) => Promise<string>>> = {
  issue,
  list,
  revoke,
};

function readArguments() {
  const text = { type: 'string' } as const; // the literal type
  const options = { product: text, scopes: text, mode: text, id: text };
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const { product, scopes, mode, id } = values;
    const verb = positionals.length === 1 ? verbs[positionals[0] ?? ''] : undefined;
    if (verb !== undefined) return { verb, asked: { product, scopes, mode, id } };
  } catch (error) {
    throw new Misasked(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
  throw new Misasked(usage);
}

async function main(): Promise<number> {
  try {
    const { verb, asked } = readArguments();
    const url = process.env['DATABASE_URL'];
    if (!url) throw new Misasked('set DATABASE_URL to the database as the role tollgate_app');
    const sql = connect(url, { max: 1 });
    try {
      console.log(await verb(sql, asked));
      return 0;
    } finally {
      await sql.end();
    }
  } catch (error) {
    if (!(error instanceof Misasked)) throw error;
    console.error(`api-keys: ${error.message}`);
    return 2;
  }
}

process.exitCode = await main();
