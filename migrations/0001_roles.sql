-- The roles that own, write and read the books. Roles belong to the cluster, not to this database:
-- several databases of one cluster run this file, perhaps at once, so it makes only what is missing
-- and tries again when another run was quicker.
--   tollgate_ledger     owns the ledger's tables and functions; nothing else may write a balance
--   tollgate_app        API and worker, under row-level security
--   tollgate_sweeper    looks for what was left behind, over all products
--   tollgate_sequencer  numbers committed feed rows
--   tollgate_audit      reads everything, writes nothing
-- They may log in, but have no password until the operator sets one.

do $$
declare
  role_name text;
  attempt int;
begin
  foreach role_name in array array[
    'tollgate_ledger', 'tollgate_app', 'tollgate_sweeper', 'tollgate_sequencer', 'tollgate_audit'
  ]
  loop
    for attempt in 1..20 loop
      begin
        if not exists (select from pg_roles where rolname = role_name) then
          execute format('create role %I login', role_name);
        end if;
        -- Whoever migrates must be able to make objects as the ledger, and local processes connect
        -- as this user with the start-up option role=tollgate_app.
        if not pg_has_role(current_user, role_name, 'set') then
          execute format('grant %I to %I with set true', role_name, current_user);
        end if;
        exit;
      exception
        when duplicate_object or unique_violation then null; -- another database's run made it
        when internal_error then -- "tuple concurrently updated": another run is granting just now
          if attempt = 20 then raise; end if;
          perform pg_sleep(0.05);
      end;
    end loop;
  end loop;
end $$;

-- Ledger objects live in the public schema under their owner's name; the internal sentences of its
-- functions live in a schema of their own, which nobody else may enter.
grant create on schema public to tollgate_ledger;
create schema ledger authorization tollgate_ledger;
