-- What operators see and do: open holds, and workspaces moved to another version of their terms.

-- A move of a product's workspaces to another version, as it was previewed; its id is the token.
create table terms_move (
  id uuid primary key,
  product_id text not null references product (id),
  to_version integer not null,
  plan text, -- null: workspaces on any plan
  to_plan text, -- null: each stays on its plan
  at text not null check (at in ('periodEnd', 'now')),
  actor text not null,
  previewed_at timestamptz not null default clock_timestamp(),
  applied_at timestamptz, -- null while it is only a preview
  foreign key (product_id, to_version) references plan_term (product_id, version)
);

-- One workspace of it, as it was seen then.
create table terms_move_row (
  move_id uuid not null references terms_move (id),
  workspace_id bigint not null references workspace (id),
  product_id text not null references product (id),
  -- What the preview was computed from, and when by the workspace's own time; null: it cannot be moved.
  basis text,
  seen_at timestamptz not null,
  shown jsonb not null,
  command_id uuid references command (id), -- null until it was asked of the workspace
  primary key (move_id, workspace_id)
);

alter table terms_move enable row level security;
alter table terms_move_row enable row level security;
create policy own_product on terms_move to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy own_product on terms_move_row to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
grant select, insert on terms_move, terms_move_row to tollgate_app;
grant update (applied_at) on terms_move to tollgate_app;
grant update (command_id) on terms_move_row to tollgate_app;

grant create on schema public to tollgate_ledger;
set local role tollgate_ledger;

-- What is set aside now and for which run, oldest first.
create function ledger_open_holds(p_workspace bigint) returns table (
  id uuid, kind text, held_micro bigint, taken_at timestamptz, expires_at timestamptz, run_id text
)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select h.id, h.kind, h.part_micro + coalesce((
      select sum(p.part_micro) from hold_part p
      where p.lane = h.lane and p.workspace_id = h.workspace_id and p.hold_id = h.id), 0)::bigint,
    h.taken_at, h.expires_at, h.run_id
  from hold h
  where h.lane = ledger.visible_lane(p_workspace) and h.workspace_id = p_workspace
    and h.state = 'open'
  order by h.taken_at, h.id
$$;
revoke all on function ledger_open_holds(bigint) from public;
grant execute on function ledger_open_holds(bigint) to tollgate_app;

reset role;
revoke create on schema public from tollgate_ledger;
