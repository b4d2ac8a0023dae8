-- What the lifecycle and the bookings tell the ledger, inside their own transactions. The first
-- statement of such a transaction is ledger_lock (after the product was named); each function also
-- takes its lane itself, which is free when it is held already. A workspace of another product is
-- refused as unknown: only a bug can name one here.

set local role tollgate_ledger;

-- Where a workspace's books lie. New workspaces are spread over the lanes by a hash that never
-- changes.
create function ledger_lane(p_product text, p_external_id text) returns smallint
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select (abs(hashtextextended(p_product || '/' || p_external_id, 0) % lanes))::smallint
  from ledger_setting
$$;

create function ledger.lane_of(p_workspace bigint) returns smallint
language plpgsql stable
as $$
declare
  v_lane smallint;
begin
  select lane into v_lane from workspace
  where id = p_workspace and product_id = current_setting('tollgate.product', true);
  if v_lane is null then
    raise exception 'workspace % is not of product "%"', p_workspace,
      current_setting('tollgate.product', true)
      using errcode = 'no_data_found', hint = 'Name the product with set_config first.';
  end if;
  return v_lane;
end $$;

-- Locks the lanes of all workspaces that a transaction will touch, in ascending order, so that two
-- of them never wait for each other.
create function ledger_lock(p_workspaces bigint[]) returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_lane smallint;
begin
  for v_lane in
    select distinct ledger.lane_of(id) as lane from unnest(p_workspaces) id order by lane
  loop
    perform ledger.lock_lane(v_lane);
  end loop;
end $$;

-- The pool's row at the workspace's present, with its lane locked.
create function ledger.open_book(p_workspace bigint) returns pool
language plpgsql
as $$
declare
  v_lane smallint := ledger.lane_of(p_workspace);
begin
  perform ledger.lock_lane(v_lane);
  return ledger.enter(v_lane, p_workspace);
end $$;

-- Opens a workspace's books, once. A test instant makes its time stand still until it is moved.
create function ledger_open(p_workspace bigint, p_test_at timestamptz) returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_lane smallint := ledger.lane_of(p_workspace);
  v_at timestamptz;
begin
  perform ledger.lock_lane(v_lane);
  v_at := coalesce(p_test_at, date_trunc('milliseconds', clock_timestamp()));
  insert into pool (lane, workspace_id, product_id, test_at, last_at, window_start)
  select v_lane, id, product_id, p_test_at, v_at, v_at from workspace
  where lane = v_lane and id = p_workspace
  on conflict (lane, workspace_id) do nothing;
end $$;

-- Moves a test clock forward and does what fell due; the same instant again changes nothing.
create function ledger_set_clock(p_workspace bigint, p_at timestamptz) returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
begin
  if p.test_at is null then
    raise exception 'workspace % lives in real time: its clock cannot be set', p_workspace;
  end if;
  if p_at < p.test_at then
    raise exception 'the clock of workspace % stands at % and cannot go back to %', p_workspace,
      ledger.iso(p.test_at), ledger.iso(p_at);
  end if;
  update pool set test_at = p_at where lane = p.lane and workspace_id = p.workspace_id;
  perform ledger.enter(p.lane, p.workspace_id);
end $$;

-- The workspace's present, after doing what fell due: what the workflow calls at a reset.
create function ledger_touch(p_workspace bigint) returns timestamptz
language sql security definer
set search_path = pg_catalog, public, pg_temp
as $$ select (ledger.open_book(p_workspace)).last_at $$;

-- The workspace's present, without touching anything.
create function ledger_at(p_workspace bigint) returns timestamptz
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select coalesce(test_at, greatest(date_trunc('milliseconds', clock_timestamp()), last_at))
  from pool where lane = ledger.lane_of(p_workspace) and workspace_id = p_workspace
$$;

