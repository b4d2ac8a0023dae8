-- Invoices that an operator writes by hand, and sends to be paid by a day.
alter table invoice drop constraint invoice_reason_check;
alter table invoice add constraint invoice_reason_check
  check (reason in ('renewal', 'supplementary', 'purchase', 'manual'));
alter table invoice
  add column due_at timestamptz, -- null: it is charged, nobody has to send anything
  add column purchase_order text, -- null: the customer named none
  add column memo text, -- null: nothing was noted
  add column paid_reference text; -- how it was paid elsewhere, as an operator told; null: at the provider
grant update (paid_reference) on invoice to tollgate_app;
