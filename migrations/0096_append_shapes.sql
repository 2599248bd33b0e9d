-- The rows of a batch as its statement takes them: an array of each shape. A program of before goes on
-- sending the shapes that it knows, so a shape is never changed: one that needs another column gets
-- another name.

create type leasehold.append_company as (
  no              integer,
  company_id      uuid,
  position        bigint,
  digest          bytea,
  epoch           bigint,
  position_after  bigint,
  digest_after    bytea,
  recorded_at     timestamptz
);

create type leasehold.append_key as (
  company_no  integer,
  company_id  uuid,
  key         text
);

create type leasehold.append_event as (
  company_no      integer,
  company_id      uuid,
  recorded_at     timestamptz,
  position        bigint,
  sequence        bigint,
  occurred_at     timestamptz,
  event_id        uuid,
  aggregate_type  text,
  aggregate_id    text,
  event_type      text,
  event_version   text,
  payload         text,
  metadata        text,
  digest          bytea
);

create type leasehold.append_removal as (
  company_no  integer,
  company_id  uuid,
  id          uuid
);

create type leasehold.append_environment as (
  company_no           integer,
  company_id           uuid,
  id                   uuid,
  name                 text,
  description          text,
  driver               text,
  status               text,
  config               text,
  env_vars             text,
  metadata             text,
  created_at           timestamptz,
  updated_at           timestamptz,
  capacity             integer,
  single_flight        boolean,
  source_id            uuid,
  version              bigint,
  default_ttl_seconds  integer
);

create type leasehold.append_lease as (
  company_no              integer,
  company_id              uuid,
  is_metadata_changed     boolean,
  id                      uuid,
  environment_id          uuid,
  execution_workspace_id  uuid,
  issue_id                uuid,
  heartbeat_run_id        uuid,
  status                  text,
  lease_policy            text,
  provider                text,
  provider_lease_id       text,
  acquired_at             timestamptz,
  last_used_at            timestamptz,
  expires_at              timestamptz,
  released_at             timestamptz,
  failure_reason          text,
  cleanup_status          text,
  metadata                text,
  created_at              timestamptz,
  updated_at              timestamptz,
  agent_id                uuid,
  phase                   text,
  fence                   bigint,
  expiry_mode             text,
  ttl_seconds             integer,
  cleanup_state           text,
  ended_by                text,
  end_cause               text,
  replaces_lease_id       uuid,
  replaced_by_lease_id    uuid,
  retain_until            timestamptz,
  source_status           text,
  version                 bigint,
  reservation_deadline    timestamptz,
  due_at                  timestamptz,
  cleanup_due_at          timestamptz,
  cleanup                 text
);

create type leasehold.append_activity as (
  company_no           integer,
  company_id           uuid,
  id                   uuid,
  actor_type           text,
  actor_id             text,
  action               text,
  entity_type          text,
  entity_id            text,
  agent_id             uuid,
  run_id               uuid,
  responsible_user_id  text,
  details              text,
  created_at           timestamptz,
  authenticated_by     text,
  bookkeeping          boolean,
  position             bigint
);

create type leasehold.append_receipt as (
  company_no      integer,
  company_id      uuid,
  key             text,
  day             date,
  body_hash       bytea,
  verdict         text,
  position        bigint,
  first_position  bigint,
  last_position   bigint,
  answer          text
);
