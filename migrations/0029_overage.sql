-- Usage beyond the grants, which is invoiced in arrears [4.36 K12 K25 K26], and the most that a workspace
-- may spend in a month [0.06]. What a credit paid is never billed: only what the grants lack goes
-- beyond them, as entries on `overage`, each with its price. A reading of the meter sums up what is
-- on no invoice yet, half-open by the ledger's time; the lifecycle hears of it by the feed.

grant create on schema public to tollgate_ledger;
-- Purchases count in what a month may spend.
grant select on payment to tollgate_ledger;
create policy ledger_reads on payment for select to tollgate_ledger using (true);

set local role tollgate_ledger;

-- The most money that top-ups and usage beyond the grants may cost in a calendar month of the
-- workspace's zone, and what they have cost in it. No row: no cap.
create table spend_cap (
  lane smallint not null,
  workspace_id bigint not null,
  cap_minor bigint not null check (cap_minor >= 0),
  month_start timestamptz not null,
  month_end timestamptz not null,
  bought_minor bigint not null default 0 check (bought_minor >= 0), -- paid, or on its way
  -- Credits times their price, so in millionths of a millionth of the minor unit, holds included:
  -- exact, whatever it is split into.
  overage_money numeric not null default 0 check (overage_money >= 0),
  denied boolean not null default false, -- the month's first denial was told
  primary key (lane, workspace_id),
  foreign key (lane, workspace_id) references pool (lane, workspace_id),
  check (month_end > month_start)
);

create function ledger.month_of(
  p_lane smallint, p_workspace bigint, p_at timestamptz,
  out starts_at timestamptz, out ends_at timestamptz
)
language sql stable
as $$
  select first_day at time zone time_zone, (first_day + interval '1 month') at time zone time_zone
  from workspace, date_trunc('month', p_at at time zone time_zone) first_day
  where lane = p_lane and id = p_workspace
$$;

-- The cap with the month that an instant lies in; a month that is over has left nothing behind.
create function ledger.spend_of(p_lane smallint, p_workspace bigint, p_at timestamptz)
returns spend_cap
language plpgsql stable
as $$
declare
  s spend_cap;
begin
  select * into s from spend_cap where lane = p_lane and workspace_id = p_workspace;
  if s.month_end <= p_at then
    select starts_at, ends_at into s.month_start, s.month_end
    from ledger.month_of(p_lane, p_workspace, p_at);
    s.bought_minor := 0;
    s.overage_money := 0;
    s.denied := false;
  end if;
  return s;
end $$;

create function ledger.roll_spend(p_lane smallint, p_workspace bigint, p_at timestamptz)
returns void
language sql
as $$
  update spend_cap c set
    (month_start, month_end, bought_minor, overage_money, denied) = (
      select s.month_start, s.month_end, s.bought_minor, s.overage_money, s.denied
      from ledger.spend_of(p_lane, p_workspace, p_at) s)
  where lane = p_lane and workspace_id = p_workspace and month_end <= p_at
$$;

-- Counts what went beyond the grants at an instant, if the month still runs.
create function ledger.count_spend(
  p_lane smallint, p_workspace bigint, p_now timestamptz, p_at timestamptz, p_micro bigint,
  p_price bigint
) returns void
language sql
as $$
  select ledger.roll_spend(p_lane, p_workspace, p_now);
  update spend_cap set overage_money = overage_money + p_micro::numeric * p_price
  where lane = p_lane and workspace_id = p_workspace and month_start <= p_at;
$$;

-- Moves the counter of what a window may go beyond its grants, if it still counts that window.
create function ledger.count_overage(
  p_lane smallint, p_workspace bigint, p_window timestamptz, p_micro bigint
) returns void
language sql
as $$
  update limit_counter set used_micro = used_micro + p_micro
  where lane = p_lane and workspace_id = p_workspace and scope = 'overage' and subject = ''
    and window_start = p_window
$$;

-- Whether the plan lets usage go beyond the grants at this instant.
create function ledger.goes_beyond(p pool) returns boolean
language sql immutable
as $$
  select p.overage_price_micro is not null
    and (p.overage_ends_at is null or p.overage_ends_at > p.last_at)
$$;

-- How much the spend cap leaves for usage beyond the grants, in credits; null: as much as one likes.
create function ledger.spend_room(p pool) returns bigint
language plpgsql stable
as $$
declare
  s spend_cap := ledger.spend_of(p.lane, p.workspace_id, p.last_at);
