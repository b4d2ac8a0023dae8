-- What the nightly audits found: one a night, from three o'clock on by UTC.

create table audit_run (
  night date primary key,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  proved boolean not null,
  findings jsonb not null, -- each identity, with the first rows that break it
  check (ended_at >= started_at)
);

-- The audit itself writes nothing: a worker keeps what it was told.
grant select, insert on audit_run to tollgate_app;
grant select on audit_run to tollgate_audit;
