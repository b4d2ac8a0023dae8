-- The fast path of settles: what ledger.post is for debits and holds.

set local role tollgate_ledger;

-- PostgreSQL sums bigint as numeric, which costs a settle more than the addition.
create aggregate ledger.total(bigint) (sfunc = int8pl, stype = bigint, initcond = '0');

-- The settles among a batch's operations, its lists as in ledger.post. One is plain under the same
-- conditions, and if its hold took all from the head grant, in this window, and covers it: so it gives
-- its rest back, and everything fits. Answers a line per settle that was written.
create function ledger.post_settles(
  p_lane smallint, p_now timestamptz, p_month date, p_oldest date, p_latest date,
  p_pool_product text[], p_pool_workspace bigint[], p_pool_terms int[], p_pool_rate int[],
  p_op int[], p_ordinal smallint[], p_pool int[], p_kind text[], p_key uuid[], p_body bigint[],
  p_need bigint[], p_amount bigint[], p_line text[], p_model text[], p_tokens bigint[],
  p_quantities jsonb[], p_hold uuid[]
) returns text
language plpgsql
as $$
declare
  v_posted text;
  -- By the number of the operation; no id: it was not written.
  v_id uuid[];
  v_at timestamptz[];
  v_balance bigint[];
  v_grant int[];
  v_grant_kind text[];
  v_window timestamptz[];
  v_hold tid[];
