-- The tables' months, made ahead and let go.

grant create on schema public to tollgate_ledger;

set local role tollgate_ledger;

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
