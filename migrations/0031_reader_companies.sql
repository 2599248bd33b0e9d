-- Row-level security: whoever may read at the database itself sees the companies that he was given,
-- and no other. It holds for members of leasehold_reader; whoever owns the schema sees everything.

create table leasehold.reader_companies (
  company_id  uuid  not null,
  role_name   name  not null,
  constraint reader_companies_pkey primary key (company_id, role_name)
);

comment on table leasehold.reader_companies is
  'Which companies a login role sees that is a member of leasehold_reader: one row each; the nil UUID for all.';

-- Read as the owner, or it would be guarded by what it is to decide.
create function leasehold.sees_company(company uuid) returns boolean
language sql stable security definer parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from leasehold.reader_companies r
    where r.role_name = session_user
      and r.company_id in (company, '00000000-0000-0000-0000-000000000000')
  )
$$;

comment on function leasehold.sees_company(uuid) is
  'Whether the role that has logged in was given a company; setting another role changes nothing.';

do $$
declare
  guarded text;
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'leasehold_reader')
     or not exists (select from pg_catalog.pg_roles where rolname = 'leasehold_writer') then
    -- Without separate roles there is nobody to guard against: the one user owns it all.
    return;
  end if;
  foreach guarded in array
    array['heads', 'events', 'receipts', 'environments', 'environment_leases', 'activity_log', 'tokens']
  loop
    execute format('alter table leasehold.%I enable row level security', guarded);
    execute format(
      'create policy reader_sees_its_companies on leasehold.%I for select to leasehold_reader
       using (leasehold.sees_company(company_id))', guarded);
    execute format(
      'create policy writer_writes_all on leasehold.%I to leasehold_writer
       using (true) with check (true)', guarded);
  end loop;
  grant select on leasehold.reader_companies to leasehold_reader;
end
$$;
