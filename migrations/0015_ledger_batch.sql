-- The fast path of denials, and the one door for all that products ask.

set local role tollgate_ledger;

-- The calls of a batch that only the empty pool refuses, where that was told in this window: each
-- gets its answer, and nothing else is written. The same conditions as in ledger.post; a call
-- that meets another limit as well is left to the exact path, which names all. Answers a line per
-- operation: its number and the limits.
create function ledger.refuse(
  p_lane smallint, p_op int[], p_kind text[], p_product text[], p_workspace bigint[],
  p_key uuid[], p_body bigint[], p_terms int[], p_rate int[], p_need bigint[], p_member text[],
  p_space text[], p_earmarks text[]
) returns text
language plpgsql
as $$
declare
  v_now timestamptz := date_trunc('milliseconds', clock_timestamp());
  v_known uuid[] := ledger.known_keys(p_lane, p_key);
  v_refused text;
begin
  with poor as materialized (
    select s.op, s.key_hash, s.body_hash, s.workspace_id
    from unnest(
      p_op, p_kind, p_product, p_workspace, p_key, p_body, p_terms, p_rate, p_need, p_member,
      p_space,
      p_earmarks
    ) s(
      op, kind, product_id, workspace_id, key_hash, body_hash, terms, rate, need, member, space,
      earmarks)
    cross join lateral (
      select p.*, coalesce(p.test_at, greatest(v_now, p.last_at)) as at from pool p
      where lane = p_lane and p.workspace_id = s.workspace_id limit 1
    ) p
    where s.kind in ('debit', 'hold') and s.need > p.available_micro
      and p.pool_denied_in = p.window_start and not p.has_org_cap
      and p.overage_price_micro is null
      and (not p.has_earmarks or s.earmarks is null)
      and p.product_id = s.product_id and p.terms_version = s.terms and p.rate_version = s.rate
      and p.at < p.valid_until and (p.gate_closes_at is null or p.gate_closes_at > p.at)
      and s.key_hash <> all (v_known)
      and not exists (
        select from limit_counter where lane = p_lane and workspace_id = s.workspace_id
          and scope = 'member' and subject = s.member and used_micro + s.need > cap_micro)
      and not exists (
        select from limit_counter where lane = p_lane and workspace_id = s.workspace_id
          and scope = 'space' and subject = s.space and used_micro + s.need > cap_micro)
  ),
  told as materialized (
    select w.workspace_id, (
      select ledger.exhausted(p, null, p.available_micro + 1) from pool p
      where lane = p_lane and p.workspace_id = w.workspace_id) as limits
    from (select distinct workspace_id from poor) w
  ),
  keys as (
    insert into request_key (lane, month, body_hash, key_hash, made_at, answer)
    select p_lane, date_trunc('month', v_now at time zone 'UTC')::date, body_hash, key_hash,
      v_now, jsonb_build_object('answer', 'denied', 'limits', limits)
    from poor join told using (workspace_id)
  )
  select string_agg(concat(op, '|', limits), e'\n') into v_refused
  from poor join told using (workspace_id);
  return v_refused;
end $$;

-- A batch of one lane's operations. Those of the arrays are tried on the fast paths, which answer a
-- line for each that they have written or refused; the others of them are the caller's to send
-- again among the `p_exact`, which are answered in their order.
create function ledger_batch(
  p_lane smallint, p_op int[], p_kind text[], p_product text[], p_workspace bigint[],
  p_key uuid[], p_body bigint[], p_terms int[], p_rate int[], p_need bigint[], p_amount bigint[],
  p_line text[], p_model text[], p_tokens bigint[], p_quantities jsonb[], p_member text[],
  p_space text[], p_agent text[], p_surface text[], p_tool text[], p_run text[],
  p_behalf bigint[], p_hold uuid[], p_life bigint[], p_earmarks text[], p_exact jsonb,
  out posted text, out refused text, out answers jsonb
)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set jit = off
as $$
declare
  v_op jsonb;
begin
  perform ledger.lock_lane(p_lane);
  answers := '[]';
  if p_op <> '{}' then
    posted := ledger.post(
      p_lane, p_op, p_kind, p_product, p_workspace, p_key, p_body, p_terms, p_rate, p_need,
      p_amount, p_line, p_model, p_tokens, p_quantities, p_member, p_space, p_agent, p_surface,
      p_tool, p_run, p_behalf, p_hold, p_life, p_earmarks);
    -- What was written has its key now, so it is not refused.
    if cardinality(p_op) > coalesce(regexp_count(posted, e'\n') + 1, 0) then
      refused := ledger.refuse(
        p_lane, p_op, p_kind, p_product, p_workspace, p_key, p_body, p_terms, p_rate, p_need,
        p_member, p_space, p_earmarks);
    end if;
  end if;
  for v_op in select value from jsonb_array_elements(p_exact) loop
    answers := answers || ledger.perform(p_lane, v_op);
  end loop;
end $$;

reset role;
