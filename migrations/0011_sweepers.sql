-- The one sweeper of the installation: who it is, until when, and what it has seen.

create table leasehold.sweepers (
  company_id      uuid        not null,
  term            bigint      not null,
  holder          uuid        not null,
  until           timestamptz not null,
  swept_at        timestamptz not null,
  outage_why      text,
  outage_from     timestamptz,
  outage_to       timestamptz,
  outage_holders  integer,
  constraint sweepers_pkey primary key (company_id),
  constraint sweepers_outage_check check (outage_why is null or outage_why in ('outage', 'clock_jump'))
);

comment on table leasehold.sweepers is 'One row, of the installation itself (the nil company): the sweeper''s fenced term.';
comment on column leasehold.sweepers.term is 'Rises whenever another process takes over, or the same one after its term was over.';
comment on column leasehold.sweepers.until is 'When another process may take over; renewed with every cycle.';
comment on column leasehold.sweepers.swept_at is 'When the last cycle that came to its end had begun.';
comment on column leasehold.sweepers.outage_to is 'The end of the last time in which no cycle came to its end: who has not renewed since gets an amnesty.';

do $$
begin
  if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_writer') then
    grant select, insert, update on leasehold.sweepers to leasehold_writer;
  end if;
  if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_reader') then
    grant select on leasehold.sweepers to leasehold_reader;
  end if;
end
$$;
