import postgres from 'postgres';
import { loadCatalogs } from '../../src/catalog/load.ts';
import { newLifecycle } from '../../src/domain/life/new-lifecycle.ts';
import { toPlain } from '../../src/domain/values/plain.ts';
import { connect, inProduct } from '../../src/store/connect.ts';
import { openLedger, setTerms } from '../../src/store/ledger-writes.ts';
import { publishTerms } from '../../src/store/publish-terms.ts';

/** Of the workspace that everybody calls: they are used up in a siege. */
export const hotCredits = 400;
const coldCredits = 20;

/** What the books say after all. */
export type Booked = {
  /** One for each debit that was made. */
  readonly receipts: readonly string[];
  readonly runs: readonly string[];
  /** What the workspace that spent most has spent, in credits. */
  readonly spentMost: number;
  readonly breaches: readonly string[];
};

/** Workspaces `w0`, which is called most, and `w1` and on, with credits and without a plan. */
export async function fillBooks(url: string, workspaces: number): Promise<void> {
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  const sql = connect(url, { max: 1 });
  const catalogs = loadCatalogs('catalogs');
  await publishTerms(sql, catalogs);
  const terms = catalogs.find(({ product }) => product === 'studio');
  if (terms === undefined) throw new Error('there is no catalog of studio');
  const { product, version, currency } = terms;
  const life = newLifecycle({
    ...{ product, workspace: 'w', owner: 'ada', timeZone: 'UTC', currency },
    ...{ termsVersion: version, at: new Date().toISOString(), clock: 'real' },
  });
  await admin`insert into app_user (product_id, external_id) values (${product}, 'ada')`;
  const rows = await admin<{ id: string }[]>`
    insert into workspace (lane, product_id, external_id, owner_id, personal, currency, time_zone,
      terms_version, test_clock, lifecycle, version, status)
    select ledger_lane(${product}, 'w' || n), ${product}, 'w' || n, (select min(id) from app_user),
      false, ${currency}, 'UTC', ${version}::int, false, ${JSON.stringify(toPlain(life))}::text::jsonb,
      0, 'none'
    from generate_series(0, ${workspaces}::int) n returning id`;
  await inProduct(sql, product, async (tx) => {
    for (const { id } of rows) {
      await openLedger(tx, BigInt(id), { testAt: null });
      await setTerms(tx, BigInt(id), {
        ...{ termsVersion: version, rateVersion: terms.rates.version, burnOrder: ['oldest'] },
        ...{ debtAtReset: 'carry', holdSurvivesExpiry: true, alerts: [], refundOfExpired: 'lost' },
      });
    }
    await tx`select ledger_grant(id, 'topUp', case external_id when 'w0' then ${hotCredits * 1e6}::bigint
      else ${coldCredits * 1e6}::bigint end, '2026-01-01', null, 0, null, 'siege') from workspace`;
  });
  await Promise.all([sql.end(), admin.end()]);
}

export async function readBooks(url: string): Promise<Booked> {
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  const rows = await admin<{ id: string; run_id: string }[]>`
    select distinct id, run_id from usage_entry`;
  const [spent] = await admin<{ most: string }[]>`
    select max(spent) / 1000000 as most from (
      select sum(amount_micro) as spent from usage_entry group by workspace_id) each`;
  const breaches = await admin<{ told: string }[]>`
    select workspace_id || ': ' || rule || ' expected ' || expected || ', is ' || actual as told
    from ledger_audit()`;
  await admin.end();
  return {
    receipts: rows.map(({ id }) => id),
    runs: rows.map(({ run_id }) => run_id),
    spentMost: Number(spent?.most),
    breaches: breaches.map(({ told }) => told),
  };
}
