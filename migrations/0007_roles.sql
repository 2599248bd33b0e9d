-- Separate roles where the installation may create them: an owner that migrates (whoever runs
-- this), a writer that cannot change what is in the log, a reader that changes nothing.

do $$
declare
  wanted text;
begin
  foreach wanted in array array['leasehold_writer', 'leasehold_reader'] loop
    begin
      if not exists (select from pg_catalog.pg_roles where rolname = wanted) then
        execute format('create role %I nologin', wanted);
      end if;
    exception
      -- Another database of the same server made it in the same moment, or we may not: both fine.
      when duplicate_object or unique_violation or insufficient_privilege then null;
    end;
  end loop;
  if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_writer') then
    grant usage on schema leasehold to leasehold_writer;
    grant select, insert on leasehold.events to leasehold_writer;
    grant select, insert, update on leasehold.heads to leasehold_writer;
    grant select, insert on leasehold.receipts to leasehold_writer;
    grant select, insert, update, delete on leasehold.environments to leasehold_writer;
    grant select, insert, update on leasehold.environment_leases to leasehold_writer;
    grant select, insert on leasehold.activity_log to leasehold_writer;
    -- To find the schema as its owner left it.
    grant select on leasehold._sqlx_migrations to leasehold_writer;
  end if;
  if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_reader') then
    grant usage on schema leasehold to leasehold_reader;
    grant select on all tables in schema leasehold to leasehold_reader;
  end if;
end
$$;
