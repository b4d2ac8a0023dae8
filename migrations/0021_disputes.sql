-- Money that went back after it had come: disputes, and refunds by what was refunded in all. Each
-- row says what it keeps or takes of the credits that the money had bought; the ledger says the same.

create table dispute (
  id text primary key, -- the provider's
  workspace_id bigint not null references workspace (id),
  product_id text not null references product (id),
  payment_intent text not null,
  payment_id uuid references payment (id), -- null: the money paid an invoice
  invoice_id uuid references invoice (id), -- null: the money paid a purchase
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  reason text not null,
  state text not null check (state in ('open', 'withdrawn', 'lost', 'won')),
  respond_by timestamptz, -- null: nobody waits for evidence
  claim text not null default 'none' check (claim in ('none', 'frozen', 'reversed')),
  claim_micro bigint not null default 0,
  -- How often it claimed something: part of each claim's key in the ledger, since a dispute that
  -- was won may be lost on appeal.
  claim_no integer not null default 0 check (claim_no >= 0),
  opened_at timestamptz not null,
  changed_at timestamptz not null,
  check ((claim = 'none') = (claim_micro = 0)),
  check (claim_micro >= 0)
);
create index dispute_of_payment on dispute (payment_intent);
-- The workspace's page asks for what is not decided yet.
create index dispute_undecided on dispute (workspace_id) where state in ('open', 'withdrawn');

-- One row per booked state of a payment's refunds: the state is what was refunded in all, so the
-- same state is never booked twice, however many events told of it.
create table refund (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace (id),
  product_id text not null references product (id),
  payment_intent text not null,
  payment_id uuid references payment (id), -- null: the money paid an invoice
  invoice_id uuid references invoice (id), -- null: the money paid a purchase
  refunded_minor bigint not null check (refunded_minor >= 0),
  currency text not null,
  -- What this state took beyond those before it; all live rows of a payment sum to its claim.
  taken_micro bigint not null check (taken_micro >= 0),
  booked_at timestamptz not null,
  returned_at timestamptz -- null while it counts: the bank may fail to pay a refund out
);
create unique index refund_state on refund (payment_intent, refunded_minor)
  where returned_at is null;

alter table dispute enable row level security;
alter table refund enable row level security;
create policy own_product on dispute to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy own_product on refund to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy audit_reads on dispute for select to tollgate_audit using (true);
create policy audit_reads on refund for select to tollgate_audit using (true);

grant select, insert on dispute, refund to tollgate_app;
grant update (amount_minor, state, respond_by, claim, claim_micro, claim_no, changed_at)
  on dispute to tollgate_app;
grant update (returned_at) on refund to tollgate_app;
grant select on dispute, refund to tollgate_audit;
