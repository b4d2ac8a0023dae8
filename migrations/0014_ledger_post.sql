-- The fast path of debits and holds: those of workspaces where everything fits, whatever their number,
-- judged by one look at each pool, cap and key, and written by one statement for each table. What it
-- leaves out, the exact path of 0010 does, with the same answers: this is the same ledger, only said
-- of many at once.

set local role tollgate_ledger;

-- Each lookup below is a subquery with `limit`, so that it is planned as a walk down the one index
-- that it names all columns of, whatever the planner believed of a table that was empty once.

-- Three lists. The pools: what the operations of one workspace, rated alike, ask for in all; of it
-- `held` by holds, of which the first ends after `life`. The caps they fall under, each by its pool's
-- place, with what is asked of it in all. And a row for each line of an operation: the operations
-- are numbered from 1, their lines from 0; `sum` is what its pool, and each cap's sum what its cap,
-- has been asked for up to it. A pool that is asked for nothing here (null) has settles (0018).
--
-- A pool's operations are written only if all of them are plain: rated with the versions in force,
-- under keys that have no answer yet, before the pool's next change and an open gate, and together
-- within the head grant and every cap, with no alert of either crossed. A call's earmarks do not
-- matter while the workspace has no earmarked grant. Answers a line per operation: its number, id,
-- instant, balance, grant, the hold's end, and what is left below the caps.
create function ledger.post(
  p_lane smallint, p_now timestamptz, p_month date, p_oldest date, p_latest date,
  p_pool_product text[], p_pool_workspace bigint[], p_pool_terms int[], p_pool_rate int[],
  p_pool_need bigint[], p_pool_held bigint[], p_pool_life bigint[], p_pool_earmarked boolean[],
  p_cap_pool int[], p_cap_scope text[], p_cap_subject text[], p_cap_need bigint[],
  p_op int[], p_ordinal smallint[], p_pool int[], p_kind text[], p_key uuid[], p_body bigint[],
  p_need bigint[], p_sum bigint[], p_amount bigint[], p_line text[], p_model text[],
  p_tokens bigint[], p_quantities jsonb[], p_member text[], p_member_cap int[],
  p_member_sum bigint[], p_space text[], p_space_cap int[], p_space_sum bigint[], p_agent text[],
  p_surface text[], p_tool text[], p_run text[], p_behalf bigint[], p_life bigint[],
  p_earmarks text[]
) returns text
language plpgsql
as $$
declare
  v_posted text;
  -- By the pool's place.
  v_row tid[];
  v_at timestamptz[];
  v_balance bigint[];
  v_grant int[];
  v_grant_kind text[];
  v_window timestamptz[];
  v_org_row tid[];
  v_org_left bigint[];
  v_unfit int[]; -- the places of pools whose operations are left out
  -- By the cap's place.
  v_cap_row tid[];
  v_cap_left bigint[];
  v_known uuid[];
  v_id uuid[]; -- by the number of the operation; null: it was not written
