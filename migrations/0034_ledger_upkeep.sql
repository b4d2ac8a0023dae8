-- Calls that were judged by what the API remembers; the tables' months, made ahead and let go.

grant create on schema public to tollgate_ledger;
grant select on membership, app_user to tollgate_ledger;
-- As in 0003: the ledger serves every product, and compares the product itself.
create policy ledger_reads on membership for select to tollgate_ledger using (true);
create policy ledger_reads on app_user for select to tollgate_ledger using (true);

set local role tollgate_ledger;

-- A batch as `ledger_batch` takes it, whose operations say what they were judged by: `p_seen_op`
-- (counted over the fast and then the exact ones) has seen a version of a workspace, and presumed
-- that somebody (null: nobody) is an accepted member of it. Where that is not so under the lane's
-- lock nothing is done, and `moved` names these operations: they are judged anew, the others sent
-- again.
create function ledger_seen_batch(
  p_lane smallint, p_seen_op int[], p_seen_workspace bigint[], p_seen_version int[],
  p_seen_member text[], p_op int[], p_kind text[], p_product text[], p_workspace bigint[],
  p_key uuid[], p_body bigint[], p_terms int[], p_rate int[], p_need bigint[], p_amount bigint[],
  p_line text[], p_model text[], p_tokens bigint[], p_quantities jsonb[], p_member text[],
  p_space text[], p_agent text[], p_surface text[], p_tool text[], p_run text[],
  p_behalf bigint[], p_hold uuid[], p_life bigint[], p_earmarks text[], p_exact jsonb,
  out moved int[], out posted text, out refused text, out answers jsonb
)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set jit = off
as $$
begin
  perform ledger.lock_lane(p_lane);
  -- Lookups with `limit`, planned one by one, as in ledger.post.
  select array_agg(distinct s.op) into moved
  from unnest(p_seen_op, p_seen_workspace, p_seen_version, p_seen_member)
    s(op, workspace_id, version, member)
  left join lateral (
    select product_id from workspace where id = s.workspace_id and version = s.version limit 1
  ) w on true
  left join lateral (
    select id from app_user where product_id = w.product_id and external_id = s.member limit 1
  ) u on true
  left join lateral (
    select user_id from membership
    where workspace_id = s.workspace_id and user_id = u.id and state = 'accepted' limit 1
  ) m on true
  where w.product_id is null or (s.member is not null and m.user_id is null);
  if moved is null then
    select b.posted, b.refused, b.answers into posted, refused, answers
    from ledger_batch(
      p_lane, p_op, p_kind, p_product, p_workspace, p_key, p_body, p_terms, p_rate, p_need,
      p_amount, p_line, p_model, p_tokens, p_quantities, p_member, p_space, p_agent, p_surface,
      p_tool, p_run, p_behalf, p_hold, p_life, p_earmarks, p_exact) b;
  end if;
end $$;

revoke all on function ledger_seen_batch(
  smallint, int[], bigint[], int[], text[], int[], text[], text[], bigint[], uuid[], bigint[],
  int[], int[], bigint[], bigint[], text[], text[], bigint[], jsonb[], text[], text[], text[],
  text[], text[], text[], bigint[], uuid[], bigint[], text[], jsonb
) from public;
grant execute on function ledger_seen_batch(
  smallint, int[], bigint[], int[], text[], int[], text[], text[], bigint[], uuid[], bigint[],
  int[], int[], bigint[], bigint[], text[], text[], bigint[], jsonb[], text[], text[], text[],
  text[], text[], text[], bigint[], uuid[], bigint[], text[], jsonb
) to tollgate_app;

reset role;
revoke create on schema public from tollgate_ledger;
