-- From an invoice to the credits that it paid for, and to what burned them; what every execution cost.

-- The product's name, copied at issue: an issued invoice keeps its seller's.
alter table invoice add column seller text not null;

grant create on schema public to tollgate_ledger;
set local role tollgate_ledger;

-- What entries took of each grant, and made of the debt, by their kind: summed up in parts of some
-- thousand entries, in the order of their ids. Entries are append-only, so a sum stays right, and
-- only what came after the last part is added when somebody asks.
create table ledger.booked_part (
  lane smallint not null,
  workspace_id bigint not null,
  part_no integer not null,
  last_id uuid not null, -- the last operation that is in the sums
  entries integer not null,
  from_at timestamptz not null, -- its earliest and latest instant, of the workspace's time
  to_at timestamptz not null,
  primary key (lane, workspace_id, part_no)
);
create table ledger.booked_sum (
  lane smallint not null,
  workspace_id bigint not null,
  grant_no integer not null, -- 0: the debt
  part_no integer not null,
  kind text not null,
  micro bigint not null,
  primary key (lane, workspace_id, grant_no, part_no, kind)
);

-- The part that the next entries go into.
create function ledger.open_part(p_lane smallint, p_workspace bigint) returns ledger.booked_part
language sql
as $$
  select b.lane, b.workspace_id, b.part_no + full_part::int, b.last_id,
    case when full_part then 0 else b.entries end, b.from_at, b.to_at
  from ledger.booked_part b, lateral (select b.entries >= 10000 as full_part) f
  where lane = p_lane and workspace_id = p_workspace order by part_no desc limit 1
$$;

-- Adds what was booked since the last time. Ids rise within a workspace, by the lane's lock.
create function ledger.sum_booked(p_lane smallint, p_workspace bigint) returns void
language plpgsql
as $$
declare
  b ledger.booked_part;
  v_upto uuid;
begin
  insert into ledger.booked_part values (
    p_lane, p_workspace, 1, '00000000-0000-0000-0000-000000000000', 0, 'infinity', '-infinity')
  on conflict do nothing;
  -- Who else sums it up waits here, and then sees what was summed.
  perform from ledger.booked_part
  where lane = p_lane and workspace_id = p_workspace and part_no = 1 for update;
  loop
    b := ledger.open_part(p_lane, p_workspace);
    select id into v_upto from (
      select id from usage_entry
      where lane = p_lane and workspace_id = p_workspace and id > b.last_id
      order by id limit 10000 - b.entries) next
    order by id desc limit 1;
    exit when not found;
    insert into ledger.booked_sum as s
    select p_lane, p_workspace, coalesce(e.grant_no, 0), b.part_no, e.kind, sum(e.amount_micro)
    from usage_entry e
    where e.lane = p_lane and e.workspace_id = p_workspace and e.id > b.last_id
      and e.id <= v_upto and e.target in ('grant', 'debt')
    group by coalesce(e.grant_no, 0), e.kind
    on conflict (lane, workspace_id, grant_no, part_no, kind)
    do update set micro = s.micro + excluded.micro;
    insert into ledger.booked_part as p
    select p_lane, p_workspace, b.part_no, v_upto, b.entries + count(*), min(e.at), max(e.at)
    from usage_entry e
    where e.lane = p_lane and e.workspace_id = p_workspace and e.id > b.last_id
      and e.id <= v_upto
    on conflict (lane, workspace_id, part_no) do update set
      last_id = excluded.last_id, entries = excluded.entries,
      from_at = least(p.from_at, excluded.from_at), to_at = greatest(p.to_at, excluded.to_at);
  end loop;
end $$;

