-- Calls that were judged by what the API remembers; the tables' months, made ahead and let go.

grant create on schema public to tollgate_ledger;
grant select on membership, app_user to tollgate_ledger;
-- As in 0003: the ledger serves every product, and compares the product itself.
create policy ledger_reads on membership for select to tollgate_ledger using (true);
create policy ledger_reads on app_user for select to tollgate_ledger using (true);

set local role tollgate_ledger;

-- A batch as `ledger_batch` takes it, whose operations say what they were judged by: `p_seen_op`
-- (counted over the fast and then the exact ones) has seen a version of a workspace, and presumed
-- that somebody (null: nobody) is an accepted member of it. Where that is not so under the lane's
-- lock nothing is done, and `moved` names these operations: they are judged anew, the others sent
-- again.
create function ledger_seen_batch(
  p_lane smallint, p_seen_op int[], p_seen_workspace bigint[], p_seen_version int[],
  p_seen_member text[], p_op int[], p_kind text[], p_product text[], p_workspace bigint[],
  p_key uuid[], p_body bigint[], p_terms int[], p_rate int[], p_need bigint[], p_amount bigint[],
  p_line text[], p_model text[], p_tokens bigint[], p_quantities jsonb[], p_member text[],
  p_space text[], p_agent text[], p_surface text[], p_tool text[], p_run text[],
  p_behalf bigint[], p_hold uuid[], p_life bigint[], p_earmarks text[], p_exact jsonb,
  out moved int[], out posted text, out refused text, out answers jsonb
)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set jit = off
-- The statements of a batch are planned once. A plan made for a small batch's own arrays looks
-- cheaper than the general one, so each small batch would be planned anew, which costs more than
-- all else that it does.
set plan_cache_mode = force_generic_plan
as $$
begin
  perform ledger.lock_lane(p_lane);
  -- Lookups with `limit`, planned one by one, as in ledger.post.
  select array_agg(distinct s.op) into moved
  from unnest(p_seen_op, p_seen_workspace, p_seen_version, p_seen_member)
    s(op, workspace_id, version, member)
  left join lateral (
    select product_id from workspace where id = s.workspace_id and version = s.version limit 1
  ) w on true
  left join lateral (
    select id from app_user where product_id = w.product_id and external_id = s.member limit 1
  ) u on true
  left join lateral (
    select user_id from membership
    where workspace_id = s.workspace_id and user_id = u.id and state = 'accepted' limit 1
  ) m on true
  where w.product_id is null or (s.member is not null and m.user_id is null);
  if moved is null then
    select b.posted, b.refused, b.answers into posted, refused, answers
    from ledger_batch(
      p_lane, p_op, p_kind, p_product, p_workspace, p_key, p_body, p_terms, p_rate, p_need,
      p_amount, p_line, p_model, p_tokens, p_quantities, p_member, p_space, p_agent, p_surface,
      p_tool, p_run, p_behalf, p_hold, p_life, p_earmarks, p_exact) b;
  end if;
end $$;

revoke all on function ledger_seen_batch(
  smallint, int[], bigint[], int[], text[], int[], text[], text[], bigint[], uuid[], bigint[],
  int[], int[], bigint[], bigint[], text[], text[], bigint[], jsonb[], text[], text[], text[],
  text[], text[], text[], bigint[], uuid[], bigint[], text[], jsonb
) from public;
grant execute on function ledger_seen_batch(
  smallint, int[], bigint[], int[], text[], int[], text[], text[], bigint[], uuid[], bigint[],
  int[], int[], bigint[], bigint[], text[], text[], bigint[], jsonb[], text[], text[], text[],
  text[], text[], text[], bigint[], uuid[], bigint[], text[], jsonb
) to tollgate_app;

-- Months. Entries lie by the month of their id, which tells real time; keys by the month they were
-- made in. A month is made before it begins; where that was missed its rows lie in the default
-- partition, for good, and nothing was refused.

-- The smallest id that could be made at an instant: a UUIDv7 begins with its milliseconds.
create function ledger.first_id(p_at timestamptz) returns uuid
language sql immutable strict
as $$
  select rpad(lpad(to_hex((extract(epoch from p_at) * 1000)::bigint), 12, '0'), 32, '0')::uuid
$$;

-- Makes a month's partition; false: it is there, or began in the default one. Attached and not
-- created in place, because that would lock the whole table.
create function ledger.add_month(p_table text, p_month date, p_from text, p_to text) returns boolean
language plpgsql
as $$
declare
  v_name text := format('%s_%s', p_table, to_char(p_month, 'YYYY_MM'));
begin
  if to_regclass('ledger.' || v_name) is not null then return false; end if;
  execute format('create table ledger.%I (like public.%I including all)', v_name, p_table);
  execute format(
    'alter table public.%I attach partition ledger.%I for values from (%L) to (%L)', p_table,
    v_name, p_from, p_to);
  return true;
exception when check_violation then
  return false;
end $$;

-- The month of an instant of real time.
create function ledger.month_of(p_at timestamptz) returns date
language sql immutable strict
as $$ select date_trunc('month', p_at at time zone 'UTC')::date $$;

-- Makes this month and so many that follow; answers how many were missing. One process at a time.
create function ledger_keep_entry_months(p_ahead int) returns int
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set lock_timeout = '2s' set timezone = 'UTC'
as $$
declare
  v_month date := ledger.month_of(clock_timestamp());
  v_made int := 0;
begin
  if not pg_try_advisory_xact_lock(7438, 1) then return 0; end if;
  for n in 0..p_ahead loop
    v_made := v_made + ledger.add_month(
      'usage_entry', (v_month + make_interval(months => n))::date,
      ledger.first_id(v_month + make_interval(months => n))::text,
      ledger.first_id(v_month + make_interval(months => n + 1))::text)::int;
  end loop;
  return v_made;
end $$;

-- The same for keys; months whose youngest key is older than 35 days are dropped.
create function ledger_keep_key_months(p_ahead int, out made int, out dropped int)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set lock_timeout = '2s' set timezone = 'UTC'
as $$
declare
  v_month date := ledger.month_of(clock_timestamp());
  v_oldest date := ledger.month_of(clock_timestamp() - interval '35 days');
  v_partition text;
begin
  made := 0;
  dropped := 0;
  if not pg_try_advisory_xact_lock(7438, 2) then return; end if;
  for n in 0..p_ahead loop
    made := made + ledger.add_month(
      'request_key', (v_month + make_interval(months => n))::date,
      (v_month + make_interval(months => n))::date::text,
      (v_month + make_interval(months => n + 1))::date::text)::int;
  end loop;
  for v_partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.request_key'::regclass
      and c.relname < 'request_key_' || to_char(v_oldest, 'YYYY_MM')
      and c.relname ~ '^request_key_[0-9]{4}_[0-9]{2}$'
  loop
    execute format('drop table ledger.%I', v_partition);
    dropped := dropped + 1;
  end loop;
  delete from request_key_default where month < v_oldest;
end $$;

revoke all on function ledger_keep_entry_months(int), ledger_keep_key_months(int) from public;
grant execute on function ledger_keep_entry_months(int), ledger_keep_key_months(int)
  to tollgate_app;

select ledger_keep_entry_months(2), ledger_keep_key_months(2);

-- What a run booked, without a look at all that its workspace ever used.
create index usage_entry_run on usage_entry (workspace_id, run_id) where run_id is not null;

reset role;
revoke create on schema public from tollgate_ledger;
