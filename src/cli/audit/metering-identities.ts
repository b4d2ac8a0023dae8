import type { Identity } from './identity.ts';

/** Usage beyond the credits, and the invoices that it stands on. */
export const meteringIdentities: readonly Identity[] = [
  {
    name: 'metered usage',
    sentence:
      'What was read off a meter stands on invoices, or waits for one: every credit once, at its price.',
    query: `
      select product, workspace, 'usage at ' || price as what,
        coalesce(used.micro, 0)::text as expected, coalesce(billed.micro, 0)::text as actual
      from (
        select p.product_id as product, w.external_id as workspace, e.price_micro as price,
          sum(e.amount_micro) as micro
        from usage_entry e
        join pool p on p.lane = e.lane and p.workspace_id = e.workspace_id
        join workspace w on w.id = e.workspace_id
        where e.meter_no < p.meter_no or (e.meter_no = p.meter_no and e.at < p.metered_from)
        group by 1, 2, 3
      ) used
      full join (
        select product, workspace, price, sum(micro) as micro
        from (
          select i.product_id as product, w.external_id as workspace, l.price_micro as price,
            l.quantity_micro as micro
          from invoice_line l
          join invoice i on i.id = l.invoice_id
          join workspace w on w.id = i.workspace_id
          where l.kind = 'metered'
          union all
          select w.product_id, w.external_id, (l -> 'metered' ->> 'priceMicro')::bigint,
            (l -> 'metered' ->> 'quantityMicro')::bigint
          from workspace w, jsonb_array_elements(w.lifecycle -> 'upcoming') l
          where l ? 'metered'
          union all
          select w.product_id, w.external_id, (l ->> 'priceMicro')::bigint,
            (l ->> 'quantityMicro')::bigint
          from event_feed f
          join workspace w on w.id = f.workspace_id
            and f.seq > (w.lifecycle ->> 'seenSeq')::bigint,
            jsonb_array_elements(f.data -> 'lines') l
          where f.kind = 'usageMetered'
        ) line
        group by 1, 2, 3
      ) billed using (product, workspace, price)`,
  },
  {
    name: 'metered amounts',
    sentence: 'A line of metered usage costs its credits times their price, rounded once.',
    query: `
      select i.product_id as product, w.external_id as workspace,
        i.number || ' line ' || l.position as what,
        round(l.quantity_micro::numeric * l.price_micro / 1000000000000)::text as expected,
        l.amount_minor::text as actual
      from invoice_line l
      join invoice i on i.id = l.invoice_id
      join workspace w on w.id = i.workspace_id
      where l.kind = 'metered'`,
  },
];
