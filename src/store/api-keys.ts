import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { scopes as knownScopes, type ApiKeys, type Scope } from '../ports/directory.ts';
import type { Sql } from './connect.ts';

/**
 * Keys look like `tg_test_k3v0qz8m_<secret><checksum>`. The part before the secret is kept readable, to know
 * a key again; of the rest only a SHA-256 is stored. The checksum tells a mistyped key from a revoked one,
 * and lets scanners of leaked secrets be sure.
 */
const shape = /^(tg_(?:live|test)_[a-z0-9]{8})_([a-z0-9]{32})([a-z0-9]{6})$/;
const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Makes a key and stores its hash; the key itself is shown this once. */
export async function issueApiKey(
  sql: Sql,
  wish: {
    readonly product: string;
    readonly scopes: readonly Scope[];
    readonly mode: 'live' | 'test';
  },
): Promise<{ readonly id: string; readonly key: string }> {
  const prefix = `tg_${wish.mode}_${randomText(8)}`;
  const unchecked = `${prefix}_${randomText(32)}`;
  const key = unchecked + checksum(unchecked);
  const [row] = await sql<{ id: string }[]>`
    insert into api_key (product_id, prefix, secret_hash, scopes)
    values (${wish.product}, ${prefix}, ${hash(key)}, ${[...wish.scopes]}::text[])
    returning id`;
  if (row === undefined) throw new Error('a key was not stored');
  return { id: row.id, key };
}

/** Ends a key; processes that remember it let it go within five seconds. */
export async function revokeApiKey(sql: Sql, id: string): Promise<void> {
  await sql`update api_key set revoked_at = clock_timestamp()
    where id = ${id} and revoked_at is null`;
}

export function apiKeys(sql: Sql): ApiKeys {
  return {
    find: async (presented) => {
      const [, prefix, , check] = shape.exec(presented) ?? [];
      if (prefix === undefined || checksum(presented.slice(0, -6)) !== check) return undefined;
      type Row = {
        readonly id: string;
        readonly product_id: string;
        readonly secret_hash: Uint8Array;
        readonly scopes: readonly string[];
      };
      const rows = await sql<Row[]>`
        select id, product_id, secret_hash, scopes from api_key
        where prefix = ${prefix} and revoked_at is null`;
      const presentedHash = hash(presented);
      const row = rows.find(({ secret_hash }) => timingSafeEqual(secret_hash, presentedHash));
      return (
        row && {
          keyId: row.id,
          product: row.product_id,
          scopes: knownScopes.filter((scope) => row.scopes.includes(scope)),
        }
      );
    },
  };
}

const hash = (key: string): Buffer => createHash('sha256').update(key).digest();

const checksum = (unchecked: string): string => letters(hash(unchecked), 6);

/** Letters without bias: a byte beyond the last whole alphabet is thrown away. */
function letters(bytes: Uint8Array, count: number): string {
  const whole = 256 - (256 % alphabet.length);
  const used = [...bytes].filter((byte) => byte < whole);
  return used
    .slice(0, count)
    .map((byte) => alphabet[byte % alphabet.length])
    .join('');
}

const randomText = (count: number): string => letters(randomBytes(count * 4), count);
