import postgres from 'postgres';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { micro, type MicroCredits } from '../../../src/domain/values/money.ts';
import type { Outcome } from '../../../src/domain/values/outcome.ts';
import type { BurnComparator, GrantKind } from '../../../src/domain/terms/terms.ts';
import type { Ledger, LedgerAccount, UsageLine } from '../../../src/ports/ledger.ts';
import { connect, inProduct, type Sql, type Transaction } from '../../../src/store/connect.ts';
import { ledgerStore } from '../../../src/store/ledger.ts';
import {
  grantCredits,
  lockLedger,
  openLedger,
  setClock,
  setTerms,
} from '../../../src/store/ledger-writes.ts';
import { createTestDatabase } from '../../support/postgres.ts';

/** Included credits first, then top-ups [0.36 1.05]. */
export const studioOrder: readonly BurnComparator[] = [
  'earmarkedFirst',
  { kind: ['included', 'topUp', 'promo', 'adjustment'] },
  'expiresSoonest',
  'oldest',
];
/** Top-ups first, then the monthly allotment [2.24]. */
export const teamOrder: readonly BurnComparator[] = [
  'earmarkedFirst',
  { kind: ['topUp', 'included', 'promo', 'adjustment'] },
  'expiresSoonest',
  'oldest',
];

export const start = '2026-01-01T00:00:00.000Z';

