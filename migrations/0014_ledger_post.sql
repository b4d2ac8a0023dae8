-- The fast path of debits and holds: those of workspaces where everything fits, whatever their number,
-- judged by one look at each pool, cap and key, and written by one statement for each table. What it
-- leaves out, the exact path of 0010 does, with the same answers: this is the same ledger, only said
-- of many at once.

set local role tollgate_ledger;

-- Each lookup below is a subquery with `limit`, so that it is planned as a walk down the one index
-- that it names all columns of, whatever the planner believed of a table that was empty once. Lists
-- are read by place: `unnest` of many would make a row of each before anybody asks for it.

-- The id of a batch's operation: one look at the clock and at chance is enough for all of them. Those
-- of a batch are in the order of its operations, as those of batches are.
create function ledger.id_of(p_first text, p_op int) returns uuid
language sql immutable
return (p_first || lpad(to_hex(p_op), 4, '0'))::uuid;

-- Three lists. The pools: what the operations of one workspace, rated alike, ask for in all; of it
-- `held` by holds, of which the first ends after `life`. The caps they fall under, each by its pool's
-- place, with what is asked of it in all. And a row for each line of an operation: the operations
-- are numbered from 1, their lines from 0; `sum` is what its pool, and each cap's sum what its cap,
-- has been asked for up to it. A pool that is asked for nothing here (null) has settles (0018).
--
-- A pool's operations are written only if all of them are plain: rated with the versions in force,
-- under keys that have no answer yet, before the pool's next change and an open gate, and together
-- within the head grant and every cap, with no alert of either crossed. A call's earmarks do not
-- matter while the workspace has no earmarked grant.
--
-- Answers what the caller cannot know, each thing once; null: nothing was written. A line with the
-- operations' ids up to their last four digits (ledger.id_of), one with the places of the pools that
-- were left out, one with what was left below each cap before, and then one per pool: its instant,
-- its balance before, its grant, and what was left below the organisation's cap.
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
  v_pools int := cardinality(p_pool_workspace);
  v_caps int := cardinality(p_cap_pool);
  v_rows int := cardinality(p_op);
  -- By the pool's place.
  v_row tid[];
  v_at timestamptz[];
  v_balance bigint[];
  v_grant int[];
  v_grant_kind text[];
  v_window timestamptz[];
  v_org_row tid[];
  v_org_left bigint[];
  v_told text; -- a line for each
  v_unfit int[]; -- the places of pools whose operations are left out
  -- By the cap's place.
  v_cap_row tid[];
  v_cap_left bigint[];
  v_known uuid[];
  v_first text := left(uuidv7()::text, -4);
