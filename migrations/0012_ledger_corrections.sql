-- Taking credits back: voids, claw-backs and transfers. Each is a business fact with a
-- key of its own; told again, it gives the first answer and changes nothing.

set local role tollgate_ledger;

create function ledger.change_of(p pool, p_key text) returns grant_change
language sql stable
as $$
  select c.* from grant_change c
  where lane = p.lane and workspace_id = p.workspace_id and change_key = p_key
$$;

create function ledger.note_change(
  p pool, p_key text, p_kind text, p_asked bigint, p_done bigint, p_debt bigint, p_lost bigint
) returns void
language sql
as $$
  insert into grant_change (
    lane, workspace_id, change_key, kind, asked_micro, done_micro, debt_micro, lost_micro, at
  ) values (p.lane, p.workspace_id, p_key, p_kind, p_asked, p_done, p_debt, p_lost, p.last_at)
$$;

create function ledger.grant_by_key(p pool, p_source_key text) returns grant_credit
language sql stable
as $$
  select g.* from grant_credit g
  where lane = p.lane and workspace_id = p.workspace_id and source_key = p_source_key
$$;

-- Voids one grant's unspent remainder; credits that come back to it later are void too. Null if
-- there was nothing to void: it is spent or has ended, and was never voided.
create function ledger.void_grant(p pool, g grant_credit) returns bigint
language plpgsql
as $$
declare
  v_key text := 'void:' || g.source_key;
  c grant_change := ledger.change_of(p, v_key);
begin
  if c.change_key is not null then return c.done_micro; end if;
  if g.expires_at <= p.last_at or g.remaining_micro + g.held_micro = 0 then return null; end if;
  update grant_credit set voided_at = p.last_at
  where lane = g.lane and workspace_id = g.workspace_id and grant_no = g.grant_no;
  perform ledger.void_now(
    g.lane, g.workspace_id, g.grant_no, 'void', g.remaining_micro, p.last_at);
  perform ledger.note_change(p, v_key, 'void', null, g.remaining_micro, 0, 0);
  perform ledger.feed(g.lane, g.workspace_id, 'grantVoided', p.last_at, jsonb_build_object(
    'grantNo', g.grant_no, 'sourceKey', g.source_key, 'amountMicro', g.remaining_micro::text));
  return g.remaining_micro;
end $$;

-- `outcome`: voided, nothingToVoid or notFound. Voiding again repeats the first answer.
create function ledger_void(
  p_workspace bigint, p_source_key text, out outcome text, out voided_micro bigint
)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
  g grant_credit := ledger.grant_by_key(p, p_source_key);
begin
  if g.grant_no is null then
    outcome := 'notFound';
    return;
  end if;
  voided_micro := ledger.void_grant(p, g);
  outcome := case when voided_micro is null then 'nothingToVoid' else 'voided' end;
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
end $$;

-- Voids the remainders of all grants of one kind whose source key starts so: a window's included
-- credits on a reseed, all top-ups where a downgrade forfeits them. Answers their sum.
create function ledger_void_all(p_workspace bigint, p_kind text, p_source_prefix text)
returns bigint
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
  g grant_credit;
  v_sum bigint := 0;
begin
  for g in
    select * from grant_credit
    where lane = p.lane and workspace_id = p.workspace_id and kind = p_kind and voided_at is null
      and starts_with(source_key, p_source_prefix)
    order by grant_no
  loop
    v_sum := v_sum + coalesce(ledger.void_grant(p, g), 0);
  end loop;
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  return v_sum;
end $$;

-- Voids at most what is unspent of a grant, and never makes debt. Answers how much that was.
create function ledger_claw_back(
  p_workspace bigint, p_source_key text, p_amount_micro bigint, p_key text
) returns bigint
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
  g grant_credit := ledger.grant_by_key(p, p_source_key);
  c grant_change := ledger.change_of(p, p_key);
  v_done bigint;
begin
  if c.change_key is not null then return c.done_micro; end if;
  if g.grant_no is null then
    raise exception 'workspace % has no grant "%" to claw back', p_workspace, p_source_key;
  end if;
  v_done := case when g.expires_at <= p.last_at then 0
    else least(p_amount_micro, g.remaining_micro) end;
  perform ledger.void_now(g.lane, g.workspace_id, g.grant_no, 'clawBack', v_done, p.last_at);
  perform ledger.note_change(p, p_key, 'clawBack', p_amount_micro, v_done, 0, 0);
  perform ledger.feed(g.lane, g.workspace_id, 'grantClawedBack', p.last_at, jsonb_build_object(
    'grantNo', g.grant_no, 'sourceKey', g.source_key, 'amountMicro', v_done::text));
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  return v_done;
end $$;

-- Moves what is left of the live top-ups to another workspace of the product, each with its end and
-- priority. Answers their sum.
create function ledger_transfer_top_ups(p_from bigint, p_to bigint, p_key text) returns bigint
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool;
  q pool;
  c grant_change;
  g grant_credit;
  v_sum bigint := 0;
begin
  perform ledger_lock(array[p_from, p_to]);
  p := ledger.open_book(p_from);
  q := ledger.open_book(p_to);
  c := ledger.change_of(p, p_key);
  if c.change_key is not null then return c.done_micro; end if;
  for g in
    select * from grant_credit
    where lane = p.lane and workspace_id = p.workspace_id and kind = 'topUp' and has_rest
      and effective_at <= p.last_at and (expires_at is null or expires_at > p.last_at)
    order by grant_no
  loop
    update grant_credit set
      remaining_micro = 0,
      transferred_micro = transferred_micro + g.remaining_micro
    where lane = g.lane and workspace_id = g.workspace_id and grant_no = g.grant_no;
    perform ledger.write_entry(p.lane, p.workspace_id, uuidv7(), 0, 'transfer', 'grant', g.grant_no,
      g.remaining_micro, p.last_at);
    perform ledger.make_grant(q.lane, q.workspace_id, 'topUp', g.remaining_micro, q.last_at,
      g.expires_at, g.priority, g.earmark, p_key || ':' || g.source_key, q.terms_version,
      q.last_at);
    v_sum := v_sum + g.remaining_micro;
  end loop;
  perform ledger.note_change(p, p_key, 'transfer', null, v_sum, 0, 0);
  perform ledger.feed(p.lane, p.workspace_id, 'topUpsTransferred', p.last_at,
    jsonb_build_object('toWorkspace', p_to::text, 'amountMicro', v_sum::text));
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  perform ledger.advance(q.lane, q.workspace_id, q.last_at);
  perform ledger.arm_alerts(q.lane, q.workspace_id, q.last_at, 'topUp');
  return v_sum;
end $$;

reset role;
