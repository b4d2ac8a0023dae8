-- What becomes of a grant whose money is disputed or went back: freeze, reversal, reinstatement. Each
-- has a key of its own; told again, it gives the first answer and changes nothing.

set local role tollgate_ledger;

create function ledger.disputed_grant(p pool, p_source_key text) returns grant_credit
language plpgsql stable
as $$
declare
  g grant_credit := ledger.grant_by_key(p, p_source_key);
begin
  if g.grant_no is null then
    raise exception 'workspace % has no grant "%"', p.workspace_id, p_source_key;
  end if;
  return g;
end $$;

-- A dispute was opened: what is unspent of its grant, at most the amount (null: all of it), goes
-- into a hold without expiry, and so does what comes back to the grant while that is open. Answers
-- how much is frozen now; of a grant that has ended it is nothing.
create function ledger_freeze(
  p_workspace bigint, p_source_key text, p_key text, p_amount_micro bigint
) returns bigint
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
  g grant_credit := ledger.disputed_grant(p, p_source_key);
  c grant_change := ledger.change_of(p, p_key);
  v_id uuid := uuidv7();
  v_done bigint := case when g.expires_at <= p.last_at then 0
    else least(coalesce(p_amount_micro, g.remaining_micro), g.remaining_micro) end;
begin
  if c.change_key is not null then return c.done_micro; end if;
  update grant_credit set
    remaining_micro = remaining_micro - v_done,
    held_micro = held_micro + v_done
  where lane = p.lane and workspace_id = p.workspace_id and grant_no = g.grant_no;
  insert into hold (
    lane, workspace_id, id, kind, amount_micro, grant_no, part_micro, due_micro, taken_at,
    window_start
  ) values (
    p.lane, p.workspace_id, v_id, 'dispute', v_done, g.grant_no, v_done,
    coalesce(p_amount_micro, g.amount_micro) - v_done, p.last_at, p.window_start
  );
  insert into freeze_entry (lane, workspace_id, hold_id, grant_no, at, micro)
  select p.lane, p.workspace_id, v_id, g.grant_no, p.last_at, v_done where v_done > 0;
  insert into grant_change (
    lane, workspace_id, change_key, kind, asked_micro, done_micro, hold_id, at
  ) values (p.lane, p.workspace_id, p_key, 'freeze', p_amount_micro, v_done, v_id, p.last_at);
  perform ledger.feed(p.lane, p.workspace_id, 'grantFrozen', p.last_at, jsonb_build_object(
    'grantNo', g.grant_no, 'sourceKey', g.source_key, 'amountMicro', v_done::text));
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  return v_done;
end $$;

-- A dispute is over: what its freeze still has goes back to the grant. Where the grant was reversed
-- or voided meanwhile, that takes it. Answers how much the freeze gave back; 0 if nothing is frozen
-- under the key.
create function ledger_unfreeze(p_workspace bigint, p_key text) returns bigint
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
  f grant_change := ledger.change_of(p, p_key);
  c grant_change := ledger.change_of(p, 'unfreeze:' || p_key);
  h hold;
  v_back bigint;
begin
  if c.change_key is not null then return c.done_micro; end if;
  if f.hold_id is null then return 0; end if;
  select * into strict h from hold
  where lane = p.lane and workspace_id = p.workspace_id and id = f.hold_id;
  v_back := ledger.close_hold(h, 'released', p.last_at);
  perform ledger.note_change(p, 'unfreeze:' || p_key, 'unfreeze', null, v_back, 0, 0);
  perform ledger.feed(p.lane, p.workspace_id, 'grantUnfrozen', p.last_at, jsonb_build_object(
    'grantNo', h.grant_no, 'amountMicro', v_back::text));
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  return v_back;
end $$;

