import type { InvoiceDraft, Purchase } from '../domain/lifecycle.ts';
import { minor, type MicroCredits } from '../domain/money.ts';
import { fromPlain, type Plain } from '../domain/plain.ts';
import type { Books, PaymentRow } from '../ports/books.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { settleCommand, type Booking } from './booking.ts';
import { topUpKey } from './bought.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { noteRing, tellFact } from './feed.ts';
import { issueInvoice } from './invoices.ts';
import { grantCredits, ledgerAt } from './ledger-writes.ts';

type Row = {
  readonly id: string;
  readonly command_id: string;
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
    closePurchase: (of, id, state) =>
      booking(of, (tx, workspaceId) => closePurchase(tx, { workspaceId, id, state })),
    closeUnsettled: (of, id) =>
      booking(of, async (tx, workspaceId) => {
        // Whoever charges without the person tells the end of a try by itself, and in Checkout the
        // person may try another way; a debit on its way has neither a session nor a waiting command.
        const [row] = await tx<{ id: string }[]>`
          select p.id from payment p join command c on c.id = p.command_id
          where p.id = ${id} and p.stripe_session is null and c.state <> 'paying'`;
        if (row !== undefined) await closePurchase(tx, { workspaceId, id, state: 'failed' });
      }),
    closeCheckout: (of, session) =>
      booking(of, async (tx, workspaceId) => {
        const [row] = await tx<{ id: string }[]>`
          select id from payment where stripe_session = ${session}`;
        if (row !== undefined) {
          await closePurchase(tx, { workspaceId, id: row.id, state: 'expired' });
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
  },
): Promise<void> {
  const { workspaceId, id, state } = closed;
  const done = await tx<{ purpose: string }[]>`
    update payment set state = ${state}, settled_at = ledger_at(${workspaceId})
    where id = ${id} and state in ('requested', 'open')
    returning purchase -> 'purpose' ->> 'kind' as purpose`;
  if (done[0]?.purpose !== 'planChange') return;
  await tellFact(tx, workspaceId, { kind: 'planPurchaseFailed', data: { payment: id } });
  await noteRing(tx, workspaceId);
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
    expiresAt: null,
    priority: 0,
    earmark: null,
    sourceKey: topUpKey(id),
  });
  const data = { payment: id, creditsMicro: amountMicro.toString() };
  await tellFact(tx, workspaceId, { kind: 'toppedUp', data });
  await noteRing(tx, workspaceId);
}
