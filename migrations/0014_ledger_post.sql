-- The fast path of a batch: debits, holds and settles of workspaces where everything fits, written
-- by one statement whatever their number. What it leaves out, the exact path of 0010 does, with the
-- same answers: this is the same ledger, only said of many at once.

set local role tollgate_ledger;

-- Each lookup below is a subquery with `limit`, so that it is planned as a walk down the one index
-- that it names all columns of, whatever the planner believed of a table that was empty once.

-- Which of these keys have an answer already.
create function ledger.known_keys(p_lane smallint, p_keys uuid[]) returns uuid[]
language sql stable
as $$
  select coalesce(array_agg(known.key_hash), '{}')
  from unnest(p_keys) sent(key_hash)
  cross join lateral (
    select k.key_hash from request_key k
    where lane = p_lane and k.key_hash = sent.key_hash
      and month >= date_trunc(
        'month', (clock_timestamp() - interval '35 days') at time zone 'UTC')::date
      -- Months that were made ahead have none yet; the day is for a clock that was put back.
      and month <= date_trunc('month', (clock_timestamp() + interval '1 day') at time zone 'UTC')::date
    limit 1
  ) known
$$;

-- One row per line; the lines of one operation stand together, and its `need` (the credits that it
-- asks for in all) on the first of them. A workspace's operations are written only if all of them
-- are plain: rated with the versions in force, under new keys, before the pool's next change and an
-- open gate, and together within the head grant and every cap, with no alert of either crossed. A settle is plain if its hold took
-- all from the head grant, in this window, and covers it. A call's earmarks do not matter while the
-- workspace has no earmarked grant. Answers a line per operation: its number,
-- id, instant, balance, grant, the hold's end, and what is left below the caps.
create function ledger.post(
  p_lane smallint, p_op int[], p_kind text[], p_product text[], p_workspace bigint[],
  p_key uuid[], p_body bigint[], p_terms int[], p_rate int[], p_need bigint[], p_amount bigint[],
  p_line text[], p_model text[], p_tokens bigint[], p_quantities jsonb[], p_member text[],
  p_space text[], p_agent text[], p_surface text[], p_tool text[], p_run text[],
  p_behalf bigint[], p_hold uuid[], p_life bigint[], p_earmarks text[]
) returns text
language plpgsql
as $$
declare
  v_now timestamptz := date_trunc('milliseconds', clock_timestamp());
  v_month date := date_trunc('month', v_now at time zone 'UTC')::date;
  v_known uuid[] := ledger.known_keys(p_lane, p_key);
  v_posted text;
