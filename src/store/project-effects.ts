import type { Effect, Lifecycle } from '../domain/life/lifecycle.ts';
import { noAddressFor, noticeKey, type NotifyEffect } from '../domain/news/notice.ts';
import type { MicroCredits } from '../domain/values/money.ts';
import { toPlain } from '../domain/values/plain.ts';
import type { GivenBack } from '../domain/life/spent-credits-fact.ts';
import type { Transaction } from './connect.ts';
import { tellFact } from './feed.ts';
import { issueInvoice } from './invoices.ts';
import { clawBackIncluded, returnClawedBack, voidAllGrants } from './ledger-corrections.ts';
import {
  cancelOrder,
  grantCredits,
  placeOrder,
  setGate,
  setWindow,
  watchBalance,
  writeFeed,
} from './ledger-writes.ts';
import { addressesOf, tellSkipped } from './notice-books.ts';
import { countPurchases, readMeter, setOverage } from './overage-writes.ts';

/** Where a step's effects are written: one workspace, inside one transaction that holds its lane. */
export type Place = {
  readonly workspaceId: bigint;
  readonly life: Lifecycle;
  readonly command: string | null;
};

type LedgerEffect = Extract<
  Effect,
  {
    readonly kind:
      | 'grantCredits'
      | 'voidIncluded'
      | 'clawBackIncluded'
      | 'returnClawedBack'
      | 'forfeitTopUps'
      | 'watchBalance'
      | 'setOverage'
      | 'readMeter'
      | 'placeOrder'
      | 'cancelOrder'
      | 'openWindow'
      | 'setGate';
  }
>;

/** Writes one effect's rows. What goes outside becomes a task under its business key. */
export async function writeEffect(tx: Transaction, place: Place, effect: Effect): Promise<void> {
  const { workspaceId, life } = place;
  switch (effect.kind) {
    case 'issueInvoice': {
      const issuer = { workspaceId, product: life.product, at: life.at };
      return issueInvoice(tx, issuer, effect.invoice);
    }
    case 'creditAccount':
      return creditAccount(tx, place, effect);
    case 'announce':
      await writeFeed(tx, workspaceId, { kind: effect.what, at: life.at, data: effect.data });
      return;
    case 'openCheckout':
    case 'chargePurchase':
      await wishPayment(tx, place, effect);
      return writeTask(tx, place, effect, `pay:${effect.purchase.payment}`);
    case 'collectInvoice':
      return writeTask(tx, place, effect, `collect:${effect.invoice}:try:${effect.try}`);
    case 'sendInvoice':
      return writeTask(tx, place, effect, `send:${effect.invoice}`);
    case 'mirrorUpcoming':
      return writeTask(tx, place, effect, `upcoming:${life.version}`);
    case 'expireCheckout':
      return writeTask(tx, place, effect, `expire:${effect.payment}`);
    case 'startPersonalPlan':
      return writeTask(tx, place, effect, `personal:${life.version}`);
    case 'notify':
      if (await isHeard(tx, place, effect)) {
        await writeTask(tx, place, effect, noticeKey(effect.notice));
      }
      return;
    case 'grantCredits':
    case 'voidIncluded':
    case 'clawBackIncluded':
    case 'returnClawedBack':
    case 'forfeitTopUps':
    case 'watchBalance':
    case 'setOverage':
    case 'readMeter':
    case 'placeOrder':
    case 'cancelOrder':
    case 'openWindow':
    case 'setGate':
      return writeToLedger(tx, place, effect);
  }
}

