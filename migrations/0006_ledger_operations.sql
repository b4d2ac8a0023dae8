-- What products ask: debit, hold, extend, settle, release, refund, mixed in one batch of one lane. Every
-- operation is exact: all limits are checked and taken under the lane's lock, in one transaction.

set local role tollgate_ledger;

-- A part of an amount and where it comes from.
create type ledger.source as (
  target text,
  grant_no int,
  grant_kind text,
  micro bigint,
  window_start timestamptz,
  above_hold boolean
);

-- Which grants would pay an amount now, in burn order; less than the amount if they cannot.
create function ledger.allocate(p pool, p_amount bigint, p_earmark text) returns ledger.source[]
language sql stable
as $$
  select coalesce(array_agg(
    ('grant', grant_no, kind, least(remaining_micro, p_amount - before), p.window_start, false)
      ::ledger.source order by rank), '{}')
  from (
    select grant_no, kind, remaining_micro, rank,
      (sum(remaining_micro) over (order by rank) - remaining_micro)::bigint as before
    from (
      select g.grant_no, g.kind, g.remaining_micro, ledger.burn_rank(p.burn_order, g) as rank
      from grant_credit g
      where lane = p.lane and workspace_id = p.workspace_id and remaining_micro > 0
        and (earmark is null or earmark = p_earmark)
        and effective_at <= p.last_at and (expires_at is null or expires_at > p.last_at)
    ) live
  ) running
  where before < p_amount
$$;

create function ledger.total(p_sources ledger.source[]) returns bigint
language sql immutable
as $$ select coalesce(sum(micro), 0)::bigint from unnest(p_sources) $$;

-- Burns an amount in today's order; what the grants lack becomes debt.
create function ledger.burn(p pool, p_amount bigint, p_earmark text, p_above_hold boolean)
returns ledger.source[]
language plpgsql
as $$
declare
  v_sources ledger.source[] := ledger.allocate(p, p_amount, p_earmark);
  v_short bigint := p_amount - ledger.total(v_sources);
begin
  update grant_credit g set
    remaining_micro = remaining_micro - s.micro,
    spent_micro = spent_micro + s.micro
  from unnest(v_sources) s
  where g.lane = p.lane and g.workspace_id = p.workspace_id and g.grant_no = s.grant_no;
  if v_short > 0 then
    update pool set debt_micro = debt_micro + v_short
    where lane = p.lane and workspace_id = p.workspace_id;
    v_sources := v_sources || ('debt', null, null, v_short, p.window_start, false)::ledger.source;
  end if;
  return array(
    select (target, grant_no, grant_kind, micro, window_start, p_above_hold)::ledger.source
    from unnest(v_sources) with ordinality s(
      target, grant_no, grant_kind, micro, window_start, above_hold, position)
    order by position);
end $$;

create function ledger.lines_total(p_op jsonb) returns bigint
language sql immutable
as $$
  select coalesce(sum((line ->> 'amountMicro')::bigint), 0)::bigint
  from jsonb_array_elements(p_op -> 'lines') line
$$;

