-- Run once by the PostgreSQL image, on an empty volume, as the superuser: the databases, and the
-- roles with their passwords. The migrations find the roles made, and need no right to make any.
--   tollgate        owns the database; only the migrations log in as it
--   tollgate_app    API and worker
--   tollgate_audit  npm run audit; reads, and writes nothing
-- The others own or oversee parts of the books; nobody logs in as them, so they get no password.

\set ON_ERROR_STOP on
\getenv owner_password DB_OWNER_PASSWORD
\getenv app_password DB_APP_PASSWORD
\getenv audit_password DB_AUDIT_PASSWORD
\getenv temporal_password DB_TEMPORAL_PASSWORD

create role tollgate login password :'owner_password';
create role tollgate_app login password :'app_password';
create role tollgate_audit login password :'audit_password';
create role tollgate_ledger nologin;
create role tollgate_sweeper nologin;
create role tollgate_sequencer nologin;
grant tollgate_ledger, tollgate_app, tollgate_sweeper, tollgate_sequencer, tollgate_audit
  to tollgate with inherit false, set true;

create role temporal login password :'temporal_password';

create database tollgate owner tollgate;
revoke all on database tollgate from public;
grant connect on database tollgate to tollgate_app, tollgate_audit;

create database temporal owner temporal;
revoke all on database temporal from public;
create database temporal_visibility owner temporal;
revoke all on database temporal_visibility from public;