begin
  -- `net` is what a settle takes from the pool and the caps: its rest comes back, so it is below zero.
  with faced as (
    select s.op, p.workspace_id, s.need, p.available_micro, p.head_grant_no, p.head_kind,
      p.window_start, p.at, h.part_micro, s.need - h.part_micro as net, p.pool_row, m.member_row,
      c.space_row, o.org_row, h.hold_row,
      s.kind = 'settle' and p.product_id = s.product_id and p.terms_version = s.terms
        and p.rate_version = s.rate and p.at < p.valid_until and k.is_known is null
        and not (p.has_earmarks and h.earmarks is not null)
        and h.kind = 'run' and h.state = 'open' and h.part_micro = h.amount_micro
        and s.need <= h.part_micro and h.grant_no = p.head_grant_no
        and h.window_start = p.window_start as plain
    from (
      select s.*, p_pool_product[pool] as product_id, p_pool_workspace[pool] as workspace_id,
        p_pool_terms[pool] as terms, p_pool_rate[pool] as rate
      from unnest(p_op, p_ordinal, p_pool, p_kind, p_key, p_need, p_hold)
        s(op, ordinal, pool, kind, key_hash, need, hold_id)
      where ordinal = 0
    ) s
    left join lateral (
      select ctid as hold_row, h.* from hold h
      where s.kind = 'settle' and lane = p_lane and h.workspace_id = s.workspace_id
        and id = s.hold_id
      limit 1
    ) h on true
    left join lateral (
      select ctid as pool_row, coalesce(test_at, greatest(p_now, last_at)) as at, p.* from pool p
      where lane = p_lane and p.workspace_id = h.workspace_id limit 1
    ) p on true
    left join lateral (
      select true as is_known from request_key
      where s.kind = 'settle' and lane = p_lane and key_hash = s.key_hash and month >= p_oldest
        and month <= p_latest
      limit 1
    ) k on true
    left join lateral (
      select ctid as member_row from limit_counter
      where lane = p_lane and workspace_id = h.workspace_id and scope = 'member'
        and subject = h.member limit 1
    ) m on true
    left join lateral (
      select ctid as space_row from limit_counter
      where lane = p_lane and workspace_id = h.workspace_id and scope = 'space'
        and subject = h.space limit 1
    ) c on true
    left join lateral (
      select ctid as org_row from limit_counter
      where lane = p_lane and workspace_id = h.workspace_id and scope = 'org' and subject = ''
        and p.has_org_cap
      limit 1
    ) o on true
  ),
  done as materialized (
    select *, case when plain then uuidv7() end as id,
      available_micro - ledger.total(net) filter (where plain) over (
        partition by workspace_id order by op rows unbounded preceding) as balance
    from faced
  ),
  -- The lane's lock keeps every row where it was found.
  pools as (
    update pool p set
      available_micro = p.available_micro - d.net,
      head_room_micro = p.head_room_micro - d.net,
      last_at = d.at
    from (
      select pool_row, ledger.total(net) as net, max(at) as at
      from done where plain group by pool_row
    ) d
    where p.ctid = d.pool_row
  ),
  grants as (
    update grant_credit g set
      remaining_micro = g.remaining_micro - d.net,
      spent_micro = g.spent_micro + d.spent,
      held_micro = g.held_micro - d.part
    from (
      select * from (
        select workspace_id, head_grant_no, ledger.total(net) as net,
          ledger.total(need) as spent, ledger.total(part_micro) as part
        from done where plain group by workspace_id, head_grant_no
      ) d
      cross join lateral (
        select ctid as grant_row from grant_credit
        where lane = p_lane and workspace_id = d.workspace_id and grant_no = d.head_grant_no
        limit 1
      ) found
    ) d
    where g.ctid = d.grant_row
  ),
  caps as (
    update limit_counter c set used_micro = c.used_micro + d.net
    from (
      select cap_row, ledger.total(net) as net
      from (
        select member_row as cap_row, net from done where plain and member_row is not null
        union all
        select space_row, net from done where plain and space_row is not null
        union all
        select org_row, net from done where plain and org_row is not null
      ) counted
      group by cap_row
    ) d
    where c.ctid = d.cap_row
  )
  select string_agg(concat(
      op, '|', id, '|', (date_part('epoch', at) * 1000)::bigint, '|', balance, '|', head_grant_no,
      '|', head_kind), e'\n') filter (where plain),
    array_agg(id order by op), array_agg(at order by op), array_agg(balance order by op),
    array_agg(head_grant_no order by op), array_agg(head_kind order by op),
    array_agg(window_start order by op), array_agg(hold_row order by op)
  into v_posted, v_id, v_at, v_balance, v_grant, v_grant_kind, v_window, v_hold
  from done;
  if v_posted is null then return null; end if;

  insert into usage_entry (
    lane, ordinal, grant_no, workspace_id, id, at, window_start, amount_micro,
    balance_after_micro, terms_version, rate_version, kind, target, grant_kind, hold_id,
    on_behalf_of, tokens, line, model, member, space, agent, surface, tool, run_id, quantities
  )
  select p_lane, ordinal, case when amount > 0 then v_grant[op] end, p_pool_workspace[pool],
    v_id[op], v_at[op], v_window[op], amount, v_balance[op], p_pool_terms[pool],
    p_pool_rate[pool], 'settle', case when amount > 0 then 'grant' else 'nothing' end,
    case when amount > 0 then v_grant_kind[op] end, h.id, h.on_behalf_of, tokens, line, model,
    h.member, h.space, h.agent, h.surface, h.tool, h.run_id, quantities
  from unnest(p_op, p_ordinal, p_pool, p_amount, p_line, p_model, p_tokens, p_quantities)
    s(op, ordinal, pool, amount, line, model, tokens, quantities)
  cross join lateral (
    select id, member, space, agent, surface, tool, run_id, on_behalf_of
    from hold where ctid = v_hold[s.op] limit 1
  ) h
  where v_id[op] is not null;

  insert into request_key (lane, month, body_hash, key_hash, operation_id)
  select p_lane, p_month, body_hash, key_hash, v_id[op]
  from unnest(p_op, p_ordinal, p_key, p_body) s(op, ordinal, key_hash, body_hash)
  where ordinal = 0 and v_id[op] is not null;

  update hold h set
    state = 'settled', part_micro = 0, closed_at = d.at, settle_id = d.id,
    settle_body = d.body_hash
  from (
    select v_hold[op] as hold_row, v_at[op] as at, v_id[op] as id, body_hash
    from unnest(p_op, p_ordinal, p_body) s(op, ordinal, body_hash)
    where ordinal = 0 and v_id[op] is not null
  ) d
  where h.ctid = d.hold_row;
  return v_posted;
end $$;

reset role;
