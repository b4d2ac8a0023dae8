-- Refunds, repetitions, and any one operation.

set local role tollgate_ledger;

-- Gives an amount of one entry back to where it came from. If its grant was reversed meanwhile the
-- loss or debt that took its place shrinks; if a debt was repaid meanwhile, the grant that repaid
-- it gets it back.
create function ledger.give_back(e usage_entry, p_amount bigint, p_at timestamptz)
returns ledger.source[]
language plpgsql
as $$
declare
  g grant_credit;
  v_left bigint := p_amount;
  v_part bigint;
  v_sources ledger.source[] := '{}';
begin
  if e.target = 'overage' then return ledger.return_beyond(e, p_amount, p_at); end if;
  select * into g from grant_credit
  where lane = e.lane and workspace_id = e.workspace_id and grant_no = e.grant_no;
  v_part := least(v_left, coalesce(g.spent_micro, 0)); -- no grant, when the entry is on debt
  if v_part > 0 then
    update grant_credit set
      spent_micro = spent_micro - v_part,
      remaining_micro = remaining_micro + v_part
    where lane = e.lane and workspace_id = e.workspace_id and grant_no = e.grant_no;
    v_sources := v_sources
      || ('grant', g.grant_no, g.kind, v_part, e.window_start, false, null)::ledger.source;
    v_left := v_left - v_part;
  end if;
  v_part := least(v_left, coalesce(g.lost_micro, 0), (
    select forgiven_micro from pool where lane = e.lane and workspace_id = e.workspace_id));
  if v_part > 0 then
    update pool set forgiven_micro = forgiven_micro - v_part
    where lane = e.lane and workspace_id = e.workspace_id;
    v_sources := v_sources
      || ('forgiven', null, null, v_part, e.window_start, false, null)::ledger.source;
    v_left := v_left - v_part;
  end if;
  update grant_credit set
    lost_micro = lost_micro - v_part,
    owed_micro = owed_micro - least(v_left, owed_micro)
  where lane = e.lane and workspace_id = e.workspace_id and grant_no = e.grant_no;
  select least(v_left, debt_micro) into strict v_part from pool
  where lane = e.lane and workspace_id = e.workspace_id;
  if v_part > 0 then
    update pool set debt_micro = debt_micro - v_part
    where lane = e.lane and workspace_id = e.workspace_id;
    v_sources := v_sources
      || ('debt', null, null, v_part, e.window_start, false, null)::ledger.source;
    v_left := v_left - v_part;
  end if;
  for g in
    select * from grant_credit
    where lane = e.lane and workspace_id = e.workspace_id and repaid_micro > 0 and v_left > 0
    order by grant_no desc
  loop
    v_part := least(v_left, g.repaid_micro);
    exit when v_part = 0;
    update grant_credit set
      repaid_micro = repaid_micro - v_part,
      remaining_micro = remaining_micro + v_part
    where lane = e.lane and workspace_id = e.workspace_id and grant_no = g.grant_no;
    v_sources := v_sources
      || ('grant', g.grant_no, g.kind, v_part, e.window_start, false, null)::ledger.source;
    v_left := v_left - v_part;
  end loop;
  if v_left > 0 then -- the check on the column refuses what was never forgiven
    update pool set forgiven_micro = forgiven_micro - v_left
    where lane = e.lane and workspace_id = e.workspace_id;
    v_sources := v_sources
      || ('forgiven', null, null, v_left, e.window_start, false, null)::ledger.source;
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

-- What of these parts has just come back to grants that have ended; what a reversal is waiting for is
-- no customer's any more.
create function ledger.ended_parts(p pool, p_sources ledger.source[]) returns ledger.source[]
language sql stable
as $$
  select coalesce(array_agg((s.target, s.grant_no, s.grant_kind,
    s.micro - least(s.micro, g.reversal_due_micro), s.window_start, s.above_hold, s.price_micro
    )::ledger.source), '{}')
  from unnest(p_sources) s
  join grant_credit g
    on g.lane = p.lane and g.workspace_id = p.workspace_id and g.grant_no = s.grant_no
  where s.target = 'grant' and (g.voided_at is not null or g.expires_at <= p.last_at)
