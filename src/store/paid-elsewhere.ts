import { ok, refused } from '../domain/values/outcome.ts';
import type { MarkPaid } from '../domain/life/outside-effect.ts';
import type { Accounts, PaidElsewhere } from '../ports/accounts.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import { bookInvoicePaid } from './collection-books.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { lockLedger, touchLedger } from './ledger-writes.ts';
import { note } from './operator-grants.ts';

/**
 * Books an invoice as paid another way, with who said so, and has its mirror ask for nothing more. Under the lane's
 * lock: of this and a payment at the provider, whichever is booked first counts.
 */
export const recordPaid = (
  sql: Sql,
  account: LedgerAccount,
  paid: PaidElsewhere,
): ReturnType<Accounts['recordPaid']> =>
  inProduct(sql, account.product, async (tx) => {
    await lockLedger(tx, [account.workspaceId]);
    const at = await touchLedger(tx, account.workspaceId);
    const invoice = await findInvoice(tx, account, paid.invoice);
    if (invoice === undefined) return refused({ kind: 'notFound' });
    if (invoice.status === 'paid' && invoice.reference === paid.reference) return ok(undefined);
    if (invoice.status !== 'open') return refused({ kind: 'invoiceNotOpen' });
    if (invoice.debited) return refused({ kind: 'invoiceBeingPaid' });
    await bookInvoicePaid(tx, account.workspaceId, invoice.key);
    await tx`update invoice set paid_reference = ${paid.reference} where id = ${paid.invoice}`;
    await askNoMore(tx, account, { invoice: invoice.key, at });
    const { actor, reference } = paid;
    const data = { invoice: invoice.key, number: invoice.number, reference };
    await note(tx, account, { actor, action: 'invoicePaidElsewhere', data });
    return ok(undefined);
  });

type Found = {
  readonly key: string;
  readonly number: string;
  readonly status: string;
  readonly reference: string | null;
  readonly debited: boolean;
};

async function findInvoice(
  tx: Transaction,
  { workspaceId }: LedgerAccount,
  id: string,
): Promise<Found | undefined> {
  const [found] = await tx<Found[]>`
    select business_key as key, number, status, paid_reference as reference,
      exists (select from bank_debit d where d.invoice_id = invoice.id) as debited
    from invoice where workspace_id = ${workspaceId} and id = ${id}`;
  return found;
}

async function askNoMore(
  tx: Transaction,
  { product, workspaceId }: LedgerAccount,
  { invoice, at }: { readonly invoice: string; readonly at: string },
): Promise<void> {
  const effect: MarkPaid = { kind: 'markPaid', invoice };
  await tx`insert into outbox (workspace_id, product_id, key, effect, at)
    values (${workspaceId}, ${product}, ${`paid:${invoice}`}, ${tx.json(effect)}, ${at})
    on conflict (workspace_id, key) do nothing`;
}
