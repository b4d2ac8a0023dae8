import type { Effect, Lifecycle } from '../domain/lifecycle.ts';
import { toPlain } from '../domain/plain.ts';
import type { Transaction } from './connect.ts';
import { issueInvoice } from './invoices.ts';

/** Where a step's effects are written: one workspace, inside one transaction that holds its lane. */
export type Place = {
  readonly workspaceId: bigint;
  readonly life: Lifecycle;
  readonly command: string | null;
};

/** Writes one effect's rows. What goes outside becomes a task under its business key. */
export async function writeEffect(tx: Transaction, place: Place, effect: Effect): Promise<void> {
  const { workspaceId: ws, life } = place;
  switch (effect.kind) {
    case 'grantCredits':
      await tx`select ledger_grant(${ws}, ${effect.grantKind}, ${effect.amountMicro},
        ${effect.effectiveAt}, ${effect.expiresAt}, 0, null, ${effect.sourceKey})`;
      return;
    case 'voidIncluded':
      await tx`select ledger_void_all(${ws}, 'included', ${effect.sourcePrefix})`;
      return;
    case 'forfeitTopUps':
      await tx`select ledger_void_all(${ws}, 'topUp', '')`;
      return;
    case 'placeOrder':
      await tx`select ledger_order(${ws}, ${effect.startsAt}, ${effect.endsAt},
        ${effect.amountMicro}, ${life.termsVersion}, ${effect.sourceKey})`;
      return;
    case 'cancelOrder':
      await tx`select ledger_cancel_order(${ws})`;
      return;
    case 'openWindow':
      await tx`select ledger_set_window(${ws}, ${effect.start}, ${effect.end})`;
      return;
    case 'setGate':
      await tx`select ledger_set_gate(${ws}, ${effect.closesAt}, ${effect.code})`;
      return;
    case 'issueInvoice':
      await issueInvoice(
        tx,
        { workspaceId: ws, product: life.product, at: life.at },
        effect.invoice,
      );
      return;
    case 'creditAccount':
      await tx`insert into account_credit (workspace_id, product_id, invoice_id, amount_minor, at)
        select i.workspace_id, i.product_id, i.id, ${effect.amountMinor}, ${life.at}
        from invoice i
        where i.workspace_id = ${ws} and i.business_key = ${`purchase:${effect.payment}`}
        on conflict do nothing`;
      return;
    case 'announce':
      await tx`select ledger_feed(${ws}, ${effect.what}, ${life.at}, ${tx.json(effect.data)})`;
      return;
    case 'openCheckout':
    case 'chargePurchase':
      await wishPayment(tx, place, effect);
      await writeTask(tx, place, effect, `pay:${effect.purchase.payment}`);
      return;
    case 'collectInvoice':
      await writeTask(tx, place, effect, `collect:${effect.invoice}:try:${effect.try}`);
      return;
    case 'mirrorUpcoming':
      await writeTask(tx, place, effect, `upcoming:${life.version}`);
      return;
    case 'expireCheckout':
      await writeTask(tx, place, effect, `expire:${effect.payment}`);
      return;
    case 'startPersonalPlan':
      await writeTask(tx, place, effect, `personal:${life.version}`);
      return;
  }
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
  if (command === null) throw new Error('only a command buys something');
  const { purchase } = effect;
  await tx`insert into payment (
      id, workspace_id, product_id, command_id, purchase, total_minor, currency, state, requested_at
    ) values (
      ${purchase.payment}, ${workspaceId}, ${life.product}, ${command},
      ${tx.json(toPlain(purchase))}, ${purchase.totalMinor}, ${life.currency}, 'requested', ${life.at}
    ) on conflict (id) do nothing`;
  await tx`update command set state = 'paying' where id = ${command}`;
}
