-- From an invoice to the credits that it paid for, and to what burned them; what every execution cost.

-- The product's name, copied at issue: an issued invoice keeps its seller's.
alter table invoice add column seller text not null;

grant create on schema public to tollgate_ledger;
set local role tollgate_ledger;

-- What money paid for: the grant of a purchase, and the plan's credits that began within the spans of
-- an invoice's lines. `booked` sums what entries took of each, by their kind, so that
-- amount = remaining + held + the sum of booked.
create function ledger_paid_grants(
  p_workspace bigint, p_source_key text, p_starts timestamptz[], p_ends timestamptz[]
) returns table (
  grant_no int, kind text, source_key text, earmark text, amount_micro bigint,
  remaining_micro bigint, held_micro bigint, effective_at timestamptz, expires_at timestamptz,
  booked jsonb
)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  with paid as (
    select g.* from grant_credit g
    where g.lane = ledger.visible_lane(p_workspace) and g.workspace_id = p_workspace
      and (g.source_key = p_source_key or starts_with(g.source_key, 'included:') and exists (
        select from unnest(p_starts, p_ends) span (starts_at, ends_at)
        where g.effective_at >= span.starts_at and g.effective_at < span.ends_at))
  ),
  took as (
    select e.grant_no, e.kind, sum(e.amount_micro) as micro from usage_entry e
    where e.lane = ledger.visible_lane(p_workspace) and e.workspace_id = p_workspace
      and e.grant_no in (select paid.grant_no from paid)
    group by e.grant_no, e.kind
  )
  select p.grant_no, p.kind, p.source_key, p.earmark, p.amount_micro, p.remaining_micro,
    p.held_micro, p.effective_at, p.expires_at, (
      select coalesce(jsonb_object_agg(took.kind, took.micro::text), '{}') from took
      where took.grant_no = p.grant_no)
  from paid p order by p.grant_no
$$;

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
