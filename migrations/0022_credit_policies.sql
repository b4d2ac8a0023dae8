-- Credit policies of catalogs that the ledger keeps by itself: what a seat's removal takes back,
-- and the balance that an automatic top-up waits for.

grant create on schema public to tollgate_ledger;
set local role tollgate_ledger;

-- Takes at most so much of what is unspent of the live included grants under a prefix, the newest
-- first, and never makes debt. Answers how much that was; told again, the first answer.
create function ledger_claw_back_included(
  p_workspace bigint, p_source_prefix text, p_amount_micro bigint, p_key text
) returns bigint
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
  c grant_change := ledger.change_of(p, p_key);
  g grant_credit;
  v_part bigint;
  v_done bigint := 0;
begin
  if c.change_key is not null then return c.done_micro; end if;
  for g in
    select * from grant_credit
    where lane = p.lane and workspace_id = p.workspace_id and kind = 'included'
      and voided_at is null and remaining_micro > 0 and starts_with(source_key, p_source_prefix)
      and effective_at <= p.last_at and (expires_at is null or expires_at > p.last_at)
    order by grant_no desc
  loop
    v_part := least(p_amount_micro - v_done, g.remaining_micro);
    exit when v_part = 0;
    perform ledger.void_now(g.lane, g.workspace_id, g.grant_no, 'clawBack', v_part, p.last_at);
    perform ledger.feed(g.lane, g.workspace_id, 'grantClawedBack', p.last_at, jsonb_build_object(
      'grantNo', g.grant_no, 'sourceKey', g.source_key, 'amountMicro', v_part::text));
    v_done := v_done + v_part;
  end loop;
  perform ledger.note_change(p, p_key, 'clawBack', p_amount_micro, v_done, 0, 0);
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  return v_done;
end $$;

-- Grants again what claw-backs under a prefix took and no grant has returned yet, at most so much.
-- Answers how much that was. The claw-backs' keys begin with "clawBack:", what returns them carries
-- ":again:" in its source key.
create function ledger_return_clawed_back(
  p_workspace bigint, p_label text, p_at_most_micro bigint, p_effective_at timestamptz,
  p_expires_at timestamptz, p_source_key text
) returns bigint
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
  v_amount bigint;
begin
  select least(p_at_most_micro, (
      select coalesce(sum(done_micro), 0) from grant_change
      where lane = p.lane and workspace_id = p.workspace_id and kind = 'clawBack'
        and starts_with(change_key, 'clawBack:' || p_label || ':'))
    - (
      select coalesce(sum(amount_micro), 0) from grant_credit
      where lane = p.lane and workspace_id = p.workspace_id and kind = 'included'
        and source_key <> p_source_key
        and starts_with(source_key, 'included:' || p_label || ':again:')))
  into strict v_amount;
  if v_amount <= 0 then return 0; end if;
  perform ledger_grant(p_workspace, 'included', v_amount, p_effective_at, p_expires_at, 0, null,
    p_source_key);
  return v_amount;
end $$;

-- From which balance on an automatic top-up is asked for; null: none. A balance that is there already
-- is told at once.
create function ledger_watch(p_workspace bigint, p_at_micro bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
begin
  update pool set watch_micro = p_at_micro, watch_armed = p_at_micro is not null
  where lane = p.lane and workspace_id = p.workspace_id;
  perform ledger.tell_thresholds(p.lane, p.workspace_id, p.last_at);
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
end $$;

revoke all on function ledger_watch(bigint, bigint), ledger_claw_back_included(bigint, text, bigint, text),
  ledger_return_clawed_back(bigint, text, bigint, timestamptz, timestamptz, text) from public;
grant execute on function ledger_watch(bigint, bigint), ledger_claw_back_included(bigint, text, bigint, text),
  ledger_return_clawed_back(bigint, text, bigint, timestamptz, timestamptz, text) to tollgate_app;

reset role;
-- An automatic top-up is nobody's command.
alter table payment alter column command_id drop not null;
revoke create on schema public from tollgate_ledger;
