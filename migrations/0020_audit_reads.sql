-- What the audit looks at beside the ledger, over all products: read, and nothing else. Keys,
-- people and what they asked for in words are none of its business.

grant usage on schema public to tollgate_audit;
grant select on product, workspace, command, invoice_number, invoice, invoice_line, account_credit,
  payment, outbox
  to tollgate_audit;

create policy audit_reads on workspace for select to tollgate_audit using (true);
create policy audit_reads on command for select to tollgate_audit using (true);
create policy audit_reads on invoice for select to tollgate_audit using (true);
create policy audit_reads on invoice_line for select to tollgate_audit using (true);
create policy audit_reads on account_credit for select to tollgate_audit using (true);
create policy audit_reads on payment for select to tollgate_audit using (true);
create policy audit_reads on outbox for select to tollgate_audit using (true);