async function writeToLedger(tx: Transaction, place: Place, effect: LedgerEffect): Promise<void> {
  const { workspaceId: ws, life } = place;
  switch (effect.kind) {
    case 'grantCredits': {
      const { grantKind: kind, amountMicro, effectiveAt, expiresAt, sourceKey } = effect;
      const unranked = { priority: 0, earmark: null };
      const grant = { kind, amountMicro, effectiveAt, expiresAt, sourceKey, ...unranked };
      await grantCredits(tx, ws, grant);
      return;
    }
    case 'voidIncluded': {
      const { sourcePrefix } = effect;
      const taken = await voidAllGrants(tx, ws, { kind: 'included', sourcePrefix });
      return tellSpent(tx, ws, effect.ifSpent, taken);
    }
    case 'clawBackIncluded':
      return tellSpent(tx, ws, effect.ifSpent, await clawBackIncluded(tx, ws, effect));
    case 'returnClawedBack':
      await returnClawedBack(tx, ws, effect);
      return;
    case 'forfeitTopUps':
      await voidAllGrants(tx, ws, { kind: 'topUp', sourcePrefix: '' });
      return;
    case 'watchBalance':
      return watchBalance(tx, ws, effect.atMicro);
    case 'setOverage':
      return setOverage(tx, ws, effect.overage);
    case 'readMeter':
      return readMeter(tx, ws, effect);
    case 'placeOrder':
      return placeOrder(tx, ws, { ...effect, termsVersion: life.termsVersion });
    case 'cancelOrder':
      return cancelOrder(tx, ws);
    case 'openWindow':
      return setWindow(tx, ws, effect);
    case 'setGate':
      return setGate(tx, ws, effect.gate);
  }
}

/** Where less was unspent than was to be taken back, the lifecycle hears of it, and charges by policy. */
async function tellSpent(
  tx: Transaction,
  workspaceId: bigint,
  back: GivenBack | undefined,
  takenMicro: MicroCredits,
): Promise<void> {
  if (back === undefined || takenMicro >= back.wantedMicro) return;
  await tellFact(tx, workspaceId, {
    kind: 'spentCreditsFound',
    data: toPlain({ ...back, takenMicro }),
  });
}

async function creditAccount(
  tx: Transaction,
  { workspaceId, life }: Place,
  effect: Extract<Effect, { readonly kind: 'creditAccount' }>,
): Promise<void> {
  await tx`insert into account_credit (workspace_id, product_id, invoice_id, amount_minor, at)
    select i.workspace_id, i.product_id, i.id, ${effect.amountMinor}, ${life.at}
    from invoice i
    where i.workspace_id = ${workspaceId} and i.business_key = ${`purchase:${effect.payment}`}
    on conflict do nothing`;
}

/** A notice needs somebody to read it: without an address the feed says that none was sent. */
async function isHeard(
  tx: Transaction,
  { workspaceId, life }: Place,
  { notice }: NotifyEffect,
): Promise<boolean> {
  if ((await addressesOf(tx, workspaceId, notice)).length > 0) return true;
  await tellSkipped(tx, workspaceId, { notice, at: life.at, why: noAddressFor(notice) });
  return false;
}

async function writeTask(
  tx: Transaction,
  place: Place,
  effect: Effect,
  key: string,
): Promise<void> {
  const { workspaceId, life } = place;
  await tx`insert into outbox (workspace_id, product_id, key, effect, at)
    values (${workspaceId}, ${life.product}, ${key}, ${tx.json(toPlain(effect))}, ${life.at})
    on conflict (workspace_id, key) do nothing`;
}

/** The payment's row, before any money is asked for. */
async function wishPayment(
  tx: Transaction,
  place: Place,
  effect: Extract<Effect, { readonly kind: 'openCheckout' | 'chargePurchase' }>,
): Promise<void> {
  const { workspaceId, life, command } = place;
  const { purchase } = effect;
  await tx`insert into payment (
      id, workspace_id, product_id, command_id, purchase, total_minor, currency, state, requested_at
    ) values (
      ${purchase.payment}, ${workspaceId}, ${life.product}, ${command},
      ${tx.json(toPlain(purchase))}, ${purchase.totalMinor}, ${life.currency}, 'requested', ${life.at}
    ) on conflict (id) do nothing`;
  await countPurchases(tx, workspaceId);
  if (command !== null) await tx`update command set state = 'paying' where id = ${command}`;
}
