-- What time alone does to a balance: an order turns into a grant, a grant begins or ends, a hold
-- expires. Nothing waits for a clock: the first operation at or after such an instant does it, as
-- of that instant.

set local role tollgate_ledger;

-- What a hold still has, in burn order.
create function ledger.hold_parts(h hold)
returns table (ordinal int, grant_no int, micro bigint)
language sql stable
as $$
  select 0, h.grant_no, h.part_micro where h.part_micro > 0
  union all
  select p.ordinal, p.grant_no, p.part_micro from hold_part p
  where p.lane = h.lane and p.workspace_id = h.workspace_id and p.hold_id = h.id
    and p.part_micro > 0
  order by 1
$$;

-- Closes an open hold: what it still has goes back to its grants (and has expired if they have), and
-- what it had set aside beyond them is free again.
create function ledger.close_hold(h hold, p_state text, p_at timestamptz) returns bigint
language plpgsql
as $$
declare
  v_grants int[];
  v_parts bigint[];
  v_back bigint;
begin
  select coalesce(array_agg(grant_no), '{}'), coalesce(array_agg(micro), '{}'),
    coalesce(sum(micro), 0)
  into v_grants, v_parts, v_back from ledger.hold_parts(h);
  update grant_credit g set
    held_micro = held_micro - v_parts[array_position(v_grants, g.grant_no)],
    remaining_micro = remaining_micro + v_parts[array_position(v_grants, g.grant_no)]
  where lane = h.lane and workspace_id = h.workspace_id and grant_no = any (v_grants);
  update hold_part set part_micro = 0
  where lane = h.lane and workspace_id = h.workspace_id and hold_id = h.id and part_micro > 0;
  update hold set part_micro = 0, overage_micro = 0, state = p_state, closed_at = p_at
  where lane = h.lane and workspace_id = h.workspace_id and id = h.id;
  if h.kind = 'dispute' then
    perform ledger.note_frozen(h, -v_back, p_at);
  else
    perform ledger.count_usage(
      h.lane, h.workspace_id, h.window_start, h.member, h.space, -v_back - h.overage_micro);
  end if;
  if h.overage_micro > 0 then
    perform ledger.count_overage(h.lane, h.workspace_id, h.window_start, -h.overage_micro);
    perform ledger.count_spend(
      h.lane, h.workspace_id, p_at, h.taken_at, -h.overage_micro, h.overage_price_micro);
  end if;
  perform ledger.settle_claims(h.lane, h.workspace_id, v_grants, p_at);
  return v_back + h.overage_micro;
end $$;

create function ledger.expire_holds(p_lane smallint, p_workspace bigint, p_at timestamptz)
returns void
language plpgsql
as $$
declare
  h hold;
begin
  for h in
    select * from hold
    where lane = p_lane and workspace_id = p_workspace and state = 'open' and expires_at <= p_at
    order by expires_at, id
  loop
    perform ledger.close_hold(h, 'expired', h.expires_at);
  end loop;
end $$;

-- Makes a grant, once per source key; answers its number, or null if the fact was granted before.
create function ledger.make_grant(
  p_lane smallint, p_workspace bigint, p_kind text, p_amount bigint, p_effective_at timestamptz,
  p_expires_at timestamptz, p_priority int, p_earmark text, p_source_key text, p_terms_version int,
  p_at timestamptz
) returns int
language plpgsql
as $$
declare
  v_no int;
begin
  if exists (select from grant_credit
    where lane = p_lane and workspace_id = p_workspace and source_key = p_source_key) then
    return null;
  end if;
  update pool set grant_count = grant_count + 1 where lane = p_lane and workspace_id = p_workspace
  returning grant_count into strict v_no;
  insert into grant_credit (
    lane, workspace_id, grant_no, kind, amount_micro, effective_at, expires_at, priority, earmark,
    source_key, terms_version, granted_at, remaining_micro
  ) values (
    p_lane, p_workspace, v_no, p_kind, p_amount, p_effective_at, p_expires_at, p_priority,
    p_earmark, p_source_key, p_terms_version, p_at, p_amount
  );
  perform ledger.feed(p_lane, p_workspace, 'granted', p_at, jsonb_build_object(
    'grantNo', v_no, 'kind', p_kind, 'amountMicro', p_amount::text, 'sourceKey', p_source_key,
    'effectiveAt', ledger.iso(p_effective_at), 'expiresAt', ledger.iso(p_expires_at)));
  return v_no;
end $$;