-- Lays an operation's lines along its sources and writes one entry wherever two overlap. A line of zero is
-- written too: a run shows all its lines.
create function ledger.book_usage(
  p pool, p_id uuid, p_kind text, p_op jsonb, p_dims hold, p_sources ledger.source[],
  p_hold_expired boolean
) returns void
language sql
as $$
  with line as (
    select position, item, (item ->> 'amountMicro')::bigint as micro,
      sum((item ->> 'amountMicro')::bigint) over (order by position) as upto
    from jsonb_array_elements(p_op -> 'lines') with ordinality l(item, position)
  ),
  source as (
    select s.*, sum(micro) over (order by position) as upto
    from unnest(p_sources) with ordinality s(
      target, grant_no, grant_kind, micro, window_start, above_hold, position)
  ),
  piece as (
    select l.position, s.position as source_position, l.item, s.target, s.grant_no, s.grant_kind,
      s.window_start, s.above_hold,
      least(l.upto, s.upto) - greatest(l.upto - l.micro, s.upto - s.micro) as micro
    from line l join source s
      on s.upto - s.micro < l.upto and l.upto - l.micro < s.upto and l.micro > 0 and s.micro > 0
    union all
    select l.position, 0, l.item, 'nothing', null, null, p.window_start, false, 0
    from line l where l.micro = 0
  ),
  numbered as (
    select *, row_number() over (order by position, source_position) - 1 as ordinal,
      row_number() over (partition by position order by source_position) = 1 as opens_line
    from piece
  )
  insert into usage_entry (
    lane, ordinal, grant_no, workspace_id, id, at, occurred_at, window_start, amount_micro,
    balance_after_micro, terms_version, rate_version, kind, target, grant_kind, above_hold,
    hold_expired, hold_id, on_behalf_of, tokens, line, model, member, space, agent, surface, run_id,
    quantities
  )
  select p.lane, ordinal, grant_no, p.workspace_id, p_id, p.last_at,
    coalesce((p_op ->> 'occurredAt')::timestamptz, p.last_at), window_start, micro,
    (select available_micro from pool where lane = p.lane and workspace_id = p.workspace_id),
    p.terms_version, (p_op ->> 'rateVersion')::int, p_kind, target, grant_kind, above_hold,
    p_hold_expired, p_dims.id, p_dims.on_behalf_of,
    -- A line's tokens stand on its first entry only, so that sums count them once.
    case when opens_line then (item ->> 'tokens')::bigint end,
    item ->> 'line', item ->> 'model', p_dims.member, p_dims.space, p_dims.agent, p_dims.surface,
    p_dims.run_id, case when opens_line then item -> 'quantities' end
  from numbered
$$;

-- Who and what a call is attributed to, in the shape that a hold keeps.
create function ledger.dims(p_op jsonb) returns hold
language sql stable
as $$
  select jsonb_populate_record(null::hold, jsonb_build_object(
    'earmark', p_op -> 'earmark', 'member', p_op -> 'member', 'space', p_op -> 'space',
    'agent', p_op -> 'agent', 'surface', p_op -> 'surface', 'run_id', p_op -> 'runId',
    'on_behalf_of', p_op -> 'onBehalfOf'))
$$;

-- Every limit that an amount would go beyond now; none is an empty array.
create function ledger.exceeded(p pool, p_dims hold, p_amount bigint) returns jsonb
language plpgsql stable
as $$
declare
  v_fired jsonb := '[]';
  v_left bigint;
  v_used bigint;
begin
  if p.gate_closes_at <= p.last_at then
    v_fired := v_fired || jsonb_build_object(
      'limit', 'gate', 'code', p.gate_code, 'closedAt', ledger.iso(p.gate_closes_at));
  end if;
  if p_amount > p.available_micro then
    select coalesce(sum(remaining_micro), 0), coalesce(sum(held_micro + spent_micro + repaid_micro), 0)
    into v_left, v_used from grant_credit
    where lane = p.lane and workspace_id = p.workspace_id and effective_at <= p.last_at
      and (expires_at is null or expires_at > p.last_at)
      and (earmark is null or earmark = p_dims.earmark);
    if p_amount > v_left then
      v_fired := v_fired || jsonb_build_object(
        'limit', 'pool', 'subject', p_dims.earmark, 'usedMicro', v_used::text,
        'capMicro', (v_left + v_used)::text, 'resetsAt', ledger.iso(coalesce(
          (select starts_at from standing_order
            where lane = p.lane and workspace_id = p.workspace_id), p.window_end)));
    end if;
  end if;
  return v_fired || (
    select coalesce(jsonb_agg(jsonb_build_object(
      'limit', scope, 'subject', subject, 'usedMicro', used_micro::text,
      'capMicro', cap_micro::text, 'resetsAt', ledger.iso(p.window_end)) order by scope), '[]')
    from limit_counter
    where lane = p.lane and workspace_id = p.workspace_id and used_micro + p_amount > cap_micro
      and ((scope = 'member' and subject = p_dims.member)
        or (scope = 'space' and subject = p_dims.space)));
