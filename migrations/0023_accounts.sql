-- What members are shown of the ledger: which grants are earmarked, a run's lines, and usage without
-- that of others or of pools that are hidden from them.

grant create on schema public to tollgate_ledger;
set local role tollgate_ledger;

-- Every grant that is set aside for something, also those that are spent: their entries stay.
create function ledger_earmarks(p_workspace bigint)
returns table (grant_no int, earmark text)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select g.grant_no, g.earmark from grant_credit g
  where g.lane = ledger.visible_lane(p_workspace) and g.workspace_id = p_workspace
    and g.earmark is not null
  order by g.grant_no
$$;

-- What stands behind a grant's number; no row where there is none.
create function ledger_grant_source(p_workspace bigint, p_grant_no int)
returns table (source_key text, kind text)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select g.source_key, g.kind from grant_credit g
  where g.lane = ledger.visible_lane(p_workspace) and g.workspace_id = p_workspace
    and g.grant_no = p_grant_no
$$;

-- The entries of one run, in their order, refunds included.
create function ledger_run(p_workspace bigint, p_run_id text)
returns setof usage_entry
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select e.* from usage_entry e
  where e.lane = ledger.visible_lane(p_workspace) and e.workspace_id = p_workspace
    and e.run_id = p_run_id
  order by e.id, e.ordinal
$$;

-- As `ledger_usage`, of one member alone (null: everybody) and without what these grants paid.
create function ledger_usage_seen(
  p_workspace bigint, p_from timestamptz, p_to timestamptz, p_by text[], p_time_zone text,
  p_member text, p_hidden int[]
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
        when 'space' then e.space when 'agent' then e.agent when 'tool' then e.tool
        when 'line' then e.line
        when 'day' then to_char(e.occurred_at at time zone p_time_zone, 'YYYY-MM-DD') end), '{}')
      from unnest(p_by) dimension) as by
    from usage_entry e
    where lane = ledger.visible_lane(p_workspace) and workspace_id = p_workspace
      and occurred_at >= p_from and occurred_at < p_to and kind in ('debit', 'settle', 'refund')
      and (p_member is null or e.member = p_member)
      and (e.grant_no is null or e.grant_no <> all (p_hidden))
  ) used
  group by by order by by
$$;

revoke all on function ledger_earmarks(bigint), ledger_grant_source(bigint, int),
  ledger_run(bigint, text),
  ledger_usage_seen(bigint, timestamptz, timestamptz, text[], text, text, int[])
  from public;
grant execute on function ledger_earmarks(bigint), ledger_grant_source(bigint, int),
  ledger_run(bigint, text),
  ledger_usage_seen(bigint, timestamptz, timestamptz, text[], text, text, int[])
  to tollgate_app;

reset role;
revoke create on schema public from tollgate_ledger;
