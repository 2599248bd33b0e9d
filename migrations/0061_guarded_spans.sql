-- Row-level security of lease_spans: whoever may read at the database itself sees the companies that
-- he was given.

do $$
declare
  guarded text;
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'leasehold_reader')
     or not exists (select from pg_catalog.pg_roles where rolname = 'leasehold_writer') then
    return;
  end if;
  foreach guarded in array array['lease_spans'] loop
    execute format('alter table leasehold.%I enable row level security', guarded);
    execute format(
      'create policy reader_sees_its_companies on leasehold.%I for select to leasehold_reader
       using (leasehold.sees_company(company_id))', guarded);
    execute format(
      'create policy writer_writes_all on leasehold.%I to leasehold_writer
       using (true) with check (true)', guarded);
  end loop;
end
$$;