begin
  select array_agg(p.pool_row order by s.no), array_agg(p.at order by s.no),
    array_agg(p.available_micro order by s.no), array_agg(p.head_grant_no order by s.no),
    array_agg(p.head_kind order by s.no), array_agg(p.window_start order by s.no),
    array_agg(o.org_row order by s.no), array_agg(o.org_left order by s.no),
    coalesce(array_agg(s.no) filter (where (
      p.product_id = s.product_id and p.terms_version = s.terms and p.rate_version = s.rate
      and p.at < p.valid_until and (p.gate_closes_at is null or p.gate_closes_at > p.at)
      and not (p.has_earmarks and coalesce(s.earmarked, false))
      and s.need <= p.head_room_micro and (o.org_room is null or s.need <= o.org_room)
    ) is not true), '{}')
  into v_row, v_at, v_balance, v_grant, v_grant_kind, v_window, v_org_row, v_org_left, v_unfit
  from unnest(
    p_pool_product, p_pool_workspace, p_pool_terms, p_pool_rate, p_pool_need, p_pool_earmarked
  ) with ordinality s(product_id, workspace_id, terms, rate, need, earmarked, no)
  left join lateral (
    select ctid as pool_row, coalesce(test_at, greatest(p_now, last_at)) as at, p.* from pool p
    where s.need is not null and lane = p_lane and p.workspace_id = s.workspace_id limit 1
  ) p on true
  left join lateral (
    select ctid as org_row, cap_micro - used_micro as org_left,
      least(cap_micro, quiet_micro) - used_micro as org_room
    from limit_counter
    where lane = p_lane and workspace_id = s.workspace_id and scope = 'org' and subject = ''
      and p.has_org_cap
    limit 1
  ) o on true;
  if cardinality(v_unfit) = cardinality(p_pool_workspace) then return null; end if;

  select array_agg(c.cap_row order by s.no), array_agg(c.cap_left order by s.no),
    v_unfit || coalesce(array_agg(s.pool) filter (where s.need > c.room), '{}')
  into v_cap_row, v_cap_left, v_unfit
  from unnest(p_cap_pool, p_cap_scope, p_cap_subject, p_cap_need) with ordinality
    s(pool, scope, subject, need, no)
  left join lateral (
    select ctid as cap_row, cap_micro - used_micro as cap_left,
      least(cap_micro, quiet_micro) - used_micro as room
    from limit_counter
    where lane = p_lane and workspace_id = p_pool_workspace[s.pool] and scope = s.scope
      and subject = s.subject
    limit 1
  ) c on true;

  v_known := array(
    select key_hash from request_key
    where lane = p_lane and key_hash = any (p_key) and month >= p_oldest and month <= p_latest);
  if v_known <> '{}' then
    v_unfit := v_unfit || array(
      select pool from unnest(p_pool, p_key) s(pool, key_hash) where key_hash = any (v_known));
  end if;

  select string_agg(concat(
      op, '|', id, '|', (date_part('epoch', v_at[pool]) * 1000)::bigint, '|',
      v_balance[pool] - sum, '|', v_grant[pool], '|', v_grant_kind[pool], '|',
      (date_part('epoch', v_at[pool]) * 1000)::bigint + life_ms, '|',
      v_cap_left[member_cap] - member_sum, '|', v_cap_left[space_cap] - space_sum, '|',
      v_org_left[pool] - sum), e'\n') filter (where id is not null),
    array_agg(id order by op)
  into v_posted, v_id
  from (
    select *, case when pool <> all (v_unfit) then uuidv7() end as id
    from unnest(
      p_op, p_ordinal, p_pool, p_sum, p_life, p_member_cap, p_member_sum, p_space_cap, p_space_sum
    ) s(op, ordinal, pool, sum, life_ms, member_cap, member_sum, space_cap, space_sum)
    where ordinal = 0
  ) s;
  if v_posted is null then return null; end if;

  -- The lane's lock keeps every row where it was found.
  update pool p set
    available_micro = p.available_micro - s.need,
    head_room_micro = p.head_room_micro - s.need,
    last_at = s.at,
    valid_until = least(p.valid_until, s.at + s.life_ms * interval '1 ms')
  from unnest(v_row, p_pool_need, v_at, p_pool_life) with ordinality
    s(pool_row, need, at, life_ms, no)
  where p.ctid = s.pool_row and s.no <> all (v_unfit);

  update grant_credit g set
    remaining_micro = g.remaining_micro - s.need,
    spent_micro = g.spent_micro + s.need - coalesce(s.held, 0),
    held_micro = g.held_micro + coalesce(s.held, 0)
  from unnest(p_pool_workspace, v_grant, p_pool_need, p_pool_held) with ordinality
    s(workspace_id, grant_no, need, held, no)
  cross join lateral (
    select ctid as grant_row from grant_credit
    where lane = p_lane and workspace_id = s.workspace_id and grant_no = s.grant_no
    limit 1
  ) found
  where g.ctid = found.grant_row and s.no <> all (v_unfit);

  update limit_counter c set used_micro = c.used_micro + s.need
  from unnest(v_cap_row, p_cap_pool, p_cap_need) s(cap_row, pool, need)
  where c.ctid = s.cap_row and s.pool <> all (v_unfit);
  if array_remove(v_org_row, null) <> '{}' then
    update limit_counter c set used_micro = c.used_micro + s.need
    from unnest(v_org_row, p_pool_need) with ordinality s(cap_row, need, no)
    where c.ctid = s.cap_row and s.no <> all (v_unfit);
  end if;

  insert into usage_entry (
    lane, ordinal, grant_no, workspace_id, id, at, window_start, amount_micro,
    balance_after_micro, terms_version, rate_version, kind, target, grant_kind, on_behalf_of,
    tokens, line, model, member, space, agent, surface, tool, run_id, quantities
  )
  select p_lane, ordinal, case when amount > 0 then v_grant[pool] end, p_pool_workspace[pool],
    v_id[op], v_at[pool], v_window[pool], amount, v_balance[pool] - sum, p_pool_terms[pool],
    p_pool_rate[pool], 'debit', case when amount > 0 then 'grant' else 'nothing' end,
    case when amount > 0 then v_grant_kind[pool] end, on_behalf_of, tokens, line, model, member,
    space, agent, surface, tool, run_id, quantities
  from unnest(
    p_op, p_ordinal, p_pool, p_kind, p_sum, p_amount, p_line, p_model, p_tokens, p_quantities,
    p_member, p_space, p_agent, p_surface, p_tool, p_run, p_behalf
  ) s(
    op, ordinal, pool, kind, sum, amount, line, model, tokens, quantities, member, space, agent,
    surface, tool, run_id, on_behalf_of)
  where kind <> 'hold' and v_id[op] is not null;

  insert into request_key (
    lane, month, body_hash, key_hash, operation_id, member_left, space_left, org_left
  )
  select p_lane, p_month, body_hash, key_hash, v_id[op], v_cap_left[member_cap] - member_sum,
    v_cap_left[space_cap] - space_sum, v_org_left[pool] - sum
  from unnest(
    p_op, p_ordinal, p_pool, p_sum, p_key, p_body, p_member_cap, p_member_sum, p_space_cap,
    p_space_sum
  ) s(
    op, ordinal, pool, sum, key_hash, body_hash, member_cap, member_sum, space_cap, space_sum)
  where ordinal = 0 and v_id[op] is not null;

  if 'hold' = any (p_kind) then
    insert into hold (
      lane, workspace_id, id, amount_micro, grant_no, part_micro, taken_at, expires_at,
      promised_until, balance_after_micro, window_start, earmarks, member, space, agent, surface,
      tool, run_id, on_behalf_of
    )
    select p_lane, p_pool_workspace[pool], v_id[op], need, v_grant[pool], need, v_at[pool],
      v_at[pool] + life_ms * interval '1 ms', v_at[pool] + life_ms * interval '1 ms',
      v_balance[pool] - sum, v_window[pool], earmarks::text[], member, space, agent, surface, tool,
      run_id, on_behalf_of
    from unnest(
      p_op, p_pool, p_kind, p_need, p_sum, p_life, p_earmarks, p_member, p_space, p_agent,
      p_surface, p_tool, p_run, p_behalf
    ) s(
      op, pool, kind, need, sum, life_ms, earmarks, member, space, agent, surface, tool, run_id,
      on_behalf_of)
    where kind = 'hold' and v_id[op] is not null;
  end if;
  return v_posted;
end $$;

reset role;
