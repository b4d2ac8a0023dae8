-- The fast path of denials, and the one door for all that products ask.

grant select on membership, app_user to tollgate_ledger;
-- As in 0003: the ledger serves every product, and compares the product itself.
create policy ledger_reads on membership for select to tollgate_ledger using (true);
create policy ledger_reads on app_user for select to tollgate_ledger using (true);

set local role tollgate_ledger;

-- The calls of a batch that only the empty pool refuses, where that was told in this window: each
-- gets its answer, and nothing else is written. The same conditions as in ledger.post; a call
-- that meets another limit as well is left to the exact path, which names all. Answers a line per
-- operation: its number and the limits.
create function ledger.refuse(
  p_lane smallint, p_now timestamptz, p_month date, p_oldest date, p_latest date,
  p_pool_product text[], p_pool_workspace bigint[], p_pool_terms int[], p_pool_rate int[],
  p_op int[], p_ordinal smallint[], p_pool int[], p_kind text[], p_key uuid[], p_body bigint[],
  p_need bigint[], p_member text[], p_space text[], p_earmarks text[]
) returns text
language plpgsql
as $$
declare
  v_refused text;
begin
  with poor as materialized (
    select no, p.workspace_id
    from generate_series(1, cardinality(p_op)) no
    cross join lateral (
      select p.*, coalesce(p.test_at, greatest(p_now, p.last_at)) as at from pool p
      where lane = p_lane and p.workspace_id = p_pool_workspace[p_pool[no]] limit 1
    ) p
    where p_ordinal[no] = 0 and p_kind[no] in ('debit', 'hold') and p_need[no] > p.available_micro
      and p.pool_denied_in = p.window_start and not p.has_org_cap
      and p.overage_price_micro is null
      and (not p.has_earmarks or p_earmarks[no] is null)
      and p.product_id = p_pool_product[p_pool[no]] and p.terms_version = p_pool_terms[p_pool[no]]
      and p.rate_version = p_pool_rate[p_pool[no]]
      and p.at < p.valid_until and (p.gate_closes_at is null or p.gate_closes_at > p.at)
      and (
        select true from request_key
        where lane = p_lane and key_hash = p_key[no] and month >= p_oldest and month <= p_latest
        limit 1
      ) is null
      and not exists (
        select from limit_counter where lane = p_lane and workspace_id = p.workspace_id
          and scope = 'member' and subject = p_member[no] and used_micro + p_need[no] > cap_micro)
      and not exists (
        select from limit_counter where lane = p_lane and workspace_id = p.workspace_id
          and scope = 'space' and subject = p_space[no] and used_micro + p_need[no] > cap_micro)
  ),
  told as materialized (
    select w.workspace_id, (
      select ledger.exhausted(p, null, p.available_micro + 1) from pool p
      where lane = p_lane and p.workspace_id = w.workspace_id) as limits
    from (select distinct workspace_id from poor) w
  ),
  keys as (
    insert into request_key (lane, month, body_hash, key_hash, answer)
    select p_lane, p_month, p_body[no], p_key[no],
      jsonb_build_object('answer', 'denied', 'limits', limits)
    from poor join told using (workspace_id)
  )
  select string_agg(concat(p_op[no], '|', limits), e'\n') into v_refused
  from poor join told using (workspace_id);
  return v_refused;
end $$;

