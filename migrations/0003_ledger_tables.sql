-- The credit ledger's tables (docs/ledger.md). `lane` stands first in every key: one lock serves a
-- lane, and a sharded engine could distribute by it. No triggers, no sub-partitions. Only
-- `ledger_*` functions write here. Amounts are millionths of a credit; times have millisecond
-- precision and, unless said otherwise, are the workspace's time.

grant select, references on product, workspace to tollgate_ledger;
-- The ledger serves every product; its functions compare the product themselves.
create policy ledger_reads on workspace for select to tollgate_ledger using (true);

set local role tollgate_ledger;

-- How many lanes this database was made with. Two processes that counted differently would lock
-- different keys, so the number is one stored value and never changes in place.
create table ledger_setting (
  only_row boolean primary key default true check (only_row),
  lanes smallint not null check (lanes between 1 and 1024)
);
insert into ledger_setting (lanes) values (2);

-- Whether a policy's list means anything to burn_rank: an unknown comparator would sort by nothing.
create function ledger.is_burn_order(p_order text[]) returns boolean
language sql immutable
as $$
  select cardinality(p_order) > 0 and coalesce(bool_and(
    c in ('earmarkedFirst', 'priority', 'expiresSoonest', 'oldest')
    or c ~ '^kind:(included|topUp|promo|adjustment)(>(included|topUp|promo|adjustment))*$'
  ), false)
  from unnest(p_order) c
$$;
-- A domain is checked where a value is given; a check of the table would be at every debit.
create domain ledger.burn_order as text[] check (ledger.is_burn_order(value));

-- Of no amount there may be less than none. A domain for the same reason: a row has ten of them, and a
-- debit changes two.
create domain ledger.amount as bigint check (value >= 0);

-- The same of words: the check of a table is read from its text by every statement that writes to
-- it, a domain's once per connection.
create domain ledger.debt_rule as text check (value in ('carry', 'forgive'));
create domain ledger.grant_kind as text
  check (value in ('included', 'topUp', 'promo', 'adjustment'));
create domain ledger.spent_rule as text check (value in ('debt', 'loss'));
create domain ledger.cap_scope as text check (value in ('member', 'space', 'org', 'overage'));
create domain ledger.entry_kind as text check (value in (
  'debit', 'settle', 'refund', 'repay', 'forgive', 'void', 'clawBack', 'reverse', 'reinstate',
  'moveToDebt', 'transfer'
));
create domain ledger.entry_target as text
  check (value in ('grant', 'debt', 'overage', 'forgiven', 'nothing'));
create domain ledger.some as bigint check (value > 0);
create domain ledger.days as integer check (value > 0);

-- One row per workspace: what an operation must know before it touches anything else.
create table pool (
  lane smallint not null,
  workspace_id bigint not null,
  product_id text not null,
  test_at timestamptz, -- null: the workspace lives in real time
  last_at timestamptz not null, -- the workspace's time never goes back behind this
  -- First instant at which time alone changes the sum.
  valid_until timestamptz not null default 'infinity',
  available_micro ledger.amount not null default 0, -- unearmarked, not held
  debt_micro ledger.amount not null default 0,
  forgiven_micro ledger.amount not null default 0,
  -- Used beyond the grants and sent to invoices, net of refunds.
  overage_micro ledger.amount not null default 0,
  window_start timestamptz not null, -- caps count from here
  window_end timestamptz, -- null: the plan never resets
  pool_denied_in timestamptz, -- window whose first denial was told; null: none yet
  gate_closes_at timestamptz, -- null: open for ever
  gate_code text,
  gate_denied boolean not null default false,
  terms_version integer not null default 0,
  rate_version integer not null default 0,
  burn_order ledger.burn_order not null default '{oldest}',
  debt_at_reset ledger.debt_rule not null default 'carry',
  hold_survives_expiry boolean not null default true,
  -- For how many days what is refunded of an ended grant comes back as promo; null: it is lost.
  refund_promo_days ledger.days,
  -- What people are warned of, by name: a scope, and how much is left (pool:20%, member:5000000).
  -- pool:0% is exhaustion, and always one of them.
  alerts text[] not null default '{}',
  alerts_by_reset text[] not null default '{}', -- those that a reset arms again
  alerts_by_top_up text[] not null default '{}', -- those that a top-up arms again
  alerts_armed text[] not null default '{}', -- the pool's that will be told when they are crossed
  alerts_fresh text[] not null default '{}', -- the pool's that never were armed: any grant does it
  -- The balance at which or below which an automatic top-up is asked for; null: none.
  watch_micro ledger.amount,
  watch_armed boolean not null default false,
  -- The grant that burns next among the unearmarked ones, and how much may be burned from it with
  -- nothing else to look at: it has that much, and no threshold is crossed. Null: look.
  head_grant_no integer,
  head_kind text,
  head_room_micro bigint,
  -- What was taken from the head grant and does not stand on its row yet (ledger.write_head).
  head_spent_micro ledger.amount not null default 0,
  head_held_micro bigint not null default 0, -- below zero: settles have let go of it
  -- What a credit beyond the grants costs, in millionths of the minor unit; null: none goes beyond.
  overage_price_micro ledger.amount,
  overage_ends_at timestamptz, -- null: not by itself
  -- Usage beyond is read off the meter for an invoice: what was used before this instant is on one.
  metered_from timestamptz, -- null: never metered
  meter_no integer not null default 0, -- a plan's last reading closes its meter
  has_org_cap boolean not null default false,
  has_earmarks boolean not null default false, -- grants that only some calls may burn
  grant_count integer not null default 0,
  feed_seq bigint not null default 0,
  primary key (lane, workspace_id),
  foreign key (lane, workspace_id) references workspace (lane, id),
  check ((gate_closes_at is null) = (gate_code is null)),
  check (window_end is null or window_end > window_start)
) with (fillfactor = 50);

