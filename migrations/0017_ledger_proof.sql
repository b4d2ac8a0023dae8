-- The proof that the ledger adds up, the sequencer of its feed, and who may call what.

set local role tollgate_ledger;

-- Each grant adds up by its own check; here its columns are compared with the entries and holds
-- behind them.
create function ledger.audit_grants()
returns table (lane smallint, workspace_id bigint, rule text, expected numeric, actual numeric)
language sql stable
as $$
  with entry as (
    select lane, workspace_id, grant_no,
      sum(amount_micro) filter (
        where kind in ('debit', 'settle', 'refund', 'repay', 'moveToDebt')) as spent,
      sum(amount_micro) filter (where kind in ('void', 'clawBack')) as voided,
      sum(amount_micro) filter (where kind in ('reverse', 'reinstate')) as reversed,
      sum(amount_micro) filter (where kind = 'transfer') as transferred
    from usage_entry where target = 'grant' group by lane, workspace_id, grant_no
  ),
  part as (
    select h.lane, h.workspace_id, p.grant_no, sum(p.micro) as held
    from hold h, ledger.hold_parts(h) p where h.state = 'open'
    group by h.lane, h.workspace_id, p.grant_no
  )
  select g.lane, g.workspace_id, r.rule || ' of grant ' || g.grant_no, r.expected, r.actual
  from grant_standing g
  left join entry e using (lane, workspace_id, grant_no)
  left join part using (lane, workspace_id, grant_no)
  cross join lateral (values
    ('spent', coalesce(e.spent, 0), g.spent_micro + g.repaid_micro),
    ('voided', coalesce(e.voided, 0), g.voided_micro),
    ('reversed', coalesce(e.reversed, 0), g.reversed_micro),
    ('transferred', coalesce(e.transferred, 0), g.transferred_micro),
    ('held', coalesce(part.held, 0), g.held_micro)
  ) r(rule, expected, actual)
$$;

-- The pool's own figures, and the ledger's identity: granted + debt + overage + forgiven = spent +
-- held + expired + voided + reversed + transferredOut + available.
create function ledger.audit_pools()
returns table (lane smallint, workspace_id bigint, rule text, expected numeric, actual numeric)
language sql stable
as $$
  with granted as (
    select lane, workspace_id, sum(amount_micro) as amount,
      sum(held_micro + remaining_micro + voided_micro + reversed_micro + transferred_micro)
        as unspent
    from grant_standing group by lane, workspace_id
  ),
  entry as (
    select lane, workspace_id,
      sum(amount_micro) filter (where target = 'debt') as debt,
      sum(amount_micro) filter (where target = 'forgiven') as forgiven,
      sum(amount_micro) filter (where target = 'overage') as overage,
      sum(amount_micro) filter (where kind in ('debit', 'settle', 'refund')) as spent
    from usage_entry group by lane, workspace_id
  )
  select p.lane, p.workspace_id, r.rule, r.expected, r.actual
  from pool p
  left join granted g using (lane, workspace_id)
  left join entry e using (lane, workspace_id)
  cross join lateral (values
    ('debt', coalesce(e.debt, 0), p.debt_micro),
    ('forgiven', coalesce(e.forgiven, 0), p.forgiven_micro),
    ('overage', coalesce(e.overage, 0), p.overage_micro),
    ('identity', coalesce(g.amount, 0) + p.debt_micro + p.overage_micro + p.forgiven_micro,
      coalesce(e.spent, 0) + coalesce(g.unspent, 0)),
    ('available', ledger.available(p.lane, p.workspace_id, p.last_at)
        - p.head_spent_micro - p.head_held_micro, p.available_micro),
    ('feed without gaps', p.feed_seq, (
      select count(*) from event_feed f
      where f.lane = p.lane and f.workspace_id = p.workspace_id))
  ) r(rule, expected, actual)
$$;

-- What a counter of calls must show: the debits and holds that counted in it in its window.
create function ledger.calls_in_window(c call_counter) returns bigint
language sql stable
as $$
  select (select count(*) from usage_entry e
      where lane = c.lane and workspace_id = c.workspace_id
        and concat_ws('/', c.scope, c.per, c.subject) = any (counted)
        and c.window_start = case c.per when 'window' then e.window_start
          else date_trunc(c.per, at, ledger.count_zone(c.lane, c.workspace_id, c.per)) end)
    + (select count(*) from hold h
      where lane = c.lane and workspace_id = c.workspace_id
        and concat_ws('/', c.scope, c.per, c.subject) = any (counted)
        and c.window_start = case c.per when 'window' then h.window_start
          else date_trunc(c.per, taken_at, ledger.count_zone(c.lane, c.workspace_id, c.per)) end)
$$;

-- Rows that break the ledger's identities; none is the proof.
create function ledger_audit()
returns table (product_id text, workspace_id bigint, rule text, expected numeric, actual numeric)
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
#variable_conflict use_column
begin
  return query select p.product_id, b.workspace_id, b.rule, b.expected, b.actual
  from (
    select * from ledger.audit_grants()
    union all
    select * from ledger.audit_pools()
    union all
    select lane, workspace_id, 'counter of ' || scope || ' ' || subject,
      ledger.used_in_window(lane, workspace_id, scope, subject, window_start), used_micro
    from limit_counter
    union all
    select lane, workspace_id, 'calls of ' || concat_ws('/', scope, per, subject),
      ledger.calls_in_window(c), used
    from call_counter c
    union all
    select * from ledger.audit_spend()
  ) b
  join pool p using (lane, workspace_id)
  where b.expected <> b.actual
  order by b.workspace_id, b.rule;
end $$;

-- Numbers committed feed rows per product, each workspace's in its order; answers how many. Only
-- one at a time: who does not get the leader's lock numbers nothing and answers null.
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

-- Functions are open to everyone unless said otherwise; these are the application's, but for the
-- audit's at the end.
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
revoke all on function ledger_audit() from tollgate_app;
grant execute on function ledger_audit() to tollgate_audit;
-- A worker numbers the feed beside its other work; a process of its own may log in as the sequencer.
grant execute on function feed_sequence(int) to tollgate_sequencer;

reset role;

-- From here on only the owner of the schema adds ledger objects.
revoke create on schema public from tollgate_ledger;
