-- Environments as they are now. Paperclip's columns first (its company-scoped form), then ours.

create table leasehold.environments (
  id             uuid        not null,
  company_id     uuid        not null,
  name           text        not null,
  description    text,
  driver         text        not null,
  status         text        not null,
  config         jsonb       not null,
  env_vars       jsonb       not null,
  metadata       jsonb,
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  capacity       integer,
  single_flight  boolean     not null,
  source_id      uuid,
  version        bigint      not null,
  constraint environments_driver_check check (driver in ('local', 'ssh', 'sandbox', 'plugin')),
  constraint environments_status_check check (status in ('active', 'archived'))
);

-- The list of a company's environments, newest change first; and a cold start's "all of them".
create index environments_updated_idx
  on leasehold.environments (company_id, updated_at desc, id desc);
-- A source id used with a company finds that company's copy.
create index environments_source_idx
  on leasehold.environments (source_id, company_id)
  where source_id is not null;

-- The id comes first, so that this index is also the directory from an id to its company. It is made
-- last: while the table is empty all indexes cost the same, and the planner takes the newest. One
-- of those above would walk the whole company for each row, until the table is analyzed.
alter table leasehold.environments
  add constraint environments_pkey primary key (id, company_id);

comment on table leasehold.environments is 'Projection environments, version 1: those that are not removed.';
