-- The sentences that everything else in the ledger is said with: the lane's lock, burn order, the
-- balance, the feed, entries, and what happens to a grant that is taken back. They live in a schema
-- that only their owner enters, and run inside a function that holds the lane's lock and has fixed
-- the search path.

set local role tollgate_ledger;

create function ledger.iso(p_at timestamptz) returns text
language sql stable
as $$ select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

-- Everything that writes a lane waits here. 7437 keeps these keys apart from other advisory locks.
create function ledger.lock_lane(p_lane smallint) returns void
language sql
as $$ select pg_advisory_xact_lock(7437, p_lane) $$;

-- A key that sorts grants into burn order: one number per comparator, and the grant's own number
-- last, so that the order is total.
create function ledger.burn_rank(p_order text[], g grant_credit) returns bigint[]
language plpgsql stable
as $$
declare
  v_comparator text;
  v_rank bigint[] := '{}';
begin
  foreach v_comparator in array p_order loop
    v_rank := v_rank || case
      when v_comparator = 'earmarkedFirst' then (g.earmark is null)::int::bigint
      when v_comparator = 'priority' then g.priority::bigint
      when v_comparator = 'expiresSoonest' then
        coalesce((extract(epoch from g.expires_at) * 1000)::bigint, 9223372036854775807)
      when v_comparator = 'oldest' then (extract(epoch from g.effective_at) * 1000)::bigint
      when v_comparator like 'kind:%' then
        coalesce(array_position(string_to_array(substr(v_comparator, 6), '>'), g.kind), 99)::bigint
    end;
  end loop;
  return v_rank || g.grant_no::bigint;
end $$;

-- A workspace's grants as they are: the row of the head grant with what does not stand on it yet. Who
-- has entered the workspace (ledger.enter) finds the rows themselves up to date.
create function ledger.grants_of(p pool) returns setof grant_credit
language sql stable
as $$
  select g.lane, g.workspace_id, g.grant_no, g.kind, g.amount_micro, g.effective_at, g.expires_at,
    g.priority, g.earmark, g.source_key, g.terms_version, g.granted_at, g.recorded_at,
    g.remaining_micro - h.spent - h.held, g.remaining_micro - h.spent - h.held > 0,
    g.held_micro + h.held, g.spent_micro + h.spent, g.repaid_micro, g.voided_micro,
    g.reversed_micro, g.transferred_micro, g.reversal_due_micro, g.owed_micro, g.lost_micro,
    g.spent_becomes, g.began, g.voided_at
  from grant_credit g
  cross join lateral (
    select case when g.grant_no = p.head_grant_no then p.head_spent_micro else 0 end as spent,
      case when g.grant_no = p.head_grant_no then p.head_held_micro else 0 end as held
  ) h
  where g.lane = p.lane and g.workspace_id = p.workspace_id
$$;

-- The same of all workspaces. Read this, not the table, unless the workspace was entered.
create view grant_standing as
  select g.* from pool p cross join ledger.grants_of(p) g;
grant select on grant_standing to tollgate_audit;

-- Writes on the head grant's row what was taken from it since it was written last.
create function ledger.write_head(p pool) returns pool
language plpgsql
as $$
begin
  update grant_credit set
    remaining_micro = remaining_micro - p.head_spent_micro - p.head_held_micro,
    spent_micro = spent_micro + p.head_spent_micro,
    held_micro = held_micro + p.head_held_micro
  where lane = p.lane and workspace_id = p.workspace_id and grant_no = p.head_grant_no;
  update pool set head_spent_micro = 0, head_held_micro = 0
  where lane = p.lane and workspace_id = p.workspace_id
  returning * into strict p;
  return p;
end $$;

-- What every call may burn at an instant.
create function ledger.available(p_lane smallint, p_workspace bigint, p_at timestamptz)
returns bigint
language sql stable
as $$
  select coalesce(sum(remaining_micro), 0)::bigint from grant_credit
  where lane = p_lane and workspace_id = p_workspace and has_rest and earmark is null
    and effective_at <= p_at and (expires_at is null or expires_at > p_at)
$$;