end $$;

-- What is left below the caps of a member and of a Space, in this order; null where there is no cap.
create function ledger.limits_left(p pool, p_dims hold) returns bigint[]
language sql stable
as $$
  select array[
    (select cap_micro - used_micro from limit_counter where lane = p.lane
      and workspace_id = p.workspace_id and scope = 'member' and subject = p_dims.member),
    (select cap_micro - used_micro from limit_counter where lane = p.lane
      and workspace_id = p.workspace_id and scope = 'space' and subject = p_dims.space)]
$$;

create function ledger.limits_left_json(p_left bigint[], p_dims hold) returns jsonb
language sql stable
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'limit', l.scope, 'subject', l.subject, 'leftMicro', l.micro::text) order by l.position), '[]')
  from (values
    (1, 'member', p_dims.member, p_left[1]), (2, 'space', p_dims.space, p_left[2])
  ) l(position, scope, subject, micro)
  where l.micro is not null
$$;

-- The first denial of each limit in its window is an event; the others are answers only.
create function ledger.tell_denial(p pool, p_limits jsonb) returns void
language plpgsql
as $$
declare
  v_limit jsonb;
  v_scope text;
begin
  for v_limit in select value from jsonb_array_elements(p_limits) loop
    v_scope := v_limit ->> 'limit';
    if v_scope = 'gate' then
      update pool set gate_denied = true
      where lane = p.lane and workspace_id = p.workspace_id and not gate_denied;
    elsif v_scope = 'pool' then
      update pool set pool_denied_in = p.window_start
      where lane = p.lane and workspace_id = p.workspace_id
        and pool_denied_in is distinct from p.window_start;
    else
      update limit_counter set denied = true
      where lane = p.lane and workspace_id = p.workspace_id and scope = v_scope
        and subject = v_limit ->> 'subject' and not denied;
    end if;
    if found then
      perform ledger.feed(p.lane, p.workspace_id, 'limitReached', p.last_at, v_limit);
    end if;
  end loop;
end $$;

-- Thresholds that the last change crossed: one event each, until a reset or top-up arms them again.
create function ledger.tell_thresholds(p_lane smallint, p_workspace bigint, p_at timestamptz)
returns jsonb
language plpgsql
as $$
declare
  v_percent int;
  v_crossed jsonb := '[]';
begin
  for v_percent in
    select percent from pool, unnest(alerts_armed) percent
    where lane = p_lane and workspace_id = p_workspace
      and ledger.is_crossed(p_lane, p_workspace, p_at, percent)
    order by percent desc
  loop
    update pool set alerts_armed = array_remove(alerts_armed, v_percent)
    where lane = p_lane and workspace_id = p_workspace;
    perform ledger.feed(p_lane, p_workspace, 'thresholdCrossed', p_at, jsonb_build_object(
      'percent', v_percent,
      'availableMicro', ledger.available(p_lane, p_workspace, p_at)::text));
    v_crossed := v_crossed || to_jsonb(v_percent);
  end loop;
  return v_crossed;
end $$;

-- Remembers an answer under its key, for the month in which it was given.
create function ledger.remember(
  p pool, p_op jsonb, p_operation uuid, p_limits_left bigint[], p_answer jsonb
) returns void
language sql
as $$
  insert into request_key (
    lane, month, body_hash, workspace_id, key_hash, operation_id, made_at, limits_left, answer
  ) values (
    p.lane, date_trunc('month', clock_timestamp() at time zone 'UTC')::date,
    (p_op ->> 'bodyHash')::bigint, p.workspace_id, (p_op ->> 'keyHash')::uuid, p_operation,
    clock_timestamp(), p_limits_left, p_answer
  )
$$;