-- The policies that the ledger applies by itself, and the versions that operations must be rated
-- with.
create function ledger_set_terms(
  p_workspace bigint, p_terms_version int, p_rate_version int, p_burn_order text[],
  p_debt_at_reset text, p_hold_survives_expiry boolean, p_alerts text[],
  p_alerts_by_reset text[], p_alerts_by_top_up text[], p_refund_promo_days int default null
) returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
begin
  update pool set
    terms_version = p_terms_version,
    rate_version = p_rate_version,
    burn_order = p_burn_order,
    debt_at_reset = p_debt_at_reset,
    hold_survives_expiry = p_hold_survives_expiry,
    refund_promo_days = p_refund_promo_days,
    alerts = array_prepend('pool:0%', array_remove(p_alerts, 'pool:0%')),
    alerts_by_reset = array_prepend('pool:0%', p_alerts_by_reset),
    alerts_by_top_up = array_prepend('pool:0%', p_alerts_by_top_up),
    -- An alert that was told stays told; a new one of the pool is armed by the next grant.
    alerts_armed = array(
      select alert from unnest(alerts_armed) alert
      where alert = 'pool:0%' or alert = any (p_alerts)),
    alerts_fresh = array(
      select alert from unnest(array_prepend('pool:0%', array_remove(p_alerts, 'pool:0%'))) alert
      where alert like 'pool:%' and (alert = any (alerts_fresh) or alert <> all (p.alerts)))
  where lane = p.lane and workspace_id = p.workspace_id;
  update limit_counter set alerts_armed = ledger.cap_alerts(
    array(
      select alert from unnest(p_alerts) alert
      where alert = any (alerts_armed) or alert <> all (p.alerts)),
    scope, cap_micro, cap_micro - used_micro)
  where lane = p.lane and workspace_id = p.workspace_id;
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
end $$;

-- From this instant on new usage is refused with this code, whether or not a worker is awake; nulls
-- open it.
create function ledger_set_gate(p_workspace bigint, p_closes_at timestamptz, p_code text)
returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
begin
  update pool set
    gate_closes_at = p_closes_at,
    gate_code = p_code,
    gate_denied = gate_denied
      and gate_code is not distinct from p_code and gate_closes_at is not distinct from p_closes_at
  where lane = p.lane and workspace_id = p.workspace_id;
end $$;

-- The window that caps count in, when it is not a standing order that moves it. An earlier start
-- than the running one is a late repetition, and changes nothing.
create function ledger_set_window(p_workspace bigint, p_start timestamptz, p_end timestamptz)
returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
begin
  perform ledger.open_window(p.lane, p.workspace_id, p_start, p_end);
end $$;

-- The next period's included grant. It replaces the one that stands, until that one starts.
create function ledger_order(
  p_workspace bigint, p_starts_at timestamptz, p_ends_at timestamptz, p_amount_micro bigint,
  p_terms_version int, p_source_key text, p_rollover jsonb default null
) returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
begin
  insert into standing_order (
    lane, workspace_id, starts_at, ends_at, amount_micro, terms_version, source_key, rollover
  ) values (
    p.lane, p.workspace_id, p_starts_at, p_ends_at, p_amount_micro, p_terms_version, p_source_key,
    p_rollover
  )
  on conflict (lane, workspace_id) do update set
    starts_at = excluded.starts_at, ends_at = excluded.ends_at,
    amount_micro = excluded.amount_micro,
    terms_version = excluded.terms_version, source_key = excluded.source_key,
    rollover = excluded.rollover;
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  perform ledger.enter(p.lane, p.workspace_id); -- one that was placed late starts now
end $$;

