import type { InvoiceDraft, Purchase } from '../domain/life/lifecycle.ts';
import { minor, type MicroCredits } from '../domain/values/money.ts';
import { fromPlain, type Plain } from '../domain/values/plain.ts';
import type { Terms } from '../domain/terms/terms.ts';
import { topUpEndsAt } from '../domain/credits/top-up.ts';
import type { Books, PaymentRow, PurchaseFailure } from '../ports/books.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { settleCommand, type Booking } from './booking.ts';
import { topUpKey } from './bought.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { noteRing, tellFact } from './feed.ts';
import { issueInvoice } from './invoices.ts';
import { grantCredits, ledgerAt } from './ledger-writes.ts';
import { countPurchases } from './overage-writes.ts';

type Row = {
  readonly id: string;
  readonly command_id: string | null;
  readonly purchase: Plain<Purchase>;
  readonly currency: string;
  readonly stripe_session: string | null;
  readonly state: PaymentRow['state'];
};

/** Purchases: the wish stands in `payment` before money is asked for, and is booked when it came. */
export function purchaseBooks(
  sql: Sql,
  booking: Booking,
): Pick<
  Books,
  | 'payment'
  | 'paymentOpened'
  | 'bookPurchase'
  | 'closePurchase'
  | 'closeUnsettled'
  | 'closeCheckout'
> {
  return {
    payment: (of, id) =>
      inProduct(sql, of.product, async (tx) => paymentOf(of, await readPayment(tx, id))),
    paymentOpened: async (of, id, session) => {
      await inProduct(
        sql,
        of.product,
        (tx) => tx`update payment set state = 'open', stripe_session = ${session}
          where id = ${id} and state in ('requested', 'open')`,
      );
    },
    bookPurchase: (of, id, paymentIntent) =>
      booking(of, (tx, workspaceId) => bookPurchase(tx, of, { workspaceId, id, paymentIntent })),
    closePurchase: (of, id, state, why) =>
      booking(of, (tx, workspaceId) => closePurchase(tx, { workspaceId, id, state, why })),
    closeUnsettled: (of, id) =>
      booking(of, async (tx, workspaceId) => {
        // Whoever charges without the person tells the end of a try by itself, and in Checkout the
        // person may try another way; a debit on its way has neither a session nor a waiting command.
        const [row] = await tx<{ id: string }[]>`
          select p.id from payment p left join command c on c.id = p.command_id
          where p.id = ${id} and p.stripe_session is null
            and case when c.id is null then p.state = 'open' else c.state <> 'paying' end`;
        if (row !== undefined) await closePurchase(tx, { workspaceId, id, state: 'failed' });
      }),
    closeCheckout: (of, session, state) =>
      booking(of, async (tx, workspaceId) => {
        const [row] = await tx<{ id: string }[]>`
          select id from payment where stripe_session = ${session}`;
        if (row !== undefined) {
          await closePurchase(tx, { workspaceId, id: row.id, state });
        }
      }),
  };
}

async function readPayment(tx: Transaction, id: string): Promise<Row | undefined> {
  const [row] = await tx<Row[]>`
    select id, command_id, purchase, currency, stripe_session, state from payment
    where id = ${id}`;
  return row;
}

const paymentOf = (of: WorkspaceRef, row: Row | undefined): PaymentRow | undefined =>
  row && {
    id: row.id,
    of,
    command: row.command_id,
    purchase: fromPlain<Purchase>(row.purchase),
    currency: row.currency,
    session: row.stripe_session,
    state: row.state,
  };

