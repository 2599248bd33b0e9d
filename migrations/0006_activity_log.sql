-- Who did what, one row for every event but renewals. Paperclip's columns first, then ours.

create table leasehold.activity_log (
  id                   uuid        not null,
  company_id           uuid        not null,
  actor_type           text        not null,
  actor_id             text        not null,
  action               text        not null,
  entity_type          text        not null,
  entity_id            text        not null,
  agent_id             uuid,
  run_id               uuid,
  responsible_user_id  text,
  details              jsonb,
  created_at           timestamptz not null,
  authenticated_by     text,
  bookkeeping          boolean     not null,
  position             bigint      not null,
  -- The log's own order, and the way from an event to its row. What an entity went through is
  -- found by its stream in the events, what happened since a time by a search for the position.
  constraint activity_log_pkey primary key (company_id, position),
  constraint activity_log_actor_type_check check (actor_type in ('agent', 'user', 'system'))
);

-- What a run did.
create index activity_log_run_idx
  on leasehold.activity_log (company_id, run_id, position)
  where run_id is not null;

-- The runs that have ended: a cold start reads them all.
create index activity_log_ended_run_idx
  on leasehold.activity_log (company_id, entity_id)
  where action = 'heartbeat_run.ended';

comment on table leasehold.activity_log is 'Projection activity_log, version 1: the audit line of each event, written with it or not at all.';
comment on column leasehold.activity_log.authenticated_by is 'The token that really spoke, beside the actor that it named.';
comment on column leasehold.activity_log.bookkeeping is 'Noise to most readers; left out of the default view.';
