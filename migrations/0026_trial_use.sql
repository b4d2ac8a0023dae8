-- Which workspace had its trial with a card or account, known by the provider's fingerprint of it: the
-- first one, so that a second trial with the same is found [K15].
create table trial_use (
  product_id text not null references product (id),
  fingerprint text not null,
  workspace_id bigint not null references workspace (id),
  primary key (product_id, fingerprint)
);
alter table trial_use enable row level security;
create policy own_product on trial_use to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
grant select, insert on trial_use to tollgate_app;