-- An immutable allocation, and what became of it. The last check is the ledger's identity, per
-- grant.
create table grant_credit (
  lane smallint not null,
  workspace_id bigint not null,
  grant_no integer not null, -- the workspace's first grant is 1
  kind ledger.grant_kind not null,
  amount_micro ledger.some not null,
  effective_at timestamptz not null,
  expires_at timestamptz, -- null: never
  priority integer not null default 0,
  earmark text, -- null: usable for everything
  source_key text not null, -- the business fact behind it; one grant per fact
  terms_version integer not null,
  granted_at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(), -- real time
  remaining_micro ledger.amount not null, -- expired once expires_at is past
  has_rest boolean not null generated always as (remaining_micro > 0) stored,
  held_micro ledger.amount not null default 0,
  spent_micro ledger.amount not null default 0,
  repaid_micro ledger.amount not null default 0, -- went into a debt
  voided_micro ledger.amount not null default 0,
  reversed_micro ledger.amount not null default 0,
  transferred_micro ledger.amount not null default 0,
  -- Taken back as well, once the open holds on it close.
  reversal_due_micro ledger.amount not null default 0,
  -- What of the reversed part had been spent, and became debt or was borne as a loss; a
  -- reinstatement undoes that first.
  owed_micro ledger.amount not null default 0,
  lost_micro ledger.amount not null default 0,
  spent_becomes ledger.spent_rule not null default 'debt',
  began boolean not null default false, -- it was live once, so debt was offered to it
  voided_at timestamptz, -- from here on whatever comes back is void too
  primary key (lane, workspace_id, grant_no),
  -- The key first: nobody is to walk down this index through all grants of a workspace.
  unique (source_key, lane, workspace_id),
  foreign key (lane, workspace_id) references pool (lane, workspace_id),
  check (expires_at is null or expires_at > effective_at),
  check (
    amount_micro = remaining_micro + held_micro + spent_micro + repaid_micro
      + voided_micro + reversed_micro + transferred_micro
  )
) with (fillfactor = 50);
-- Burning looks at grants with something left, out of years of spent ones. An index on the amount
-- itself would be written at every debit.
create index grant_credit_with_rest on grant_credit (lane, workspace_id) where has_rest;

-- What a void, claw-back, reversal, freeze or transfer answered, by its business key: asked again,
-- the same answer.
create table grant_change (
  lane smallint not null,
  workspace_id bigint not null,
  change_key text not null,
  kind text not null check (kind in (
    'void', 'clawBack', 'reverse', 'reinstate', 'freeze', 'unfreeze', 'transfer'
  )),
  asked_micro bigint, -- null: everything unspent
  done_micro ledger.amount not null,
  debt_micro ledger.amount not null default 0,
  lost_micro ledger.amount not null default 0,
  hold_id uuid, -- null unless a freeze: the hold that has it
  at timestamptz not null,
  primary key (lane, workspace_id, change_key),
  foreign key (lane, workspace_id) references pool (lane, workspace_id)
);

