-- From an invoice to the credits that it paid for, and to what burned them; what every execution cost.

-- The product's name, copied at issue: an issued invoice keeps its seller's.
alter table invoice add column seller text not null;

grant create on schema public to tollgate_ledger;
set local role tollgate_ledger;

-- What entries took of each grant by their kind, up to an entry. Entries are append-only, so a sum
-- stays right, and only what came after it is added when somebody asks.
create table ledger.booked_sum (
  lane smallint not null,
  workspace_id bigint not null,
  grant_no integer not null,
  kind text not null,
  micro bigint not null,
  primary key (lane, workspace_id, grant_no, kind)
);
create table ledger.booked_upto (
  lane smallint not null,
  workspace_id bigint not null,
  entry_id uuid not null, -- the last operation that is in the sums
  primary key (lane, workspace_id)
);

-- Adds what was booked since the last time. Ids rise within a workspace, by the lane's lock.
create function ledger.sum_booked(p_lane smallint, p_workspace bigint) returns void
language plpgsql
as $$
declare
  v_after uuid;
  v_upto uuid;
begin
  insert into ledger.booked_upto values (
    p_lane, p_workspace, '00000000-0000-0000-0000-000000000000') on conflict do nothing;
  select entry_id into v_after from ledger.booked_upto
  where lane = p_lane and workspace_id = p_workspace for update;
  select id into v_upto from usage_entry
  where lane = p_lane and workspace_id = p_workspace and id > v_after order by id desc limit 1;
  if not found then return; end if;
  insert into ledger.booked_sum as s
  select p_lane, p_workspace, e.grant_no, e.kind, sum(e.amount_micro) from usage_entry e
  where e.lane = p_lane and e.workspace_id = p_workspace and e.id > v_after and e.id <= v_upto
    and e.grant_no is not null
  group by e.grant_no, e.kind
  on conflict (lane, workspace_id, grant_no, kind) do update set micro = s.micro + excluded.micro;
  update ledger.booked_upto set entry_id = v_upto
  where lane = p_lane and workspace_id = p_workspace;
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
    select from grant_credit g
    where g.lane = p_lane and g.workspace_id = p_workspace
      and g.amount_micro - g.remaining_micro - g.held_micro <> (
        select coalesce(sum(s.micro), 0) from ledger.booked_sum s
        where s.lane = p_lane and s.workspace_id = p_workspace and s.grant_no = g.grant_no)
  ) then
    delete from ledger.booked_sum where lane = p_lane and workspace_id = p_workspace;
    delete from ledger.booked_upto where lane = p_lane and workspace_id = p_workspace;
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
  select g.grant_no, g.kind, g.source_key, g.earmark, g.amount_micro, g.remaining_micro,
    g.held_micro, g.effective_at, g.expires_at, (
      select coalesce(jsonb_object_agg(s.kind, s.micro::text), '{}') from ledger.booked_sum s
      where s.lane = v_lane and s.workspace_id = p_workspace and s.grant_no = g.grant_no)
  from grant_credit g
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
