-- Limits: the gate, the pool, caps on credits, limits on calls; who is told of a denial, and when
-- the rest runs low.

set local role tollgate_ledger;

-- The limits on calls that an operation counts in, each once.
create function ledger.counts_of(p_op jsonb)
returns table (place bigint, scope text, subject text, per text, cap bigint)
language sql immutable
as $$
  select min(position), item ->> 'limit', item ->> 'subject', item ->> 'per',
    min((item ->> 'cap')::bigint)
  from jsonb_array_elements(p_op -> 'counts') with ordinality l(item, position)
  group by 2, 3, 4
$$;

-- Where calls are counted by: a day is the workspace's own, however many hours it has; hours and
-- minutes are cut by UTC.
create function ledger.count_zone(p_lane smallint, p_workspace bigint, p_per text) returns text
language sql stable
as $$
  select case p_per when 'day' then time_zone else 'UTC' end
  from workspace where lane = p_lane and id = p_workspace
$$;

-- Where the window that a limit on calls counts in begins and ends.
create function ledger.count_window(
  p pool, p_per text, out starts_at timestamptz, out ends_at timestamptz
)
language sql stable
as $$
  select
    case p_per when 'window' then p.window_start else date_trunc(p_per, p.last_at, zone) end,
    case p_per
      when 'window' then p.window_end
      else (date_trunc(p_per, p.last_at at time zone zone) + ('1 ' || p_per)::interval)
        at time zone zone
    end
  from ledger.count_zone(p.lane, p.workspace_id, p_per) zone
$$;

-- What each limit on calls has had in its running window.
create function ledger.counted_now(p pool, p_op jsonb)
returns table (
  place bigint, scope text, subject text, per text, cap bigint, used bigint,
  starts_at timestamptz, ends_at timestamptz
)
language sql stable
as $$
  select c.place, c.scope, c.subject, c.per, c.cap,
    coalesce(k.used, 0)::bigint, w.starts_at, w.ends_at
  from ledger.counts_of(p_op) c
  cross join lateral ledger.count_window(p, c.per) w
  left join call_counter k on k.lane = p.lane and k.workspace_id = p.workspace_id
    and k.scope = c.scope and k.subject = c.subject and k.per = c.per
    and k.window_start = w.starts_at
$$;

-- Counts one call in each of its limits.
create function ledger.count_call(p pool, p_op jsonb) returns void
language sql
as $$
  insert into call_counter (lane, workspace_id, scope, subject, per, window_start, used)
  select p.lane, p.workspace_id, scope, subject, per, starts_at, 1
  from ledger.counted_now(p, p_op)
  on conflict (lane, workspace_id, scope, subject, per) do update set
    used = case when call_counter.window_start = excluded.window_start
      then call_counter.used + 1 else 1 end,
    denied = call_counter.denied and call_counter.window_start = excluded.window_start,
    window_start = excluded.window_start
$$;

-- The pool, and each earmark that the call may burn, if together they lack the amount.
create function ledger.exhausted(p pool, p_earmarks text[], p_amount bigint) returns jsonb
language sql stable
as $$
  with source as (
    select earmark, sum(remaining_micro) as rest,
      sum(held_micro + spent_micro + repaid_micro) as used
    from (
      select earmark, remaining_micro, held_micro, spent_micro, repaid_micro
      from ledger.grants_of(p)
      where effective_at <= p.last_at
        and (expires_at is null or expires_at > p.last_at)
        and (earmark is null or earmark = any (p_earmarks))
      union all
      select null, 0, 0, 0, 0 -- a pool without a grant is named too
    ) live
    group by earmark
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'limit', case when earmark is null then 'pool' else 'earmark' end, 'subject', earmark,
    'usedMicro', used::text, 'capMicro', (rest + used)::text,
    'resetsAt', case when earmark is null then ledger.iso(coalesce(
      (select starts_at from standing_order
        where lane = p.lane and workspace_id = p.workspace_id), p.window_end)) end
  ) order by earmark nulls first), '[]')
  from source where p_amount > (select sum(rest) from source)
$$;

-- Every limit that an amount would go beyond now; none is an empty array.
create function ledger.exceeded(p pool, p_dims hold, p_amount bigint, p_op jsonb) returns jsonb
language plpgsql stable
as $$
declare
  v_fired jsonb := '[]';
