-- What may be seen of the ledger, the proof that it adds up, and the sequencer of its feed. Readers see the
-- workspaces of the product that they named, and nothing of any other: null, or no rows.

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
    'heldMicro', (select coalesce(sum(held_micro), 0)::text from grant_credit
      where lane = p.lane and workspace_id = p.workspace_id),
    'debtMicro', p.debt_micro::text,
    'windowStart', ledger.iso(p.window_start),
    'windowEnd', ledger.iso(p.window_end),
    'nextIncludedMicro', (select amount_micro::text from standing_order
      where lane = p.lane and workspace_id = p.workspace_id),
    'gate', case when p.gate_code is not null then jsonb_build_object(
      'closesAt', ledger.iso(p.gate_closes_at), 'code', p.gate_code,
      'closed', p.gate_closes_at <= p_at) end,
    'caps', (select coalesce(jsonb_agg(jsonb_build_object(
        'scope', scope, 'subject', subject, 'capMicro', cap_micro::text,
        'usedMicro', used_micro::text) order by scope, subject), '[]')
      from limit_counter where lane = p.lane and workspace_id = p.workspace_id),
    'grants', (select coalesce(jsonb_agg(jsonb_build_object(
        'grantNo', grant_no, 'kind', kind, 'sourceKey', source_key, 'earmark', earmark,
        'amountMicro', amount_micro::text, 'remainingMicro', remaining_micro::text,
        'heldMicro', held_micro::text, 'spentMicro', (spent_micro + repaid_micro)::text,
        'effectiveAt', ledger.iso(effective_at), 'expiresAt', ledger.iso(expires_at)
      ) order by ledger.burn_rank(p.burn_order, g)), '[]')
      from grant_credit g
      where lane = p.lane and workspace_id = p.workspace_id and effective_at <= p_at
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
    select ledger.balance_of(now_pool, greatest(v_at, now_pool.last_at)) from pool now_pool
    where lane = v_lane and workspace_id = p_workspace);
end $$;

-- A page of entries, newest first.
create function ledger_entries(p_workspace bigint, p_before uuid, p_limit int) returns setof usage_entry
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select * from usage_entry
  where lane = ledger.visible_lane(p_workspace) and workspace_id = p_workspace
    and (p_before is null or id < p_before)
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
        when 'space' then e.space when 'agent' then e.agent when 'line' then e.line
        when 'day' then to_char(e.occurred_at at time zone p_time_zone, 'YYYY-MM-DD') end), '{}')
      from unnest(p_by) dimension) as by
    from usage_entry e
    where lane = ledger.visible_lane(p_workspace) and workspace_id = p_workspace
      and occurred_at >= p_from and occurred_at < p_to and kind in ('debit', 'settle', 'refund')
  ) used
  group by by order by by
$$;

