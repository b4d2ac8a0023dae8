import type { Transaction } from './connect.ts';
import { ledgerAt, writeFeed } from './ledger-writes.ts';
import type { FactData, factKinds } from './lifecycle-events.ts';

/** Puts a fact for the lifecycle into the workspace's feed, at the workspace's own time. */
export async function tellFact<Kind extends (typeof factKinds)[number]>(
  tx: Transaction,
  workspaceId: bigint,
  fact: { readonly kind: Kind; readonly data: FactData<Kind> },
): Promise<void> {
  const { kind } = fact;
  // Facts are flat: names, numbers and integer strings.
  const data = fact.data as Parameters<typeof writeFeed>[2]['data'];
  await writeFeed(tx, workspaceId, { kind, at: await ledgerAt(tx, workspaceId), data });
}

/**
 * Marks that something waits for the workflow, so that the sweeper rings if the bell is lost. Answers
 * whether the bell has to be rung: not while an earlier ring is still unanswered.
 */
export async function noteRing(tx: Transaction, workspaceId: bigint): Promise<boolean> {
  const [row] = await tx<{ first: boolean }[]>`
    update workspace set rings = rings + 1, rung_at = coalesce(rung_at, clock_timestamp())
    where id = ${workspaceId}
    returning old.rung_at is null as first`;
  return row?.first ?? false;
}