-- The first instant after `p_at` at which the sum changes though nobody does anything.
create function ledger.next_change(p_lane smallint, p_workspace bigint, p_at timestamptz)
returns timestamptz
language sql stable
as $$
  select coalesce(least(
    (select min(least(
        case when effective_at > p_at then effective_at end,
        case when expires_at > p_at then expires_at end))
      from grant_credit
      where lane = p_lane and workspace_id = p_workspace and has_rest),
    (select starts_at from standing_order where lane = p_lane and workspace_id = p_workspace),
    (select min(expires_at) from hold
      where lane = p_lane and workspace_id = p_workspace and state = 'open')
  ), 'infinity')
$$;

-- The unearmarked grant that burns next, and how much may be burned from it before anything else
-- must be looked at: at most what it has, and not so much that a threshold is crossed.
create function ledger.head(
  p pool, p_at timestamptz, out grant_no int, out kind text, out room_micro bigint
)
language sql stable
as $$
  with live as (
    select g.grant_no, g.kind, g.remaining_micro, g.amount_micro - g.voided_micro
      - g.reversed_micro as granted, g.voided_at, ledger.burn_rank(p.burn_order, g) as rank
    from grant_credit g
    where lane = p.lane and workspace_id = p.workspace_id and earmark is null
      and effective_at <= p_at and (expires_at is null or expires_at > p_at)
  ),
  total as (
    select sum(remaining_micro) as available,
      sum(remaining_micro) filter (where kind in ('included', 'topUp')) as counted,
      sum(granted) filter (where kind = 'included' and voided_at is null) as included
    from live
  ),
  first as (select * from live where remaining_micro > 0 order by rank limit 1),
  armed as (
    select max(ledger.alert_below(alert, included::bigint)) filter (where alert like '%\%') as part,
      max(ledger.alert_below(alert, 0)) filter (where alert not like '%\%') as amount
    from total, unnest(array_remove(p.alerts_armed, 'pool:0%')) alert
  )
  select first.grant_no, first.kind, least(
    first.remaining_micro,
    counted - part,
    available - amount,
    case when 'pool:0%' = any (p.alerts_armed) then available - 1 end,
    case when p.watch_armed then available - p.watch_micro - 1 end
  )::bigint
  from first, total, armed
$$;

-- Brings the pool's row in line with its grants, after anything touched them.
create function ledger.refresh(p_lane smallint, p_workspace bigint, p_at timestamptz) returns void
language sql
as $$
  update pool p set
    available_micro = ledger.available(p_lane, p_workspace, p_at),
    valid_until = ledger.next_change(p_lane, p_workspace, p_at),
    last_at = greatest(last_at, p_at),
    has_earmarks = exists (
      select from grant_credit g
      where g.lane = p_lane and g.workspace_id = p_workspace and earmark is not null
        and (expires_at is null or expires_at > p_at)),
    (head_grant_no, head_kind, head_room_micro) = (select * from ledger.head(p, p_at))
  where lane = p_lane and workspace_id = p_workspace
$$;

-- A row of the feed, with the workspace's next number: gap-free, because the row is taken under the
-- lock and given back if the transaction fails.
create function ledger.feed(
  p_lane smallint, p_workspace bigint, p_kind text, p_at timestamptz, p_data jsonb
) returns bigint
language plpgsql
as $$
declare
  v_seq bigint;
  v_product text;
  v_now timestamptz := clock_timestamp();
begin
  update pool set feed_seq = feed_seq + 1 where lane = p_lane and workspace_id = p_workspace
  returning feed_seq, product_id into strict v_seq, v_product;
  insert into event_feed (lane, workspace_id, seq, product_id, kind, at, recorded_at, data)
  values (p_lane, p_workspace, v_seq, v_product, p_kind, p_at, v_now, p_data);
  insert into feed_pending (lane, workspace_id, seq, product_id, recorded_at)
  values (p_lane, p_workspace, v_seq, v_product, v_now);
  return v_seq;
end $$;