-- Rows that break the ledger's identities; none is the proof. Each grant adds up by its own check; here the
-- columns are compared with the entries and holds behind them.
create function ledger_audit()
returns table (product_id text, workspace_id bigint, rule text, expected bigint, actual bigint)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  with entry_of_grant as (
    select lane, workspace_id, grant_no,
      sum(amount_micro) filter (where kind in ('debit', 'settle', 'refund', 'repay', 'moveToDebt')) as spent,
      sum(amount_micro) filter (where kind in ('void', 'clawBack')) as voided,
      sum(amount_micro) filter (where kind = 'reverse') as reversed,
      sum(amount_micro) filter (where kind = 'transfer') as transferred
    from usage_entry where target = 'grant' group by lane, workspace_id, grant_no
  ),
  part as (
    select h.lane, h.workspace_id, p.grant_no, sum(p.micro) as held
    from hold h, ledger.hold_parts(h) p where h.state = 'open'
    group by h.lane, h.workspace_id, p.grant_no
  ),
  grant_rule as (
    select g.lane, g.workspace_id, r.rule || ' of grant ' || g.grant_no as rule, r.expected, r.actual
    from grant_credit g
    left join entry_of_grant e using (lane, workspace_id, grant_no)
    left join part using (lane, workspace_id, grant_no)
    cross join lateral (values
      ('spent', coalesce(e.spent, 0), g.spent_micro + g.repaid_micro),
      ('voided', coalesce(e.voided, 0), g.voided_micro),
      ('reversed', coalesce(e.reversed, 0), g.reversed_micro),
      ('transferred', coalesce(e.transferred, 0), g.transferred_micro),
      ('held', coalesce(part.held, 0), g.held_micro)
    ) r(rule, expected, actual)
  ),
  granted as (
    select lane, workspace_id, sum(amount_micro) as amount,
      sum(spent_micro + repaid_micro) as funded,
      sum(held_micro + remaining_micro + voided_micro + reversed_micro + transferred_micro) as unspent
    from grant_credit group by lane, workspace_id
  ),
  entry_of_pool as (
    select lane, workspace_id,
      sum(amount_micro) filter (where target = 'debt') as debt,
      sum(amount_micro) filter (where target = 'forgiven') as forgiven,
      sum(amount_micro) filter (where kind in ('debit', 'settle', 'refund')) as spent
    from usage_entry group by lane, workspace_id
  ),
  pool_rule as (
    select p.lane, p.workspace_id, r.rule, r.expected, r.actual
    from pool p
    left join granted g using (lane, workspace_id)
    left join entry_of_pool e using (lane, workspace_id)
    cross join lateral (values
      ('debt', coalesce(e.debt, 0), p.debt_micro),
      ('forgiven', coalesce(e.forgiven, 0), p.forgiven_micro),
      -- granted + debt + forgiven = spent + held + expired + voided + reversed + transferredOut + available
      ('identity', coalesce(g.amount, 0) + p.debt_micro + p.forgiven_micro,
        coalesce(e.spent, 0) + coalesce(g.unspent, 0)),
      ('available', ledger.available(p.lane, p.workspace_id, p.last_at), p.available_micro)
    ) r(rule, expected, actual)
  ),
  counter_rule as (
    select lane, workspace_id, 'counter of ' || scope || ' ' || subject as rule,
      ledger.used_in_window(lane, workspace_id, scope, subject, window_start) as expected,
      used_micro as actual
    from limit_counter
  ),
  feed_rule as (
    select p.lane, p.workspace_id, 'feed without gaps' as rule, p.feed_seq as expected,
      (select count(*) from event_feed f
        where f.lane = p.lane and f.workspace_id = p.workspace_id) as actual
    from pool p
  )
  select p.product_id, b.workspace_id, b.rule, b.expected::bigint, b.actual::bigint
  from (
    select * from grant_rule union all select * from pool_rule
    union all select * from counter_rule union all select * from feed_rule
  ) b
  join pool p using (lane, workspace_id)
  where b.expected <> b.actual
  order by b.workspace_id, b.rule
$$;

-- Numbers committed feed rows per product, each workspace's in its order; answers how many. Only one at a
-- time: who does not get the leader's lock numbers nothing and answers null.
create function feed_sequence(p_limit int) returns int
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_count int;
begin
  if not pg_try_advisory_xact_lock(7438, 0) then return null; end if;
  with waiting as (
    select lane, workspace_id, seq, product_id,
      -- A clock that stepped back must not put a workspace's later row first.
      max(recorded_at) over (partition by lane, workspace_id order by seq) as ready_at
    from feed_pending
  ),
  batch as (
    select * from waiting order by ready_at, lane, workspace_id, seq limit p_limit
  ),
  numbered as (
    insert into feed_cursor (product_id, cursor, lane, workspace_id, seq)
    select b.product_id, coalesce((
        select max(c.cursor) from feed_cursor c where c.product_id = b.product_id), 0)
      + row_number() over (partition by b.product_id order by ready_at, lane, workspace_id, seq),
      lane, workspace_id, seq
    from batch b
    returning lane, workspace_id, seq
  ),
  taken as (
    delete from feed_pending f using numbered n
    where f.lane = n.lane and f.workspace_id = n.workspace_id and f.seq = n.seq
    returning 1
  )
  select count(*) into v_count from taken;
  return v_count;
end $$;

-- Functions are open to everyone unless said otherwise; these are the application's, but for the two at the
-- end.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select oid::regprocedure from pg_proc
    where pronamespace = 'public'::regnamespace and proowner = 'tollgate_ledger'::regrole
  loop
    execute format('revoke all on function %s from public', v_function);
    execute format('grant execute on function %s to tollgate_app', v_function);
  end loop;
end $$;
revoke all on function ledger_audit(), feed_sequence(int) from tollgate_app;
grant execute on function ledger_audit() to tollgate_audit;
grant execute on function feed_sequence(int) to tollgate_sequencer;

reset role;

-- From here on only the owner of the schema adds ledger objects.
revoke create on schema public from tollgate_ledger;