-- A receipt is always read from its entries, at first and when it is asked for again.
create function ledger.receipt(p_lane smallint, p_workspace bigint, p_id uuid, p_limits_left bigint[])
returns jsonb
language sql stable
as $$
  select jsonb_build_object(
    'answer', 'receipt',
    'id', p_id,
    'at', ledger.iso(min(at)),
    'occurredAt', ledger.iso(min(occurred_at)),
    'amountMicro', sum(amount_micro)::text,
    'balanceAfterMicro', (array_agg(balance_after_micro order by ordinal desc))[1]::text,
    'aboveHold', bool_or(above_hold),
    'holdExpired', bool_or(hold_expired),
    'limitsLeft', ledger.limits_left_json(p_limits_left, jsonb_populate_record(
      null::hold, jsonb_build_object('member', min(member), 'space', min(space)))),
    'entries', jsonb_agg(jsonb_build_object(
      'ordinal', ordinal, 'line', line, 'model', model, 'amountMicro', amount_micro::text,
      'target', target, 'grantNo', grant_no, 'grantKind', grant_kind, 'aboveHold', above_hold
    ) order by ordinal))
  from usage_entry where lane = p_lane and workspace_id = p_workspace and id = p_id
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

-- Charges one run, all of it or nothing; what has already happened is recorded, into debt if need be.
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
    v_limits := ledger.exceeded(p, v_dims, v_amount);
    if v_limits <> '[]' then return ledger.deny(p, p_op, v_limits); end if;
  end if;
  v_sources := ledger.burn(p, v_amount, v_dims.earmark, false);
  perform ledger.count_usage(
    p.lane, p.workspace_id, p.window_start, v_dims.member, v_dims.space, v_amount);
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  perform ledger.book_usage(p, v_id, 'debit', p_op, v_dims, v_sources, false);
  v_left := ledger.limits_left(p, v_dims);
  v_crossed := ledger.tell_thresholds(p.lane, p.workspace_id, p.last_at);
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
  v_life bigint := (p_op ->> 'lifeMs')::bigint;
  v_id uuid := uuidv7();
  v_limits jsonb := ledger.exceeded(p, v_dims, v_amount);
  v_sources ledger.source[];
  v_crossed jsonb;
  v_answer jsonb;
begin
  if v_limits <> '[]' then return ledger.deny(p, p_op, v_limits); end if;
  v_sources := ledger.allocate(p, v_amount, v_dims.earmark);
  update grant_credit g set remaining_micro = remaining_micro - s.micro, held_micro = held_micro + s.micro
  from unnest(v_sources) s
  where g.lane = p.lane and g.workspace_id = p.workspace_id and g.grant_no = s.grant_no;
  insert into hold (
    lane, workspace_id, id, amount_micro, grant_no, part_micro, taken_at, expires_at, window_start,
    earmark, member, space, agent, surface, run_id, on_behalf_of
  ) values (
    p.lane, p.workspace_id, v_id, v_amount, v_sources[1].grant_no, coalesce(v_sources[1].micro, 0),
    p.last_at, p.last_at + v_life * interval '1 millisecond', p.window_start, v_dims.earmark,
    v_dims.member, v_dims.space, v_dims.agent, v_dims.surface, v_dims.run_id, v_dims.on_behalf_of
  );
  insert into hold_part (lane, workspace_id, hold_id, ordinal, grant_no, part_micro)
  select p.lane, p.workspace_id, v_id, position, s.grant_no, s.micro
  from unnest(v_sources[2:]) with ordinality s(
    target, grant_no, grant_kind, micro, window_start, above_hold, position);
  perform ledger.count_usage(
    p.lane, p.workspace_id, p.window_start, v_dims.member, v_dims.space, v_amount);
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  v_crossed := ledger.tell_thresholds(p.lane, p.workspace_id, p.last_at);
  v_answer := jsonb_build_object(
    'answer', 'held', 'holdId', v_id, 'at', ledger.iso(p.last_at), 'amountMicro', v_amount::text,
    'expiresAt', ledger.iso(p.last_at + v_life * interval '1 millisecond'),
    'balanceAfterMicro', (
      select available_micro::text from pool
      where lane = p.lane and workspace_id = p.workspace_id),
    'limitsLeft', ledger.limits_left_json(ledger.limits_left(p, v_dims), v_dims));
  perform ledger.remember(p, p_op, v_id, null, v_answer);
  return v_answer || jsonb_build_object('crossed', v_crossed);
