-- A balance of the past, exact to the entry: grants less what entries had taken of them by then, and
-- what holds and freezes had set aside. An answer about the past never changes.

grant create on schema public to tollgate_ledger;
set local role tollgate_ledger;

-- From which id on a workspace's holds were taken at or after an instant of its time, found as
-- `ledger.ids_from` finds entries.
create function ledger.holds_from(
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
  select extract(epoch from uuid_extract_timestamp(id)) * 1000 into v_low from hold
  where lane = p_lane and workspace_id = p_workspace order by id limit 1;
  select extract(epoch from uuid_extract_timestamp(id)) * 1000 + 1 into v_high from hold
  where lane = p_lane and workspace_id = p_workspace order by id desc limit 1;
  while v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    select taken_at into v_at from hold
    where lane = p_lane and workspace_id = p_workspace
      and id >= ledger.first_id(to_timestamp(v_middle / 1000.0))
    order by id limit 1;
    if found and v_at < p_at then v_low := v_middle + 1; else v_high := v_middle; end if;
  end loop;
  return ledger.first_id(to_timestamp(v_low / 1000.0) + p_slack);
end $$;

-- The runs' holds that were open at the end of an instant. Each of the three looks at what the
-- indexes of `hold` are made for.
create function ledger.open_at(p_lane smallint, p_workspace bigint, p_at timestamptz)
returns setof hold
language sql stable
as $$
  select * from hold
  where lane = p_lane and workspace_id = p_workspace and kind = 'run' and taken_at <= p_at
    and (closed_at is null or closed_at > p_at)
    and expires_at - taken_at <= interval '15 minutes'
    and id >= ledger.holds_from(p_lane, p_workspace, p_at - interval '15 minutes', '-1 minute')
    and id < ledger.holds_from(p_lane, p_workspace, p_at + interval '1 millisecond', '1 minute')
  union all
  select * from hold
  where lane = p_lane and workspace_id = p_workspace and kind = 'run' and taken_at <= p_at
    and (closed_at is null or closed_at > p_at)
    and expires_at - taken_at > interval '15 minutes'
    and expires_at - taken_at <= interval '24 hours'
    and taken_at >= p_at - interval '24 hours'
  union all
  select * from hold
  where lane = p_lane and workspace_id = p_workspace and kind = 'run' and taken_at <= p_at
    and (closed_at is null or closed_at > p_at)
    and expires_at - taken_at > interval '24 hours'
$$;

-- What was set aside of each grant at the end of an instant: what open holds had taken at first,
-- less what settles had spent of it, and what disputes had frozen.
create function ledger.held_at(p_lane smallint, p_workspace bigint, p_at timestamptz)
returns table (grant_no int, micro bigint)
language sql stable
as $$
  with open_then as materialized (select * from ledger.open_at(p_lane, p_workspace, p_at)),
  taken as (
    select o.id as hold_id, p.grant_no, p.taken_micro from open_then o
    join hold_part p on p.lane = p_lane and p.workspace_id = p_workspace and p.hold_id = o.id
  ),
  part as (
    select grant_no, taken_micro as micro from taken
    union all
    select o.grant_no, o.amount_micro - coalesce(o.beyond_micro, 0) - coalesce((
      select sum(t.taken_micro) from taken t where t.hold_id = o.id), 0)
    from open_then o
    union all
    select e.grant_no, -e.amount_micro from usage_entry e
    where e.lane = p_lane and e.workspace_id = p_workspace and e.kind = 'settle'
      and e.target = 'grant' and not e.above_hold and e.at <= p_at
      and e.id > (select id from open_then where part_settled order by id limit 1)
      and e.hold_id in (select id from open_then where part_settled)
    union all
    select f.grant_no, f.micro from freeze_entry f
    where f.lane = p_lane and f.workspace_id = p_workspace and f.at <= p_at
  )
  select grant_no, sum(micro)::bigint from part where grant_no is not null group by grant_no
$$;

-- What entries had taken of each grant (0: made of the debt) by the end of an instant, by their
-- kind: whole parts by their sums, the part that the instant lies in entry by entry.
create function ledger.booked_at(p_lane smallint, p_workspace bigint, p_at timestamptz)
returns table (grant_no int, kind text, micro bigint)
language sql stable
as $$
  with part as (
    select part_no, from_at, to_at, last_id,
      coalesce(lag(last_id) over (order by part_no), '00000000-0000-0000-0000-000000000000')
        as after_id
    from ledger.booked_part
    where lane = p_lane and workspace_id = p_workspace
  ),
  booked as (
    select s.grant_no, s.kind, s.micro
    from part p join ledger.booked_sum s
      on s.lane = p_lane and s.workspace_id = p_workspace and s.part_no = p.part_no
    where p.to_at <= p_at
    union all
    select coalesce(e.grant_no, 0), e.kind, e.amount_micro
    from part p
    cross join lateral (
      select * from usage_entry u
      where u.lane = p_lane and u.workspace_id = p_workspace
        and u.id > p.after_id and u.id <= p.last_id
    ) e
    where p.from_at <= p_at and p.to_at > p_at and e.at <= p_at
      and e.target in ('grant', 'debt')
  )
  select grant_no, kind, sum(micro)::bigint from booked group by grant_no, kind
$$;

-- Brings a workspace's books to its present and their sums up to date, for `ledger_balance_at`. A
-- transaction of its own: what is read of the past needs no lock.
create function ledger_sum_up(p_workspace bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_lane smallint := ledger.lane_of(p_workspace);
begin
  perform ledger.sum_booked(v_lane, p_workspace); -- the most of it, while debits go on
  perform ledger.open_book(p_workspace);
  perform ledger.settle_booked(v_lane, p_workspace);
end $$;

-- The balance as entries before `p_as_of` had left it, so at the end of the millisecond before it.
create function ledger_balance_at(p_workspace bigint, p_as_of timestamptz) returns jsonb
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  with place as (
    select p.*, p_as_of - interval '1 millisecond' as then_at from pool p
    where lane = ledger.visible_lane(p_workspace) and workspace_id = p_workspace
  ),
  booked as materialized (
    select b.* from place, ledger.booked_at(lane, workspace_id, then_at) b
  ),
  held as materialized (
    select h.* from place, ledger.held_at(lane, workspace_id, then_at) h
  ),
  known as (
    select g.*, place.then_at, coalesce(h.micro, 0) as held_then,
      g.amount_micro - coalesce(h.micro, 0) - coalesce((
        select sum(b.micro) from booked b where b.grant_no = g.grant_no), 0) as remaining_then,
      g.effective_at <= then_at and (g.expires_at is null or g.expires_at > then_at) as live,
      ledger.burn_rank(place.burn_order, g) as rank
    from place
    join grant_credit g using (lane, workspace_id)
    left join held h using (grant_no)
    where g.granted_at <= then_at
  )
  select jsonb_build_object(
    'asOf', ledger.iso(p_as_of),
    'availableMicro', (select coalesce(sum(remaining_then), 0)::text from known
      where live and earmark is null),
    'heldMicro', (select coalesce(sum(held_then), 0)::text from known),
    'debtMicro', (select coalesce(sum(micro), 0)::text from booked where grant_no = 0),
    'grants', (select coalesce(jsonb_agg(jsonb_build_object(
        'grantNo', grant_no, 'kind', kind, 'sourceKey', source_key, 'earmark', earmark,
        'amountMicro', amount_micro::text, 'remainingMicro', remaining_then::text,
        'heldMicro', held_then::text, 'effectiveAt', ledger.iso(effective_at),
        'expiresAt', ledger.iso(expires_at), 'booked', (
          select coalesce(jsonb_object_agg(b.kind, b.micro::text), '{}') from booked b
          where b.grant_no = known.grant_no)
      ) order by rank), '[]')
      from known where live or held_then > 0 and effective_at <= then_at))
  from place
$$;

revoke all on function ledger_sum_up(bigint), ledger_balance_at(bigint, timestamptz) from public;
grant execute on function ledger_sum_up(bigint), ledger_balance_at(bigint, timestamptz)
  to tollgate_app;

reset role;
revoke create on schema public from tollgate_ledger;