begin
  if p.gate_closes_at <= p.last_at then
    v_fired := v_fired || jsonb_build_object(
      'limit', 'gate', 'code', p.gate_code, 'closedAt', ledger.iso(p.gate_closes_at));
  end if;
  if p_amount > p.available_micro then
    v_fired := v_fired || case when ledger.goes_beyond(p)
      then ledger.beyond_exceeded(
        p, p_amount - ledger.total(ledger.allocate(p, p_amount, p_dims.earmarks)))
      else ledger.exhausted(p, p_dims.earmarks, p_amount) end;
  end if;
  v_fired := v_fired || (
    select coalesce(jsonb_agg(jsonb_build_object(
      'limit', scope, 'subject', subject, 'usedMicro', used_micro::text,
      'capMicro', cap_micro::text, 'resetsAt', ledger.iso(p.window_end))
      order by array_position(array['member', 'space', 'org'], scope)), '[]')
    from limit_counter
    where lane = p.lane and workspace_id = p.workspace_id and used_micro + p_amount > cap_micro
      and ((scope = 'member' and subject = p_dims.member)
        or (scope = 'space' and subject = p_dims.space) or scope = 'org'));
  if p_dims.counted is null then return v_fired; end if;
  return v_fired || (
    select coalesce(jsonb_agg(jsonb_build_object(
      'limit', scope, 'subject', subject, 'per', per, 'used', used, 'cap', cap,
      'resetsAt', ledger.iso(ends_at)) order by place), '[]')
    from ledger.counted_now(p, p_op) where used >= cap);
end $$;

-- What is left below the caps of member, Space and organisation (null where there is none), and
-- then below each limit on calls; null if none applies.
create function ledger.limits_left(p pool, p_dims hold, p_op jsonb) returns bigint[]
language plpgsql stable
as $$
declare
  v_left bigint[] := array[
    (select cap_micro - used_micro from limit_counter where lane = p.lane
      and workspace_id = p.workspace_id and scope = 'member' and subject = p_dims.member),
    (select cap_micro - used_micro from limit_counter where lane = p.lane
      and workspace_id = p.workspace_id and scope = 'space' and subject = p_dims.space),
    (select cap_micro - used_micro from limit_counter where lane = p.lane
      and workspace_id = p.workspace_id and scope = 'org' and subject = '')];
begin
  if p_dims.counted is not null then
    return v_left || array(select cap - used from ledger.counted_now(p, p_op) order by place);
  end if;
  if num_nonnulls(v_left[1], v_left[2], v_left[3]) = 0 then return null; end if;
  return v_left;
end $$;

create function ledger.limits_left_json(p_left bigint[], p_dims hold) returns jsonb
language sql stable
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'limit', l.scope, 'subject', l.subject, 'leftMicro', l.micro::text) order by l.position), '[]')
  from (values
    (1, 'member', p_dims.member, p_left[1]), (2, 'space', p_dims.space, p_left[2]),
    (3, 'org', '', p_left[3])
  ) l(position, scope, subject, micro)
  where l.micro is not null
$$;

-- The same of limits on calls: `counted` names them in the order in which the rest stands.
create function ledger.counts_left_json(p_left bigint[], p_counted text[]) returns jsonb
language sql stable
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'limit', split_part(name, '/', 1), 'per', split_part(name, '/', 2),
    'subject', substr(name, length(split_part(name, '/', 1) || split_part(name, '/', 2)) + 3),
    'left', p_left[3 + position]) order by position), '[]')
  from unnest(p_counted) with ordinality c(name, position)
  where p_left is not null
$$;

-- The first denial of each limit in its window is an event; the others are answers only.
create function ledger.tell_denial(p pool, p_limits jsonb) returns void
language plpgsql
as $$
declare
  v_limit jsonb;
  v_scope text;
begin
  for v_limit in select value from jsonb_array_elements(p_limits) loop
    v_scope := v_limit ->> 'limit';
    if v_scope = 'gate' then
      update pool set gate_denied = true
      where lane = p.lane and workspace_id = p.workspace_id and not gate_denied;
    elsif v_scope = 'pool' then
      update pool set pool_denied_in = p.window_start
      where lane = p.lane and workspace_id = p.workspace_id
        and pool_denied_in is distinct from p.window_start;
    elsif v_scope = 'spend' then
      update spend_cap set denied = true
      where lane = p.lane and workspace_id = p.workspace_id and not denied;
    elsif v_scope in ('runs', 'tool') then
      insert into call_counter (
        lane, workspace_id, scope, subject, per, window_start, used, denied
      )
      select p.lane, p.workspace_id, v_scope, v_limit ->> 'subject', v_limit ->> 'per', starts_at,
        0, true
      from ledger.count_window(p, v_limit ->> 'per')
      on conflict (lane, workspace_id, scope, subject, per) do update set
        used = case when call_counter.window_start = excluded.window_start
          then call_counter.used else 0 end,
        denied = true,
        window_start = excluded.window_start
      where not call_counter.denied or call_counter.window_start <> excluded.window_start;
    else
      update limit_counter set denied = true
      where lane = p.lane and workspace_id = p.workspace_id and scope = v_scope
        and subject = v_limit ->> 'subject' and not denied;
    end if;
    if found then
      perform ledger.feed(p.lane, p.workspace_id, 'limitReached', p.last_at, v_limit);
    end if;
  end loop;
