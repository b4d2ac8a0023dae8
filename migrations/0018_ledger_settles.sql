-- The fast path of settles: what ledger.post is for debits and holds.

set local role tollgate_ledger;

-- PostgreSQL sums bigint as numeric, which costs a settle more than the addition.
create aggregate ledger.total(bigint) (sfunc = int8pl, stype = bigint, initcond = '0');

-- The settles among a batch's operations, its lists as in ledger.post. One is plain under the same
-- conditions, whatever its earmarks, if its hold took all from the head grant, in this window, and
-- covers it: so it gives its rest back, and everything fits. Answers a line per settle that was written.
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
  v_rows int := cardinality(p_op);
  v_first text := left(uuidv7()::text, -4);
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
        and h.kind = 'run' and h.state = 'open' and h.part_micro = h.amount_micro
        and s.need <= h.part_micro and h.grant_no = p.head_grant_no
        and h.window_start = p.window_start as plain
    from (
      select p_op[no] as op, p_kind[no] as kind, p_key[no] as key_hash, p_need[no] as need,
        p_hold[no] as hold_id, p_pool_product[p_pool[no]] as product_id,
        p_pool_workspace[p_pool[no]] as workspace_id, p_pool_terms[p_pool[no]] as terms,
        p_pool_rate[p_pool[no]] as rate
      from generate_series(1, v_rows) no
      where p_ordinal[no] = 0
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
    select *, case when plain then ledger.id_of(v_first, op) end as id,
      available_micro - ledger.total(net) filter (where plain) over (
        partition by workspace_id order by op rows unbounded preceding) as balance
    from faced
  ),
  -- The lane's lock keeps every row where it was found.
  pools as (
    update pool p set
      available_micro = p.available_micro - d.net,
      head_room_micro = p.head_room_micro - d.net,
      head_spent_micro = p.head_spent_micro + d.spent,
      head_held_micro = p.head_held_micro - d.part,
      last_at = d.at
    from (
      select pool_row, ledger.total(net) as net, ledger.total(need) as spent,
        ledger.total(part_micro) as part, max(at) as at
      from done where plain group by pool_row
    ) d
    where p.ctid = d.pool_row
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
  select p_lane, p_ordinal[no], case when p_amount[no] > 0 then v_grant[op] end,
    p_pool_workspace[p_pool[no]], v_id[op], v_at[op], v_window[op], p_amount[no], v_balance[op],
    p_pool_terms[p_pool[no]], p_pool_rate[p_pool[no]], 'settle',
    case when p_amount[no] > 0 then 'grant' else 'nothing' end,
    case when p_amount[no] > 0 then v_grant_kind[op] end, h.id, h.on_behalf_of, p_tokens[no],
    p_line[no], p_model[no], h.member, h.space, h.agent, h.surface, h.tool, h.run_id,
    p_quantities[no]
  from (select no, p_op[no] as op from generate_series(1, v_rows) no) s
  cross join lateral (
    select id, member, space, agent, surface, tool, run_id, on_behalf_of
    from hold where ctid = v_hold[s.op] limit 1
  ) h
  where v_id[op] is not null;

  insert into request_key (lane, month, body_hash, key_hash, operation_id)
  select p_lane, p_month, p_body[no], p_key[no], v_id[p_op[no]]
  from generate_series(1, v_rows) no
  where p_ordinal[no] = 0 and v_id[p_op[no]] is not null;

  update hold h set
    state = 'settled', part_micro = 0, closed_at = v_at[p_op[no]], settle_id = v_id[p_op[no]],
    settle_body = p_body[no]
  from generate_series(1, v_rows) no
  where p_ordinal[no] = 0 and v_id[p_op[no]] is not null and h.ctid = v_hold[p_op[no]];
  return v_posted;
end $$;

reset role;
