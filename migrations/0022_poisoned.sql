-- What a projection could not take: an event that cannot be read, or a state that does not fit its
-- columns. Only that aggregate stops there, its row stays as it was; it is driven again after a fix.

create table leasehold.poisoned (
  company_id      uuid         not null,
  projection      text         not null,
  aggregate_type  text         not null,
  aggregate_id    uuid         not null,
  position        bigint       not null,
  error           text         not null,
  noted_at        timestamptz  not null,
  constraint poisoned_pkey primary key (company_id, projection, aggregate_type, aggregate_id)
);

comment on table leasehold.poisoned is 'Aggregates that a projection has stopped at, and why.';
comment on column leasehold.poisoned.position is 'The first event that it could not take.';

-- The same of a rebuild that is under way; what it could not take stays as it is in the live table.
create table leasehold.rebuild_poisoned (
  company_id      uuid    not null,
  rebuild_id      uuid    not null,
  projection      text    not null,
  aggregate_type  text    not null,
  aggregate_id    uuid    not null,
  position        bigint  not null,
  error           text    not null
);

create index rebuild_poisoned_idx on leasehold.rebuild_poisoned (company_id, rebuild_id);

comment on table leasehold.rebuild_poisoned is 'What a running rebuild could not take; the same aggregate may stand here twice.';

do $$
begin
  if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_writer') then
    grant select, insert, update, delete on leasehold.poisoned to leasehold_writer;
  end if;
  if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_reader') then
    grant select on leasehold.poisoned, leasehold.rebuild_poisoned to leasehold_reader;
  end if;
end
$$;
