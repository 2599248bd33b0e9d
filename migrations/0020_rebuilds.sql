-- Rebuilds of projections: which run, how far they are, what they found. Rows belong to the
-- installation, whose company is the nil UUID.

create table leasehold.rebuilds (
  company_id   uuid         not null default '00000000-0000-0000-0000-000000000000',
  id           uuid         not null,
  projections  text[]       not null,
  state        text         not null,
  asked_by     text         not null,
  started_at   timestamptz  not null,
  changed_at   timestamptz  not null,
  events       bigint       not null,
  rows         bigint       not null,
  verdict      jsonb,
  constraint rebuilds_pkey primary key (company_id, id),
  constraint rebuilds_state_check
    check (state in ('loading', 'loaded', 'differs', 'swapped', 'cancelled'))
);

-- One at a time: whoever comes second is told who runs the first.
create unique index rebuilds_unfinished_key
  on leasehold.rebuilds (company_id)
  where state in ('loading', 'loaded');

comment on table leasehold.rebuilds is 'Every rebuild of projections, and its verdict.';
comment on column leasehold.rebuilds.verdict is
  'Rows compared and rows that differ, by table and column; the first of them by company and key.';

-- The log in parts: what a rebuild that was cut off need not load again.
create table leasehold.rebuild_spans (
  company_id     uuid     not null default '00000000-0000-0000-0000-000000000000',
  rebuild_id     uuid     not null,
  first_company  uuid     not null,
  last_company   uuid     not null,
  is_loaded      boolean  not null,
  constraint rebuild_spans_pkey primary key (company_id, rebuild_id, first_company)
);

comment on table leasehold.rebuild_spans is 'The parts of the log that a running rebuild loads one by one.';

-- How far the shadow tables have come, company by company.
create table leasehold.rebuild_positions (
  company_id  uuid    not null,
  rebuild_id  uuid    not null,
  position    bigint  not null,
  constraint rebuild_positions_pkey primary key (company_id, rebuild_id)
);

comment on table leasehold.rebuild_positions is 'Up to which position of each company the shadow tables are folded.';

-- Rows that were loaded and that a later event made again.
create table leasehold.rebuild_stale (
  company_id  uuid    not null,
  rebuild_id  uuid    not null,
  id          uuid    not null,
  version     bigint  not null,
  constraint rebuild_stale_pkey primary key (company_id, rebuild_id, id, version)
);

comment on table leasehold.rebuild_stale is 'Rows of the shadow tables that are not the last of their aggregate.';

-- The version of each projection whose rows the live tables hold; none is version 1.
create table leasehold.projection_versions (
  company_id  uuid         not null default '00000000-0000-0000-0000-000000000000',
  name        text         not null,
  version     integer      not null,
  rebuild_id  uuid         not null,
  swapped_at  timestamptz  not null,
  constraint projection_versions_pkey primary key (company_id, name)
);

comment on table leasehold.projection_versions is
  'Which fold made the live tables. A program that does not know the version does not write.';

do $$
begin
  if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_writer') then
    grant select on leasehold.projection_versions to leasehold_writer;
  end if;
  if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_reader') then
    grant select on leasehold.rebuilds, leasehold.rebuild_spans, leasehold.rebuild_positions,
      leasehold.rebuild_stale, leasehold.projection_versions
      to leasehold_reader;
  end if;
end
$$;
