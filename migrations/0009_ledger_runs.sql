-- A run's usage: debit, hold, extend, release, settle. Each takes the pool's row as `ledger.enter`
-- gave it, books under the lane's lock, and remembers its answer under the client's key.

set local role tollgate_ledger;

-- Remembers an answer under its key, for the month in which it was given.
create function ledger.remember(
  p pool, p_op jsonb, p_operation uuid, p_limits_left bigint[], p_answer jsonb
) returns void
language sql
as $$
  insert into request_key (
    lane, month, body_hash, key_hash, operation_id, member_left, space_left, org_left,
    counts_left, answer
  ) values (
    p.lane, date_trunc('month', clock_timestamp() at time zone 'UTC')::date,
    (p_op ->> 'bodyHash')::bigint, (p_op ->> 'keyHash')::uuid, p_operation,
    p_limits_left[1], p_limits_left[2], p_limits_left[3], nullif(p_limits_left[4:], '{}'), p_answer
  )
$$;

-- The promo credits that a refund has given in the place of ended grants.
create function ledger.promos_of(p_lane smallint, p_workspace bigint, p_id uuid) returns jsonb
language sql stable
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'grantNo', g.grant_no, 'inPlaceOf', of_grant, 'amountMicro', g.amount_micro::text,
    'expiresAt', ledger.iso(g.expires_at)) order by g.grant_no), '[]')
  from (
    select distinct grant_no from usage_entry
    where lane = p_lane and workspace_id = p_workspace and id = p_id
  ) e (of_grant)
  join grant_credit g on g.lane = p_lane and g.workspace_id = p_workspace
    and g.source_key = 'refund:' || p_id || ':' || of_grant
$$;

-- A receipt is always read from its entries, at first and when it is asked for again.
create function ledger.receipt(
  p_lane smallint, p_workspace bigint, p_id uuid, p_limits_left bigint[]
) returns jsonb
language sql stable
as $$
  select jsonb_build_object(
    'answer', 'receipt',
    'id', p_id,
    'at', ledger.iso(min(at)),
    'occurredAt', ledger.iso(min(occurred_at)),
    'termsVersion', min(terms_version),
    'rateVersion', min(rate_version),
    'amountMicro', sum(amount_micro)::text,
    'balanceAfterMicro', (array_agg(balance_after_micro order by ordinal desc))[1]::text,
    'aboveHold', bool_or(above_hold),
    'holdExpired', bool_or(hold_expired),
    'limitsLeft', ledger.limits_left_json(p_limits_left, jsonb_populate_record(
      null::hold, jsonb_build_object('member', min(member), 'space', min(space)))),
    'promos', case when bool_or(kind = 'refund') then
      ledger.promos_of(p_lane, p_workspace, p_id) else '[]' end,
    'countsLeft', ledger.counts_left_json(p_limits_left, (
      select f.counted from usage_entry f
      where f.lane = p_lane and f.workspace_id = p_workspace and f.id = p_id and f.ordinal = 0)),
    'entries', jsonb_agg(jsonb_build_object(
      'ordinal', ordinal, 'line', line, 'model', model, 'amountMicro', amount_micro::text,
      'target', target, 'grantNo', grant_no, 'grantKind', grant_kind, 'aboveHold', above_hold
    ) order by ordinal))
  from usage_entry where lane = p_lane and workspace_id = p_workspace and id = p_id
$$;

-- The same of a hold: what it was when it was taken.
create function ledger.hold_receipt(
  p_lane smallint, p_workspace bigint, p_id uuid, p_limits_left bigint[]
) returns jsonb
language sql stable
as $$
  select jsonb_build_object(
    'answer', 'held',
    'holdId', id,
    'at', ledger.iso(taken_at),
    'amountMicro', amount_micro::text,
    'expiresAt', ledger.iso(promised_until),
    'balanceAfterMicro', balance_after_micro::text,
    'limitsLeft', ledger.limits_left_json(p_limits_left, h),
    'countsLeft', ledger.counts_left_json(p_limits_left, counted))
  from hold h where lane = p_lane and workspace_id = p_workspace and id = p_id