begin
  if s.lane is null or p.overage_price_micro = 0 then return null; end if;
  return least(9223372036854775807, greatest(0, div(
    (s.cap_minor - s.bought_minor)::numeric * 1000000000000 - s.overage_money,
    p.overage_price_micro)))::bigint;
end $$;

-- How much more may go beyond the grants now.
create function ledger.overage_room(p pool) returns bigint
language plpgsql stable
as $$
declare
  v_room bigint;
begin
  if not ledger.goes_beyond(p) then return 0; end if;
  select greatest(cap_micro - used_micro, 0) into v_room from limit_counter
  where lane = p.lane and workspace_id = p.workspace_id and scope = 'overage' and subject = '';
  return least(coalesce(v_room, 0), ledger.spend_room(p));
end $$;

-- What refuses an amount beyond the grants: the plan's limit, the spend cap, or both; else nothing.
create function ledger.beyond_exceeded(p pool, p_short bigint) returns jsonb
language plpgsql stable
as $$
declare
  s spend_cap := ledger.spend_of(p.lane, p.workspace_id, p.last_at);
  v_fired jsonb;
begin
  select coalesce(jsonb_agg(jsonb_build_object(
    'limit', 'overage', 'subject', '', 'usedMicro', used_micro::text,
    'capMicro', cap_micro::text, 'resetsAt', ledger.iso(p.window_end))), '[]')
  into v_fired from limit_counter
  where lane = p.lane and workspace_id = p.workspace_id and scope = 'overage' and subject = ''
    and p_short > 0 and used_micro + p_short > cap_micro;
  if p_short > ledger.spend_room(p) then
    v_fired := v_fired || (ledger.spend_shown(s) || '{"limit": "spend"}');
  end if;
  return v_fired;
end $$;

create function ledger.spend_shown(s spend_cap) returns jsonb
language sql stable
as $$
  select jsonb_build_object(
    'usedMinor', (s.bought_minor + ceil(s.overage_money / 1000000000000))::bigint::text,
    'capMinor', s.cap_minor::text, 'resetsAt', ledger.iso(s.month_end))
$$;

-- Sends an amount to the invoice, at today's price.
create function ledger.go_beyond(p pool, p_micro bigint) returns ledger.source[]
language plpgsql
as $$
begin
  if p_micro <= 0 then return '{}'; end if;
  perform ledger.count_overage(p.lane, p.workspace_id, p.window_start, p_micro);
  perform ledger.count_spend(
    p.lane, p.workspace_id, p.last_at, p.last_at, p_micro, p.overage_price_micro);
  update pool set overage_micro = overage_micro + p_micro
  where lane = p.lane and workspace_id = p.workspace_id;
  return array[
    ('overage', null, null, p_micro, p.window_start, false, p.overage_price_micro)::ledger.source];
end $$;

-- The same of what a hold has set aside, at the price that it was taken at. It counts already, and
-- its money in the month in which it is used.
create function ledger.spend_beyond(p pool, h hold, p_micro bigint) returns ledger.source[]
language plpgsql
as $$
begin
  if p_micro <= 0 then return '{}'; end if;
  update hold set overage_micro = overage_micro - p_micro
  where lane = h.lane and workspace_id = h.workspace_id and id = h.id;
  update pool set overage_micro = overage_micro + p_micro
  where lane = h.lane and workspace_id = h.workspace_id;
  perform ledger.count_spend(
    h.lane, h.workspace_id, p.last_at, h.taken_at, -p_micro, h.overage_price_micro);
  perform ledger.count_spend(
    h.lane, h.workspace_id, p.last_at, p.last_at, p_micro, h.overage_price_micro);
  return array[
    ('overage', null, null, p_micro, h.window_start, false, h.overage_price_micro)::ledger.source];
end $$;

-- Gives a part of what went beyond the grants back: it is on no invoice, or a credit on the next.
create function ledger.return_beyond(e usage_entry, p_micro bigint, p_at timestamptz)
returns ledger.source[]
language plpgsql
as $$
begin
  update pool set overage_micro = overage_micro - p_micro
  where lane = e.lane and workspace_id = e.workspace_id;
  perform ledger.count_overage(e.lane, e.workspace_id, e.window_start, -p_micro);
  perform ledger.count_spend(e.lane, e.workspace_id, p_at, e.at, -p_micro, e.price_micro);
  return array[
    ('overage', null, null, p_micro, e.window_start, false, e.price_micro)::ledger.source];
