-- What an operation would be answered now: it is carried out, and taken back before anybody sees it.

grant create on schema public to tollgate_ledger;
set local role tollgate_ledger;

create function ledger_rehearse(p_lane smallint, p_op jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set jit = off
as $$
declare
  v_answer jsonb;
begin
  perform ledger.lock_lane(p_lane);
  begin
    v_answer := ledger.perform(p_lane, p_op);
    raise sqlstate 'TG001' using message = 'a rehearsal';
  exception when sqlstate 'TG001' then
    return v_answer; -- a variable keeps what the block gave it, the tables don't
  end;
end $$;

revoke all on function ledger_rehearse(smallint, jsonb) from public;
grant execute on function ledger_rehearse(smallint, jsonb) to tollgate_app;

reset role;
revoke create on schema public from tollgate_ledger;