create function ledger_cancel_order(p_workspace bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
begin
  delete from standing_order where lane = p.lane and workspace_id = p.workspace_id;
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
end $$;

-- Grants credits for a business fact, once. `repaid_micro` is what went into a debt first.
create function ledger_grant(
  p_workspace bigint, p_kind text, p_amount_micro bigint, p_effective_at timestamptz,
  p_expires_at timestamptz, p_priority int, p_earmark text, p_source_key text,
  out grant_no int, out created boolean, out repaid_micro bigint
)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
begin
  created := ledger.make_grant(
    p.lane, p.workspace_id, p_kind, p_amount_micro, p_effective_at, p_expires_at, p_priority,
    p_earmark, p_source_key, p.terms_version, p.last_at) is not null;
  if created then
    perform ledger.advance(p.lane, p.workspace_id, p.last_at);
    if p_kind in ('included', 'topUp') then
      perform ledger.arm_alerts(p.lane, p.workspace_id, p.last_at,
        case p_kind when 'included' then 'reset' else 'topUp' end);
    end if;
  end if;
  select g.grant_no, g.repaid_micro into strict grant_no, repaid_micro from grant_credit g
  where g.lane = p.lane and g.workspace_id = p.workspace_id and g.source_key = p_source_key;
end $$;

-- A cap on what one member, one Space or the whole organisation (subject: empty) may use in a
-- window; null takes it away. It counts from the window's start, also what was used before it was
-- set. Answers whether it is another than before.
create function ledger_set_cap(p_workspace bigint, p_scope text, p_subject text, p_cap_micro bigint)
returns boolean
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
  v_before bigint := (
    select cap_micro from limit_counter where lane = p.lane and workspace_id = p.workspace_id
      and scope = p_scope and subject = p_subject);
  v_used bigint;
begin
  if p_cap_micro is not distinct from v_before then return false; end if;
  if p_scope = 'org' then
    update pool set has_org_cap = p_cap_micro is not null
    where lane = p.lane and workspace_id = p.workspace_id;
  end if;
  if p_cap_micro is null then
    delete from limit_counter where lane = p.lane and workspace_id = p.workspace_id
      and scope = p_scope and subject = p_subject;
    return true;
  end if;
  v_used := ledger.used_in_window(p.lane, p.workspace_id, p_scope, p_subject, p.window_start);
  insert into limit_counter (
    lane, workspace_id, scope, subject, cap_micro, window_start, used_micro, alerts_armed
  )
  values (p.lane, p.workspace_id, p_scope, p_subject, p_cap_micro, p.window_start, v_used,
    ledger.cap_alerts(p.alerts, p_scope, p_cap_micro, p_cap_micro - v_used))
  on conflict (lane, workspace_id, scope, subject) do update set
    cap_micro = excluded.cap_micro, denied = false, alerts_armed = excluded.alerts_armed;
  return true;
end $$;

-- What a cap's counter must show: the window's entries, and what is still held of holds taken in
-- it.
create function ledger.used_in_window(
  p_lane smallint, p_workspace bigint, p_scope text, p_subject text, p_window timestamptz
) returns bigint
language sql stable
as $$
  select (
    (select coalesce(sum(amount_micro), 0) from usage_entry
      where lane = p_lane and workspace_id = p_workspace and window_start = p_window
        and kind in ('debit', 'settle', 'refund')
        and (p_scope <> 'overage' or target = 'overage')
        and p_subject = case p_scope when 'member' then member when 'space' then space else '' end)
    + (select coalesce(sum(overage_micro + case when p_scope = 'overage' then 0
        else (select coalesce(sum(micro), 0) from ledger.hold_parts(h)) end), 0)
      from hold h
      where lane = p_lane and workspace_id = p_workspace and window_start = p_window
        and state = 'open' and kind = 'run'
        and p_subject = case p_scope when 'member' then member when 'space' then space else '' end)
  )::bigint
$$;

-- A row of the feed, written with the change that it tells of; answers its number in the workspace.
create function ledger_feed(p_workspace bigint, p_kind text, p_at timestamptz, p_data jsonb)
returns bigint
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_lane smallint := ledger.lane_of(p_workspace);
begin
  perform ledger.lock_lane(v_lane);
  return ledger.feed(v_lane, p_workspace, p_kind, p_at, p_data);
end $$;

reset role;