end $$;

-- One row of the feed for all alerts of one scope that were crossed together, the lowest first: it
-- is what people are told, once.
create function ledger.tell_crossed(
  p_lane smallint, p_workspace bigint, p_at timestamptz, p_alerts text[], p_subject text,
  p_left bigint
) returns void
language sql
as $$
  select ledger.feed(p_lane, p_workspace, 'thresholdCrossed', p_at, jsonb_build_object(
    'scope', split_part(p_alerts[1], ':', 1), 'subject', p_subject, 'crossed', p_alerts,
    'percent', substring(p_alerts[1] from ':(\d+)%')::int,
    'amountMicro', substring(p_alerts[1] from ':(\d+)$'),
    'availableMicro', p_left::text))
$$;

-- Alerts of the caps that a call fell under and that it crossed.
create function ledger.tell_caps(
  p_lane smallint, p_workspace bigint, p_at timestamptz, p_member text, p_space text
) returns text[]
language plpgsql
as $$
declare
  c limit_counter;
  v_alerts text[];
  v_crossed text[] := '{}';
begin
  for c in
    select * from limit_counter
    where lane = p_lane and workspace_id = p_workspace and used_micro > quiet_micro
      and ((scope = 'member' and subject = p_member) or (scope = 'space' and subject = p_space)
        or scope = 'org')
  loop
    v_alerts := array(
      select alert from unnest(c.alerts_armed) alert, ledger.alert_below(alert, c.cap_micro) below
      where c.cap_micro - c.used_micro < below order by below);
    update limit_counter set alerts_armed = array(
      select alert from unnest(alerts_armed) alert where alert <> all (v_alerts))
    where lane = c.lane and workspace_id = c.workspace_id and scope = c.scope
      and subject = c.subject;
    perform ledger.tell_crossed(p_lane, p_workspace, p_at, v_alerts, nullif(c.subject, ''),
      greatest(c.cap_micro - c.used_micro, 0));
    v_crossed := v_crossed || v_alerts;
  end loop;
  return v_crossed;
end $$;

-- Alerts that the last change crossed: told once, until a reset or a top-up arms them again.
create function ledger.tell_thresholds(
  p_lane smallint, p_workspace bigint, p_at timestamptz, p_member text default null,
  p_space text default null
) returns jsonb
language plpgsql
as $$
declare
  v_alerts text[] := array(
    select alert from pool p, ledger.pool_alerts(p_lane, p_workspace, p_at, p.alerts_armed)
    where lane = p_lane and workspace_id = p_workspace and crossed
    order by alert <> 'pool:0%', below);
  v_crossed jsonb := to_jsonb(
    v_alerts || ledger.tell_caps(p_lane, p_workspace, p_at, p_member, p_space));
begin
  if v_alerts <> '{}' then
    update pool set alerts_armed = array(
      select alert from unnest(alerts_armed) alert where alert <> all (v_alerts))
    where lane = p_lane and workspace_id = p_workspace;
    perform ledger.tell_crossed(p_lane, p_workspace, p_at, v_alerts, null,
      ledger.available(p_lane, p_workspace, p_at));
  end if;
  -- What an automatic top-up waits for; its payment gets its name here, once.
  update pool set watch_armed = false
  where lane = p_lane and workspace_id = p_workspace and watch_armed
    and ledger.available(p_lane, p_workspace, p_at) <= watch_micro;
  if found then
    perform ledger.feed(p_lane, p_workspace, 'balanceFell', p_at, (
      select jsonb_build_object(
        'availableMicro', ledger.available(p_lane, p_workspace, p_at)::text,
        'debtMicro', debt_micro::text,
        'payment', uuidv7())
      from pool where lane = p_lane and workspace_id = p_workspace));
    v_crossed := v_crossed || to_jsonb('balance'::text);
  end if;
  if v_crossed <> '[]' then perform ledger.refresh(p_lane, p_workspace, p_at); end if;
  return v_crossed;
end $$;

reset role;
