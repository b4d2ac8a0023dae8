-- Refunds of top-ups that were asked for here, what of top-ups is unspent, and bank debits on their way.

-- From the wish to its end. Its id is the command's: the same key never asks twice. The credits stand
-- frozen under `refund:<id>` until the money has moved, or will not.
create table top_up_refund (
  id uuid primary key references command (id),
  workspace_id bigint not null references workspace (id),
  product_id text not null references product (id),
  payment_id uuid not null references payment (id),
  amount_minor bigint not null check (amount_minor > 0),
  credits_micro bigint not null check (credits_micro >= 0),
  state text not null default 'requested' check (state in ('requested', 'made', 'refused')),
  stripe_refund text unique, -- null until made
  requested_at timestamptz not null,
  settled_at timestamptz -- null until made or refused
);
-- One at a time: the next one's amount depends on what this one comes to.
create unique index top_up_refund_under_way on top_up_refund (payment_id)
  where state = 'requested';
create index top_up_refund_of_payment on top_up_refund (payment_id);

-- Bank debits of invoices that are on their way: a row until the bank has answered.
create table bank_debit (
  invoice_id uuid primary key references invoice (id),
  workspace_id bigint not null references workspace (id),
  product_id text not null references product (id),
  since timestamptz not null
);
-- Why an event could not be looked into and never will be; null: it was, or it waits.
alter table stripe_event add column moot_because text;

alter table bank_debit enable row level security;
create policy own_product on bank_debit to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
grant select, insert, delete on bank_debit to tollgate_app;

alter table top_up_refund enable row level security;
create policy own_product on top_up_refund to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy audit_reads on top_up_refund for select to tollgate_audit using (true);
grant select, insert on top_up_refund to tollgate_app;
grant update (state, stripe_refund, settled_at) on top_up_refund to tollgate_app;
grant select on top_up_refund to tollgate_audit;

grant create on schema public to tollgate_ledger;
set local role tollgate_ledger;

-- Each top-up's grant with what could be burned of it at the workspace's present. No lock is taken.
create function ledger_top_ups(p_workspace bigint)
returns table (source_key text, unspent_micro bigint, expires_at timestamptz)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
  select g.source_key,
    case when g.expires_at <= ledger_at(p_workspace) then 0 else g.remaining_micro end,
    g.expires_at
  from grant_standing g
  where g.lane = ledger.visible_lane(p_workspace) and g.workspace_id = p_workspace
    and g.kind = 'topUp'
$$;

revoke all on function ledger_top_ups(bigint) from public;
grant execute on function ledger_top_ups(bigint) to tollgate_app;

reset role;
revoke create on schema public from tollgate_ledger;
