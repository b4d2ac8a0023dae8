import type { Account, Books, InboxEvent } from '../ports/books.ts';
import type { PaymentMethod } from '../ports/payments.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { billedToOf, type BillingRow } from './billing-rows.ts';
import { bookingOn, finishTask, settleCommand } from './booking.ts';
import { collectionBooks } from './collection-books.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { creditNoteBooks } from './credit-note-books.ts';
import { disputeBooks } from './dispute-books.ts';
import { noteRing, tellFact } from './feed.ts';
import { ledgerAt, writeFeed } from './ledger-writes.ts';
import { startPersonalPlan } from './personal-plan.ts';
import { purchaseBooks } from './purchase-books.ts';
import { strayBooks } from './stray-books.ts';
import { topUpRefundBooks } from './top-up-refund-books.ts';

/** The books of money on Postgres. */
export function books(sql: Sql): Books {
  const booking = bookingOn(sql);
  return {
    ...purchaseBooks(sql, booking),
    ...collectionBooks(sql, booking),
    ...disputeBooks(booking),
    ...creditNoteBooks(sql),
    ...strayBooks(sql),
    ...topUpRefundBooks(booking),
    account: (of) => readAccount(sql, of),
    setCustomer: async (of, customer) => {
      await inProduct(
        sql,
        of.product,
        (tx) => tx`update workspace set stripe_customer = ${customer}
          where product_id = ${of.product} and external_id = ${of.workspace}
            and stripe_customer is null`,
      );
    },
    workspaceOfCustomer: async (customer) => {
      const [row] = await sql<{ product_id: string; external_id: string }[]>`
        select product_id, external_id from workspace_of_customer(${customer})`;
      return row && { product: row.product_id, workspace: row.external_id };
    },
    bookPaymentMethod: (of, method) => booking(of, (tx, id) => bookPaymentMethod(tx, id, method)),
    inbox: (of) => readInbox(sql, of),
    inboxHandled: async (ids) => {
      await sql`update stripe_event set handled_at = clock_timestamp()
        where id = any(${[...ids]})`;
    },
    inboxMoot: (of, event, why) => booking(of, (tx, id) => noteMoot(tx, of, { id, event, why })),
    taskDone: async (of, task) => {
      await inProduct(sql, of.product, (tx) => finishTask(tx, task));
    },
    settleCommand: async (of, command, result) => {
      await inProduct(sql, of.product, (tx) => settleCommand(tx, command, result));
    },
    alert: (of, what, data) =>
      booking(of, async (tx, id) => {
        await tellOperators(tx, of, { id, what, data });
      }),
    startPersonalPlan: (of, personal, key) => startPersonalPlan(sql, of, personal, key),
  };
}

type Told = {
  readonly id: bigint;
  readonly what: string;
  readonly data: Readonly<Record<string, string>>;
};

/** In the feed, for whoever watches the product, and in the audit log. */
async function tellOperators(
  tx: Transaction,
  { product }: WorkspaceRef,
  { id, what, data }: Told,
): Promise<void> {
  await writeFeed(tx, id, { kind: what, at: await ledgerAt(tx, id), data });
  await tx`insert into audit_log (product_id, workspace_id, actor, action, data)
    values (${product}, ${id}, 'tollgate', ${what}, ${tx.json(data)})`;
}

async function noteMoot(
  tx: Transaction,
  of: WorkspaceRef,
  moot: { readonly id: bigint; readonly event: InboxEvent; readonly why: string },
): Promise<void> {
  const { id, event, why } = moot;
  const noted = await tx`update stripe_event
    set handled_at = clock_timestamp(), moot_because = ${why}
    where id = ${event.id} and handled_at is null`;
  if (noted.count === 0) return;
  const data = { event: event.id, type: event.type, object: event.objectId, why };
  await tellOperators(tx, of, { id, what: 'stripeEventMoot', data });
}

async function readAccount(sql: Sql, of: WorkspaceRef): Promise<Account> {
  type Row = BillingRow & {
    readonly currency: string;
    readonly stripe_customer: string | null;
    readonly stripe_draft: string | null;
    readonly method: string | null;
    readonly test_clock: boolean;
    readonly at: string;
  };
  return inProduct(sql, of.product, async (tx) => {
    const [row] = await tx<Row[]>`
      select currency, billing_name, billing_address, billing_email, tax_id, stripe_customer, stripe_draft,
        payment_method ->> 'id' as method, test_clock,
        coalesce(clock_at, clock_timestamp()) as at
      from workspace where product_id = ${of.product} and external_id = ${of.workspace}`;
    if (row === undefined) throw new Error(`no workspace ${of.product}/${of.workspace}`);
    return {
      details: { ...of, ...billedToOf(row) },
      currency: row.currency,
      customer: row.stripe_customer,
      draft: row.stripe_draft,
      paymentMethod: row.method,
      at: row.at,
      testClock: row.test_clock,
    };
  });
}

async function readInbox(sql: Sql, of: WorkspaceRef): Promise<InboxEvent[]> {
  return inProduct(sql, of.product, async (tx) => {
    const rows = await tx<{ id: string; type: string; object_id: string }[]>`
      select e.id, e.type, e.object_id from stripe_event e
      join workspace w on w.stripe_customer = e.customer
      where w.product_id = ${of.product} and w.external_id = ${of.workspace}
        and e.handled_at is null
      order by e.received_at, e.id limit 100`;
    return rows.map(({ id, type, object_id }) => ({ id, type, objectId: object_id }));
  });
}

async function bookPaymentMethod(
  tx: Transaction,
  workspaceId: bigint,
  method: PaymentMethod | null,
): Promise<void> {
  const [before] = await tx<{ method: string | null }[]>`
    select payment_method ->> 'id' as method from workspace where id = ${workspaceId}`;
  if ((before?.method ?? null) === (method?.id ?? null)) return;
  await tx`update workspace set payment_method = ${method === null ? null : tx.json(method)}
    where id = ${workspaceId}`;
  const kind = method === null ? 'paymentMethodRemoved' : 'paymentMethodAttached';
  const isUsed = await tookTrial(tx, workspaceId, method);
  const former = method === null ? null : (before?.method ?? null);
  const data = { ...(isUsed && { trialUsed: true as const }), ...(former !== null && { former }) };
  await tellFact(tx, workspaceId, { kind, data });
  await noteRing(tx, workspaceId);
}

/** Notes that a workspace which has a trial has it with this method, unless another had one with it before. */
async function tookTrial(
  tx: Transaction,
  workspaceId: bigint,
  method: PaymentMethod | null,
): Promise<boolean> {
  const fingerprint = method?.fingerprint ?? null;
  if (fingerprint === null) return false;
  await tx`insert into trial_use (product_id, fingerprint, workspace_id)
    select product_id, ${fingerprint}, id from workspace
    where id = ${workspaceId} and jsonb_array_length(lifecycle -> 'trialsUsed') > 0
    on conflict do nothing`;
  const [use] = await tx<{ other: boolean }[]>`
    select u.workspace_id <> w.id as other
    from workspace w join trial_use u on u.product_id = w.product_id
    where w.id = ${workspaceId} and u.fingerprint = ${fingerprint}`;
  return use?.other ?? false;
}
