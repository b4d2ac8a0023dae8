import type { Terms } from '../domain/terms/terms.ts';
import { isPersonal, newLifecycle } from '../domain/life/new-lifecycle.ts';
import { fromPlain, toPlain, type Plain } from '../domain/values/plain.ts';
import type { Transaction } from './connect.ts';
import { laneFor, openLedger, setTerms } from './ledger-writes.ts';

export type NewWorkspace = {
  readonly product: string;
  readonly workspace: string;
  readonly owner: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly termsVersion: number;
  /** Null: it lives in real time. */
  readonly testClockAt: string | null;
};

/**
 * Makes a workspace without a plan, its owner as the first member, and its pool. Answers its id and
 * whether it is new; one that exists is left as it is.
 */
export async function insertWorkspace(
  tx: Transaction,
  fresh: NewWorkspace,
): Promise<{ readonly id: bigint; readonly created: boolean }> {
  const known = await findId(tx, fresh);
  if (known !== undefined) return { id: known, created: false };
  const owner = await ensureUser(tx, fresh.product, fresh.owner);
  const [now] = await tx<{ at: string }[]>`
    select date_trunc('milliseconds', coalesce(${fresh.testClockAt}::timestamptz, clock_timestamp()))
      as at`;
  if (now === undefined) throw new Error('the database tells no time');
  const { testClockAt, ...identity } = fresh;
  const clock = testClockAt === null ? 'real' : 'test';
  const life = newLifecycle({ ...identity, at: now.at, clock });
  const [row] = await tx<{ id: bigint }[]>`
    insert into workspace (
      lane, product_id, external_id, owner_id, personal, currency, time_zone, terms_version,
      test_clock, lifecycle, version, status, clock_at
    ) values (
      ${await laneFor(tx, fresh)}, ${fresh.product}, ${fresh.workspace},
      ${owner}, ${isPersonal(fresh)}, ${fresh.currency}, ${fresh.timeZone}, ${fresh.termsVersion},
      ${clock === 'test'}, ${tx.json(toPlain(life))}, 0, 'none', ${testClockAt}
    )
    on conflict (product_id, external_id) do nothing
    returning id`;
  if (row === undefined) return { id: (await findId(tx, fresh)) ?? lost(), created: false };
  await tx`insert into membership (
      workspace_id, user_id, product_id, role, state, invited_at, accepted_at
    ) values (${row.id}, ${owner}, ${fresh.product}, 'owner', 'accepted', ${now.at}, ${now.at})`;
  await openPool(tx, row.id, fresh);
  return { id: row.id, created: true };
}

async function findId(tx: Transaction, of: NewWorkspace): Promise<bigint | undefined> {
  const [row] = await tx<{ id: bigint }[]>`
    select id from workspace
    where product_id = ${of.product} and external_id = ${of.workspace}`;
  return row?.id;
}

const lost = (): never => {
  throw new Error('a workspace was made and is gone');
};

/** The user's id, made on first use. */
export async function ensureUser(
  tx: Transaction,
  product: string,
  externalId: string,
): Promise<bigint> {
  // A user who is there is only read: their row is locked after lanes, never before.
  await tx`insert into app_user (product_id, external_id) values (${product}, ${externalId})
    on conflict (product_id, external_id) do nothing`;
  const [row] = await tx<{ id: bigint }[]>`
    select id from app_user where product_id = ${product} and external_id = ${externalId}`;
  if (row === undefined) throw new Error(`user ${externalId} could not be stored`);
  return row.id;
}

async function openPool(tx: Transaction, id: bigint, fresh: NewWorkspace): Promise<void> {
  const [pinned] = await tx<{ terms: Plain<Terms> }[]>`
    select terms from plan_term
    where product_id = ${fresh.product} and version = ${fresh.termsVersion}`;
  if (pinned === undefined) throw new Error(`no terms ${fresh.termsVersion} of ${fresh.product}`);
  await openLedger(tx, id, { testAt: fresh.testClockAt });
  await setPoolTerms(tx, id, fromPlain<Terms>(pinned.terms));
}

/** What the ledger has to know of a workspace's terms. */
export async function setPoolTerms(tx: Transaction, id: bigint, terms: Terms): Promise<void> {
  await setTerms(tx, id, {
    termsVersion: terms.version,
    rateVersion: terms.rates.version,
    burnOrder: terms.credits.burnOrder,
    debtAtReset: terms.credits.debtAtReset,
    holdSurvivesExpiry: terms.holds.survivesExpiry,
    alerts: terms.alerts,
    refundOfExpired: terms.credits.refundOfExpired ?? 'lost',
  });
}