$$;

create function ledger.deny(p pool, p_op jsonb, p_limits jsonb) returns jsonb
language plpgsql
as $$
declare
  v_answer jsonb := jsonb_build_object('answer', 'denied', 'limits', p_limits);
begin
  perform ledger.tell_denial(p, p_limits);
  perform ledger.remember(p, p_op, null, null, v_answer);
  return v_answer;
end $$;

-- Charges one run, all of it or nothing; what has already happened is recorded, into debt if need
-- be.
create function ledger.apply_debit(p pool, p_op jsonb) returns jsonb
language plpgsql
as $$
declare
  v_dims hold := ledger.dims(p_op);
  v_amount bigint := ledger.lines_total(p_op);
  v_id uuid := uuidv7();
  v_limits jsonb;
  v_sources ledger.source[];
  v_left bigint[];
  v_crossed jsonb;
begin
  if p_op ->> 'onShort' = 'deny' then
    v_limits := ledger.exceeded(p, v_dims, v_amount, p_op);
    if v_limits <> '[]' then return ledger.deny(p, p_op, v_limits); end if;
  end if;
  v_sources := ledger.burn(p, v_amount, v_dims.earmarks, false);
  perform ledger.count_usage(
    p.lane, p.workspace_id, p.window_start, v_dims.member, v_dims.space, v_amount);
  if v_dims.counted is not null then perform ledger.count_call(p, p_op); end if;
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  perform ledger.book_usage(p, v_id, 'debit', p_op, v_dims, v_sources, false);
  v_left := ledger.limits_left(p, v_dims, p_op);
  v_crossed := ledger.tell_thresholds(
    p.lane, p.workspace_id, p.last_at, v_dims.member, v_dims.space);
  perform ledger.remember(p, p_op, v_id, v_left, null);
  return ledger.receipt(p.lane, p.workspace_id, v_id, v_left)
    || jsonb_build_object('crossed', v_crossed);
end $$;

-- Sets credits aside: the same limits as a debit, taken now.
create function ledger.apply_hold(p pool, p_op jsonb) returns jsonb
language plpgsql
as $$
declare
  v_dims hold := ledger.dims(p_op);
  v_amount bigint := (p_op ->> 'amountMicro')::bigint;
  v_until timestamptz := p.last_at + (p_op ->> 'lifeMs')::bigint * interval '1 millisecond';
  v_id uuid := uuidv7();
  v_limits jsonb := ledger.exceeded(p, v_dims, v_amount, p_op);
  v_sources ledger.source[];
  v_beyond bigint;
  v_crossed jsonb;
  v_left bigint[];
begin
  if v_limits <> '[]' then return ledger.deny(p, p_op, v_limits); end if;
  v_sources := ledger.allocate(p, v_amount, v_dims.earmarks);
  v_beyond := v_amount - ledger.total(v_sources);
  update grant_credit g set
    remaining_micro = remaining_micro - s.micro,
    held_micro = held_micro + s.micro
  from unnest(v_sources) s
  where g.lane = p.lane and g.workspace_id = p.workspace_id and g.grant_no = s.grant_no;
  insert into hold (
    lane, workspace_id, id, amount_micro, grant_no, part_micro, overage_micro, beyond_micro,
    overage_price_micro, taken_at, expires_at, promised_until, window_start, earmarks, counted,
    member, space, agent, surface, tool, run_id, on_behalf_of
  ) values (
    p.lane, p.workspace_id, v_id, v_amount, v_sources[1].grant_no, coalesce(v_sources[1].micro, 0),
    v_beyond, nullif(v_beyond, 0), case when v_beyond > 0 then p.overage_price_micro end, p.last_at, v_until, v_until,
    p.window_start, v_dims.earmarks, v_dims.counted, v_dims.member, v_dims.space, v_dims.agent, v_dims.surface, v_dims.tool, v_dims.run_id, v_dims.on_behalf_of
  );
  if v_beyond > 0 then
    perform ledger.count_overage(p.lane, p.workspace_id, p.window_start, v_beyond);
    perform ledger.count_spend(
      p.lane, p.workspace_id, p.last_at, p.last_at, v_beyond, p.overage_price_micro);
  end if;
  insert into hold_part (lane, workspace_id, hold_id, ordinal, grant_no, taken_micro, part_micro)
  select p.lane, p.workspace_id, v_id, position, s.grant_no, s.micro, s.micro
  from unnest(v_sources[2:]) with ordinality s(
    target, grant_no, grant_kind, micro, window_start, above_hold, price_micro, position);
  perform ledger.count_usage(
    p.lane, p.workspace_id, p.window_start, v_dims.member, v_dims.space, v_amount);
  if v_dims.counted is not null then perform ledger.count_call(p, p_op); end if;
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  v_crossed := ledger.tell_thresholds(
    p.lane, p.workspace_id, p.last_at, v_dims.member, v_dims.space);
  v_left := ledger.limits_left(p, v_dims, p_op);
  update hold set balance_after_micro = (
    select available_micro from pool where lane = p.lane and workspace_id = p.workspace_id)
  where lane = p.lane and workspace_id = p.workspace_id and id = v_id;
  perform ledger.remember(p, p_op, v_id, v_left, null);
  return ledger.hold_receipt(p.lane, p.workspace_id, v_id, v_left)
    || jsonb_build_object('crossed', v_crossed);
