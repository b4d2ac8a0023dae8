import type { CommandResult } from '../domain/life/commands.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { lockLedger } from './ledger-writes.ts';

/** Runs one booking on a workspace whose lane is locked from the transaction's first statement. */
export type Booking = <Result>(
  of: WorkspaceRef,
  run: (tx: Transaction, workspaceId: bigint) => Promise<Result>,
) => Promise<Result>;

export const bookingOn =
  (sql: Sql): Booking =>
  async (of, run) => {
    const id = await workspaceId(sql, of);
    return inProduct(sql, of.product, async (tx) => {
      await lockLedger(tx, [id]);
      return run(tx, id);
    });
  };

async function workspaceId(sql: Sql, of: WorkspaceRef): Promise<bigint> {
  return inProduct(sql, of.product, async (tx) => {
    const [row] = await tx<{ id: bigint }[]>`select id from workspace
      where product_id = ${of.product} and external_id = ${of.workspace}`;
    if (row === undefined) throw new Error(`no workspace ${of.product}/${of.workspace}`);
    return row.id;
  });
}

/** False if the task was finished before: then what it came to is booked already. */
export async function finishTask(tx: Transaction, task: string): Promise<boolean> {
  const finished = await tx`update outbox set done_at = clock_timestamp()
    where id = ${task} and done_at is null`;
  return finished.count > 0;
}

/** Answers a command that waited for its payment. */
export async function settleCommand(
  tx: Transaction,
  command: string,
  result: CommandResult,
): Promise<void> {
  await tx`update command set
      state = ${result.kind}, result = ${tx.json(result)}, settled_at = clock_timestamp()
    where id = ${command} and state = 'paying'`;
}