end $$;

create function ledger.hold_of(p pool, p_op jsonb) returns hold
language sql stable
as $$
  select h.* from hold h
  where lane = p.lane and workspace_id = p.workspace_id and id = (p_op ->> 'holdId')::uuid
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
  if h.id is null or h.kind <> 'run' then return '{"answer": "notFound"}'; end if;
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

-- Spends from a hold's own allocations, in their order; a part whose grant has ended counts only if the terms
-- honour it.
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
      || ('grant', v_part.grant_no, v_part.kind, v_take, h.window_start, false)::ledger.source;
  end loop;
  return v_sources;
end $$;

-- Books a hold's true usage: its allocations, then today's order, then debt; never less than what was used.
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
  if h.id is null or h.kind <> 'run' then return '{"answer": "notFound"}'; end if;
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
  v_sources := v_held || ledger.burn(p, v_excess, h.earmark, not v_expired);
  -- What the hold set aside is counted already, in its own window; the excess counts today.
  perform ledger.count_usage(
    p.lane, p.workspace_id, p.window_start, h.member, h.space, v_excess);
  perform ledger.finish_settle(p, h, p_op, v_id);
  perform ledger.settle_claims(p.lane, p.workspace_id, array(
    select distinct grant_no from unnest(v_held)), p.last_at);
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  perform ledger.book_usage(p, v_id, 'settle', p_op, h, v_sources, v_expired);
  v_crossed := ledger.tell_thresholds(p.lane, p.workspace_id, p.last_at);
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
  if h.state = 'open' and p_op ->> 'rest' = 'keep' then return; end if;
  if h.state = 'open' then perform ledger.close_hold(v_now, 'settled', p.last_at); end if;
  update hold set state = 'settled', settle_id = p_id, settle_body = (p_op ->> 'bodyHash')::bigint
  where lane = p.lane and workspace_id = p.workspace_id and id = h.id;
end $$;

-- Gives an amount of one entry back to where it came from. If its grant was reversed meanwhile the debt that
-- took its place shrinks; if a debt was repaid meanwhile, the grant that repaid it gets it back.
create function ledger.give_back(e usage_entry, p_amount bigint) returns ledger.source[]
language plpgsql
as $$
declare
  g grant_credit;
  v_left bigint := p_amount;
  v_part bigint;
  v_sources ledger.source[] := '{}';
begin
  select * into g from grant_credit
  where lane = e.lane and workspace_id = e.workspace_id and grant_no = e.grant_no;
  v_part := least(v_left, coalesce(g.spent_micro, 0)); -- no grant, when the entry is on debt
  if v_part > 0 then
    update grant_credit set spent_micro = spent_micro - v_part, remaining_micro = remaining_micro + v_part
    where lane = e.lane and workspace_id = e.workspace_id and grant_no = e.grant_no;
    v_sources := v_sources
      || ('grant', g.grant_no, g.kind, v_part, e.window_start, false)::ledger.source;
    v_left := v_left - v_part;
  end if;
  select least(v_left, debt_micro) into strict v_part from pool
  where lane = e.lane and workspace_id = e.workspace_id;
  if v_part > 0 then
    update pool set debt_micro = debt_micro - v_part
    where lane = e.lane and workspace_id = e.workspace_id;
    v_sources := v_sources || ('debt', null, null, v_part, e.window_start, false)::ledger.source;
    v_left := v_left - v_part;
  end if;
  for g in
    select * from grant_credit
    where lane = e.lane and workspace_id = e.workspace_id and repaid_micro > 0 and v_left > 0
    order by grant_no desc
  loop
    v_part := least(v_left, g.repaid_micro);
    exit when v_part = 0;
    update grant_credit set repaid_micro = repaid_micro - v_part, remaining_micro = remaining_micro + v_part
    where lane = e.lane and workspace_id = e.workspace_id and grant_no = g.grant_no;
    v_sources := v_sources
      || ('grant', g.grant_no, g.kind, v_part, e.window_start, false)::ledger.source;
    v_left := v_left - v_part;
  end loop;
  if v_left > 0 then -- the check on the column refuses what was never forgiven
    update pool set forgiven_micro = forgiven_micro - v_left
    where lane = e.lane and workspace_id = e.workspace_id;
    v_sources := v_sources || ('forgiven', null, null, v_left, e.window_start, false)::ledger.source;
  end if;
  return v_sources;