-- The money of a top-up went back (refund, lost dispute, bank return). `p_total_micro` is how much
-- of the grant as it was made must be reversed by now, all reversals together, so that facts told
-- twice, late or out of order end in the same place; never more than was granted. What was spent
-- becomes debt, or a loss that is forgiven. `waiting_micro` is taken when open holds close;
-- `short_micro` is not there to be taken: it was voided, or given to another workspace.
create function ledger_reverse(
  p_workspace bigint, p_source_key text, p_total_micro bigint, p_spent_becomes text, p_key text,
  out reversed_micro bigint, out debt_micro bigint, out lost_micro bigint,
  out waiting_micro bigint, out short_micro bigint
)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
  g grant_credit := ledger.disputed_grant(p, p_source_key);
  c grant_change := ledger.change_of(p, p_key);
  v_total bigint := least(p_total_micro, g.amount_micro);
begin
  if c.change_key is null then
    update grant_credit set spent_becomes = p_spent_becomes
    where lane = p.lane and workspace_id = p.workspace_id and grant_no = g.grant_no;
    -- What an earlier reversal still waits for is part of this one's wait.
    select r.done_micro, r.debt_micro, r.lost_micro
    into strict c.done_micro, c.debt_micro, c.lost_micro
    from ledger.reverse_now(p.lane, p.workspace_id, g.grant_no,
      greatest(v_total - g.reversed_micro, g.reversal_due_micro, 0), p.last_at) r;
    perform ledger.note_change(
      p, p_key, 'reverse', p_total_micro, c.done_micro, c.debt_micro, c.lost_micro);
    perform ledger.feed(p.lane, p.workspace_id, 'grantReversed', p.last_at, jsonb_build_object(
      'grantNo', g.grant_no, 'sourceKey', g.source_key, 'amountMicro', c.done_micro::text,
      'debtMicro', c.debt_micro::text, 'lostMicro', c.lost_micro::text));
    perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  end if;
  g := ledger.grant_by_key(p, p_source_key);
  reversed_micro := c.done_micro;
  debt_micro := c.debt_micro;
  lost_micro := c.lost_micro;
  waiting_micro := g.reversal_due_micro;
  short_micro := greatest(v_total - g.reversed_micro - g.reversal_due_micro, 0);
end $$;

-- Pays a part of what a reversal had turned into debt: the debt itself, or, where later grants have
-- repaid it, those grants get it back. Answers how much of the amount that was.
create function ledger.undo_debt(p pool, p_grant_no int, p_amount bigint, p_id uuid) returns bigint
language plpgsql
as $$
declare
  g grant_credit;
  v_left bigint := p_amount;
  v_part bigint;
  v_ordinal int := 10;
begin
  select least(v_left, debt_micro) into strict v_part from pool
  where lane = p.lane and workspace_id = p.workspace_id;
  update pool set debt_micro = debt_micro - v_part
  where lane = p.lane and workspace_id = p.workspace_id;
  perform ledger.write_entry(
    p.lane, p.workspace_id, p_id, 3, 'moveToDebt', 'debt', null, -v_part, p.last_at);
  v_left := v_left - v_part;
  for g in
    select * from grant_credit
    where lane = p.lane and workspace_id = p.workspace_id and repaid_micro > 0 and v_left > 0
      and grant_no <> p_grant_no
    order by grant_no desc
  loop
    v_part := least(v_left, g.repaid_micro);
    update grant_credit set
      repaid_micro = repaid_micro - v_part,
      remaining_micro = remaining_micro + v_part
    where lane = p.lane and workspace_id = p.workspace_id and grant_no = g.grant_no;
    perform ledger.write_entry(
      p.lane, p.workspace_id, p_id, v_ordinal, 'repay', 'grant', g.grant_no, -v_part, p.last_at);
    perform ledger.settle_claims(p.lane, p.workspace_id, array[g.grant_no], p.last_at);
    v_ordinal := v_ordinal + 1;
    v_left := v_left - v_part;
  end loop;
  return p_amount - v_left;