/** One database of books for a test file: the product `studio`, and workspaces as tests ask for them. */
export interface Books {
  readonly admin: postgres.Sql;
  readonly appUrl: string;
  readonly sql: Sql;
  readonly ledger: Ledger;
  /** A workspace with a test clock at `start`, and studio's terms unless others are given. */
  readonly workspace: (terms?: Partial<Terms>, product?: string) => Promise<LedgerAccount>;
  /** A transaction of the workspace's product that holds its lane. */
  readonly write: <Result>(
    account: LedgerAccount,
    run: (tx: Transaction) => Promise<Result>,
  ) => Promise<Result>;
  /** Time passes and nobody looks, as on the real clock: what falls due is found by the next call. */
  readonly at: (account: LedgerAccount, instant: string) => Promise<void>;
  /** The test clock is set, which does what falls due. */
  readonly wake: (account: LedgerAccount, instant: string) => Promise<void>;
  /** What breaks the ledger's identities: nothing. */
  readonly audit: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

type Terms = Parameters<typeof setTerms>[2];

export const terms: Terms = {
  termsVersion: 1,
  rateVersion: 1,
  burnOrder: studioOrder,
  debtAtReset: 'carry',
  holdSurvivesExpiry: true,
  refundOfExpired: 'lost',
  alerts: [{ scope: 'pool', at: { percent: 20 }, to: ['owner'], rearm: ['reset', 'topUp'] }],
};

export async function openBooks(): Promise<Books> {
  const database = await createTestDatabase();
  const admin = postgres(database.adminUrl, { max: 2, onnotice: () => undefined });
  const sql = connect(database.appUrl, { max: 4 });
  let count = 0;
  const write: Books['write'] = (account, run) =>
    inProduct(sql, account.product, async (tx) => {
      await lockLedger(tx, [account.workspaceId]);
      return run(tx);
    });
  return {
    admin,
    appUrl: database.appUrl,
    sql,
    ledger: ledgerStore(sql),
    workspace: async (changed = {}, product = 'studio') => {
      count += 1;
      const account = await insertWorkspace(admin, product, `w${count}`);
      await inProduct(sql, product, async (tx) => {
        await openLedger(tx, account.workspaceId, { testAt: start });
        await setTerms(tx, account.workspaceId, { ...terms, ...changed });
      });
      return account;
    },
    write,
    wake: (account, instant) => write(account, (tx) => setClock(tx, account.workspaceId, instant)),
    at: async ({ workspaceId }, instant) => {
      await admin`update pool set test_at = ${instant} where workspace_id = ${workspaceId.toString()}`;
    },
    audit: async () => {
      const rows = await admin<{ told: string }[]>`
        select workspace_id || ': ' || rule || ' expected ' || expected || ', is ' || actual as told
        from ledger_audit()`;
      return rows.map(({ told }) => told);
    },
    close: async () => {
      await sql.end();
      await admin.end();
      await database.drop();
    },
  };
}

/** The books of a test file: opened before its tests, proved and closed after them. */
export function useBooks(): Books {
  let opened: Books | undefined;
  const books = (): Books => {
    if (opened === undefined) throw new Error('the books are opened before the tests');
    return opened;
  };
  beforeAll(async () => {
    opened = await openBooks();
  });
  afterAll(async () => {
    expect(await books().audit()).toEqual([]);
    await books().close();
  });
  return {
    get admin() {
      return books().admin;
    },
    get appUrl() {
      return books().appUrl;
    },
    get sql() {
      return books().sql;
    },
    get ledger() {
      return books().ledger;
    },
    workspace: (...given) => books().workspace(...given),
    write: (...given) => books().write(...given),
    at: (...given) => books().at(...given),
    wake: (...given) => books().wake(...given),
    audit: () => books().audit(),
    close: () => books().close(),
  };
}

async function insertWorkspace(
  admin: postgres.Sql,
  product: string,
  name: string,
): Promise<LedgerAccount> {
  await admin`insert into product (id, name) values (${product}, ${product}) on conflict do nothing`;
  await admin`insert into plan_term (product_id, version, terms, hash)
    values (${product}, 1, '{}', '') on conflict do nothing`;
  const [row] = await admin<{ id: string; lane: number }[]>`
    with owner as (
      insert into app_user (product_id, external_id) values (${product}, ${`owner-of-${name}`})
      returning id
    )
    insert into workspace (lane, product_id, external_id, owner_id, personal, currency, time_zone,
      terms_version, test_clock, lifecycle, version, status)
    select ledger_lane(${product}, ${name}), ${product}, ${name}, id, false, 'usd', 'UTC', 1, true,
      '{}', 1, 'free' from owner
    returning id, lane`;
  if (row === undefined) throw new Error('no workspace was inserted');
  return { product, workspaceId: BigInt(row.id), lane: row.lane };
}

let keys = 0;
/** A request with a key of its own. */
export const request = (): { key: string; body: string } => {
  keys += 1;
  return { key: `key-${keys}`, body: '{}' };
};

export const rated = { termsVersion: 1, rateVersion: 1 } as const;

export const line = (amount: number, name = 'llm'): UsageLine => ({
  line: name,
  amountMicro: micro(amount),
});

/** A debit of one line, denied when short. */
export const debitOf = (account: LedgerAccount, amount: number) => ({
  account,
  request: request(),
  ...rated,
  onShort: 'deny' as const,
  lines: [line(amount)],
});

export const holdOf = (account: LedgerAccount, amount: number) => ({
  account,
  request: request(),
  ...rated,
  amountMicro: micro(amount),
});

export const settleOf = (account: LedgerAccount, holdId: string, amount: number) => ({
  account,
  request: request(),
  ...rated,
  holdId,
  lines: [line(amount)],
  rest: 'release' as const,
});

/** Grants credits from `start` on; the source key is the kind unless given. */
export const give = (
  books: Books,
  account: LedgerAccount,
  grant: {
    readonly kind: GrantKind;
    readonly amount: number;
    readonly sourceKey?: string;
    readonly effectiveAt?: string;
    readonly expiresAt?: string;
    readonly earmark?: string;
    readonly priority?: number;
  },
) =>
  books.write(account, (tx) =>
    grantCredits(tx, account.workspaceId, {
      kind: grant.kind,
      amountMicro: micro(grant.amount),
      effectiveAt: grant.effectiveAt ?? start,
      expiresAt: grant.expiresAt ?? null,
      priority: grant.priority ?? 0,
      earmark: grant.earmark ?? null,
      sourceKey: grant.sourceKey ?? grant.kind,
    }),
  );

/** A top-up that was asked for: its command waits for money. */
export async function wishTopUp(
  admin: postgres.Sql,
  { product, workspaceId }: LedgerAccount,
  wish: { readonly id: string; readonly at: string; readonly totalMinor: bigint },
): Promise<void> {
  const { id, at, totalMinor } = wish;
  await admin`
    with asked as (
      insert into command (id, workspace_id, product_id, idempotency_key, body_hash, kind, body, actor,
        requested_at, state)
      values (${id}, ${workspaceId.toString()}, ${product}, ${id}, '', 'topUp', '{}', 'owner', ${at},
        'paying')
      returning id
    )
    insert into payment (id, workspace_id, product_id, command_id, purchase, total_minor, currency,
      state, requested_at)
    select id, ${workspaceId.toString()}, ${product}, id, '{"purpose": {"kind": "topUp"}}',
      ${totalMinor.toString()}, 'usd', 'requested', ${at} from asked`;
}

/** The value of an answer that must not be a refusal. */
export function value<Value, Refusal>(outcome: Outcome<Value, Refusal>): Value {
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.refusal, asText)}`);
  return outcome.value;
}

/** The refusal of an answer that must be one. */
export function refusal<Value, Refusal>(outcome: Outcome<Value, Refusal>): Refusal {
  if (outcome.ok) throw new Error(`not refused: ${JSON.stringify(outcome.value, asText)}`);
  return outcome.refusal;
}

const asText = (_key: string, item: unknown): unknown =>
  typeof item === 'bigint' ? item.toString() : item;

export const available = async (books: Books, account: LedgerAccount): Promise<MicroCredits> => {
  const balance = await books.ledger.balance(account);
  if (balance === undefined) throw new Error('no such workspace');
  return balance.availableMicro;
};

/** What an entry list burned, as `kind amount` in order. */
export const burned = (
  entries: readonly { grantKind: GrantKind | null; target: string; amountMicro: bigint }[],
): string[] => entries.map((e) => `${e.grantKind ?? e.target} ${e.amountMicro}`);

/** Calls made at once over connections of their own, as from several processes. */
export function race<Answer>(
  books: Books,
  many: { readonly processes: number; readonly calls: number },
  call: (ledger: Ledger) => Promise<Answer>,
): Promise<Answer[]> {
  const calls = Array.from({ length: many.processes }, (_, process) => {
    const sql = connect(books.appUrl, { max: 4 });
    onTestFinished(() => sql.end());
    const ledger = ledgerStore(sql);
    const share = Math.ceil((many.calls - process) / many.processes);
    return Array.from({ length: share }, () => call(ledger));
  });
  return Promise.all(calls.flat());
}
