-- Products, people, workspaces, what they asked for, and the books of money.
-- Rows of a product are visible only to a session that named it: set_config('tollgate.product', …, true).

create table product (
  id text primary key check (id ~ '^[a-z][a-z0-9-]{0,31}$'),
  name text not null
);

-- A published version of a catalog file, as the kernel reads it.
create table plan_term (
  product_id text not null references product (id),
  version integer not null check (version > 0),
  terms jsonb not null,
  hash text not null,
  published_at timestamptz not null default now(),
  primary key (product_id, version)
);

create table api_key (
  id uuid primary key default gen_random_uuid(),
  product_id text not null references product (id),
  prefix text not null,
  secret_hash bytea not null unique check (length(secret_hash) = 32),
  scopes text[] not null check (cardinality(scopes) > 0),
  created_at timestamptz not null default now(),
  revoked_at timestamptz -- null while the key is good
);

create table app_user (
  id bigint generated always as identity primary key,
  product_id text not null references product (id),
  external_id text not null check (external_id ~ '^[A-Za-z0-9._:-]{1,64}$'),
  unique (product_id, external_id)
);

create table workspace (
  id bigint generated always as identity primary key,
  lane smallint not null,
  product_id text not null references product (id),
  external_id text not null check (external_id ~ '^[A-Za-z0-9._:-]{1,64}$'),
  owner_id bigint not null references app_user (id),
  personal boolean not null,
  currency text not null check (currency ~ '^[a-z]{3}$'),
  time_zone text not null,
  terms_version integer not null,
  test_clock boolean not null,
  -- The whole lifecycle as the kernel knows it: a workflow starts from it (Postgres wins).
  lifecycle jsonb not null,
  version integer not null,
  -- Raised by every change of a membership: who remembers members remembers it with them.
  roster integer not null default 0,
  status text not null,
  plan text, -- null before the first plan
  clock_at timestamptz, -- null in real time
  next_deadline_at timestamptz, -- null when nothing is due by time
  -- Since when something waits for the workflow; the sweeper rings for old ones.
  rung_at timestamptz, -- null while nothing waits
  rings bigint not null default 0, -- tells a ring that came meanwhile from the one that is answered
  stripe_customer text unique, -- null until money is first spoken of
  payment_method jsonb, -- what is on file, to be shown; null: nothing
  stripe_draft text, -- null while no seat change waits for the next invoice
  billing_email text, -- null: none given
  tax_id text, -- null: none given
  created_at timestamptz not null default now(),
  foreign key (product_id, terms_version) references plan_term (product_id, version),
  unique (product_id, external_id),
  unique (lane, id)
);

create table membership (
  workspace_id bigint not null references workspace (id),
  user_id bigint not null references app_user (id),
  product_id text not null references product (id),
  role text not null check (role ~ '^[a-z][a-zA-Z]{0,31}$'),
  state text not null check (state in ('invited', 'accepted', 'removed')),
  invited_at timestamptz not null,
  accepted_at timestamptz, -- null while only invited
  removed_at timestamptz, -- null while a member
  primary key (workspace_id, user_id)
);

-- A trigger, so that nobody who writes a membership can forget it.
create function raise_roster() returns trigger
language plpgsql
as $$
begin
  update workspace set roster = roster + 1 where id in (select workspace_id from changed);
  return null;
end $$;
create trigger membership_came after insert on membership
  referencing new table as changed for each statement execute function raise_roster();
create trigger membership_changed after update on membership
  referencing new table as changed for each statement execute function raise_roster();
create trigger membership_went after delete on membership
  referencing old table as changed for each statement execute function raise_roster();

-- What usage is attributed to: a Space, a project, an agent.
create table resource (
  workspace_id bigint not null references workspace (id),
  product_id text not null references product (id),
  kind text not null check (kind in ('space', 'project', 'agent')),
  external_id text not null check (external_id ~ '^[A-Za-z0-9._:-]{1,64}$'),
  owner_id bigint references app_user (id), -- null: nobody in particular
  name text not null,
  closed_at timestamptz, -- null while it lives
  primary key (workspace_id, kind, external_id)
);

-- A change of the lifecycle, durable before it is sent. A preview is a row that is never carried out.
create table command (
  id uuid primary key,
  workspace_id bigint not null references workspace (id),
  product_id text not null references product (id),
  idempotency_key text not null check (length(idempotency_key) between 1 and 255),
  body_hash bytea not null,
  kind text not null,
  body jsonb not null,
  actor text not null,
  requested_at timestamptz not null,
  state text not null check (state in ('pending', 'paying', 'done', 'refused', 'preview')),
  result jsonb, -- null until done or refused
  settled_at timestamptz, -- null until done or refused
  unique (workspace_id, idempotency_key)
);
-- The workflow asks at every wake for what waits.
create index command_waiting on command (workspace_id, requested_at) where state = 'pending';

-- Numbers per product without gaps, given in the transaction that issues.
create table invoice_number (
  product_id text primary key references product (id),
  next_number bigint not null check (next_number > 0)
);

create table invoice (
  id uuid primary key default gen_random_uuid(),
  workspace_id bigint not null references workspace (id),
  product_id text not null references product (id),
  -- The business fact that it stands for; the same fact is never invoiced twice.
  business_key text not null,
  number text not null,
  reason text not null check (reason in ('renewal', 'supplementary', 'purchase')),
  status text not null check (status in ('open', 'paid', 'carried', 'void')),
  currency text not null,
  period_start timestamptz not null,
  period_end timestamptz not null check (period_end >= period_start),
  subtotal_minor bigint not null,
  applied_minor bigint not null,
  total_minor bigint not null check (total_minor = subtotal_minor + applied_minor),
  billing_email text, -- copied at issue; null: none given
  tax_id text, -- copied at issue; null: none given
  issued_at timestamptz not null,
  paid_at timestamptz, -- null until paid
  stripe_invoice text unique, -- null until mirrored
  unique (workspace_id, business_key),
  unique (product_id, number)
);