end $$;

-- Puts an amount of what was reversed back: first what had been spent, so that its loss or debt is
-- undone (also a debt that a reset has forgiven); the rest may be burned again, once it has repaid
-- what debt there is.
create function ledger.reinstate_now(p pool, g grant_credit, p_amount bigint) returns void
language plpgsql
as $$
declare
  v_id uuid := uuidv7();
  v_lost bigint := least(p_amount, g.lost_micro);
  v_owed bigint := least(p_amount - v_lost, g.owed_micro);
  v_borne bigint;
  v_let_go bigint; -- debt that was forgiven: not what reversals lost
  v_spent bigint;
begin
  if p_amount = 0 then return; end if;
  select least(v_lost, forgiven_micro), greatest(forgiven_micro - (
      select sum(lost_micro) from grant_credit
      where lane = p.lane and workspace_id = p.workspace_id), 0)
  into strict v_borne, v_let_go from pool
  where lane = p.lane and workspace_id = p.workspace_id;
  v_spent := ledger.undo_debt(p, g.grant_no, v_owed, v_id);
  v_borne := v_borne + least(v_owed - v_spent, v_let_go);
  v_spent := v_spent + v_borne;
  update pool set forgiven_micro = forgiven_micro - v_borne
  where lane = p.lane and workspace_id = p.workspace_id;
  update grant_credit set
    reversed_micro = reversed_micro - p_amount,
    spent_micro = spent_micro + v_spent,
    remaining_micro = remaining_micro + p_amount - v_spent,
    lost_micro = lost_micro - v_lost,
    owed_micro = owed_micro - v_owed,
    -- It is offered to the workspace's debt once more, unless it has ended.
    began = began and coalesce(expires_at <= p.last_at, false)
  where lane = p.lane and workspace_id = p.workspace_id and grant_no = g.grant_no;
  perform ledger.write_entry(
    p.lane, p.workspace_id, v_id, 0, 'reinstate', 'grant', g.grant_no, -p_amount, p.last_at);
  perform ledger.write_entry(
    p.lane, p.workspace_id, v_id, 1, 'moveToDebt', 'grant', g.grant_no, v_spent, p.last_at);
  perform ledger.write_entry(
    p.lane, p.workspace_id, v_id, 2, 'forgive', 'forgiven', null, -v_borne, p.last_at);
  perform ledger.settle_claims(p.lane, p.workspace_id, array[g.grant_no], p.last_at);
end $$;

-- The money stays after all (a dispute that was won, a refund that failed): `p_total_micro` is how
-- much of the grant stays reversed, all in all; what was taken beyond it is put back. Answers how
-- much that is.
create function ledger_reinstate(
  p_workspace bigint, p_source_key text, p_total_micro bigint, p_key text
) returns bigint
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  p pool := ledger.open_book(p_workspace);
  g grant_credit := ledger.disputed_grant(p, p_source_key);
  c grant_change := ledger.change_of(p, p_key);
  v_back bigint := greatest(g.reversed_micro + g.reversal_due_micro - p_total_micro, 0);
  v_waited bigint := least(v_back, g.reversal_due_micro);
begin
  if c.change_key is not null then return c.done_micro; end if;
  update grant_credit set reversal_due_micro = reversal_due_micro - v_waited
  where lane = p.lane and workspace_id = p.workspace_id and grant_no = g.grant_no;
  perform ledger.reinstate_now(p, g, v_back - v_waited);
  perform ledger.note_change(p, p_key, 'reinstate', p_total_micro, v_back, 0, 0);
  perform ledger.feed(p.lane, p.workspace_id, 'grantReinstated', p.last_at, jsonb_build_object(
    'grantNo', g.grant_no, 'sourceKey', g.source_key, 'amountMicro', v_back::text));
  perform ledger.advance(p.lane, p.workspace_id, p.last_at);
  return v_back;
end $$;

reset role;
