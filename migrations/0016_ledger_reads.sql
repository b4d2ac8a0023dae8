-- What may be seen of the ledger. Readers see the workspaces of the product that they named, and
-- nothing of any other: null, or no rows.

set local role tollgate_ledger;

create function ledger.visible_lane(p_workspace bigint) returns smallint
language sql stable
as $$
  select lane from workspace
  where id = p_workspace and product_id = current_setting('tollgate.product', true)
$$;

create function ledger.balance_of(p pool, p_at timestamptz) returns jsonb
language sql stable
as $$
  select jsonb_build_object(
    'at', ledger.iso(p_at),
    'availableMicro', p.available_micro::text,
    'heldMicro', (select coalesce(sum(held_micro), 0)::text from ledger.grants_of(p)),
    'debtMicro', p.debt_micro::text,
    'windowStart', ledger.iso(p.window_start),
    'windowEnd', ledger.iso(p.window_end),
    'nextIncludedMicro', (select amount_micro::text from standing_order
      where lane = p.lane and workspace_id = p.workspace_id),
    'gate', case when p.gate_code is not null then jsonb_build_object(
      'closesAt', ledger.iso(p.gate_closes_at), 'code', p.gate_code,
      'closed', p.gate_closes_at <= p_at) end,
    -- The lowest alert that was told and is still crossed, of the pool and of each cap.
    'low', (select alert
      from ledger.pool_alerts(p.lane, p.workspace_id, p_at, p.alerts)
      where crossed and alert <> all (p.alerts_armed || p.alerts_fresh)
      order by alert <> 'pool:0%', below limit 1),
    'caps', (select coalesce(jsonb_agg(jsonb_build_object(
        'scope', scope, 'subject', subject, 'capMicro', cap_micro::text,
        'usedMicro', used_micro::text, 'low', (
          select alert from unnest(p.alerts) alert, ledger.alert_below(alert, cap_micro) below
          where split_part(alert, ':', 1) = scope and alert <> all (alerts_armed)
            and cap_micro - used_micro < below
          order by below limit 1)) order by scope, subject), '[]')
      from limit_counter
      where lane = p.lane and workspace_id = p.workspace_id and scope <> 'overage'),
    'grants', (select coalesce(jsonb_agg(jsonb_build_object(
        'grantNo', grant_no, 'kind', kind, 'sourceKey', source_key, 'earmark', earmark,
        'amountMicro', amount_micro::text, 'remainingMicro', remaining_micro::text,
        'heldMicro', held_micro::text, 'spentMicro', (spent_micro + repaid_micro)::text,
        'effectiveAt', ledger.iso(effective_at), 'expiresAt', ledger.iso(expires_at)
      ) order by ledger.burn_rank(p.burn_order, g)), '[]')
      from ledger.grants_of(p) g
      where effective_at <= p_at
        and (held_micro > 0 or expires_at is null or expires_at > p_at)))
$$;

-- The balance now. It waits for the lane only when time has changed it since the last operation.
create function ledger_balance(p_workspace bigint) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_lane smallint := ledger.visible_lane(p_workspace);
  v_at timestamptz;
  p pool;
begin
  if v_lane is null then return null; end if;
  select * into p from pool where lane = v_lane and workspace_id = p_workspace;
  if not found then return null; end if;
  v_at := coalesce(
    p.test_at, greatest(date_trunc('milliseconds', clock_timestamp()), p.last_at));
  if v_at >= p.valid_until then
    v_at := (ledger.open_book(p_workspace)).last_at;
  end if;
  -- One statement, so the pool and its grants are seen at one moment.
  return (
    select ledger.balance_of(now_pool, greatest(v_at, now_pool.last_at))
      || ledger.beyond_of(now_pool, greatest(v_at, now_pool.last_at))
    from pool now_pool
    where lane = v_lane and workspace_id = p_workspace);
end $$;

-- From which id on a workspace's entries are at or after an instant of its time, found by halving:
-- both rise together. A minute is between, for a server whose clock was put back.
create function ledger.ids_from(
  p_lane smallint, p_workspace bigint, p_at timestamptz, p_slack interval
) returns uuid
language plpgsql stable strict
as $$
declare
  v_low bigint;
  v_high bigint;
  v_middle bigint;
  v_at timestamptz;
begin
  select extract(epoch from uuid_extract_timestamp(id)) * 1000 into v_low from usage_entry
  where lane = p_lane and workspace_id = p_workspace order by id limit 1;
  select extract(epoch from uuid_extract_timestamp(id)) * 1000 + 1 into v_high from usage_entry
  where lane = p_lane and workspace_id = p_workspace order by id desc limit 1;
  while v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    select at into v_at from usage_entry
    where lane = p_lane and workspace_id = p_workspace
      and id >= ledger.first_id(to_timestamp(v_middle / 1000.0))
    order by id limit 1;
    if found and v_at < p_at then v_low := v_middle + 1; else v_high := v_middle; end if;
  end loop;
  return ledger.first_id(to_timestamp(v_low / 1000.0) + p_slack);
end $$;

-- A page of entries, newest first: of a span of the workspace's time, and of some grants alone (null:
-- of everything).
create function ledger_entries(
  p_workspace bigint, p_before uuid, p_limit int, p_from timestamptz, p_to timestamptz,
  p_grants int[]
) returns setof usage_entry
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select * from usage_entry
  where lane = ledger.visible_lane(p_workspace) and workspace_id = p_workspace
    and (p_before is null or id < p_before)
    and (p_from is null or at >= p_from) and (p_to is null or at < p_to)
    and id >= coalesce(
      ledger.ids_from(ledger.visible_lane(p_workspace), p_workspace, p_from, '-1 minute'),
      '00000000-0000-0000-0000-000000000000')
    and id < coalesce(
      ledger.ids_from(ledger.visible_lane(p_workspace), p_workspace, p_to, '1 minute'),
      'ffffffff-ffff-ffff-ffff-ffffffffffff')
    and (p_grants is null or grant_no = any (p_grants))
  order by id desc, ordinal desc limit p_limit
$$;

-- Usage that happened in [from, to), net of refunds, grouped by the named dimensions.
create function ledger_usage(
  p_workspace bigint, p_from timestamptz, p_to timestamptz, p_by text[], p_time_zone text
) returns table (by jsonb, amount_micro bigint, tokens bigint, runs bigint)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select by, sum(amount_micro)::bigint, coalesce(sum(tokens), 0)::bigint,
    count(distinct id) filter (where kind <> 'refund')
  from (
    select e.amount_micro, e.tokens, e.id, e.kind, (
      select coalesce(jsonb_object_agg(dimension, case dimension
        when 'model' then e.model when 'surface' then e.surface when 'member' then e.member
        when 'space' then e.space when 'agent' then e.agent when 'tool' then e.tool when 'line' then e.line
        when 'day' then to_char(e.occurred_at at time zone p_time_zone, 'YYYY-MM-DD') end), '{}')
      from unnest(p_by) dimension) as by
    from usage_entry e
    where lane = ledger.visible_lane(p_workspace) and workspace_id = p_workspace
      and occurred_at >= p_from and occurred_at < p_to and kind in ('debit', 'settle', 'refund')
  ) used
  group by by order by by
$$;

reset role;
