import type { Identity } from './identity.ts';

/** Money that went back: what refunds and disputes say, against what the ledger did. */
export const moneyBackIdentities: readonly Identity[] = [
  {
    name: 'money back',
    sentence:
      'What was reversed of each top-up, or waits for open holds, is what its refunds and disputes ' +
      'took, as far as it was neither voided nor given away before.',
    query: `
      select w.product_id as product, w.external_id as workspace, 'payment ' || p.id as what,
        least(
          coalesce((select sum(r.taken_micro) from refund r
            where r.payment_id = p.id and r.returned_at is null), 0)
          + coalesce((select sum(d.claim_micro) from dispute d
            where d.payment_id = p.id and d.claim = 'reversed'), 0),
          g.amount_micro - g.voided_micro - g.transferred_micro
        )::text as expected,
        (g.reversed_micro + g.reversal_due_micro)::text as actual
      from payment p
      join workspace w on w.id = p.workspace_id
      join grant_credit g on g.lane = w.lane and g.workspace_id = w.id
        and g.source_key = 'topUp:' || p.id`,
  },
  {
    name: 'credit notes',
    sentence: 'What was refunded of each invoice stands on its credit notes that are not void.',
    query: `
      select i.product_id as product, w.external_id as workspace, i.number as what,
        least(i.total_minor, (
          select coalesce(max(r.refunded_minor), 0) from refund r
          where r.returned_at is null
            and (r.invoice_id = i.id or i.business_key = 'purchase:' || r.payment_id)
        ))::text as expected,
        coalesce((select sum(n.total_minor) from credit_note n
          where n.invoice_id = i.id and n.voided_at is null), 0)::text as actual
      from invoice i
      join workspace w on w.id = i.workspace_id
      where i.status = 'paid'`,
  },
  {
    name: 'credit note lines',
    sentence: "Every credit note's lines sum to its subtotal.",
    query: `
      select n.product_id as product, w.external_id as workspace, n.number as what,
        n.subtotal_minor::text as expected,
        (select coalesce(sum(l.amount_minor), 0)::text from credit_note_line l
          where l.credit_note_id = n.id) as actual
      from credit_note n
      join workspace w on w.id = n.workspace_id`,
  },
  {
    name: 'credit note numbers',
    sentence: "Each product's credit notes are numbered from 1, every number once.",
    query: `
      select s.product_id as product, null as workspace, 'credit notes' as what,
        (s.next_number - 1)::text as expected,
        (select count(distinct substring(n.number from '-CN-([0-9]{1,15})$')::bigint)::text
          from credit_note n where n.product_id = s.product_id
            and substring(n.number from '-CN-([0-9]{1,15})$')::bigint between 1 and s.next_number - 1
        ) as actual
      from credit_note_number s`,
  },
];