end $$;

create function ledger.hold_of(p pool, p_op jsonb) returns hold
language sql stable
as $$
  select h.* from hold h
  where lane = p.lane and workspace_id = p.workspace_id and id = (p_op ->> 'holdId')::uuid
    and kind = 'run' -- a dispute's freeze is nobody's run
$$;

create function ledger.apply_extend(p pool, p_op jsonb) returns jsonb
language plpgsql
as $$
declare
  h hold := ledger.hold_of(p, p_op);
  v_until timestamptz := p.last_at + (p_op ->> 'lifeMs')::bigint * interval '1 millisecond';
  v_answer jsonb;
begin
  if h.id is null then return '{"answer": "notFound"}'; end if;
  if h.state <> 'open' then
    return jsonb_build_object('answer', 'holdClosed', 'state', h.state);
  end if;
  update hold set expires_at = v_until
  where lane = p.lane and workspace_id = p.workspace_id and id = h.id;
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  v_answer := jsonb_build_object(
    'answer', 'extended', 'holdId', h.id, 'expiresAt', ledger.iso(v_until));
  perform ledger.remember(p, p_op, h.id, null, v_answer);
  return v_answer;
end $$;

create function ledger.apply_release(p pool, p_op jsonb) returns jsonb
language plpgsql
as $$
declare
  h hold := ledger.hold_of(p, p_op);
  v_back bigint;
  v_answer jsonb;
begin
  if h.id is null then return '{"answer": "notFound"}'; end if;
  if h.state <> 'open' then
    return jsonb_build_object('answer', 'holdClosed', 'state', h.state);
  end if;
  v_back := ledger.close_hold(h, 'released', p.last_at);
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  v_answer := jsonb_build_object(
    'answer', 'released', 'holdId', h.id, 'releasedMicro', v_back::text, 'balanceAfterMicro', (
      select available_micro::text from pool
      where lane = p.lane and workspace_id = p.workspace_id));
  perform ledger.remember(p, p_op, h.id, null, v_answer);
  return v_answer;
end $$;

-- Spends from a hold's own allocations, in their order, what it set aside beyond the grants last; a
-- part whose grant has ended counts only if the terms honour it.
create function ledger.spend_held(p pool, h hold, p_amount bigint) returns ledger.source[]
language plpgsql
as $$
declare
  v_part record;
  v_take bigint;
  v_sources ledger.source[] := '{}';