end $$;

-- How far usage may go beyond the grants in a window, and at which price; nulls: nothing does. From
-- `p_ends_at` on nothing does, whether or not a worker is awake.
create function ledger_set_overage(
  p_workspace bigint, p_up_to_micro bigint, p_price_micro bigint, p_ends_at timestamptz
) returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
begin
  update pool set
    overage_price_micro = p_price_micro,
    overage_ends_at = p_ends_at,
    metered_from = coalesce(metered_from, case when p_price_micro is not null then p.last_at end)
  where lane = p.lane and workspace_id = p.workspace_id;
  if p_price_micro is null then return; end if;
  insert into limit_counter (
    lane, workspace_id, scope, subject, cap_micro, window_start, used_micro
  )
  values (p.lane, p.workspace_id, 'overage', '', p_up_to_micro, p.window_start,
    ledger.used_in_window(p.lane, p.workspace_id, 'overage', '', p.window_start))
  on conflict (lane, workspace_id, scope, subject) do update set
    cap_micro = excluded.cap_micro,
    denied = limit_counter.denied and limit_counter.cap_micro = excluded.cap_micro;
end $$;

-- What of the meter is on no invoice yet and was used before an instant: a line per price, and lines
-- of their own for usage of a time that was invoiced before: what came late, and what was given back.
create function ledger.meter_lines(p pool, p_until timestamptz) returns jsonb
language sql stable
as $$
  with used as (
    select e.amount_micro, e.price_micro, e.occurred_at,
      case
        when e.occurred_at >= p.metered_from then 'usage'
        when e.refund_of is null or d.at >= p.metered_from then 'late'
        else 'refund'
      end as kind
    from usage_entry e
    left join usage_entry d on d.lane = p.lane and d.workspace_id = p.workspace_id
      and d.id = e.refund_of and d.ordinal = e.refund_ordinal
    where e.lane = p.lane and e.workspace_id = p.workspace_id and e.meter_no = p.meter_no
      and e.at >= p.metered_from and e.at < p_until
  ),
  line as (
    select kind, price_micro, sum(amount_micro) as micro, min(occurred_at) as first,
      max(occurred_at) as last
    from used group by kind, price_micro
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'kind', kind, 'quantityMicro', micro::text, 'priceMicro', price_micro::text,
    'start', ledger.iso(case kind when 'usage' then p.metered_from else first end),
    'end', ledger.iso(case kind when 'usage' then p_until else last end)
  ) order by array_position(array['usage', 'late', 'refund'], kind), price_micro), '[]')
  from line where micro <> 0
$$;

-- Reads the meter, and tells the lifecycle: what was used before an instant, or (null) all there is,
-- and then a new meter begins. What was read is never read again.
create function ledger_read_meter(p_workspace bigint, p_reading text, p_until timestamptz)
returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
  v_at timestamptz := coalesce(p_until, p.last_at);
begin
  perform ledger.feed(p.lane, p.workspace_id, 'usageMetered', v_at, jsonb_build_object(
    'reading', p_reading, 'lines', case when p.metered_from is null then '[]'
      -- An instant has a millisecond; the last one belongs to what there is.
      else ledger.meter_lines(p, coalesce(p_until, p.last_at + interval '1 millisecond')) end));
  update pool set
    metered_from = greatest(metered_from, v_at),
    meter_no = meter_no + case when p_until is null then 1 else 0 end
  where lane = p.lane and workspace_id = p.workspace_id;
end $$;

-- What top-ups of the running month cost: those that were paid, and those on their way.
create function ledger.bought_in_month(s spend_cap) returns bigint
language sql stable
as $$
  select coalesce(sum(total_minor), 0)::bigint from payment
  where workspace_id = s.workspace_id and purchase -> 'purpose' ->> 'kind' = 'topUp'
    and state in ('requested', 'open', 'succeeded')
    and requested_at >= s.month_start and requested_at < s.month_end
$$;