-- A batch of one lane's operations. Those of the arrays are tried on the fast paths, which answer
-- what they have written or refused; the others of them are the caller's to send again among the
-- `p_exact`, which are answered in their order.
--
-- Operations that were judged by what somebody remembers say by what: the version and the roster of
-- a workspace, and that somebody (null: nobody, or who was found in this roster before) is an accepted
-- member of it. Where one of these is not so under
-- the lane's lock, `moved` names its place and nothing is done.
create function ledger_batch(
  p_lane smallint, p_seen_workspace bigint[], p_seen_version int[], p_seen_roster int[],
  p_seen_member text[],
  p_pool_product text[], p_pool_workspace bigint[], p_pool_terms int[], p_pool_rate int[],
  p_pool_need bigint[], p_pool_held bigint[], p_pool_life bigint[], p_pool_earmarked boolean[],
  p_cap_pool int[], p_cap_scope text[], p_cap_subject text[], p_cap_need bigint[],
  p_op int[], p_ordinal smallint[], p_pool int[], p_kind text[], p_key uuid[], p_body bigint[],
  p_need bigint[], p_sum bigint[], p_amount bigint[], p_line text[], p_model text[],
  p_tokens bigint[], p_quantities jsonb[], p_member text[], p_member_cap int[],
  p_member_sum bigint[], p_space text[], p_space_cap int[], p_space_sum bigint[], p_agent text[],
  p_surface text[], p_tool text[], p_run text[], p_behalf bigint[], p_hold uuid[],
  p_life bigint[], p_earmarks text[], p_exact jsonb,
  out moved int[], out posted text, out settled text, out refused text, out answers jsonb
)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set jit = off
-- The statements of a batch are planned once. A plan made for a small batch's own arrays looks
-- cheaper than the general one, so each small batch would be planned anew, which costs more than
-- all else that it does.
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz;
  v_month date;
  v_oldest date;
  v_latest date;
  v_op jsonb;
begin
  perform ledger.lock_lane(p_lane);
  if p_seen_workspace <> '{}' then
    -- Lookups with `limit`, planned one by one, as in ledger.post.
    select array_agg(no) into moved
    from generate_series(1, cardinality(p_seen_workspace)) no
    left join lateral (
      select product_id from workspace
      where id = p_seen_workspace[no] and version = p_seen_version[no]
        and roster = p_seen_roster[no]
      limit 1
    ) w on true
    left join lateral (
      select id from app_user
      where product_id = w.product_id and external_id = p_seen_member[no] limit 1
    ) u on true
    left join lateral (
      select user_id from membership
      where workspace_id = p_seen_workspace[no] and user_id = u.id and state = 'accepted' limit 1
    ) m on true
    where w.product_id is null or (p_seen_member[no] is not null and m.user_id is null);
    if moved is not null then return; end if;
  end if;
  answers := '[]';
  if p_op <> '{}' then
    v_now := date_trunc('milliseconds', clock_timestamp());
    v_month := date_trunc('month', v_now at time zone 'UTC');
    -- Where a key's answer is. Months that were made ahead have none yet; the day is for a clock
    -- that was put back.
    v_oldest := date_trunc('month', (v_now - interval '35 days') at time zone 'UTC');
    v_latest := date_trunc('month', (v_now + interval '1 day') at time zone 'UTC');
    if 'settle' = any (p_kind) then
      settled := ledger.post_settles(
        p_lane, v_now, v_month, v_oldest, v_latest, p_pool_product, p_pool_workspace, p_pool_terms,
        p_pool_rate, p_op, p_ordinal, p_pool, p_kind, p_key, p_body, p_need, p_amount, p_line,
        p_model, p_tokens, p_quantities, p_hold);
    end if;
    posted := ledger.post(
      p_lane, v_now, v_month, v_oldest, v_latest, p_pool_product, p_pool_workspace, p_pool_terms,
      p_pool_rate, p_pool_need, p_pool_held, p_pool_life, p_pool_earmarked, p_cap_pool,
      p_cap_scope, p_cap_subject, p_cap_need, p_op, p_ordinal, p_pool, p_kind, p_key, p_body,
      p_need, p_sum, p_amount, p_line, p_model, p_tokens, p_quantities, p_member, p_member_cap,
      p_member_sum, p_space, p_space_cap, p_space_sum, p_agent, p_surface, p_tool, p_run,
      p_behalf, p_life, p_earmarks);
    -- What was written has its key now, so it is not refused.
    if (posted is null or split_part(posted, e'\n', 2) <> '') and p_kind && '{debit,hold}' then
      refused := ledger.refuse(
        p_lane, v_now, v_month, v_oldest, v_latest, p_pool_product, p_pool_workspace, p_pool_terms,
        p_pool_rate, p_op, p_ordinal, p_pool, p_kind, p_key, p_body, p_need, p_member, p_space,
        p_earmarks);
    end if;
  end if;
  for v_op in select value from jsonb_array_elements(p_exact) loop
    answers := answers || ledger.perform(p_lane, v_op);
  end loop;
end $$;

reset role;
