import type { Identity } from './identity.ts';

/** Invoices, what is carried between them, and the payments behind purchases. */
export const moneyIdentities: readonly Identity[] = [
  {
    name: 'invoice lines',
    sentence: "Every invoice's lines sum to its subtotal.",
    query: `
      select i.product_id as product, w.external_id as workspace, i.number as what,
        i.subtotal_minor::text as expected,
        (select sum(l.amount_minor)::text from invoice_line l where l.invoice_id = i.id) as actual
      from invoice i
      join workspace w on w.id = i.workspace_id`,
  },
  {
    name: 'line amounts',
    sentence: 'A line that no days prorate costs its quantity times its unit.',
    query: `
      select i.product_id as product, w.external_id as workspace,
        i.number || ' line ' || l.position as what,
        (l.quantity * l.unit_minor)::text as expected, l.amount_minor::text as actual
      from invoice_line l
      join invoice i on i.id = l.invoice_id
      join workspace w on w.id = i.workspace_id
      where l.days_part is null`,
  },
  {
    name: 'invoice totals',
    sentence: "Every invoice's total is its subtotal and what was applied of earlier credit.",
    query: `
      select i.product_id as product, w.external_id as workspace, i.number as what,
        (i.subtotal_minor + i.applied_minor)::text as expected, i.total_minor::text as actual
      from invoice i
      join workspace w on w.id = i.workspace_id`,
  },
  {
    name: 'invoice numbers',
    sentence: "Each product's invoices are numbered from 1, every number once.",
    query: `
      select coalesce(given.product, issued.product) as product, null as workspace,
        'number ' || coalesce((coalesce(given.number, issued.number))::text, 'unreadable') as what,
        (case when given.number is null then 0 else 1 end)::text as expected,
        coalesce(issued.times, 0)::text as actual
      from (
        select product_id as product, generate_series(1, next_number - 1) as number
        from invoice_number
      ) given
      full join (
        select product_id as product, substring(number from '-([0-9]{1,15})$')::bigint as number,
          count(*) as times
        from invoice group by 1, 2
      ) issued using (product, number)`,
  },
  {
    name: 'paid invoices',
    sentence: 'An invoice has the instant of its payment if it is paid, and only then.',
    query: `
      select i.product_id as product, w.external_id as workspace, i.number as what,
        case when i.status = 'paid' then 'paid' else 'not paid' end as expected,
        case when i.paid_at is not null then 'paid' else 'not paid' end as actual
      from invoice i
      join workspace w on w.id = i.workspace_id`,
  },
  {
    name: 'open invoices',
    sentence: 'Somebody set out to collect every open invoice.',
    query: `
      select i.product_id as product, w.external_id as workspace, i.number as what,
        'being collected' as expected,
        case when exists (
          select from outbox o
          where o.workspace_id = i.workspace_id
            and (starts_with(o.key, 'collect:' || i.business_key || ':try:')
              or o.key = 'send:' || i.business_key)
        ) then 'being collected' else 'forgotten' end as actual
      from invoice i
      join workspace w on w.id = i.workspace_id
      where i.status = 'open'`,
  },
  {
    name: 'carried amounts',
    sentence: 'What an invoice applied or carried on stands in the account, once.',
    query: `
      select i.product_id as product, w.external_id as workspace, i.number as what,
        (i.applied_minor - case when i.status = 'carried' then i.total_minor else 0 end)::text
          as expected,
        (select coalesce(sum(c.amount_minor), 0)::text
          from account_credit c where c.invoice_id = i.id) as actual
      from invoice i
      join workspace w on w.id = i.workspace_id
      where i.reason <> 'purchase'`,
  },
  {
    name: 'account credit',
    sentence: "Each workspace's account sums to the credit that its lifecycle counts on.",
    query: `
      select w.product_id as product, w.external_id as workspace, 'account credit' as what,
        w.lifecycle ->> 'accountCreditMinor' as expected,
        coalesce(c.amount_minor, 0)::text as actual
      from workspace w
      left join (
        select workspace_id, sum(amount_minor) as amount_minor
        from account_credit group by workspace_id
      ) c on c.workspace_id = w.id`,
  },
  {
    name: 'currencies',
    sentence: 'A workspace is invoiced and pays in its one currency.',
    query: `
      select i.product_id as product, w.external_id as workspace, i.number as what,
        w.currency as expected, i.currency as actual
      from invoice i
      join workspace w on w.id = i.workspace_id
      union all
      select p.product_id, w.external_id, 'payment ' || p.id, w.currency, p.currency
      from payment p
      join workspace w on w.id = p.workspace_id`,
  },
  {
    name: 'purchases',
    sentence:
      'A payment that succeeded has one paid invoice of its total; one that did not has no invoice.',
    query: `
      select p.product_id as product, w.external_id as workspace, 'payment ' || p.id as what,
        case when p.state = 'succeeded' then p.total_minor || ' paid' else 'no invoice' end
          as expected,
        coalesce((
          select string_agg(i.total_minor || ' ' || i.status, ', ' order by i.number)
          from invoice i
          where i.workspace_id = p.workspace_id and i.business_key = 'purchase:' || p.id
            and i.reason = 'purchase'
        ), 'no invoice') as actual
      from payment p
      join workspace w on w.id = p.workspace_id`,
  },
  {
    name: 'purchase invoices',
    sentence: 'Every invoice of a purchase stands for a payment that succeeded.',
    query: `
      select i.product_id as product, w.external_id as workspace, i.number as what,
        'succeeded' as expected, coalesce(p.state, 'no payment') as actual
      from invoice i
      join workspace w on w.id = i.workspace_id
      left join payment p
        on p.workspace_id = i.workspace_id and 'purchase:' || p.id = i.business_key
      where i.reason = 'purchase'`,
  },
  {
    name: 'top-ups',
    sentence:
      'Every top-up that was paid gave one grant of the credits bought, and no other gave any.',
    query: `
      select p.product_id as product, w.external_id as workspace, 'payment ' || p.id as what,
        case when p.state = 'succeeded' then p.purchase -> 'purpose' ->> 'creditsMicro'
          else 'no grant' end as expected,
        coalesce((
          select string_agg(g.amount_micro::text, ', ' order by g.grant_no)
          from grant_credit g
          where g.lane = w.lane and g.workspace_id = w.id and g.source_key = 'topUp:' || p.id
            and g.kind = 'topUp'
        ), 'no grant') as actual
      from payment p
      join workspace w on w.id = p.workspace_id
      where p.purchase -> 'purpose' ->> 'kind' = 'topUp'`,
  },
  {
    name: 'top-up grants',
    sentence: 'Every grant of a top-up stands for a payment that succeeded.',
    query: `
      select w.product_id as product, w.external_id as workspace, 'grant ' || g.grant_no as what,
        'succeeded' as expected, coalesce(p.state, 'no payment') as actual
      from grant_credit g
      join workspace w on w.id = g.workspace_id
      left join payment p
        on p.workspace_id = g.workspace_id and 'topUp:' || p.id = g.source_key
      where starts_with(g.source_key, 'topUp:')`,
  },
];