-- What usage beyond the grants costs in the running month, with open holds.
create function ledger.overage_in_month(s spend_cap) returns numeric
language sql stable
as $$
  select (
    select coalesce(sum(e.amount_micro::numeric * e.price_micro), 0) from usage_entry e
    left join usage_entry d on d.lane = s.lane and d.workspace_id = s.workspace_id
      and d.id = e.refund_of and d.ordinal = e.refund_ordinal
    where e.lane = s.lane and e.workspace_id = s.workspace_id and e.meter_no is not null
      and e.at >= s.month_start and (e.refund_of is null or d.at >= s.month_start)
  ) + (
    select coalesce(sum(overage_micro::numeric * overage_price_micro), 0) from hold
    where lane = s.lane and workspace_id = s.workspace_id and state = 'open'
      and overage_micro > 0 and taken_at >= s.month_start
  )
$$;

-- Sets the month's cap in the currency's minor units; null takes it away. It counts from the month's
-- start, also what was spent before it was set.
create function ledger_set_spend_cap(p_workspace bigint, p_cap_minor bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
begin
  if p_cap_minor is null then
    delete from spend_cap where lane = p.lane and workspace_id = p.workspace_id;
    return;
  end if;
  perform ledger.roll_spend(p.lane, p.workspace_id, p.last_at);
  insert into spend_cap (lane, workspace_id, cap_minor, month_start, month_end)
  select p.lane, p.workspace_id, p_cap_minor, starts_at, ends_at
  from ledger.month_of(p.lane, p.workspace_id, p.last_at)
  on conflict (lane, workspace_id) do update set
    cap_minor = excluded.cap_minor,
    denied = spend_cap.denied and spend_cap.cap_minor = excluded.cap_minor;
  update spend_cap s set
    bought_minor = ledger.bought_in_month(s), overage_money = ledger.overage_in_month(s)
  where lane = p.lane and workspace_id = p.workspace_id;
end $$;

-- A purchase was asked for, or came to nothing: the month's cap counts anew.
create function ledger_count_purchases(p_workspace bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
begin
  perform ledger.roll_spend(p.lane, p.workspace_id, p.last_at);
  update spend_cap s set bought_minor = ledger.bought_in_month(s)
  where lane = p.lane and workspace_id = p.workspace_id;
end $$;

-- What the month may spend and has spent; null: no cap.
create function ledger_spend(p_workspace bigint) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool;
  s spend_cap;
begin
  select * into p from pool
  where lane = ledger.visible_lane(p_workspace) and workspace_id = p_workspace;
  if not found then return null; end if;
  s := ledger.spend_of(p.lane, p.workspace_id, coalesce(
    p.test_at, greatest(date_trunc('milliseconds', clock_timestamp()), p.last_at)));
  return case when s.lane is not null then ledger.spend_shown(s) end;
end $$;

-- The part of a balance that is about what lies beyond the grants.
create function ledger.beyond_of(p pool, p_at timestamptz) returns jsonb
language plpgsql stable
as $$
declare
  s spend_cap := ledger.spend_of(p.lane, p.workspace_id, p_at);
begin
  p.last_at := p_at;
  return jsonb_build_object(
    'overage', case when ledger.goes_beyond(p) then (
      select jsonb_build_object(
        'upToMicro', cap_micro::text, 'usedMicro', used_micro::text,
        'roomMicro', ledger.overage_room(p)::text, 'priceMicro', p.overage_price_micro::text)
      from limit_counter
      where lane = p.lane and workspace_id = p.workspace_id and scope = 'overage'
        and subject = '') end,
    'spend', case when s.lane is not null then ledger.spend_shown(s) end);
end $$;

-- What the month's spend must show.
create function ledger.audit_spend()
returns table (lane smallint, workspace_id bigint, rule text, expected numeric, actual numeric)
language sql stable
as $$
  select s.lane, s.workspace_id, r.rule, r.expected, r.actual
  from spend_cap s
  cross join lateral (values
    ('purchases of the month', ledger.bought_in_month(s)::numeric, s.bought_minor::numeric),
    ('overage of the month', ledger.overage_in_month(s), s.overage_money)
  ) r(rule, expected, actual)
$$;

revoke all on function ledger_set_overage(bigint, bigint, bigint, timestamptz),
  ledger_read_meter(bigint, text, timestamptz), ledger_set_spend_cap(bigint, bigint),
  ledger_count_purchases(bigint), ledger_spend(bigint) from public;
grant execute on function ledger_set_overage(bigint, bigint, bigint, timestamptz),
  ledger_read_meter(bigint, text, timestamptz), ledger_set_spend_cap(bigint, bigint),
  ledger_count_purchases(bigint), ledger_spend(bigint) to tollgate_app;

reset role;
revoke create on schema public from tollgate_ledger;
