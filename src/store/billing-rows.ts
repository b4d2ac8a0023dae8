import type { BilledTo, BillingDetails, PostalAddress } from '../ports/billing-details.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import { inProduct, type Sql } from './connect.ts';

/** Whom an invoice is for, as a workspace's row has it now and an invoice's kept it. */
export type BillingRow = {
  readonly billing_name: string | null;
  readonly billing_address: PostalAddress | null;
  readonly billing_email: string | null;
  readonly tax_id: string | null;
};

export const billedToOf = (row: BillingRow): BilledTo => ({
  name: row.billing_name,
  address: row.billing_address,
  email: row.billing_email,
  taxId: row.tax_id,
});

/** Says whom future invoices are for. */
export async function setBillingDetails(
  sql: Sql,
  account: LedgerAccount,
  { name, address, email, taxId, copies }: BillingDetails,
): Promise<void> {
  await inProduct(
    sql,
    account.product,
    (tx) => tx`update workspace set
        billing_name = ${name}, billing_address = ${address && tx.json(address)},
        billing_email = ${email}, tax_id = ${taxId}, billing_copies = ${[...copies]}::text[]
      where id = ${account.workspaceId}`,
  );
}