begin
  for v_part in
    select hp.ordinal, g.grant_no, g.kind, hp.micro
    from ledger.hold_parts(h) hp
    join grant_credit g on g.lane = h.lane and g.workspace_id = h.workspace_id
      and g.grant_no = hp.grant_no
    where p.hold_survives_expiry or g.expires_at is null or g.expires_at > p.last_at
    order by hp.ordinal
  loop
    v_take := least(v_part.micro, p_amount - ledger.total(v_sources));
    exit when v_take = 0;
    update grant_credit set held_micro = held_micro - v_take, spent_micro = spent_micro + v_take
    where lane = h.lane and workspace_id = h.workspace_id and grant_no = v_part.grant_no;
    if v_part.ordinal = 0 then
      update hold set part_micro = part_micro - v_take
      where lane = h.lane and workspace_id = h.workspace_id and id = h.id;
    else
      update hold_part set part_micro = part_micro - v_take
      where lane = h.lane and workspace_id = h.workspace_id and hold_id = h.id
        and ordinal = v_part.ordinal;
    end if;
    v_sources := v_sources
      || ('grant', v_part.grant_no, v_part.kind, v_take, h.window_start, false, null)
        ::ledger.source;
  end loop;
  v_take := least(h.overage_micro, p_amount - ledger.total(v_sources));
  return v_sources || ledger.spend_beyond(p, h, v_take);
end $$;

-- Books a hold's true usage: its allocations, then today's order, then debt; never less than what
-- was used.
create function ledger.apply_settle(p pool, p_op jsonb) returns jsonb
language plpgsql
as $$
declare
  h hold := ledger.hold_of(p, p_op);
  v_amount bigint := ledger.lines_total(p_op);
  v_id uuid := uuidv7();
  v_expired boolean;
  v_held ledger.source[] := '{}';
  v_sources ledger.source[];
  v_excess bigint;
  v_crossed jsonb;
begin
  if h.id is null then return '{"answer": "notFound"}'; end if;
  if h.state = 'settled' and h.settle_body = (p_op ->> 'bodyHash')::bigint then
    perform ledger.remember(p, p_op, h.settle_id, null, null);
    return ledger.receipt(p.lane, p.workspace_id, h.settle_id, null)
      || '{"replayed": true, "crossed": []}';
  end if;
  if h.state not in ('open', 'expired') then
    return jsonb_build_object('answer', 'holdClosed', 'state', h.state);
  end if;
  v_expired := h.state = 'expired';
  if not v_expired then v_held := ledger.spend_held(p, h, v_amount); end if;
  v_excess := v_amount - ledger.total(v_held);
  v_sources := v_held || ledger.burn(p, v_excess, h.earmarks, not v_expired);
  -- What the hold set aside is counted already, in its own window; the excess counts today.
  perform ledger.count_usage(
    p.lane, p.workspace_id, p.window_start, h.member, h.space, v_excess);
  perform ledger.finish_settle(p, h, p_op, v_id);
  perform ledger.settle_claims(p.lane, p.workspace_id, array(
    select distinct grant_no from unnest(v_held)), p.last_at);
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  perform ledger.book_usage(p, v_id, 'settle', p_op, h, v_sources, v_expired);
  v_crossed := ledger.tell_thresholds(
    p.lane, p.workspace_id, p.last_at, h.member, h.space);
  perform ledger.remember(p, p_op, v_id, null, null);
  return ledger.receipt(p.lane, p.workspace_id, v_id, null)
    || jsonb_build_object('crossed', v_crossed);
end $$;

-- Closes a settled hold and gives its rest back, unless the rest is kept for more settles.
create function ledger.finish_settle(p pool, h hold, p_op jsonb, p_id uuid) returns void
language plpgsql
as $$
declare
  v_now hold := ledger.hold_of(p, p_op); -- what it has left, after this settle spent from it
begin
  if h.state = 'open' and p_op ->> 'rest' = 'keep' then
    update hold set part_settled = true
    where lane = p.lane and workspace_id = p.workspace_id and id = h.id;
    return;
  end if;
  if h.state = 'open' then perform ledger.close_hold(v_now, 'settled', p.last_at); end if;
  update hold set state = 'settled', settle_id = p_id, settle_body = (p_op ->> 'bodyHash')::bigint
  where lane = p.lane and workspace_id = p.workspace_id and id = h.id;
end $$;

reset role;
