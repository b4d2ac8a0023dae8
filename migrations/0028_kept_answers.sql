-- What was answered to requests that are no command of the lifecycle: the same key gets the same answer.
create table kept_answer (
  workspace_id bigint not null references workspace (id),
  product_id text not null references product (id),
  idempotency_key text not null check (length(idempotency_key) between 1 and 255),
  body_hash bytea not null,
  answer text not null,
  kept_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, idempotency_key)
);
alter table kept_answer enable row level security;
create policy own_product on kept_answer to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
grant select, insert on kept_answer to tollgate_app;
