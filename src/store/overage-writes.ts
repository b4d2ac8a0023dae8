import type { Instant } from '../domain/values/calendar.ts';
import type { Overage } from '../domain/life/metering-fact.ts';
import type { Minor } from '../domain/values/money.ts';
import { fromPlain, type Plain } from '../domain/values/plain.ts';
import type { Spend } from '../domain/credits/spend.ts';
import type { Transaction } from './connect.ts';

/** How far usage may go beyond the grants from now on, and at which price; `null`: not at all. */
export async function setOverage(
  tx: Transaction,
  workspace: bigint,
  overage: Overage | null,
): Promise<void> {
  const { upToMicro = null, priceMicro = null, endsAt = null } = overage ?? {};
  await tx`select ledger_set_overage(${workspace}, ${upToMicro}, ${priceMicro}, ${endsAt})`;
}

/** Tells `usageMetered` with what was used before an instant and is in no reading yet; `null`: all. */
export async function readMeter(
  tx: Transaction,
  workspace: bigint,
  asked: { readonly reading: string; readonly until: Instant | null },
): Promise<void> {
  await tx`select ledger_read_meter(${workspace}, ${asked.reading}, ${asked.until})`;
}

/** The most that a calendar month, in the workspace's zone, may cost beside the plan; `null`: no cap [0.06]. */
export async function setSpendCap(
  tx: Transaction,
  workspace: bigint,
  capMinor: Minor | null,
): Promise<void> {
  await tx`select ledger_set_spend_cap(${workspace}, ${capMinor})`;
}

/** Purchases were asked for, or came to nothing: the month's cap counts them anew. */
export async function countPurchases(tx: Transaction, workspace: bigint): Promise<void> {
  await tx`select ledger_count_purchases(${workspace})`;
}

/** What the running month may cost and has cost beside the plan; `undefined`: there is no cap. */
export async function readSpend(tx: Transaction, workspace: bigint): Promise<Spend | undefined> {
  const [row] = await tx<{ spend: Plain<Spend> | null }[]>`
    select ledger_spend(${workspace}) as spend`;
  return row?.spend ? fromPlain<Spend>(row.spend) : undefined;
}
