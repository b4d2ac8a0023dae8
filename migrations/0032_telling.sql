-- Where people are told what concerns them, and whom invoices are for.

alter table app_user add column email text check (length(email) between 3 and 254); -- null: none told

alter table workspace
  add column billing_name text, -- null: none given
  -- line1, line2, city, region, postalCode, country; null: none given
  add column billing_address jsonb check (jsonb_typeof(billing_address) = 'object'),
  -- Who gets what the billing address gets.
  add column billing_copies text[] not null default '{}' check (cardinality(billing_copies) <= 10);

-- Copied at issue: what is told later changes no invoice that was issued [2.41].
alter table invoice
  add column billing_name text, -- null: none given
  add column billing_address jsonb; -- null: none given
