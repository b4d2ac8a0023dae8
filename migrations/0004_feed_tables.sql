-- The event feed: every change that a product may want to hear of, numbered without gaps per
-- workspace, then put into one order per product for readers with a remembered cursor.

set local role tollgate_ledger;

-- Append-only. `seq` is taken from the pool's row under the lane's lock, so it has no gap.
create table event_feed (
  lane smallint not null,
  workspace_id bigint not null,
  seq bigint not null check (seq > 0),
  product_id text not null,
  kind text not null,
  at timestamptz not null, -- the workspace's time
  recorded_at timestamptz not null, -- real time
  data jsonb not null,
  primary key (lane, workspace_id, seq),
  foreign key (lane, workspace_id) references pool (lane, workspace_id)
);

-- Feed rows that have no cursor yet. A row leaves when the sequencer has numbered it.
create table feed_pending (
  lane smallint not null,
  workspace_id bigint not null,
  seq bigint not null,
  product_id text not null,
  recorded_at timestamptz not null,
  primary key (lane, workspace_id, seq)
);

-- Append-only: the product's one order of committed rows; each workspace's stand in theirs.
create table feed_cursor (
  product_id text not null references product (id),
  cursor bigint not null check (cursor > 0),
  lane smallint not null,
  workspace_id bigint not null,
  seq bigint not null,
  primary key (product_id, cursor),
  unique (lane, workspace_id, seq)
);

-- Readers see their product's rows only.
alter table event_feed enable row level security;
alter table feed_cursor enable row level security;
create policy product_reads on event_feed for select to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy product_reads on feed_cursor for select to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy overseers_read on event_feed for select
  to tollgate_sweeper, tollgate_sequencer, tollgate_audit using (true);
create policy overseers_read on feed_cursor for select
  to tollgate_sweeper, tollgate_sequencer, tollgate_audit using (true);
grant select on event_feed, feed_cursor
  to tollgate_app, tollgate_sweeper, tollgate_sequencer, tollgate_audit;

grant select on ledger_setting, pool, grant_credit, grant_change, standing_order, limit_counter,
  call_counter, hold, hold_part, freeze_entry, usage_entry, request_key, feed_pending
  to tollgate_audit;
-- The sweeper rings for orders that are due and for holds that were left open.
grant select on pool, standing_order, hold to tollgate_sweeper;

reset role;