-- Grants that became live: debt is repaid before anything can be burned from them.
create function ledger.begin_grants(p_lane smallint, p_workspace bigint, p_at timestamptz)
returns void
language plpgsql
as $$
declare
  g grant_credit;
  v_id uuid;
  v_paid bigint;
  v_at timestamptz;
begin
  for g in
    select * from grant_credit
    where lane = p_lane and workspace_id = p_workspace and not began and effective_at <= p_at
    order by effective_at, grant_no
  loop
    v_paid := 0;
    if g.earmark is null then
      select least(debt_micro, g.remaining_micro) into strict v_paid from pool
      where lane = p_lane and workspace_id = p_workspace;
    end if;
    update grant_credit set
      began = true, remaining_micro = remaining_micro - v_paid, repaid_micro = repaid_micro + v_paid
    where lane = p_lane and workspace_id = p_workspace and grant_no = g.grant_no;
    continue when v_paid = 0;
    update pool set debt_micro = debt_micro - v_paid
    where lane = p_lane and workspace_id = p_workspace;
    v_id := uuidv7();
    v_at := greatest(g.effective_at, g.granted_at);
    perform ledger.write_entry(
      p_lane, p_workspace, v_id, 0, 'repay', 'grant', g.grant_no, v_paid, v_at);
    perform ledger.write_entry(p_lane, p_workspace, v_id, 1, 'repay', 'debt', null, -v_paid, v_at);
  end loop;
end $$;

-- Which of these alerts a cap of the scope has armed: those that so much left does not cross.
create function ledger.cap_alerts(p_alerts text[], p_scope text, p_cap bigint, p_left bigint)
returns text[]
language sql immutable
as $$
  select array(
    select distinct alert from unnest(p_alerts) alert
    where split_part(alert, ':', 1) = p_scope and p_left >= ledger.alert_below(alert, p_cap))
$$;

-- Moves the window that caps count in; never back, so a late repetition changes nothing.
create function ledger.open_window(
  p_lane smallint, p_workspace bigint, p_start timestamptz, p_end timestamptz
) returns void
language plpgsql
as $$
begin
  update pool set window_start = p_start, window_end = p_end
  where lane = p_lane and workspace_id = p_workspace and window_start <= p_start;
  if not found then return; end if;
  update limit_counter c set
    window_start = p_start, used_micro = 0, denied = false,
    alerts_armed = ledger.cap_alerts(
      c.alerts_armed || p.alerts_by_reset, c.scope, c.cap_micro, c.cap_micro)
  from pool p
  where p.lane = p_lane and p.workspace_id = p_workspace
    and c.lane = p_lane and c.workspace_id = p_workspace and c.window_start <> p_start;
end $$;

-- What of a window's included credits goes on into the next one, as a grant of its own [K7]: a share
-- of what is left when they end, within bounds. What has gone on once does not go on again.
create function ledger.roll_over(o standing_order, p_at timestamptz) returns void
language plpgsql
as $$
declare
  v_left bigint;
begin
  select coalesce(sum(remaining_micro), 0) into strict v_left from grant_credit
  where lane = o.lane and workspace_id = o.workspace_id and kind = 'included' and earmark is null
    and voided_at is null and expires_at = o.starts_at and source_key not like '%:rollover';
  v_left := greatest(
    (o.rollover ->> 'min')::bigint, v_left * (o.rollover ->> 'percent')::bigint / 100);
  v_left := least((o.rollover ->> 'max')::bigint, v_left); -- a null is no bound
  if v_left > 0 then
    perform ledger.make_grant(
      o.lane, o.workspace_id, 'included', v_left, o.starts_at,
      (o.rollover ->> 'endsAt')::timestamptz, 0, null, o.source_key || ':rollover',
      o.terms_version, p_at);
  end if;
end $$;

-- The next period starts: its included grant, and before it the policy on debt.
create function ledger.turn_order(o standing_order) returns void
language plpgsql
as $$
declare
  p pool;
  v_id uuid := uuidv7();
  v_at timestamptz;
begin
  perform ledger.open_window(o.lane, o.workspace_id, o.starts_at, o.ends_at);
  select * into strict p from pool where lane = o.lane and workspace_id = o.workspace_id;
  v_at := greatest(o.starts_at, p.last_at); -- later only if the order itself was placed late
  if p.debt_at_reset = 'forgive' and p.debt_micro > 0 then
    update pool set debt_micro = 0, forgiven_micro = forgiven_micro + p.debt_micro
    where lane = o.lane and workspace_id = o.workspace_id;
    perform ledger.write_entry(
      o.lane, o.workspace_id, v_id, 0, 'forgive', 'debt', null, -p.debt_micro, v_at);
    perform ledger.write_entry(
      o.lane, o.workspace_id, v_id, 1, 'forgive', 'forgiven', null, p.debt_micro, v_at);
  end if;
  if o.amount_micro > 0 then
    perform ledger.make_grant(
      o.lane, o.workspace_id, 'included', o.amount_micro, o.starts_at, o.ends_at, 0, null,
      o.source_key, o.terms_version, v_at);
  end if;
  if o.rollover is not null then perform ledger.roll_over(o, v_at); end if;
  delete from standing_order where lane = o.lane and workspace_id = o.workspace_id;