-- The next period's included grant, exactly one ahead, replaceable until it starts.
create table standing_order (
  lane smallint not null,
  workspace_id bigint not null,
  starts_at timestamptz not null,
  ends_at timestamptz, -- null: the plan never resets
  amount_micro ledger.amount not null, -- 0 only moves the window
  terms_version integer not null,
  source_key text not null,
  -- What of the window that ends goes on: least and most (null: all), percent, and until when. Null:
  -- nothing.
  rollover jsonb,
  primary key (lane, workspace_id),
  foreign key (lane, workspace_id) references pool (lane, workspace_id),
  check (ends_at is null or ends_at > starts_at)
);

-- Below how much that is left an alert is told: its part of the whole, or its amount.
create function ledger.alert_below(p_alert text, p_whole bigint) returns bigint
language sql immutable
as $$
  select case
    when left_over = '0%' then 1
    when left_over like '%\%' then (rtrim(left_over, '%')::bigint * p_whole + 99) / 100
    else left_over::bigint
  end
  from split_part(p_alert, ':', 2) left_over
$$;

-- How much of a cap may be used before one of these alerts is crossed; null: there is none.
create function ledger.quiet_until(p_alerts text[], p_cap bigint) returns bigint
language sql immutable
as $$ select min(p_cap - ledger.alert_below(alert, p_cap)) from unnest(p_alerts) alert $$;

-- One cap and what its window has used: entries of the window plus open holds taken in it. The scope
-- `overage` counts only what goes beyond the grants.
create table limit_counter (
  lane smallint not null,
  workspace_id bigint not null,
  scope ledger.cap_scope not null,
  subject text not null, -- empty for the whole organisation
  cap_micro ledger.amount not null,
  window_start timestamptz not null,
  -- Above the cap after a recorded debit or a settle above its hold.
  used_micro bigint not null default 0,
  denied boolean not null default false, -- the window's first denial was told
  alerts_armed text[] not null default '{}', -- the pool's row names them; told when crossed
  -- What may be used with nobody to warn; null: as much as one likes.
  quiet_micro bigint generated always as (ledger.quiet_until(alerts_armed, cap_micro)) stored,
  primary key (lane, workspace_id, scope, subject),
  foreign key (lane, workspace_id) references pool (lane, workspace_id),
  check (scope not in ('org', 'overage') or subject = '')
) with (fillfactor = 50);

-- How many calls of one kind a window has had. The cap comes with each call, from the plan that it
-- was rated by.
create table call_counter (
  lane smallint not null,
  workspace_id bigint not null,
  scope text not null check (scope in ('runs', 'tool')),
  subject text not null,
  per text not null check (per in ('window', 'day', 'hour', 'minute')),
  window_start timestamptz not null,
  used ledger.amount not null,
  denied boolean not null default false, -- the window's first denial was told
  primary key (lane, workspace_id, scope, subject, per),
  foreign key (lane, workspace_id) references pool (lane, workspace_id)
) with (fillfactor = 50);

-- Credits set aside for a run whose cost is not known yet. The first allocation stands here.
create table hold (
  lane smallint not null,
  workspace_id bigint not null,
  id uuid not null,
  kind text not null default 'run' check (kind in ('run', 'dispute')),
  state text not null default 'open' check (state in ('open', 'settled', 'released', 'expired')),
  amount_micro ledger.amount not null,
  grant_no integer, -- null: a hold of nothing
  -- Still held of the first allocation.
  part_micro ledger.amount not null default 0,
  overage_micro ledger.amount not null default 0, -- still held beyond the grants
  overage_price_micro bigint, -- null: nothing was held beyond them
  beyond_micro bigint, -- what it took beyond the grants at first; null: nothing
  part_settled boolean not null default false, -- a settle has left it open
  taken_at timestamptz not null,
  expires_at timestamptz, -- null: until it is closed
  -- What its receipt said, to say it again.
  promised_until timestamptz,
  balance_after_micro bigint,
  closed_at timestamptz, -- null: open
  window_start timestamptz not null, -- caps count it here
  earmarks text[], -- null: none
  counted text[], -- null: it counted in no limit on calls
  member text,
  space text,
  agent text,
  surface text,
  tool text,
  run_id text,
  on_behalf_of bigint,
  due_micro ledger.amount, -- a freeze takes it too, once it comes back; null: a run's
  settle_id uuid, -- the operation that closed it
  settle_body bigint, -- what that operation was asked, to know it again
  primary key (lane, workspace_id, id),
  foreign key (lane, workspace_id) references pool (lane, workspace_id),
  check ((state = 'open') = (closed_at is null)),
  check (kind <> 'run' or expires_at is not null)
) with (fillfactor = 70);
-- The next expiry, and all that is open, without reading closed holds.
create index hold_open on hold (lane, workspace_id, expires_at) where state = 'open';
-- What was open at an instant of the past is found by when it was taken: nearly all lives a quarter
-- of an hour, at most a day, and beyond it only what was extended.
create index hold_long on hold (lane, workspace_id, taken_at)
  where expires_at - taken_at > interval '15 minutes';