begin
  with sent as (
    select * from unnest(
      p_op, p_kind, p_product, p_workspace, p_key, p_body, p_terms, p_rate, p_need, p_amount,
      p_line, p_model, p_tokens, p_quantities, p_member, p_space, p_agent, p_surface, p_tool,
      p_run, p_behalf, p_hold, p_life, p_earmarks
    ) with ordinality s(
      op, kind, product_id, workspace_id, key_hash, body_hash, terms, rate, need, amount, line,
      model, tokens, quantities, member, space, agent, surface, tool, run_id, on_behalf_of,
      hold_id, life_ms, earmarks, place)
  ),
  -- Each line with its pool's row, the hold that it settles and the caps that it falls under.
  -- `net` is what its operation takes from the pool and the caps: a settle gives its rest back.
  faced as (
    select uuidv7() as own_id, s.op, s.place, s.kind, s.workspace_id, s.key_hash, s.body_hash,
      s.terms, s.rate, s.amount, s.line, s.model, s.tokens, s.quantities, s.hold_id,
      s.earmarks::text[] as earmarks,
      coalesce(h.member, s.member) as member, coalesce(h.space, s.space) as space,
      coalesce(h.agent, s.agent) as agent, coalesce(h.surface, s.surface) as surface,
      coalesce(h.tool, s.tool) as tool, coalesce(h.run_id, s.run_id) as run_id,
      coalesce(h.on_behalf_of, s.on_behalf_of) as on_behalf_of,
      p.available_micro, p.head_grant_no, p.head_kind, p.head_room_micro, p.window_start,
      coalesce(p.test_at, greatest(v_now, p.last_at)) as at,
      s.life_ms * interval '1 millisecond' as life,
      s.need - coalesce(h.part_micro, 0) as net,
      case when s.kind <> 'hold' then s.need end as spent,
      case when s.kind = 'hold' then s.need when s.need is not null
        then -coalesce(h.part_micro, 0) end as held,
      m.*, c.*, o.*, p.pool_row, h.hold_row, g.grant_row,
      p.product_id = s.product_id and p.terms_version = s.terms and p.rate_version = s.rate
        and coalesce(p.test_at, greatest(v_now, p.last_at)) < p.valid_until
        and s.key_hash <> all (v_known)
        and (not p.has_earmarks or coalesce(s.earmarks, h.earmarks::text) is null)
        and case when s.kind = 'settle' then
          h.kind = 'run' and h.state = 'open' and h.part_micro = h.amount_micro
            and (s.need <= h.part_micro or s.need is null) and h.grant_no = p.head_grant_no
            and h.window_start = p.window_start
        else p.gate_closes_at is null
          or p.gate_closes_at > coalesce(p.test_at, greatest(v_now, p.last_at))
        end as plain
    from sent s
    cross join lateral (
      select ctid as pool_row, p.* from pool p
      where lane = p_lane and p.workspace_id = s.workspace_id limit 1
    ) p
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
    left join lateral (
      select ctid as grant_row from grant_credit
      where lane = p_lane and workspace_id = s.workspace_id and grant_no = p.head_grant_no limit 1
    ) g on true
  ),
  -- What the batch asks of each pool and cap in all, and up to each operation.
  summed as (
    select f.*, row_number() over one = 1 as opens, first_value(own_id) over one as id,
      row_number() over one - 1 as ordinal,
      sum(net) over upto as net_upto,
      sum(net) over member_upto as member_upto, sum(net) over space_upto as space_upto,
      plain
        and sum(greatest(net, 0)) over pool <= head_room_micro
        and (member_room is null or sum(greatest(net, 0)) over member <= member_room)
        and (space_room is null or sum(greatest(net, 0)) over space <= space_room)
        and (org_room is null or sum(greatest(net, 0)) over pool <= org_room) as fits
    from faced f
    window pool as (partition by workspace_id),
      upto as (partition by workspace_id order by op, place),
      one as (partition by workspace_id, op order by place),
      member as (partition by workspace_id, f.member),
      member_upto as (partition by workspace_id, f.member order by op, place),
      space as (partition by workspace_id, f.space),
      space_upto as (partition by workspace_id, f.space order by op, place)
  ),
  judged as (
    select *, bool_and(fits) over (partition by workspace_id) as written from summed
  ),
  done as materialized (
    select *, available_micro - net_upto as balance, at + life as expires_at,
      member_left - member_upto as member_rest, space_left - space_upto as space_rest,
      org_left - net_upto as org_rest
    from judged where written
  ),
  -- The lane's lock keeps every row where it was found.
  pools as (
    update pool p set
      available_micro = p.available_micro - d.net,
      head_room_micro = p.head_room_micro - d.net,
      last_at = d.at,
      valid_until = least(p.valid_until, d.expires_at)
    from (
      select pool_row, sum(net)::bigint as net, max(at) as at, min(expires_at) as expires_at
      from done group by pool_row
    ) d
    where p.ctid = d.pool_row
  ),
  grants as (
    update grant_credit g set
      remaining_micro = g.remaining_micro - d.net,
      spent_micro = g.spent_micro + d.spent,
      held_micro = g.held_micro + d.held
    from (
      select grant_row, sum(net)::bigint as net, coalesce(sum(spent), 0)::bigint as spent,
        coalesce(sum(held), 0)::bigint as held
      from done group by grant_row
    ) d
    where g.ctid = d.grant_row
  ),
  caps as (
    update limit_counter c set used_micro = c.used_micro + d.net
    from (
      select cap_row, sum(net)::bigint as net
      from (
        select member_row as cap_row, net from done where member_row is not null
        union all
        select space_row, net from done where space_row is not null
        union all
        select org_row, net from done where org_row is not null
      ) counted
      group by cap_row
    ) d
    where c.ctid = d.cap_row
  ),
  entries as (
    insert into usage_entry (
      lane, ordinal, grant_no, workspace_id, id, at, occurred_at, window_start, amount_micro,
      balance_after_micro, terms_version, rate_version, kind, target, grant_kind, hold_id,
      on_behalf_of, tokens, line, model, member, space, agent, surface, tool, run_id, quantities
    )
    select p_lane, ordinal, case when amount > 0 then head_grant_no end, workspace_id, id, at, at,
      window_start, amount, balance, terms, rate,
      case kind when 'record' then 'debit' else kind end,
      case when amount > 0 then 'grant' else 'nothing' end,
      case when amount > 0 then head_kind end, hold_id, on_behalf_of, tokens, line, model, member,
      space, agent, surface, tool, run_id, quantities
    from done where kind <> 'hold' order by id, ordinal
  ),
  keys as (
    insert into request_key (
      lane, month, body_hash, key_hash, operation_id, made_at, member_left, space_left, org_left
    )
    select p_lane, v_month, body_hash, key_hash, id, v_now,
      case when kind <> 'settle' then member_rest end,
      case when kind <> 'settle' then space_rest end, case when kind <> 'settle' then org_rest end
    from done where opens
  ),
  holds as (
    insert into hold (
      lane, workspace_id, id, amount_micro, grant_no, part_micro, taken_at, expires_at,
      promised_until, balance_after_micro, window_start, earmarks, member, space, agent, surface,
      tool, run_id, on_behalf_of
    )
    select p_lane, workspace_id, id, net, head_grant_no, net, at, expires_at, expires_at, balance,
      window_start, earmarks, member, space, agent, surface, tool, run_id, on_behalf_of
    from done where kind = 'hold'
  ),
  settles as (
    update hold h set
      state = 'settled', part_micro = 0, closed_at = d.at, settle_id = d.id,
      settle_body = d.body_hash
    from (select hold_row, at, id, body_hash from done where kind = 'settle' and opens) d
    where h.ctid = d.hold_row
  )
  select string_agg(concat(
    op, '|', id, '|', (extract(epoch from at) * 1000)::bigint, '|', balance, '|', head_grant_no,
    '|', head_kind, '|', (extract(epoch from expires_at) * 1000)::bigint, '|', member_rest, '|',
    space_rest, '|', org_rest), e'\n')
  into v_posted
  from done where opens;
  return v_posted;
end $$;

reset role;