end $$;

-- Which of these alerts of the pool are crossed now, and where each lies. A part is one of this
-- window's included grants, and what is left for it are they and top-ups; an amount and exhaustion
-- count whatever every call may burn.
create function ledger.pool_alerts(
  p_lane smallint, p_workspace bigint, p_at timestamptz, p_alerts text[]
) returns table (alert text, below bigint, crossed boolean)
language sql stable
as $$
  with total as (
    select coalesce(sum(remaining_micro), 0)::bigint as available,
      coalesce(sum(remaining_micro) filter (where kind in ('included', 'topUp')), 0)::bigint
        as counted,
      coalesce(sum(amount_micro - voided_micro - reversed_micro) filter (
        where kind = 'included' and voided_at is null), 0)::bigint as included
    from pool p, ledger.grants_of(p)
    where p.lane = p_lane and p.workspace_id = p_workspace and earmark is null
      and effective_at <= p_at and (expires_at is null or expires_at > p_at)
  )
  select a.alert, b.below,
    case when a.alert like '%\%' and a.alert <> 'pool:0%' then counted else available end < b.below
  from total, unnest(p_alerts) a(alert), ledger.alert_below(a.alert, included) b(below)
  where a.alert like 'pool:%'
$$;

-- After a reset or a top-up, alerts that it arms and that lie below the balance are told again.
create function ledger.arm_alerts(
  p_lane smallint, p_workspace bigint, p_at timestamptz, p_by text
) returns void
language sql
as $$
  update pool set
    alerts_armed = array(
      select alert from ledger.pool_alerts(p_lane, p_workspace, p_at, alerts)
      where alert = any (alerts_armed) or not crossed and alert = any (
        alerts_fresh || case p_by when 'reset' then alerts_by_reset else alerts_by_top_up end)),
    alerts_fresh = array(
      select alert from ledger.pool_alerts(p_lane, p_workspace, p_at, alerts_fresh)
      where crossed),
    watch_armed = watch_armed
      or coalesce(ledger.available(p_lane, p_workspace, p_at) > watch_micro, false)
  where lane = p_lane and workspace_id = p_workspace;
  select ledger.refresh(p_lane, p_workspace, p_at);
$$;

-- Does what is due by time, in the order in which it was due.
create function ledger.advance(p_lane smallint, p_workspace bigint, p_at timestamptz) returns void
language plpgsql
as $$
declare
  o standing_order;
  v_turned boolean;
begin
  select * into o from standing_order
  where lane = p_lane and workspace_id = p_workspace and starts_at <= p_at;
  v_turned := found;
  if v_turned then
    perform ledger.expire_holds(p_lane, p_workspace, o.starts_at);
    perform ledger.begin_grants(p_lane, p_workspace, o.starts_at);
    perform ledger.turn_order(o);
  end if;
  perform ledger.expire_holds(p_lane, p_workspace, p_at);
  perform ledger.begin_grants(p_lane, p_workspace, p_at);
  perform ledger.refresh(p_lane, p_workspace, p_at);
  if v_turned then perform ledger.arm_alerts(p_lane, p_workspace, p_at, 'reset'); end if;
end $$;

-- The pool's row at the workspace's present, with `last_at` as that instant. The clock is read
-- after the lock was granted: `now()` would be the instant before the wait.
create function ledger.enter(p_lane smallint, p_workspace bigint) returns pool
language plpgsql
as $$
declare
  p pool;
  v_at timestamptz;
begin
  select * into strict p from pool where lane = p_lane and workspace_id = p_workspace;
  if p.head_spent_micro <> 0 or p.head_held_micro <> 0 then p := ledger.write_head(p); end if;
  v_at := coalesce(
    p.test_at, greatest(date_trunc('milliseconds', clock_timestamp()), p.last_at));
  if v_at >= p.valid_until then
    perform ledger.advance(p_lane, p_workspace, v_at);
    select * into strict p from pool where lane = p_lane and workspace_id = p_workspace;
  end if;
  p.last_at := v_at;
  return p;
end $$;

reset role;