/** Invoice issued as paid, credits granted, the lifecycle told: once, whoever comes first [1.10]. */
async function bookPurchase(
  tx: Transaction,
  of: WorkspaceRef,
  paid: { readonly workspaceId: bigint; readonly id: string; readonly paymentIntent: string },
): Promise<boolean> {
  const { workspaceId, id, paymentIntent } = paid;
  const row = await readPayment(tx, id);
  if (row === undefined || row.state === 'succeeded') return false;
  const purchase = fromPlain<Purchase>(row.purchase);
  const at = await ledgerAt(tx, workspaceId);
  await tx`update payment set
      state = 'succeeded', stripe_payment_intent = ${paymentIntent}, settled_at = ${at}
    where id = ${id}`;
  await countPurchases(tx, workspaceId);
  await issueInvoice(tx, { workspaceId, product: of.product, at }, purchaseInvoice(purchase, at));
  switch (purchase.purpose.kind) {
    case 'topUp':
      await bookTopUp(tx, workspaceId, { id, at, creditsMicro: purchase.purpose.creditsMicro });
      break;
    case 'planChange': {
      const data = { payment: id, totalMinor: purchase.totalMinor.toString() };
      await tellFact(tx, workspaceId, { kind: 'planPurchasePaid', data });
      await noteRing(tx, workspaceId);
    }
  }
  if (row.command_id !== null)
    await settleCommand(tx, row.command_id, { kind: 'done', checkoutUrl: null });
  return true;
}

const purchaseInvoice = (purchase: Purchase, at: string): InvoiceDraft => ({
  key: `purchase:${purchase.payment}`,
  reason: 'purchase',
  issuedAt: at,
  period: { start: at, end: at },
  lines: purchase.lines,
  subtotalMinor: purchase.totalMinor,
  appliedMinor: minor(0),
  totalMinor: purchase.totalMinor,
  status: 'paid',
});

async function closePurchase(
  tx: Transaction,
  closed: {
    readonly workspaceId: bigint;
    readonly id: string;
    readonly state: 'failed' | 'expired';
    readonly why?: PurchaseFailure | undefined;
  },
): Promise<void> {
  const { workspaceId, id, state, why = { code: state, hard: false } } = closed;
  const done = await tx<{ purpose: string; by_itself: boolean }[]>`
    update payment set state = ${state}, settled_at = ledger_at(${workspaceId})
    where id = ${id} and state in ('requested', 'open')
    returning purchase -> 'purpose' ->> 'kind' as purpose, command_id is null as by_itself`;
  const [ended] = done;
  await countPurchases(tx, workspaceId);
  if (ended?.by_itself === true) {
    await tellFact(tx, workspaceId, { kind: 'autoTopUpFailed', data: { payment: id, ...why } });
    await noteRing(tx, workspaceId);
  } else if (ended?.purpose === 'planChange') {
    await tellFact(tx, workspaceId, { kind: 'planPurchaseFailed', data: { payment: id } });
    await noteRing(tx, workspaceId);
  }
}

async function bookTopUp(
  tx: Transaction,
  workspaceId: bigint,
  bought: { readonly id: string; readonly at: string; readonly creditsMicro: MicroCredits },
): Promise<void> {
  const { id, at, creditsMicro: amountMicro } = bought;
  await grantCredits(tx, workspaceId, {
    kind: 'topUp',
    amountMicro,
    effectiveAt: at,
    expiresAt: await endOf(tx, workspaceId, at),
    priority: 0,
    earmark: null,
    sourceKey: topUpKey(id),
  });
  const data = { payment: id, creditsMicro: amountMicro.toString() };
  await tellFact(tx, workspaceId, { kind: 'toppedUp', data });
  await noteRing(tx, workspaceId);
}

/** Until when credits bought now can be used, by the terms that the workspace is pinned to. */
async function endOf(tx: Transaction, workspaceId: bigint, at: string): Promise<string | null> {
  const [row] = await tx<{ terms: Plain<Terms>; time_zone: string }[]>`
    select t.terms, w.time_zone from workspace w
    join plan_term t on t.product_id = w.product_id and t.version = w.terms_version
    where w.id = ${workspaceId}`;
  if (row === undefined) throw new Error(`workspace ${workspaceId} has no terms`);
  return topUpEndsAt(fromPlain<Terms>(row.terms), at, row.time_zone);
}
