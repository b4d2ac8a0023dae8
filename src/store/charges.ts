import { minor } from '../domain/values/money.ts';
import type { Accounts, Charge } from '../ports/accounts.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';

type Row = {
  readonly id: string;
  readonly at: string;
  readonly what: Charge['what'];
  readonly description: string | null;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly state: Charge['state'];
  readonly invoice_id: string | null;
  readonly invoice_number: string | null;
  readonly refunded_minor: bigint;
  readonly credit_notes: Charge['creditNotes'];
  readonly dispute: Charge['dispute'];
};

/**
 * Every try to move money [4.16]: purchases from the wish on, invoices once they are to be paid, and each
 * failed try of one beside it. Money that went back stands with what it had paid.
 */
export const readCharges = (
  sql: Sql,
  account: LedgerAccount,
  page: Parameters<Accounts['charges']>[1],
): Promise<Charge[]> =>
  inProduct(sql, account.product, async (tx) => {
    const { workspaceId } = account;
    const rows = await tx<Row[]>`
      with charge as (
        select p.id::text as id, coalesce(p.settled_at, p.requested_at) as at,
          'purchase' as what, p.purchase ->> 'description' as description,
          p.total_minor as amount_minor, p.currency,
          case p.state when 'requested' then 'open' else p.state end as state,
          i.id as invoice_id, i.number as invoice_number,
          (select coalesce(max(r.refunded_minor), 0) from refund r
            where r.payment_id = p.id and r.returned_at is null) as refunded_minor,
          (select d.state from dispute d where d.payment_id = p.id
            order by d.changed_at desc limit 1) as dispute
        from payment p
        left join invoice i
          on i.workspace_id = p.workspace_id and i.business_key = 'purchase:' || p.id
        where p.workspace_id = ${workspaceId}
        union all
        select i.id::text, coalesce(i.paid_at, i.issued_at), 'invoice', null, i.total_minor,
          i.currency, case i.status when 'paid' then 'succeeded' else 'open' end, i.id, i.number,
          (select coalesce(max(r.refunded_minor), 0) from refund r
            where r.invoice_id = i.id and r.returned_at is null),
          (select d.state from dispute d where d.invoice_id = i.id
            order by d.changed_at desc limit 1)
        from invoice i
        where i.workspace_id = ${workspaceId} and i.reason <> 'purchase' and i.total_minor > 0
          and i.status in ('open', 'paid')
        union all
        select i.id || ':' || f.seq, f.at, 'invoice', null, i.total_minor, i.currency, 'failed',
          i.id, i.number, 0, null
        from event_feed f
        join invoice i
          on i.workspace_id = f.workspace_id and i.business_key = f.data ->> 'invoice'
        where f.workspace_id = ${workspaceId} and f.kind = 'invoicePaymentFailed'
      )
      select charge.*, ${creditNotesOf(tx)} as credit_notes
      from charge
      where ${page.before}::text is null
        or (at, id) < (select last.at, last.id from charge last where last.id = ${page.before})
      order by at desc, id desc limit ${page.limit}`;
    return rows.map(chargeOf);
  });

/** Only money that came can go back: a failed try of the same invoice has none. */
const creditNotesOf = (tx: Transaction) => tx`(
  select coalesce(
    jsonb_agg(jsonb_build_object('id', n.id, 'number', n.number) order by n.number), '[]')
  from credit_note n
  where charge.state = 'succeeded' and n.invoice_id = charge.invoice_id and n.voided_at is null
)`;

const chargeOf = (row: Row): Charge => ({
  id: row.id,
  at: row.at,
  what: row.what,
  description: row.description,
  amountMinor: minor(row.amount_minor),
  currency: row.currency,
  state: row.state,
  invoice:
    row.invoice_id === null || row.invoice_number === null
      ? null
      : { id: row.invoice_id, number: row.invoice_number },
  refundedMinor: minor(row.refunded_minor),
  creditNotes: row.credit_notes,
  dispute: row.dispute,
});
