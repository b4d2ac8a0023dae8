-- What every operation needs: which grants pay, which limits refuse, what is written down and what
-- is answered.

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

-- Lays an operation's lines along its sources and writes one entry wherever two overlap. A line of
-- zero is written too: a run shows all its lines.
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
    select coalesce(sum(remaining_micro), 0),
      coalesce(sum(held_micro + spent_micro + repaid_micro), 0)
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

-- What is left below the caps of a member and of a Space, in this order; null where there is no
-- cap.
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

reset role;