create index hold_longest on hold (lane, workspace_id, taken_at)
  where expires_at - taken_at > interval '24 hours';

-- The further allocations of a hold that one grant could not cover, in burn order.
create table hold_part (
  lane smallint not null,
  workspace_id bigint not null,
  hold_id uuid not null,
  ordinal smallint not null,
  grant_no integer not null,
  taken_micro ledger.amount not null, -- held at first
  part_micro ledger.amount not null, -- still held
  primary key (lane, workspace_id, hold_id, ordinal),
  foreign key (lane, workspace_id, hold_id) references hold (lane, workspace_id, id)
) with (fillfactor = 70);

-- Append-only: what a dispute's freeze took of its grant, and what it let go of or lost.
create table freeze_entry (
  lane smallint not null,
  workspace_id bigint not null,
  id uuid not null default uuidv7(),
  hold_id uuid not null,
  grant_no integer not null,
  at timestamptz not null,
  micro bigint not null,
  primary key (lane, workspace_id, id),
  foreign key (lane, workspace_id, hold_id) references hold (lane, workspace_id, id)
);

-- Append-only: one signed amount of one line on one grant, on debt, or on overage. `id` is the
-- operation's UUIDv7, so the month's partition follows from it. No foreign key: the functions write
-- it, and each check would cost every debit a look at the pool's row. Positive takes from a grant or
-- adds to a debt or an invoice.
create table usage_entry (
  lane smallint not null,
  ordinal smallint not null, -- within the operation
  grant_no integer, -- null unless target is grant
  workspace_id bigint not null,
  id uuid not null,
  at timestamptz not null,
  happened_at timestamptz, -- null: when it was booked
  occurred_at timestamptz generated always as (coalesce(happened_at, at)) virtual,
  window_start timestamptz not null, -- the cap window it counts in
  amount_micro bigint not null,
  balance_after_micro bigint not null, -- available after the operation
  terms_version integer not null,
  rate_version integer, -- null: not usage
  tokens bigint, -- null: not counted in tokens
  kind ledger.entry_kind not null,
  target ledger.entry_target not null,
  grant_kind text, -- null unless target is grant
  above_hold boolean not null default false,
  hold_expired boolean not null default false,
  hold_id uuid, -- null: not from a hold
  refund_of uuid, -- null: not a refund
  refund_ordinal smallint,
  on_behalf_of bigint, -- the organisation a personal workspace paid for; null: itself
  line text, -- null: not usage
  model text,
  member text,
  space text,
  agent text,
  surface text,
  tool text,
  run_id text,
  counted text[], -- the limits on calls that a debit counted in, on its first entry; null: none
  quantities jsonb, -- each reported quantity in its one bucket; null: none reported
  price_micro bigint, -- of one credit, in millionths of the minor unit; null unless target is overage
  meter_no integer, -- the meter that it was counted on; null unless target is overage
  primary key (workspace_id, id, lane, ordinal), -- in the order that takes the least room
  check ((target = 'grant') = (grant_no is not null)),
  check ((target = 'nothing') = (amount_micro = 0)),
  check ((target = 'overage') = (price_micro is not null))
) partition by range (id);
-- A missing month never refuses a debit.
create table usage_entry_default partition of usage_entry default;
-- What was already given back of a debit.
create index usage_entry_refund on usage_entry (lane, workspace_id, refund_of)
  where refund_of is not null;
-- What a reading of the meter sums up.
create index usage_entry_metered on usage_entry (lane, workspace_id, at)
  where meter_no is not null;

-- One answer per idempotency key, for at least 35 days of real time. The key is 16 bytes of a hash of
-- workspace, route and key (uuid is the type for 16 bytes); receipts are rebuilt from entries, the
-- rest stands here.
create table request_key (
  lane smallint not null,
  month date not null,
  body_hash bigint not null,
  key_hash uuid not null,
  operation_id uuid, -- null: a denial
  member_left bigint, -- below the caps afterwards; null: no cap
  space_left bigint,
  org_left bigint,
  counts_left bigint[], -- the same of the limits on calls, as its entries name them; null: none
  answer jsonb, -- null: rebuilt from the operation's entries or hold
  primary key (key_hash, lane, month) -- what differs first, for it is compared at every step down
) partition by range (month);
create table request_key_default partition of request_key default;

reset role;