-- The same under the lane's lock, and compared with the grants: sums that a clock put back has made
-- wrong are made again.
create function ledger.settle_booked(p_lane smallint, p_workspace bigint) returns void
language plpgsql
as $$
begin
  perform ledger.sum_booked(p_lane, p_workspace); -- the most of it, while debits go on
  perform ledger.lock_lane(p_lane);
  perform ledger.sum_booked(p_lane, p_workspace);
  if exists (
    select from grant_standing g
    left join (
      select grant_no, sum(micro) as micro from ledger.booked_sum
      where lane = p_lane and workspace_id = p_workspace group by grant_no
    ) s using (grant_no)
    where g.lane = p_lane and g.workspace_id = p_workspace
      and g.amount_micro - g.remaining_micro - g.held_micro <> coalesce(s.micro, 0)
  ) then
    delete from ledger.booked_sum where lane = p_lane and workspace_id = p_workspace;
    delete from ledger.booked_part where lane = p_lane and workspace_id = p_workspace;
    perform ledger.sum_booked(p_lane, p_workspace);
  end if;
end $$;

-- What money paid for: the grant of a purchase, and the plan's credits that began within the spans of
-- an invoice's lines. `booked` sums what entries took of each, by their kind, so that
-- amount = remaining + held + the sum of booked. What a refund gave in the place of a grant that had
-- ended stands beside it.
create function ledger_paid_grants(
  p_workspace bigint, p_source_key text, p_starts timestamptz[], p_ends timestamptz[]
) returns table (
  grant_no int, kind text, source_key text, earmark text, amount_micro bigint,
  remaining_micro bigint, held_micro bigint, effective_at timestamptz, expires_at timestamptz,
  booked jsonb
)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
#variable_conflict use_column
declare
  v_lane smallint := ledger.visible_lane(p_workspace);
begin
  if v_lane is null then return; end if;
  perform ledger.settle_booked(v_lane, p_workspace);
  return query
  with paid as (
    select g.grant_no from grant_credit g
    where g.lane = v_lane and g.workspace_id = p_workspace
      and (g.source_key = p_source_key or starts_with(g.source_key, 'included:') and exists (
        select from unnest(p_starts, p_ends) span (starts_at, ends_at)
        where g.effective_at >= span.starts_at and g.effective_at < span.ends_at))
  )
  select g.grant_no, g.kind::text, g.source_key, g.earmark, g.amount_micro::bigint,
    g.remaining_micro::bigint, g.held_micro::bigint, g.effective_at, g.expires_at, (
      select coalesce(jsonb_object_agg(b.kind, b.micro::text), '{}') from (
        select s.kind, sum(s.micro) as micro from ledger.booked_sum s
        where s.lane = v_lane and s.workspace_id = p_workspace and s.grant_no = g.grant_no
        group by s.kind) b)
  from grant_standing g
  where g.lane = v_lane and g.workspace_id = p_workspace
    -- What a refund gave in the place of one that had ended was paid for with it.
    and (g.grant_no in (select grant_no from paid) or starts_with(g.source_key, 'refund:')
      and split_part(g.source_key, ':', 3)::int in (select grant_no from paid))
  order by g.grant_no;
end $$;

-- Usage and refunds that happened in [from, to), oldest first, after an entry (null: from the first
-- on); of one member alone (null: everybody) and without what these grants paid.
create function ledger_costs(
  p_workspace bigint, p_from timestamptz, p_to timestamptz, p_member text, p_hidden int[],
  p_after_id uuid, p_after_ordinal int, p_limit int
) returns setof usage_entry
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select * from usage_entry e
  where e.lane = ledger.visible_lane(p_workspace) and e.workspace_id = p_workspace
    and e.occurred_at >= p_from and e.occurred_at < p_to
    and e.kind in ('debit', 'settle', 'refund')
    and (p_member is null or e.member = p_member)
    and (e.grant_no is null or e.grant_no <> all (p_hidden))
    and (p_after_id is null or (e.id, e.ordinal) > (p_after_id, p_after_ordinal))
  order by e.id, e.ordinal limit p_limit
$$;

revoke all on function
  ledger_paid_grants(bigint, text, timestamptz[], timestamptz[]),
  ledger_costs(bigint, timestamptz, timestamptz, text, int[], uuid, int, int)
  from public;
grant execute on function
  ledger_paid_grants(bigint, text, timestamptz[], timestamptz[]),
  ledger_costs(bigint, timestamptz, timestamptz, text, int[], uuid, int, int)
  to tollgate_app;

reset role;
revoke create on schema public from tollgate_ledger;