end $$;

-- What of a debit or settle was not given back yet, entry by entry.
create function ledger.refundable(p pool, p_receipt uuid)
returns table (entry usage_entry, micro bigint)
language sql stable
as $$
  select e, (e.amount_micro + coalesce((
    select sum(r.amount_micro) from usage_entry r
    where r.lane = p.lane and r.workspace_id = p.workspace_id and r.refund_of = p_receipt
      and r.refund_ordinal = e.ordinal), 0))::bigint
  from usage_entry e
  where e.lane = p.lane and e.workspace_id = p.workspace_id and e.id = p_receipt
    and e.kind in ('debit', 'settle')
$$;

-- Gives a debit back, last burned first.
create function ledger.apply_refund(p pool, p_op jsonb) returns jsonb
language plpgsql
as $$
declare
  v_receipt uuid := (p_op ->> 'receiptId')::uuid;
  v_id uuid := uuidv7();
  v_total bigint;
  v_left bigint;
  v_part bigint;
  v_ordinal int := 0;
  v_sources ledger.source[];
  v_row record;
  e usage_entry;
begin
  select sum(micro) into v_total from ledger.refundable(p, v_receipt);
  if v_total is null then return '{"answer": "notFound"}'; end if;
  v_left := coalesce((p_op ->> 'amountMicro')::bigint, v_total);
  if v_left = 0 or v_left > v_total then
    return jsonb_build_object('answer', 'nothingToRefund', 'refundableMicro', v_total::text);
  end if;
  for v_row in
    select * from ledger.refundable(p, v_receipt) where micro > 0 order by (entry).ordinal desc
  loop
    exit when v_left = 0;
    e := v_row.entry;
    v_part := least(v_left, v_row.micro);
    v_left := v_left - v_part;
    v_sources := ledger.give_back(e, v_part);
    perform ledger.count_usage(p.lane, p.workspace_id, e.window_start, e.member, e.space, -v_part);
    perform ledger.settle_claims(p.lane, p.workspace_id, array(
      select grant_no from unnest(v_sources)), p.last_at);
    perform ledger.write_refund(p, v_id, v_ordinal, e, v_sources);
    v_ordinal := v_ordinal + cardinality(v_sources);
  end loop;
  perform ledger.refresh(p.lane, p.workspace_id, p.last_at);
  perform ledger.remember(p, p_op, v_id, null, null);
  return ledger.receipt(p.lane, p.workspace_id, v_id, null) || '{"crossed": []}';
end $$;

create function ledger.write_refund(
  p pool, p_id uuid, p_ordinal int, e usage_entry, p_sources ledger.source[]
) returns void
language sql
as $$
  insert into usage_entry (
    lane, ordinal, grant_no, workspace_id, id, at, occurred_at, window_start, amount_micro,
    balance_after_micro, terms_version, rate_version, kind, target, grant_kind, hold_id, refund_of,
    refund_ordinal, on_behalf_of, line, model, member, space, agent, surface, run_id
  )
  select p.lane, p_ordinal + position - 1, s.grant_no, p.workspace_id, p_id, p.last_at,
    e.occurred_at, e.window_start, -s.micro,
    ledger.available(p.lane, p.workspace_id, p.last_at), p.terms_version, e.rate_version, 'refund',
    s.target, s.grant_kind, e.hold_id, e.id, e.ordinal, e.on_behalf_of, e.line, e.model, e.member,
    e.space, e.agent, e.surface, e.run_id
  from unnest(p_sources) with ordinality s(
    target, grant_no, grant_kind, micro, window_start, above_hold, position)