-- An entry that is no usage: what happened to a grant or to the debt.
create function ledger.write_entry(
  p_lane smallint, p_workspace bigint, p_id uuid, p_ordinal int, p_kind text, p_target text,
  p_grant_no int, p_amount bigint, p_at timestamptz
) returns void
language sql
as $$
  insert into usage_entry (
    lane, ordinal, grant_no, workspace_id, id, at, window_start, amount_micro,
    balance_after_micro, terms_version, kind, target, grant_kind
  )
  select p_lane, p_ordinal, p_grant_no, p_workspace, p_id, p_at, window_start, p_amount,
    ledger.available(p_lane, p_workspace, p_at), terms_version, p_kind, p_target,
    (select g.kind from grant_credit g
      where g.lane = p_lane and g.workspace_id = p_workspace and g.grant_no = p_grant_no)
  from pool where lane = p_lane and workspace_id = p_workspace and p_amount <> 0
$$;

create function ledger.note_frozen(h hold, p_micro bigint, p_at timestamptz) returns void
language sql
as $$
  insert into freeze_entry (lane, workspace_id, hold_id, grant_no, at, micro)
  select h.lane, h.workspace_id, h.id, h.grant_no, p_at, p_micro where p_micro <> 0
$$;

-- Takes from what disputes have frozen of a grant, the oldest freeze first.
create function ledger.take_frozen(
  p_lane smallint, p_workspace bigint, p_grant_no int, p_amount bigint, p_at timestamptz
) returns bigint
language plpgsql
as $$
declare
  h hold;
  v_left bigint := p_amount;
  v_part bigint;
begin
  for h in
    select * from hold
    where lane = p_lane and workspace_id = p_workspace and kind = 'dispute' and state = 'open'
      and grant_no = p_grant_no and part_micro > 0
    order by id
  loop
    v_part := least(v_left, h.part_micro);
    update hold set part_micro = part_micro - v_part
    where lane = p_lane and workspace_id = p_workspace and id = h.id;
    perform ledger.note_frozen(h, -v_part, p_at);
    v_left := v_left - v_part;
  end loop;
  return p_amount - v_left;
end $$;

-- Takes a grant back: first what disputes froze, then what is unspent, then what was spent, which
-- becomes debt or a loss; what runs have set aside waits until they close.
create function ledger.reverse_now(
  p_lane smallint, p_workspace bigint, p_grant_no int, p_amount bigint, p_at timestamptz,
  out done_micro bigint, out debt_micro bigint, out lost_micro bigint
)
language plpgsql
as $$
declare
  g grant_credit;
  v_id uuid := uuidv7();
  v_frozen bigint := ledger.take_frozen(p_lane, p_workspace, p_grant_no, p_amount, p_at);
  v_unspent bigint;
  v_spent bigint;
  v_repaid bigint;
  v_gone bigint;
begin
  select * into strict g from grant_credit
  where lane = p_lane and workspace_id = p_workspace and grant_no = p_grant_no;
  v_unspent := least(p_amount - v_frozen, g.remaining_micro);
  v_spent := least(p_amount - v_frozen - v_unspent, g.spent_micro);
  v_repaid := least(p_amount - v_frozen - v_unspent - v_spent, g.repaid_micro);
  v_gone := v_spent + v_repaid;
  debt_micro := case g.spent_becomes when 'debt' then v_gone else 0 end;
  lost_micro := v_gone - debt_micro;
  done_micro := v_frozen + v_unspent + v_gone;
  update grant_credit gc set
    remaining_micro = remaining_micro - v_unspent,
    held_micro = held_micro - v_frozen,
    spent_micro = spent_micro - v_spent,
    repaid_micro = repaid_micro - v_repaid,
    reversed_micro = reversed_micro + done_micro,
    owed_micro = owed_micro + reverse_now.debt_micro,
    lost_micro = gc.lost_micro + reverse_now.lost_micro,
    reversal_due_micro = least(p_amount - done_micro, held_micro - v_frozen)
  where lane = p_lane and workspace_id = p_workspace and grant_no = p_grant_no;
  update pool p set
    debt_micro = p.debt_micro + reverse_now.debt_micro,
    forgiven_micro = forgiven_micro + reverse_now.lost_micro
  where p.lane = p_lane and p.workspace_id = p_workspace;
  perform ledger.write_entry(
    p_lane, p_workspace, v_id, 0, 'reverse', 'grant', p_grant_no, done_micro, p_at);
  perform ledger.write_entry(
    p_lane, p_workspace, v_id, 1, 'moveToDebt', 'grant', p_grant_no, -v_gone, p_at);
  perform ledger.write_entry(
    p_lane, p_workspace, v_id, 2, 'moveToDebt', 'debt', null, debt_micro, p_at);
  perform ledger.write_entry(
    p_lane, p_workspace, v_id, 3, 'forgive', 'forgiven', null, lost_micro, p_at);
