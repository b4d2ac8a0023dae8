import type { Sql, Transaction } from '../../store/connect.ts';
import type { Breach, Finding, Identity } from './identity.ts';
import { ledgerIdentities } from './ledger-identities.ts';
import { lifeIdentities } from './life-identities.ts';
import { meteringIdentities } from './metering-identities.ts';
import { moneyBackIdentities } from './money-back-identities.ts';
import { moneyIdentities } from './money-identities.ts';

const rowsShownMax = 100;

export const identities: readonly Identity[] = [
  ...ledgerIdentities,
  ...moneyIdentities,
  ...meteringIdentities,
  ...moneyBackIdentities,
  ...lifeIdentities,
];

/** Looks at everything as of one instant: what is written meanwhile is no breach. */
export async function proveBooks(sql: Sql): Promise<readonly Finding[]> {
  // The driver would unwrap a result that is an array of promises; an object keeps it.
  const { findings } = await sql.begin(
    'isolation level repeatable read read only',
    async (tx): Promise<{ findings: readonly Finding[] }> => {
      // A large database takes longer than a statement of the product ever may.
      await tx`select set_config('statement_timeout', '0', true)`;
      return { findings: await findBreaches(tx) };
    },
  );
  return findings;
}

/** The same, unless another process is at it just now: then null. */
export async function proveBooksAlone(sql: Sql): Promise<readonly Finding[] | null> {
  const { findings } = await sql.begin(
    'isolation level repeatable read read only',
    async (tx): Promise<{ findings: readonly Finding[] | null }> => {
      await tx`select set_config('statement_timeout', '0', true)`;
      // 7438 is the key of what one process does for all: 0 to 2 stand in the migrations.
      const [lock] = await tx<{ is_alone: boolean }[]>`
        select pg_try_advisory_xact_lock(7438, 3) as is_alone`;
      return { findings: lock?.is_alone === true ? await findBreaches(tx) : null };
    },
  );
  return findings;
}

/** Within a transaction of the caller's, and whatever it has written. */
export async function findBreaches(tx: Transaction): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const identity of identities) findings.push(await check(tx, identity));
  return findings;
}

async function check(tx: Transaction, identity: Identity): Promise<Finding> {
  const { name, sentence, query } = identity;
  const [row] = await tx.unsafe<{ checked: number; broken: number; rows: readonly Breach[] }[]>(`
    with seen as materialized (${query}),
    breach as (select * from seen where expected is distinct from actual)
    select (select count(*)::int from seen) as checked,
      (select count(*)::int from breach) as broken,
      (select coalesce(jsonb_agg(to_jsonb(b)), '[]') from (
        select * from breach order by product, workspace, what limit ${rowsShownMax}
      ) b) as rows`);
  if (row === undefined) throw new Error(`the identity "${name}" answered nothing`);
  return { name, sentence, ...row };
}