$$;

-- The answer that a key got before, if it is younger than 35 days of real time.
create function ledger.known_key(p_lane smallint, p_key uuid) returns request_key
language sql stable
as $$
  select k.* from request_key k
  where lane = p_lane and key_hash = p_key
    and month >= date_trunc('month', (clock_timestamp() - interval '35 days') at time zone 'UTC')::date
    and made_at > clock_timestamp() - interval '35 days'
  order by month desc limit 1
$$;

create function ledger.replay(k request_key, p_op jsonb) returns jsonb
language plpgsql stable
as $$
begin
  if k.body_hash <> (p_op ->> 'bodyHash')::bigint then
    return '{"answer": "idempotencyKeyReused"}';
  end if;
  return coalesce(k.answer, ledger.receipt(k.lane, k.workspace_id, k.operation_id, k.limits_left))
    || '{"replayed": true, "crossed": []}';
end $$;

-- Why an operation cannot be booked as it was sent; null if it can.
create function ledger.mistimed(p pool, p_op jsonb) returns jsonb
language plpgsql stable
as $$
declare
  v_occurred timestamptz := (p_op ->> 'occurredAt')::timestamptz;
begin
  if v_occurred > p.last_at + interval '5 minutes' then
    return jsonb_build_object('answer', 'occurredAhead', 'at', ledger.iso(p.last_at));
  end if;
  if v_occurred < p.last_at - interval '35 days' then
    return jsonb_build_object('answer', 'occurredTooLate', 'at', ledger.iso(p.last_at));
  end if;
  if (p_op ->> 'termsVersion')::int <> p.terms_version
    or (p_op ->> 'rateVersion')::int <> p.rate_version then
    return jsonb_build_object(
      'answer', 'stale', 'termsVersion', p.terms_version, 'rateVersion', p.rate_version);
  end if;
  return null;
end $$;

-- One operation, under its lane's lock.
create function ledger.perform(p_lane smallint, p_op jsonb) returns jsonb
language plpgsql
as $$
declare
  v_workspace bigint := (p_op ->> 'workspaceId')::bigint;
  p pool;
  k request_key;
  v_mistimed jsonb;
begin
  if not exists (select from pool where lane = p_lane and workspace_id = v_workspace
    and product_id = p_op ->> 'product') then
    return '{"answer": "notFound"}';
  end if;
  k := ledger.known_key(p_lane, (p_op ->> 'keyHash')::uuid);
  if k.key_hash is not null then return ledger.replay(k, p_op); end if;
  p := ledger.enter(p_lane, v_workspace);
  v_mistimed := ledger.mistimed(p, p_op);
  if v_mistimed is not null then return v_mistimed; end if;
  case p_op ->> 'kind'
    when 'debit' then return ledger.apply_debit(p, p_op);
    when 'hold' then return ledger.apply_hold(p, p_op);
    when 'extend' then return ledger.apply_extend(p, p_op);
    when 'settle' then return ledger.apply_settle(p, p_op);
    when 'release' then return ledger.apply_release(p, p_op);
    when 'refund' then return ledger.apply_refund(p, p_op);
  end case;
end $$;

-- A batch of one lane's operations, answered in their order. Each carries its product: a workspace of another
-- product is not found, for that operation alone.
-- Plans made while a table was empty would keep a sequential scan.
create function ledger_apply(p_lane smallint, p_operations jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set enable_seqscan = off
as $$
declare
  v_op jsonb;
  v_answers jsonb := '[]';
begin
  perform ledger.lock_lane(p_lane);
  for v_op in select value from jsonb_array_elements(p_operations) loop
    v_answers := v_answers || ledger.perform(p_lane, v_op);
  end loop;
  return v_answers;
end $$;

reset role;
