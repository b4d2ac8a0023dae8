import type { Identity } from './identity.ts';

/** The credit ledger and its feed. */
export const ledgerIdentities: readonly Identity[] = [
  {
    name: 'ledger',
    sentence:
      'Every balance, grant and counter is what its entries and open holds make it, and granted + ' +
      'debt + overage + forgiven = spent + held + expired + voided + reversed + gone + available.',
    query: `
      select p.product_id as product, w.external_id as workspace,
        coalesce(a.rule, 'balance') as what, a.expected::text as expected, a.actual::text as actual
      from pool p
      join workspace w on w.id = p.workspace_id
      left join ledger_audit() a on a.workspace_id = p.workspace_id`,
  },
  {
    name: 'books',
    sentence: 'Every workspace has books in its lane, under its product.',
    query: `
      select w.product_id as product, w.external_id as workspace, 'books' as what,
        w.product_id || ' in lane ' || w.lane as expected,
        p.product_id || ' in lane ' || p.lane as actual
      from workspace w
      left join pool p on p.workspace_id = w.id`,
  },
  {
    name: 'transfers',
    sentence: 'What a top-up gave to another workspace arrived there as grants of the same amount.',
    query: `
      select p.product_id as product, w.external_id as workspace, 'grant ' || g.grant_no as what,
        g.transferred_micro::text as expected, coalesce(arrived.micro, 0)::text as actual
      from grant_credit g
      join pool p on p.lane = g.lane and p.workspace_id = g.workspace_id
      join workspace w on w.id = g.workspace_id
      left join (
        select sent.lane, sent.workspace_id, sent.grant_no, sum(got.amount_micro) as micro
        from grant_change c
        join grant_credit sent on sent.lane = c.lane and sent.workspace_id = c.workspace_id
        join grant_credit got on got.source_key = c.change_key || ':' || sent.source_key
          and got.workspace_id <> sent.workspace_id
        where c.kind = 'transfer'
        group by sent.lane, sent.workspace_id, sent.grant_no
      ) arrived on arrived.lane = g.lane and arrived.workspace_id = g.workspace_id
        and arrived.grant_no = g.grant_no
      where g.kind = 'topUp'`,
  },
  {
    name: 'feed',
    sentence:
      "Each workspace's feed is numbered from 1 without gaps, and its pool knows the last number.",
    query: `
      select p.product_id as product, w.external_id as workspace, 'feed' as what,
        p.feed_seq || ' rows, the last ' || p.feed_seq as expected,
        (select count(*) || ' rows, the last ' || coalesce(max(f.seq), 0)
          from event_feed f where f.lane = p.lane and f.workspace_id = p.workspace_id) as actual
      from pool p
      join workspace w on w.id = p.workspace_id`,
  },
  {
    name: 'feed order',
    sentence: 'Every row of the feed has its one place in its product’s order, or waits for it.',
    query: `
      select f.product_id as product, w.external_id as workspace, 'feed row ' || f.seq as what,
        'placed or waiting' as expected,
        case
          when c.seq is not null and q.seq is not null then 'placed and waiting'
          when c.seq is not null and c.product_id <> f.product_id
            then 'placed with ' || c.product_id
          when c.seq is null and q.seq is null then 'forgotten'
          else 'placed or waiting'
        end as actual
      from event_feed f
      join workspace w on w.id = f.workspace_id
      left join feed_cursor c
        on c.lane = f.lane and c.workspace_id = f.workspace_id and c.seq = f.seq
      left join feed_pending q
        on q.lane = f.lane and q.workspace_id = f.workspace_id and q.seq = f.seq`,
  },
  {
    name: 'feed cursors',
    sentence: "Each product's order of the feed is numbered from 1 without gaps.",
    query: `
      select p.id as product, null as workspace, 'cursors' as what,
        coalesce(max(c.cursor), 0)::text as expected, count(c.cursor)::text as actual
      from product p
      left join feed_cursor c on c.product_id = p.id
      group by p.id`,
  },
];