create table invoice_line (
  invoice_id uuid not null references invoice (id),
  position smallint not null,
  product_id text not null references product (id),
  kind text not null,
  description text not null,
  quantity integer not null check (quantity >= 0),
  unit_minor bigint not null,
  amount_minor bigint not null,
  period_start timestamptz not null,
  period_end timestamptz not null,
  days_part integer, -- null on a line that is not prorated
  days_whole integer, -- null on a line that is not prorated
  member text, -- null on a line about nobody
  -- A line of usage beyond the credits: how many, and what one costs in millionths of the minor unit.
  quantity_micro bigint, -- null on every other line; negative where it was given back
  price_micro bigint, -- likewise null
  check ((kind = 'metered') = (quantity_micro is not null and price_micro is not null)),
  primary key (invoice_id, position)
);

-- Signed: positive is the customer's, negative is owed; netted on a later invoice.
create table account_credit (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace (id),
  product_id text not null references product (id),
  invoice_id uuid not null references invoice (id),
  amount_minor bigint not null check (amount_minor <> 0),
  at timestamptz not null,
  unique (invoice_id, workspace_id)
);

-- One purchase or collection of money, from the wish to its end.
create table payment (
  id uuid primary key,
  workspace_id bigint not null references workspace (id),
  product_id text not null references product (id),
  command_id uuid not null references command (id),
  purchase jsonb not null,
  total_minor bigint not null check (total_minor > 0),
  currency text not null,
  state text not null check (state in ('requested', 'open', 'succeeded', 'failed', 'expired')),
  stripe_session text unique, -- null unless by Checkout
  stripe_payment_intent text unique, -- null until money moved
  requested_at timestamptz not null,
  settled_at timestamptz -- null until succeeded, failed or expired
);

-- Events as Stripe sent them: hints to look again. Inserted by the webhook, drained by the workflow.
create table stripe_event (
  id text primary key,
  type text not null,
  customer text, -- null on events that concern no customer
  object_id text not null,
  received_at timestamptz not null default now(),
  handled_at timestamptz -- null while it waits
);
create index stripe_event_waiting on stripe_event (customer) where handled_at is null;

-- What the outside world has still to be told, written with the step that decided it.
create table outbox (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace (id),
  product_id text not null references product (id),
  -- The business fact; it becomes the provider's idempotency key.
  key text not null,
  effect jsonb not null,
  at timestamptz not null,
  done_at timestamptz, -- null while it waits
  unique (workspace_id, key)
);
create index outbox_waiting on outbox (workspace_id, id) where done_at is null;

create table audit_log (
  id bigint generated always as identity primary key,
  product_id text not null references product (id),
  workspace_id bigint references workspace (id), -- null for what concerns the product
  actor text not null,
  action text not null,
  data jsonb not null,
  at timestamptz not null default now()
);

alter table workspace enable row level security;
alter table app_user enable row level security;
alter table membership enable row level security;
alter table resource enable row level security;
alter table command enable row level security;
alter table invoice enable row level security;
alter table invoice_line enable row level security;
alter table account_credit enable row level security;
alter table payment enable row level security;
alter table outbox enable row level security;
alter table audit_log enable row level security;

create policy own_product on workspace to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy own_product on app_user to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy own_product on membership to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy own_product on resource to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy own_product on command to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy own_product on invoice to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy own_product on invoice_line to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy own_product on account_credit to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy own_product on payment to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy own_product on outbox to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy own_product on audit_log to tollgate_app
  using (product_id = current_setting('tollgate.product', true));

-- Which product a Stripe customer belongs to: asked by the webhook, before it can name a product.
create function workspace_of_customer(p_customer text)
returns table (product_id text, external_id text)
language sql stable security definer set search_path = pg_catalog, public
as $$
  select w.product_id, w.external_id from public.workspace w where w.stripe_customer = p_customer
$$;

-- Workspaces that wait for their workflow, or should have one: asked by the sweeper across products.
create function workspaces_waiting(p_older_than interval)
returns table (product_id text, external_id text)
language sql stable security definer set search_path = pg_catalog, public
as $$
  select w.product_id, w.external_id from public.workspace w
  where w.rung_at < clock_timestamp() - p_older_than
    -- A deadline that nobody lived through: its workflow is gone, or its worker away.
    or (w.clock_at is null and w.next_deadline_at < clock_timestamp() - p_older_than)
$$;

create function workspaces_living()
returns table (product_id text, external_id text)
language sql stable security definer set search_path = pg_catalog, public
as $$
  select w.product_id, w.external_id from public.workspace w where w.status <> 'none'
$$;

revoke all on function workspace_of_customer(text) from public;
revoke all on function workspaces_waiting(interval) from public;
revoke all on function workspaces_living() from public;
grant execute on function workspace_of_customer(text) to tollgate_app;
grant execute on function workspaces_waiting(interval) to tollgate_app;
grant execute on function workspaces_living() to tollgate_app;

grant usage on schema public to tollgate_app;
grant select on product, plan_term, api_key to tollgate_app;
grant insert on product, plan_term, api_key to tollgate_app;
grant update (revoked_at) on api_key to tollgate_app;
grant select, insert, update on workspace, app_user, membership, resource, command, payment,
  stripe_event, outbox, invoice_number to tollgate_app;
grant select, insert on invoice_line, account_credit, audit_log to tollgate_app;
grant select, insert on invoice to tollgate_app;
grant update (status, paid_at, stripe_invoice) on invoice to tollgate_app;