$$;

-- Promo credits in the place of what came back to ended grants: as much of each, with its earmark.
-- Debt is repaid from them first, as from any grant.
create function ledger.give_promos(p pool, p_id uuid, p_parts ledger.source[]) returns void
language plpgsql
as $$
declare
  v_part record;
begin
  for v_part in
    select s.grant_no, sum(s.micro)::bigint as micro, g.earmark
    from unnest(p_parts) s
    join grant_credit g
      on g.lane = p.lane and g.workspace_id = p.workspace_id and g.grant_no = s.grant_no
    where s.micro > 0
    group by s.grant_no, g.earmark
    order by s.grant_no
  loop
    perform ledger.make_grant(
      p.lane, p.workspace_id, 'promo', v_part.micro, p.last_at,
      p.last_at + p.refund_promo_days * interval '24 hours', 0, v_part.earmark,
      'refund:' || p_id || ':' || v_part.grant_no, p.terms_version, p.last_at);
  end loop;
  perform ledger.begin_grants(p.lane, p.workspace_id, p.last_at);
end $$;

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
  v_ended ledger.source[] := '{}';
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
    v_sources := ledger.give_back(e, v_part, p.last_at);
    if p.refund_promo_days is not null then
      v_ended := v_ended || ledger.ended_parts(p, v_sources);
    end if;
    perform ledger.count_usage(p.lane, p.workspace_id, e.window_start, e.member, e.space, -v_part);
    perform ledger.settle_claims(p.lane, p.workspace_id, array(
      select grant_no from unnest(v_sources)), p.last_at);
    if v_left = 0 and v_ended <> '{}' then -- before the last entry tells what is left
      perform ledger.give_promos(p, v_id, v_ended);
    end if;
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
    lane, ordinal, grant_no, workspace_id, id, at, happened_at, window_start, amount_micro,
    balance_after_micro, terms_version, rate_version, kind, target, grant_kind, hold_id, refund_of,
    refund_ordinal, on_behalf_of, line, model, member, space, agent, surface, tool,
    run_id, price_micro, meter_no
  )
  select p.lane, p_ordinal + position - 1, s.grant_no, p.workspace_id, p_id, p.last_at,
    e.occurred_at, e.window_start, -s.micro,
    ledger.available(p.lane, p.workspace_id, p.last_at), p.terms_version, e.rate_version, 'refund',
    s.target, s.grant_kind, e.hold_id, e.id, e.ordinal, e.on_behalf_of, e.line, e.model, e.member,
    e.space, e.agent, e.surface, e.tool, e.run_id, s.price_micro,
    case when s.target = 'overage' then p.meter_no end
  from unnest(p_sources) with ordinality s(
    target, grant_no, grant_kind, micro, window_start, above_hold, price_micro, position)
$$;

-- The answer that a key got before, in this month or in one that has days younger than 35 days.
-- All in real time.
create function ledger.known_key(p_lane smallint, p_key uuid) returns request_key
language sql stable
as $$
  select k.* from request_key k
  where lane = p_lane and key_hash = p_key
    and month >= date_trunc(
      'month', (clock_timestamp() - interval '35 days') at time zone 'UTC')::date
    -- Months that were made ahead have none yet; the day is for a clock that was put back.
    and month <= date_trunc('month', (clock_timestamp() + interval '1 day') at time zone 'UTC')::date
  order by month desc limit 1
$$;

create function ledger.replay(k request_key, p_op jsonb) returns jsonb
language plpgsql stable
as $$
declare
  v_workspace bigint := (p_op ->> 'workspaceId')::bigint; -- the key's hash is of it too
  v_left bigint[] := array[k.member_left, k.space_left, k.org_left] || k.counts_left;
begin
  if k.body_hash <> (p_op ->> 'bodyHash')::bigint then
    return '{"answer": "idempotencyKeyReused"}';
  end if;
  return coalesce(
      k.answer,
      ledger.hold_receipt(k.lane, v_workspace, k.operation_id, v_left) || '{"crossed": []}',
      ledger.receipt(k.lane, v_workspace, k.operation_id, v_left) || '{"crossed": []}')
    || '{"replayed": true}';
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

reset role;
