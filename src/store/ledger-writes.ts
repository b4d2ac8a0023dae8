import type { Instant } from '../domain/values/calendar.ts';
import { micro, type MicroCredits } from '../domain/values/money.ts';
import type { OrderedRollover } from '../domain/credits/rollover.ts';
import { alertName, type Alert } from '../domain/news/alert.ts';
import type { BurnComparator, GrantKind, RefundOfExpired } from '../domain/terms/terms.ts';
import type { CapScope } from '../domain/terms/cap-scope.ts';
import type { Transaction } from './connect.ts';

/**
 * What the lifecycle's projection and the bookings tell the ledger, inside their own transaction. Such a
 * transaction names its product (`inProduct`), then calls `lockLedger` before anything else.
 */

/** Locks the books of every workspace that the transaction will touch. Call it first. */
export async function lockLedger(tx: Transaction, workspaces: readonly bigint[]): Promise<void> {
  await tx`select ledger_lock(${workspaces.map(String)}::bigint[])`;
}

/** The lane that a new workspace's row must carry. */
export async function laneFor(
  tx: Transaction,
  of: { readonly product: string; readonly workspace: string },
): Promise<number> {
  const [row] = await tx<{ lane: number }[]>`
    select ledger_lane(${of.product}, ${of.workspace}) as lane`;
  return present(row).lane;
}

/** Opens a workspace's books, once; `testAt` makes its time stand still until `setClock` moves it. */
export async function openLedger(
  tx: Transaction,
  workspace: bigint,
  clock: { readonly testAt: Instant | null },
): Promise<void> {
  await tx`select ledger_open(${workspace}, ${clock.testAt})`;
}

/** Moves a test clock forward, and does what fell due in the ledger by then. */
export async function setClock(tx: Transaction, workspace: bigint, at: Instant): Promise<void> {
  await tx`select ledger_set_clock(${workspace}, ${at})`;
}

/** Does what fell due by time, and answers the workspace's present. */
export async function touchLedger(tx: Transaction, workspace: bigint): Promise<Instant> {
  const [row] = await tx<{ at: Instant }[]>`select ledger_touch(${workspace}) as at`;
  return present(row).at;
}

/** The workspace's present; nothing is touched. */
export async function ledgerAt(tx: Transaction, workspace: bigint): Promise<Instant> {
  const [row] = await tx<{ at: Instant }[]>`select ledger_at(${workspace}) as at`;
  return present(row).at;
}

/** The policies that the ledger applies by itself, with the versions that usage must be rated with. */
export async function setTerms(
  tx: Transaction,
  workspace: bigint,
  terms: {
    readonly termsVersion: number;
    readonly rateVersion: number;
    readonly burnOrder: readonly BurnComparator[];
    readonly debtAtReset: 'carry' | 'forgive';
    readonly holdSurvivesExpiry: boolean;
    readonly alerts: readonly Alert[];
    readonly refundOfExpired: RefundOfExpired;
  },
): Promise<void> {
  const rearmed = (by: Alert['rearm'][number]) =>
    terms.alerts.filter(({ rearm }) => rearm.includes(by)).map(alertName);
  const { refundOfExpired } = terms;
  const promoDays = refundOfExpired === 'lost' ? null : refundOfExpired.promoDays;
  await tx`select ledger_set_terms(
    ${workspace}, ${terms.termsVersion}, ${terms.rateVersion},
    ${terms.burnOrder.map(comparatorName)}::text[], ${terms.debtAtReset},
    ${terms.holdSurvivesExpiry}, ${terms.alerts.map(alertName)}::text[],
    ${rearmed('reset')}::text[], ${rearmed('topUp')}::text[], ${promoDays})`;
}

/** A comparator as the ledger stores it: `kind:included>topUp`. */
const comparatorName = (comparator: BurnComparator): string =>
  typeof comparator === 'string' ? comparator : `kind:${comparator.kind.join('>')}`;

/** From `closesAt` on, usage is refused with `code`, worker or no worker; `null` opens the gate. */
export async function setGate(
  tx: Transaction,
  workspace: bigint,
  gate: { readonly closesAt: Instant; readonly code: string } | null,
): Promise<void> {
  await tx`select ledger_set_gate(${workspace}, ${gate?.closesAt ?? null}, ${gate?.code ?? null})`;
}

