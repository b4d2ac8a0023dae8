import { issueApiKey } from '../store/api-keys.ts';
import { connect } from '../store/connect.ts';

/** A key for each product that the database knows, by the product. */
export async function issueKeys(databaseUrl: string): Promise<ReadonlyMap<string, string>> {
  const sql = connect(databaseUrl, { max: 1 });
  const scopes = ['debit', 'record', 'read', 'manage', 'admin'] as const;
  const keys = new Map<string, string>();
  try {
    for (const { id: product } of await sql<{ id: string }[]>`select id from product`) {
      keys.set(product, (await issueApiKey(sql, { product, scopes, mode: 'test' })).key);
    }
    return keys;
  } finally {
    await sql.end();
  }
}
