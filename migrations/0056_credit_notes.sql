-- A credit note for each refund of money that had paid an invoice: what was given back of its lines.

-- Numbers per product without gaps, a series of their own, given in the transaction that issues.
create table credit_note_number (
  product_id text primary key references product (id),
  next_number bigint not null check (next_number > 0)
);

create table credit_note (
  id uuid primary key default gen_random_uuid(),
  workspace_id bigint not null references workspace (id),
  product_id text not null references product (id),
  number text not null,
  -- Whom it is for, who sold it and in which currency is told by the invoice, which never changes.
  invoice_id uuid not null references invoice (id),
  refund_id bigint not null unique references refund (id),
  subtotal_minor bigint not null,
  applied_minor bigint not null, -- what of the account credit that the invoice had applied
  total_minor bigint not null check (total_minor > 0 and total_minor = subtotal_minor + applied_minor),
  issued_at timestamptz not null,
  voided_at timestamptz, -- null while it counts: the bank may fail to pay a refund out
  unique (product_id, number)
);
create index credit_note_of_invoice on credit_note (invoice_id);
create index credit_note_of_workspace on credit_note (workspace_id, issued_at);

create table credit_note_line (
  credit_note_id uuid not null references credit_note (id),
  invoice_id uuid not null,
  position smallint not null, -- the invoice's line
  product_id text not null references product (id),
  amount_minor bigint not null check (amount_minor <> 0),
  primary key (credit_note_id, position),
  foreign key (invoice_id, position) references invoice_line (invoice_id, position)
);

alter table credit_note enable row level security;
alter table credit_note_line enable row level security;
create policy own_product on credit_note to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy own_product on credit_note_line to tollgate_app
  using (product_id = current_setting('tollgate.product', true));
create policy audit_reads on credit_note for select to tollgate_audit using (true);
create policy audit_reads on credit_note_line for select to tollgate_audit using (true);

grant select, insert, update on credit_note_number to tollgate_app;
grant select, insert on credit_note, credit_note_line to tollgate_app;
grant update (voided_at) on credit_note to tollgate_app;
grant select on credit_note_number, credit_note, credit_note_line to tollgate_audit;
