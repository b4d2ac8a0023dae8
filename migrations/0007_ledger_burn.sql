-- Which grants pay for an amount, and how its lines are written down.

set local role tollgate_ledger;

-- A part of an amount and where it comes from.
create type ledger.source as (
  target text,
  grant_no int,
  grant_kind text,
  micro bigint,
  window_start timestamptz,
  above_hold boolean,
  price_micro bigint -- null unless target is overage
);

-- Which grants would pay an amount now, in burn order; less than the amount if they cannot.
create function ledger.allocate(p pool, p_amount bigint, p_earmarks text[])
returns ledger.source[]
language sql stable
as $$
  select coalesce(array_agg(
    ('grant', grant_no, kind, least(remaining_micro, p_amount - before), p.window_start, false, null)
      ::ledger.source order by rank), '{}')
  from (
    select grant_no, kind, remaining_micro, rank,
      (sum(remaining_micro) over (order by rank) - remaining_micro)::bigint as before
    from (
      select g.grant_no, g.kind, g.remaining_micro, ledger.burn_rank(p.burn_order, g) as rank
      from grant_credit g
      where lane = p.lane and workspace_id = p.workspace_id and has_rest
        and (earmark is null or earmark = any (p_earmarks))
        and effective_at <= p.last_at and (expires_at is null or expires_at > p.last_at)
    ) live
  ) running
  where before < p_amount
$$;

create function ledger.total(p_sources ledger.source[]) returns bigint
language sql immutable
as $$ select coalesce(sum(micro), 0)::bigint from unnest(p_sources) $$;

-- Burns an amount in today's order; what the grants lack goes beyond them as far as the plan and its
-- caps allow, to be invoiced, and the rest becomes debt.
create function ledger.burn(p pool, p_amount bigint, p_earmarks text[], p_above_hold boolean)
returns ledger.source[]
language plpgsql
as $$
declare
  v_sources ledger.source[] := ledger.allocate(p, p_amount, p_earmarks);
  v_short bigint := p_amount - ledger.total(v_sources);
  v_beyond bigint;
begin
  update grant_credit g set
    remaining_micro = remaining_micro - s.micro,
    spent_micro = spent_micro + s.micro
  from unnest(v_sources) s
  where g.lane = p.lane and g.workspace_id = p.workspace_id and g.grant_no = s.grant_no;
  if v_short > 0 and p.overage_price_micro is not null then
    v_beyond := least(v_short, ledger.overage_room(p));
    v_short := v_short - v_beyond;
    v_sources := v_sources || ledger.go_beyond(p, v_beyond);
  end if;
  if v_short > 0 then
    update pool set debt_micro = debt_micro + v_short
    where lane = p.lane and workspace_id = p.workspace_id;
    v_sources := v_sources ||
      ('debt', null, null, v_short, p.window_start, false, null)::ledger.source;
  end if;
  return array(
    select (target, grant_no, grant_kind, micro, window_start, p_above_hold, price_micro)
      ::ledger.source
    from unnest(v_sources) with ordinality s(
      target, grant_no, grant_kind, micro, window_start, above_hold, price_micro, position)
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
      target, grant_no, grant_kind, micro, window_start, above_hold, price_micro, position)
  ),
  piece as (
    select l.position, s.position as source_position, l.item, s.target, s.grant_no, s.grant_kind,
      s.window_start, s.above_hold, s.price_micro,
      least(l.upto, s.upto) - greatest(l.upto - l.micro, s.upto - s.micro) as micro
    from line l join source s
      on s.upto - s.micro < l.upto and l.upto - l.micro < s.upto and l.micro > 0 and s.micro > 0
    union all
    select l.position, 0, l.item, 'nothing', null, null, p.window_start, false, null, 0
    from line l where l.micro = 0
  ),
  numbered as (
    select *, row_number() over (order by position, source_position) - 1 as ordinal,
      row_number() over (partition by position order by source_position) = 1 as opens_line
    from piece
  )
  insert into usage_entry (
    lane, ordinal, grant_no, workspace_id, id, at, happened_at, window_start, amount_micro,
    balance_after_micro, terms_version, rate_version, kind, target, grant_kind, above_hold,
    hold_expired, hold_id, on_behalf_of, tokens, line, model, member, space, agent, surface, tool,
    run_id, counted, quantities, price_micro, meter_no
  )
  select p.lane, ordinal, grant_no, p.workspace_id, p_id, p.last_at,
    (p_op ->> 'occurredAt')::timestamptz, window_start, micro,
    (select available_micro from pool where lane = p.lane and workspace_id = p.workspace_id),
    p.terms_version, (p_op ->> 'rateVersion')::int, p_kind, target, grant_kind, above_hold,
    p_hold_expired, p_dims.id, p_dims.on_behalf_of,
    -- A line's tokens stand on its first entry only, so that sums count them once.
    case when opens_line then (item ->> 'tokens')::bigint end,
    item ->> 'line', item ->> 'model', p_dims.member, p_dims.space, p_dims.agent, p_dims.surface,
    p_dims.tool, p_dims.run_id,
    case when ordinal = 0 and p_kind = 'debit' then p_dims.counted end,
    case when opens_line then item -> 'quantities' end,
    price_micro, case when target = 'overage' then p.meter_no end
  from numbered
$$;

-- Who and what a call is attributed to, and what it counts in, in the shape that a hold keeps.
create function ledger.dims(p_op jsonb) returns hold
language plpgsql stable
as $$
declare
  v_dims hold := jsonb_populate_record(null::hold, jsonb_build_object(
    'earmarks', p_op -> 'earmarks', 'member', p_op -> 'member', 'space', p_op -> 'space',
    'agent', p_op -> 'agent', 'surface', p_op -> 'surface', 'tool', p_op -> 'tool',
    'run_id', p_op -> 'runId', 'on_behalf_of', p_op -> 'onBehalfOf'));
begin
  if p_op ? 'counts' then
    v_dims.counted := array(
      select concat_ws('/', scope, per, subject) from ledger.counts_of(p_op) order by place);
  end if;
  return v_dims;
end $$;

reset role;
