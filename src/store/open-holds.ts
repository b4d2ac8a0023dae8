import { micro, type MicroCredits } from '../domain/values/money.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import { inProduct, type Sql } from './connect.ts';

export type OpenHold = {
  readonly id: string;
  readonly kind: 'run' | 'dispute';
  readonly heldMicro: MicroCredits;
  readonly takenAt: string;
  /** Null: until it is closed. */
  readonly expiresAt: string | null;
  readonly run: string | null;
};

/** What of a workspace's credits is set aside now, oldest first. */
export const readOpenHolds = (sql: Sql, account: LedgerAccount): Promise<OpenHold[]> =>
  inProduct(sql, account.product, async (tx) => {
    type Row = {
      readonly id: string;
      readonly kind: OpenHold['kind'];
      readonly held_micro: bigint;
      readonly taken_at: string;
      readonly expires_at: string | null;
      readonly run_id: string | null;
    };
    const rows = await tx<Row[]>`select * from ledger_open_holds(${account.workspaceId})`;
    return rows.map(({ id, kind, held_micro, taken_at, expires_at, run_id }) => ({
      ...{ id, kind, heldMicro: micro(held_micro) },
      ...{ takenAt: taken_at, expiresAt: expires_at, run: run_id },
    }));
  });