end $$;

-- Takes an amount of what is unspent out of a grant for good.
create function ledger.void_now(
  p_lane smallint, p_workspace bigint, p_grant_no int, p_kind text, p_amount bigint,
  p_at timestamptz
) returns void
language plpgsql
as $$
begin
  update grant_credit set
    remaining_micro = remaining_micro - p_amount,
    voided_micro = voided_micro + p_amount
  where lane = p_lane and workspace_id = p_workspace and grant_no = p_grant_no;
  perform ledger.write_entry(
    p_lane, p_workspace, uuidv7(), 0, p_kind, 'grant', p_grant_no, p_amount, p_at);
end $$;

-- Credits came back to a grant whose money is disputed: its freezes take what they lack, the oldest
-- first.
create function ledger.freeze_now(
  p_lane smallint, p_workspace bigint, p_grant_no int, p_at timestamptz
) returns void
language plpgsql
as $$
declare
  h hold;
  v_part bigint;
begin
  for h in
    select * from hold
    where lane = p_lane and workspace_id = p_workspace and kind = 'dispute' and state = 'open'
      and grant_no = p_grant_no and due_micro > 0
    order by id
  loop
    update grant_credit g set
      remaining_micro = remaining_micro - least(remaining_micro, h.due_micro),
      held_micro = held_micro + least(remaining_micro, h.due_micro)
    where lane = p_lane and workspace_id = p_workspace and grant_no = p_grant_no
      and (expires_at is null or expires_at > p_at)
    returning g.held_micro - old.held_micro into v_part;
    continue when coalesce(v_part, 0) = 0;
    update hold set part_micro = part_micro + v_part, due_micro = due_micro - v_part
    where lane = p_lane and workspace_id = p_workspace and id = h.id;
    perform ledger.note_frozen(h, v_part, p_at);
    perform ledger.feed(p_lane, p_workspace, 'grantFrozen', p_at, jsonb_build_object(
      'grantNo', p_grant_no, 'amountMicro', v_part::text));
  end loop;
end $$;

-- Credits came back to these grants, or a hold on them was settled: what was voided or reversed
-- meanwhile takes its due, and after it what is disputed.
create function ledger.settle_claims(
  p_lane smallint, p_workspace bigint, p_grants int[], p_at timestamptz
) returns void
language plpgsql
as $$
declare
  g grant_credit;
begin
  for g in
    select * from grant_credit c
    where lane = p_lane and workspace_id = p_workspace and grant_no = any (p_grants)
      and (reversal_due_micro > 0 or voided_at is not null or exists (
        select from hold h
        where h.lane = p_lane and h.workspace_id = p_workspace and h.kind = 'dispute'
          and h.state = 'open' and h.grant_no = c.grant_no and h.due_micro > 0))
    order by grant_no
  loop
    if g.reversal_due_micro > 0 then
      perform ledger.reverse_now(p_lane, p_workspace, g.grant_no, g.reversal_due_micro, p_at);
      select * into strict g from grant_credit
      where lane = p_lane and workspace_id = p_workspace and grant_no = g.grant_no;
    end if;
    if g.voided_at is not null and g.remaining_micro > 0 then
      perform ledger.void_now(p_lane, p_workspace, g.grant_no, 'void', g.remaining_micro, p_at);
    end if;
    perform ledger.freeze_now(p_lane, p_workspace, g.grant_no, p_at);
  end loop;
end $$;

-- Moves the counters of the caps that a call falls under, if they still count that window.
create function ledger.count_usage(
  p_lane smallint, p_workspace bigint, p_window timestamptz, p_member text, p_space text,
  p_delta bigint
) returns void
language sql
as $$
  update limit_counter set used_micro = used_micro + p_delta
  where lane = p_lane and workspace_id = p_workspace and window_start = p_window and p_delta <> 0
    and ((scope = 'member' and subject = p_member) or (scope = 'space' and subject = p_space)
      or scope = 'org')
$$;

reset role;
