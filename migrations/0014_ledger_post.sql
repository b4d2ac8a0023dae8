-- The fast path of a batch: debits, holds and settles of workspaces where everything fits, judged by
-- one statement whatever their number and written by one for each table. What it leaves out, the
-- exact path of 0010 does, with the same answers: this is the same ledger, only said of many at once.

set local role tollgate_ledger;

-- PostgreSQL sums bigint as numeric, which costs a debit more than the addition.
create aggregate ledger.total(bigint) (sfunc = int8pl, stype = bigint, initcond = '0');

-- Each lookup below is a subquery with `limit`, so that it is planned as a walk down the one index
-- that it names all columns of, whatever the planner believed of a table that was empty once.

-- One row per line; the operations are numbered from 1, their lines from 0, and `need` is what an
-- operation asks for in all. A workspace's operations are written only if all of them are plain:
-- rated with the versions in force, under keys that have no answer yet, before the pool's next change
-- and an open gate, and together within the head grant and every cap, with no alert of either
-- crossed. A settle is plain if its hold took all from the head grant, in this window, and covers
-- it. A call's earmarks do not matter while the workspace has no earmarked grant. Answers a line
-- per operation: its number, id, instant, balance, grant, the hold's end, and what is left below
-- the caps.
create function ledger.post(
  p_lane smallint, p_now timestamptz, p_month date, p_oldest date, p_latest date, p_op int[],
  p_ordinal smallint[], p_kind text[], p_product text[], p_workspace bigint[], p_key uuid[],
  p_body bigint[],
  p_terms int[], p_rate int[], p_need bigint[], p_amount bigint[], p_line text[], p_model text[],
  p_tokens bigint[], p_quantities jsonb[], p_member text[], p_space text[], p_agent text[],
  p_surface text[], p_tool text[], p_run text[], p_behalf bigint[], p_hold uuid[],
  p_life bigint[], p_earmarks text[]
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
  v_expires timestamptz[];
  v_member_left bigint[];
  v_space_left bigint[];
  v_org_left bigint[];
  v_hold tid[];
begin
  -- Each operation with its pool's row, the hold that it settles and the caps that it falls under.
  -- `net` is what it takes from the pool and the caps: a settle gives its rest back.
  with faced as (
    select s.op, s.kind, s.workspace_id, s.need, p.available_micro, p.head_grant_no, p.head_kind,
      p.head_room_micro, p.window_start, p.at, p.at + s.life_ms * interval '1 ms' as expires_at,
      s.need - coalesce(h.part_micro, 0) as net, m.*, c.*, o.*, p.pool_row, h.hold_row,
      p.product_id = s.product_id and p.terms_version = s.terms and p.rate_version = s.rate
        and p.at < p.valid_until and k.is_known is null
        and (not p.has_earmarks or coalesce(s.earmarks, h.earmarks::text) is null)
        and case when s.kind = 'settle' then
          h.kind = 'run' and h.state = 'open' and h.part_micro = h.amount_micro
            and s.need <= h.part_micro and h.grant_no = p.head_grant_no
            and h.window_start = p.window_start
        else p.gate_closes_at is null or p.gate_closes_at > p.at
        end as plain
    from unnest(
      p_op, p_ordinal, p_kind, p_product, p_workspace, p_key, p_terms, p_rate, p_need, p_member,
      p_space, p_hold, p_life, p_earmarks
    ) s(
      op, ordinal, kind, product_id, workspace_id, key_hash, terms, rate, need, member, space,
      hold_id, life_ms, earmarks)
    left join lateral (
      select ctid as pool_row, coalesce(test_at, greatest(p_now, last_at)) as at, p.* from pool p
      where lane = p_lane and p.workspace_id = s.workspace_id limit 1
    ) p on true
    left join lateral (
      select true as is_known from request_key
      where lane = p_lane and key_hash = s.key_hash and month >= p_oldest and month <= p_latest
      limit 1
    ) k on true
    left join lateral (
      select ctid as hold_row, h.* from hold h
      where lane = p_lane and h.workspace_id = s.workspace_id and id = s.hold_id limit 1
    ) h on true
    left join lateral (
      select ctid as member_row, cap_micro - used_micro as member_left,
        least(cap_micro, quiet_micro) - used_micro as member_room
      from limit_counter
      where lane = p_lane and workspace_id = s.workspace_id and scope = 'member'
        and subject = coalesce(h.member, s.member) limit 1
    ) m on true
    left join lateral (
      select ctid as space_row, cap_micro - used_micro as space_left,
        least(cap_micro, quiet_micro) - used_micro as space_room
      from limit_counter
      where lane = p_lane and workspace_id = s.workspace_id and scope = 'space'
        and subject = coalesce(h.space, s.space) limit 1
    ) c on true
    left join lateral (
      select ctid as org_row, cap_micro - used_micro as org_left,
        least(cap_micro, quiet_micro) - used_micro as org_room
      from limit_counter
      where lane = p_lane and workspace_id = s.workspace_id and scope = 'org' and subject = ''
        and p.has_org_cap
      limit 1
    ) o on true
    where s.ordinal = 0
  ),
  -- What is asked of each pool and cap up to each operation; where the last of them fits, all do.
  summed as (
    select f.*, ledger.total(net) over pool as pool_net,
      ledger.total(net) over member as member_net, ledger.total(net) over space as space_net,
      coalesce(plain
        and ledger.total(greatest(net, 0)) over pool <= head_room_micro
        and (member_room is null or ledger.total(greatest(net, 0)) over member <= member_room)
        and (space_room is null or ledger.total(greatest(net, 0)) over space <= space_room)
        and (org_room is null or ledger.total(greatest(net, 0)) over pool <= org_room), false)
        as fits
    from faced f
    -- Each row has a number of its own: by rows is the same as by range, and compares nothing.
    window pool as (partition by workspace_id order by op rows unbounded preceding),
      member as (partition by member_row order by op rows unbounded preceding),
      space as (partition by space_row order by op rows unbounded preceding)
  ),
  judged as (
    select *, bool_and(fits) over (partition by workspace_id) as is_written from summed
  ),
  done as materialized (
    select case when is_written then uuidv7() end as id, op, kind, workspace_id, at, expires_at,
      window_start, head_grant_no, head_kind, pool_row, member_row, space_row, org_row, hold_row,
      net, case when kind <> 'hold' then need end as spent,
      case when kind = 'hold' then need else net - need end as held,
      available_micro - pool_net as balance, member_left - member_net as member_left,
      space_left - space_net as space_left, org_left - pool_net as org_left
    from judged
  ),
  -- The lane's lock keeps every row where it was found.
  pools as (
    update pool p set
      available_micro = p.available_micro - d.net,
      head_room_micro = p.head_room_micro - d.net,
      last_at = d.at,
      valid_until = least(p.valid_until, d.expires_at)
    from (
      select pool_row, ledger.total(net) as net, max(at) as at, min(expires_at) as expires_at
      from done where id is not null group by pool_row
    ) d
    where p.ctid = d.pool_row
  ),
  grants as (
    update grant_credit g set
      remaining_micro = g.remaining_micro - d.net,
      spent_micro = g.spent_micro + d.spent,
      held_micro = g.held_micro + d.held
    from (
      select * from (
        select workspace_id, head_grant_no, ledger.total(net) as net,
          ledger.total(spent) as spent, ledger.total(held) as held
        from done where id is not null group by workspace_id, head_grant_no
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
        select member_row as cap_row, net from done where id is not null and member_row is not null
        union all
        select space_row, net from done where id is not null and space_row is not null
        union all
        select org_row, net from done where id is not null and org_row is not null
      ) counted
      group by cap_row
    ) d
    where c.ctid = d.cap_row
  )
  select string_agg(concat(
      op, '|', id, '|', (date_part('epoch', at) * 1000)::bigint, '|', balance, '|', head_grant_no,
      '|', head_kind, '|', (date_part('epoch', expires_at) * 1000)::bigint, '|', member_left, '|',
      space_left, '|', org_left), e'\n') filter (where id is not null),
    array_agg(id order by op), array_agg(at order by op), array_agg(balance order by op),
    array_agg(head_grant_no order by op), array_agg(head_kind order by op),
    array_agg(window_start order by op), array_agg(expires_at order by op),
    array_agg(member_left order by op), array_agg(space_left order by op),
    array_agg(org_left order by op), array_agg(hold_row order by op)
  into v_posted, v_id, v_at, v_balance, v_grant, v_grant_kind, v_window, v_expires, v_member_left,
    v_space_left, v_org_left, v_hold
  from done;
  if v_posted is null then return null; end if;

  insert into usage_entry (
    lane, ordinal, grant_no, workspace_id, id, at, window_start, amount_micro,
    balance_after_micro, terms_version, rate_version, kind, target, grant_kind, hold_id,
    on_behalf_of, tokens, line, model, member, space, agent, surface, tool, run_id, quantities
  )
  select p_lane, ordinal, case when amount > 0 then v_grant[op] end, workspace_id, v_id[op],
    v_at[op], v_window[op], amount, v_balance[op], terms, rate,
    case s.kind when 'record' then 'debit' else s.kind end,
    case when amount > 0 then 'grant' else 'nothing' end,
    case when amount > 0 then v_grant_kind[op] end, s.hold_id,
    coalesce(h.on_behalf_of, s.on_behalf_of), tokens, line, model, coalesce(h.member, s.member),
    coalesce(h.space, s.space), coalesce(h.agent, s.agent), coalesce(h.surface, s.surface),
    coalesce(h.tool, s.tool), coalesce(h.run_id, s.run_id), quantities
  from unnest(
    p_op, p_ordinal, p_kind, p_workspace, p_terms, p_rate, p_amount, p_line, p_model, p_tokens,
    p_quantities, p_member, p_space, p_agent, p_surface, p_tool, p_run, p_behalf, p_hold
  ) s(
    op, ordinal, kind, workspace_id, terms, rate, amount, line, model, tokens, quantities, member,
    space, agent, surface, tool, run_id, on_behalf_of, hold_id)
  left join lateral (
    select member, space, agent, surface, tool, run_id, on_behalf_of
    from hold where ctid = v_hold[s.op] limit 1
  ) h on true
  where s.kind <> 'hold' and v_id[s.op] is not null;

  insert into request_key (
    lane, month, body_hash, key_hash, operation_id, member_left, space_left, org_left
  )
  select p_lane, p_month, body_hash, key_hash, v_id[op],
    case when kind <> 'settle' then v_member_left[op] end,
    case when kind <> 'settle' then v_space_left[op] end,
    case when kind <> 'settle' then v_org_left[op] end
  from unnest(p_op, p_ordinal, p_kind, p_key, p_body) s(op, ordinal, kind, key_hash, body_hash)
  where ordinal = 0 and v_id[op] is not null;

  if 'hold' = any (p_kind) then
    insert into hold (
      lane, workspace_id, id, amount_micro, grant_no, part_micro, taken_at, expires_at,
      promised_until, balance_after_micro, window_start, earmarks, member, space, agent, surface,
      tool, run_id, on_behalf_of
    )
    select p_lane, workspace_id, v_id[op], need, v_grant[op], need, v_at[op], v_expires[op],
      v_expires[op], v_balance[op], v_window[op], earmarks::text[], member, space, agent, surface,
      tool, run_id, on_behalf_of
    from unnest(
      p_op, p_kind, p_workspace, p_need, p_earmarks, p_member, p_space, p_agent, p_surface, p_tool,
      p_run, p_behalf
    ) s(
      op, kind, workspace_id, need, earmarks, member, space, agent, surface, tool, run_id,
      on_behalf_of)
    where kind = 'hold' and v_id[op] is not null;
  end if;

  if 'settle' = any (p_kind) then
    update hold h set
      state = 'settled', part_micro = 0, closed_at = d.at, settle_id = d.id,
      settle_body = d.body_hash
    from (
      select v_hold[op] as hold_row, v_at[op] as at, v_id[op] as id, body_hash
      from unnest(p_op, p_ordinal, p_kind, p_body) s(op, ordinal, kind, body_hash)
      where kind = 'settle' and ordinal = 0 and v_id[op] is not null
    ) d
    where h.ctid = d.hold_row;
  end if;
  return v_posted;
end $$;

reset role;
