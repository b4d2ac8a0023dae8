import { micro } from '../domain/values/money.ts';
import { fromPlain, type Plain } from '../domain/values/plain.ts';
import type { GrantKind } from '../domain/terms/terms.ts';
import type { Entry, Ledger, LedgerAccount, LedgerEntry } from '../ports/ledger.ts';
import type { Balance } from '../ports/ledger-reports.ts';
import { inProduct, type Sql } from './connect.ts';

/** The balance now; it waits for the lane only when time has changed it since the last operation. */
export function readBalance(sql: Sql, account: LedgerAccount): Promise<Balance | undefined> {
  return inProduct(sql, account.product, async (tx) => {
    const [row] = await tx<{ balance: Plain<Balance> | null }[]>`
      select ledger_balance(${account.workspaceId}) as balance`;
    const balance = row?.balance ?? undefined;
    return balance === undefined ? undefined : fromPlain<Balance>(balance);
  });
}

/** Usage of a span by its true dates, net of refunds. */
export const readUsage = (
  sql: Sql,
  account: LedgerAccount,
  span: Parameters<Ledger['usage']>[1],
): ReturnType<Ledger['usage']> =>
  inProduct(sql, account.product, async (tx) => {
    const { from, to, timeZone, seen } = span;
    const by = [...span.by];
    const rows =
      seen === undefined
        ? await tx<UsageRecord[]>`
            select * from ledger_usage(${account.workspaceId}, ${from}, ${to}, ${by}::text[],
              ${timeZone})`
        : await tx<UsageRecord[]>`
            select * from ledger_usage_seen(${account.workspaceId}, ${from}, ${to}, ${by}::text[],
              ${timeZone}, ${seen.member}, ${[...seen.hiddenGrants]}::int[])`;
    return rows.map(({ by, amount_micro, tokens, runs }) => ({
      by,
      amountMicro: micro(amount_micro),
      tokens,
      runs,
    }));
  });

/** A page of entries, newest first; of a span or of some grants, where the page names them. */
export const readEntries = (
  sql: Sql,
  account: LedgerAccount,
  page: Parameters<Ledger['entries']>[1],
): Promise<readonly LedgerEntry[]> =>
  inProduct(sql, account.product, async (tx) => {
    const rows = await tx<EntryRecord[]>`
      select * from ledger_entries(${account.workspaceId}, ${page.before ?? null}, ${page.limit},
        ${page.from ?? null}, ${page.to ?? null}, ${page.grants ? [...page.grants] : null}::int[])`;
    return rows.map(entryOf);
  });

export const readRun = (
  sql: Sql,
  account: LedgerAccount,
  runId: string,
): Promise<readonly LedgerEntry[]> =>
  inProduct(sql, account.product, async (tx) => {
    const rows = await tx<EntryRecord[]>`
      select * from ledger_run(${account.workspaceId}, ${runId})`;
    return rows.map(entryOf);
  });

export const readEarmarks = (sql: Sql, account: LedgerAccount): ReturnType<Ledger['earmarks']> =>
  inProduct(sql, account.product, async (tx) => {
    const rows = await tx<{ grant_no: number; earmark: string }[]>`
      select grant_no, earmark from ledger_earmarks(${account.workspaceId})`;
    return rows.map(({ grant_no, earmark }) => ({ grantNo: grant_no, earmark }));
  });

interface UsageRecord {
  readonly by: Readonly<Record<string, string | null>>;
  readonly amount_micro: bigint;
  readonly tokens: bigint;
  readonly runs: bigint;
}

export interface EntryRecord {
  readonly id: string;
  readonly ordinal: number;
  readonly kind: string;
  readonly at: string;
  readonly occurred_at: string;
  readonly amount_micro: bigint;
  readonly balance_after_micro: bigint;
  readonly terms_version: number;
  readonly rate_version: number | null;
  readonly target: Entry['target'];
  readonly grant_no: number | null;
  readonly grant_kind: GrantKind | null;
  readonly above_hold: boolean;
  readonly hold_id: string | null;
  readonly refund_of: string | null;
  readonly tokens: bigint | null;
  readonly line: string | null;
  readonly model: string | null;
  readonly member: string | null;
  readonly space: string | null;
  readonly agent: string | null;
  readonly surface: string | null;
  readonly tool: string | null;
  readonly run_id: string | null;
}

/** An entry as the ledger's functions answer it. */
export const entryOf = (row: EntryRecord): LedgerEntry => ({
  id: row.id,
  ordinal: row.ordinal,
  kind: row.kind,
  at: row.at,
  occurredAt: row.occurred_at,
  amountMicro: micro(row.amount_micro),
  balanceAfterMicro: micro(row.balance_after_micro),
  termsVersion: row.terms_version,
  rateVersion: row.rate_version,
  target: row.target,
  grantNo: row.grant_no,
  grantKind: row.grant_kind,
  aboveHold: row.above_hold,
  holdId: row.hold_id,
  refundOf: row.refund_of,
  tokens: row.tokens,
  line: row.line,
  model: row.model,
  member: row.member,
  space: row.space,
  agent: row.agent,
  surface: row.surface,
  tool: row.tool,
  runId: row.run_id,
});
