-- How many leases of an environment had ended by a moment: counted in blocks, so that what ended long
-- before is not counted lease by lease again. Blocks are counted from lease_spans by whoever keeps
-- those up, and say nothing that these do not: where they are not as far, the spans are counted.

-- Each block reaches from its first place up to the next one's; the first of an environment begins
-- before all places. A block that has become long is cut where it is.
create table leasehold.lease_ends_by_position (
  company_id      uuid     not null,
  environment_id  uuid     not null,
  first           bigint   not null,
  last            bigint   not null,
  released        integer  not null,
  expired         integer  not null,
  failed          integer  not null,
  constraint lease_ends_by_position_pkey primary key (company_id, environment_id, first)
);

create table leasehold.lease_ends_by_time (
  company_id      uuid         not null,
  environment_id  uuid         not null,
  first           timestamptz  not null,
  last            timestamptz  not null,
  released        integer      not null,
  expired         integer      not null,
  failed          integer      not null,
  constraint lease_ends_by_time_pkey primary key (company_id, environment_id, first)
);

comment on table leasehold.lease_ends_by_position is 'Projection lease_ends, version 1: how many leases of an environment ended, in blocks of positions.';
comment on column leasehold.lease_ends_by_position.first is 'Where the block begins; 0 for the first of an environment.';
comment on column leasehold.lease_ends_by_position.last is 'The last end in the block.';
comment on table leasehold.lease_ends_by_time is 'Projection lease_ends, version 1: how many leases of an environment ended, in blocks of time.';
comment on column leasehold.lease_ends_by_time.first is 'When the block begins; -infinity for the first of an environment.';
comment on column leasehold.lease_ends_by_time.last is 'The last end in the block.';

do $$
declare
  counted text;
begin
  foreach counted in array array['lease_ends_by_position', 'lease_ends_by_time'] loop
    if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_writer') then
      execute format(
        'grant select, insert, update, delete on leasehold.%I to leasehold_writer', counted);
    end if;
    if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_reader') then
      execute format('grant select on leasehold.%I to leasehold_reader', counted);
    end if;
    if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_reader')
       and exists (select from pg_catalog.pg_roles where rolname = 'leasehold_writer') then
      execute format('alter table leasehold.%I enable row level security', counted);
      execute format(
        'create policy reader_sees_its_companies on leasehold.%I for select to leasehold_reader
         using (leasehold.sees_company(company_id))', counted);
      execute format(
        'create policy writer_writes_all on leasehold.%I to leasehold_writer
         using (true) with check (true)', counted);
    end if;
  end loop;
end
$$;
