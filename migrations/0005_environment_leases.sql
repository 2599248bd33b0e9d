-- Leases as they are now, ended ones too. Paperclip's nineteen columns first, then ours.

create table leasehold.environment_leases (
  id                      uuid        not null,
  company_id              uuid        not null,
  environment_id          uuid        not null,
  execution_workspace_id  uuid,
  issue_id                uuid,
  heartbeat_run_id        uuid,
  status                  text        not null,
  lease_policy            text        not null,
  provider                text,
  provider_lease_id       text,
  acquired_at             timestamptz not null,
  last_used_at            timestamptz not null,
  expires_at              timestamptz,
  released_at             timestamptz,
  failure_reason          text,
  cleanup_status          text,
  metadata                jsonb,
  created_at              timestamptz not null,
  updated_at              timestamptz not null,
  agent_id                uuid,
  phase                   text        not null,
  fence                   bigint      not null,
  expiry_mode             text,
  ttl_seconds             integer,
  cleanup_state           text        not null,
  ended_by                jsonb,
  end_cause               text,
  replaces_lease_id       uuid,
  replaced_by_lease_id    uuid,
  retain_until            timestamptz,
  source_status           text,
  version                 bigint      not null,
  constraint environment_leases_status_check
    check (status in ('active', 'released', 'expired', 'failed', 'retained')),
  constraint environment_leases_cleanup_check
    check (cleanup_status is null or cleanup_status in ('pending', 'success', 'failed'))
);

-- Nothing that a renewal changes is indexed but the expiry.

-- What a cold start loads, who holds an environment, and "open" in every list.
create index environment_leases_open_idx
  on leasehold.environment_leases (company_id, environment_id, id)
  where status in ('active', 'retained') or cleanup_status in ('pending', 'failed');
-- An environment's leases, newest use first.
create index environment_leases_environment_idx
  on leasehold.environment_leases (company_id, environment_id, last_used_at desc, id desc);
-- A company's leases, newest grant first.
create index environment_leases_acquired_idx
  on leasehold.environment_leases (company_id, acquired_at desc, id desc);
-- A run's leases, and the directory from a run to its company.
create index environment_leases_run_idx
  on leasehold.environment_leases (heartbeat_run_id, company_id)
  where heartbeat_run_id is not null;
-- The leases of an issue, of a workspace, of a provider's resource.
create index environment_leases_issue_idx
  on leasehold.environment_leases (company_id, issue_id)
  where issue_id is not null;
create index environment_leases_workspace_idx
  on leasehold.environment_leases (company_id, execution_workspace_id)
  where execution_workspace_id is not null;
create index environment_leases_provider_idx
  on leasehold.environment_leases (company_id, provider_lease_id)
  where provider_lease_id is not null;
-- What is overdue.
create index environment_leases_expiry_idx
  on leasehold.environment_leases (expires_at)
  where status = 'active' and expires_at is not null;

-- The id comes first, so that this index is also the directory from an id to its company. It is made
-- last: while the table is empty all indexes cost the same, and the planner takes the newest. One
-- of those above would walk the whole company for each row, until the table is analyzed.
alter table leasehold.environment_leases
  add constraint environment_leases_pkey primary key (id, company_id);

comment on table leasehold.environment_leases is 'Projection environment_leases, version 1: every lease, open or ended.';
comment on column leasehold.environment_leases.phase is 'active, retained or ended.';
comment on column leasehold.environment_leases.fence is 'epoch * 2^40 + position of the granting event.';
comment on column leasehold.environment_leases.expiry_mode is 'recorded: a provider''s word, never acted on. enforced: the holder''s promise to renew.';
comment on column leasehold.environment_leases.source_status is 'The status where it was imported from, when that is no word of ours.';
