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
];