begin
  select array_agg(p.pool_row order by no), array_agg(p.at order by no),
    array_agg(p.available_micro order by no), array_agg(p.head_grant_no order by no),
    array_agg(p.head_kind order by no), array_agg(p.window_start order by no),
    array_agg(o.org_row order by no), array_agg(o.org_left order by no),
    string_agg(concat(
      (date_part('epoch', p.at) * 1000)::bigint, '|', p.available_micro, '|', p.head_grant_no, '|',
      p.head_kind, '|', o.org_left), e'\n' order by no),
    coalesce(array_agg(no) filter (where (
      p.product_id = p_pool_product[no] and p.terms_version = p_pool_terms[no]
      and p.rate_version = p_pool_rate[no]
      and p.at < p.valid_until and (p.gate_closes_at is null or p.gate_closes_at > p.at)
      and not (p.has_earmarks and coalesce(p_pool_earmarked[no], false))
      and p_pool_need[no] <= p.head_room_micro
      and (o.org_room is null or p_pool_need[no] <= o.org_room)
    ) is not true), '{}')
  into v_row, v_at, v_balance, v_grant, v_grant_kind, v_window, v_org_row, v_org_left, v_told,
    v_unfit
  from generate_series(1, v_pools) no
  left join lateral (
    select ctid as pool_row, coalesce(test_at, greatest(p_now, last_at)) as at, p.* from pool p
    where p_pool_need[no] is not null and lane = p_lane
      and p.workspace_id = p_pool_workspace[no] limit 1
  ) p on true
  left join lateral (
    select ctid as org_row, cap_micro - used_micro as org_left,
      least(cap_micro, quiet_micro) - used_micro as org_room
    from limit_counter
    where lane = p_lane and workspace_id = p_pool_workspace[no] and scope = 'org' and subject = ''
      and p.has_org_cap
    limit 1
  ) o on true;
  if cardinality(v_unfit) = v_pools then return null; end if;

  select array_agg(c.cap_row order by no), array_agg(c.cap_left order by no),
    v_unfit || coalesce(array_agg(p_cap_pool[no]) filter (where p_cap_need[no] > c.room), '{}')
  into v_cap_row, v_cap_left, v_unfit
  from generate_series(1, v_caps) no
  left join lateral (
    select ctid as cap_row, cap_micro - used_micro as cap_left,
      least(cap_micro, quiet_micro) - used_micro as room
    from limit_counter
    where lane = p_lane and workspace_id = p_pool_workspace[p_cap_pool[no]]
      and scope = p_cap_scope[no] and subject = p_cap_subject[no]
    limit 1
  ) c on true;

  v_known := array(
    select key_hash from request_key
    where lane = p_lane and key_hash = any (p_key) and month >= p_oldest and month <= p_latest);
  if v_known <> '{}' then
    v_unfit := v_unfit || array(
      select p_pool[no] from generate_series(1, v_rows) no where p_key[no] = any (v_known));
  end if;

  -- The lane's lock keeps every row where it was found. The head grant's own is written when somebody
  -- enters the workspace (ledger.write_head): each page less that a debit touches is a seventh.
  update pool p set
    available_micro = p.available_micro - p_pool_need[no],
    head_room_micro = p.head_room_micro - p_pool_need[no],
    head_spent_micro = p.head_spent_micro + p_pool_need[no] - coalesce(p_pool_held[no], 0),
    head_held_micro = p.head_held_micro + coalesce(p_pool_held[no], 0),
    last_at = v_at[no],
    valid_until = least(p.valid_until, v_at[no] + p_pool_life[no] * interval '1 ms')
  from generate_series(1, v_pools) no
  where p.ctid = v_row[no] and no <> all (v_unfit);
  if not found then return null; end if;

  update limit_counter c set used_micro = c.used_micro + p_cap_need[no]
  from generate_series(1, v_caps) no
  where c.ctid = v_cap_row[no] and p_cap_pool[no] <> all (v_unfit);
  if array_remove(v_org_row, null) <> '{}' then
    update limit_counter c set used_micro = c.used_micro + p_pool_need[no]
    from generate_series(1, v_pools) no
    where c.ctid = v_org_row[no] and no <> all (v_unfit);
  end if;

  insert into usage_entry (
    lane, ordinal, grant_no, workspace_id, id, at, window_start, amount_micro,
    balance_after_micro, terms_version, rate_version, kind, target, grant_kind, on_behalf_of,
    tokens, line, model, member, space, agent, surface, tool, run_id, quantities
  )
  select p_lane, p_ordinal[no], case when p_amount[no] > 0 then v_grant[pool] end,
    p_pool_workspace[pool], ledger.id_of(v_first, p_op[no]), v_at[pool], v_window[pool],
    p_amount[no], v_balance[pool] - p_sum[no], p_pool_terms[pool], p_pool_rate[pool], 'debit',
    case when p_amount[no] > 0 then 'grant' else 'nothing' end,
    case when p_amount[no] > 0 then v_grant_kind[pool] end, p_behalf[no], p_tokens[no],
    p_line[no], p_model[no], p_member[no], p_space[no], p_agent[no], p_surface[no], p_tool[no],
    p_run[no], p_quantities[no]
  from (select no, p_pool[no] as pool from generate_series(1, v_rows) no) s
  where pool <> all (v_unfit) and p_kind[no] <> 'hold';

  insert into request_key (
    lane, month, body_hash, key_hash, operation_id, member_left, space_left, org_left
  )
  select p_lane, p_month, p_body[no], p_key[no], ledger.id_of(v_first, p_op[no]),
    v_cap_left[p_member_cap[no]] - p_member_sum[no],
    v_cap_left[p_space_cap[no]] - p_space_sum[no], v_org_left[p_pool[no]] - p_sum[no]
  from generate_series(1, v_rows) no
  where p_ordinal[no] = 0 and p_pool[no] <> all (v_unfit);

  if 'hold' = any (p_kind) then
    insert into hold (
      lane, workspace_id, id, amount_micro, grant_no, part_micro, taken_at, expires_at,
      promised_until, balance_after_micro, window_start, earmarks, member, space, agent, surface,
      tool, run_id, on_behalf_of
    )
    select p_lane, p_pool_workspace[pool], ledger.id_of(v_first, p_op[no]), p_need[no],
      v_grant[pool], p_need[no], v_at[pool], expires_at, expires_at, v_balance[pool] - p_sum[no],
      v_window[pool], p_earmarks[no]::text[], p_member[no], p_space[no], p_agent[no],
      p_surface[no], p_tool[no], p_run[no], p_behalf[no]
    from (
      select no, p_pool[no] as pool, v_at[p_pool[no]] + p_life[no] * interval '1 ms' as expires_at
      from generate_series(1, v_rows) no
    ) s
    where pool <> all (v_unfit) and p_kind[no] = 'hold';
  end if;
  if v_unfit <> '{}' then
    v_unfit := array(select no from unnest(v_unfit) no where p_pool_need[no] is not null);
  end if;
  return concat_ws(e'\n', v_first, array_to_string(v_unfit, ','),
    coalesce(array_to_string(v_cap_left, ',', ''), ''), v_told);
end $$;

reset role;