/** Tells `balanceFell` once the balance is there or below, at once if it is; `null`: never. */
export async function watchBalance(
  tx: Transaction,
  workspace: bigint,
  atMicro: MicroCredits | null,
): Promise<void> {
  await tx`select ledger_watch(${workspace}, ${atMicro})`;
}

/** The window that caps count in, where no standing order moves it; an earlier start changes nothing. */
export async function setWindow(
  tx: Transaction,
  workspace: bigint,
  window: { readonly start: Instant; readonly end: Instant | null },
): Promise<void> {
  await tx`select ledger_set_window(${workspace}, ${window.start}, ${window.end})`;
}

/** Places the next window's included grant; it replaces the one that stands, until that one starts. */
export async function placeOrder(
  tx: Transaction,
  workspace: bigint,
  order: {
    readonly startsAt: Instant;
    readonly endsAt: Instant | null;
    readonly amountMicro: MicroCredits;
    readonly termsVersion: number;
    readonly sourceKey: string;
    readonly rollover?: OrderedRollover | null;
  },
): Promise<void> {
  await tx`select ledger_order(${workspace}, ${order.startsAt}, ${order.endsAt},
    ${order.amountMicro}, ${order.termsVersion}, ${order.sourceKey},
    ${order.rollover ? tx.json(rolloverRow(order.rollover)) : null})`;
}

const rolloverRow = ({ minMicro, maxMicro, percent, endsAt }: OrderedRollover) => ({
  min: minMicro.toString(),
  max: maxMicro?.toString() ?? null,
  percent,
  endsAt,
});

/** Takes the standing order away; a grant that it has become stays. */
export async function cancelOrder(tx: Transaction, workspace: bigint): Promise<void> {
  await tx`select ledger_cancel_order(${workspace})`;
}

/** Grants credits for a business fact, once per source key; debt is repaid from it first. */
export async function grantCredits(
  tx: Transaction,
  workspace: bigint,
  grant: {
    readonly kind: GrantKind;
    readonly amountMicro: MicroCredits;
    readonly effectiveAt: Instant;
    readonly expiresAt: Instant | null;
    readonly priority: number;
    readonly earmark: string | null;
    readonly sourceKey: string;
  },
): Promise<{
  readonly grantNo: number;
  readonly created: boolean;
  readonly repaidMicro: MicroCredits;
}> {
  const [row] = await tx<{ grant_no: number; created: boolean; repaid_micro: bigint }[]>`
    select * from ledger_grant(${workspace}, ${grant.kind}, ${grant.amountMicro},
      ${grant.effectiveAt}, ${grant.expiresAt}, ${grant.priority}, ${grant.earmark},
      ${grant.sourceKey})`;
  const { grant_no, created, repaid_micro } = present(row);
  return { grantNo: grant_no, created, repaidMicro: micro(repaid_micro) };
}

/**
 * A cap on what one member, one Space or the whole organisation may use in a window; `null` takes it away
 * [2.26 2.28]. An organisation's has no subject but itself: the empty one. Answers whether it is another than
 * before.
 */
export async function setCap(
  tx: Transaction,
  workspace: bigint,
  cap: {
    readonly scope: CapScope;
    readonly subject: string;
    readonly capMicro: MicroCredits | null;
  },
): Promise<boolean> {
  const subject = cap.scope === 'org' ? '' : cap.subject;
  const [row] = await tx<{ changed: boolean }[]>`
    select ledger_set_cap(${workspace}, ${cap.scope}, ${subject}, ${cap.capMicro}) as changed`;
  return present(row).changed;
}

/** Writes a feed row with the change that it tells of; answers its number, gap-free per workspace. */
export async function writeFeed(
  tx: Transaction,
  workspace: bigint,
  event: {
    readonly kind: string;
    readonly at: Instant;
    readonly data: Readonly<Record<string, string | number | boolean | null>>;
  },
): Promise<bigint> {
  const [row] = await tx<{ seq: bigint }[]>`
    select ledger_feed(${workspace}, ${event.kind}, ${event.at}, ${tx.json(event.data)}) as seq`;
  return present(row).seq;
}

/** A function of the ledger answers one row; none would be a defect. */
export function present<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Error('the ledger answered no row');
  return row;
}
