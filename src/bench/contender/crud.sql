-- What Paperclip keeps of leases: its columns, defaults and indexes. Its foreign keys are left out;
-- each would cost this contender a look-up more.

create schema crud;

create table crud.environment_leases (
  id                      uuid        not null default gen_random_uuid() primary key,
  company_id              uuid        not null,
  environment_id          uuid,
  execution_workspace_id  uuid,
  issue_id                uuid,
  heartbeat_run_id        uuid,
  status                  text        not null default 'active',
  lease_policy            text        not null default 'ephemeral',
  provider                text,
  provider_lease_id       text,
  acquired_at             timestamptz not null default now(),
  last_used_at            timestamptz not null default now(),
  expires_at              timestamptz,
  released_at             timestamptz,
  failure_reason          text,
  cleanup_status          text,
  metadata                jsonb,
  created_at              timestamptz not null default now(),
  updated_at              timestamptz not null default now()
);

create index environment_leases_company_environment_status_idx
  on crud.environment_leases (company_id, environment_id, status);
create index environment_leases_company_execution_workspace_idx
  on crud.environment_leases (company_id, execution_workspace_id);
create index environment_leases_company_issue_idx
  on crud.environment_leases (company_id, issue_id);
create index environment_leases_heartbeat_run_idx
  on crud.environment_leases (heartbeat_run_id);
create index environment_leases_company_last_used_idx
  on crud.environment_leases (company_id, last_used_at);
create index environment_leases_provider_lease_idx
  on crud.environment_leases (provider_lease_id);

create table crud.activity_log (
  id                   uuid        not null default gen_random_uuid() primary key,
  company_id           uuid        not null,
  actor_type           text        not null default 'system',
  actor_id             text        not null,
  action               text        not null,
  entity_type          text        not null,
  entity_id            text        not null,
  agent_id             uuid,
  run_id               uuid,
  responsible_user_id  text,
  details              jsonb,
  created_at           timestamptz not null default now()
);

create index activity_log_company_created_idx
  on crud.activity_log (company_id, created_at);
create index activity_log_company_agent_created_idx
  on crud.activity_log (company_id, agent_id, created_at);
create index activity_log_company_responsible_user_created_idx
  on crud.activity_log (company_id, responsible_user_id, created_at);
create index activity_log_run_id_idx
  on crud.activity_log (run_id);
create index activity_log_entity_type_id_idx
  on crud.activity_log (entity_type, entity_id);
