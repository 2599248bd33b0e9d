-- The log: the events of every company, and the one row per company that orders them.

create table leasehold.heads (
  company_id   uuid        not null,
  position     bigint      not null,
  epoch        bigint      not null,
  recorded_at  timestamptz not null,
  digest       bytea       not null,
  constraint heads_pkey primary key (company_id),
  constraint heads_position_check check (position >= 0),
  constraint heads_epoch_check check (epoch >= 1),
  constraint heads_digest_check check (octet_length(digest) = 32)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000);

comment on table leasehold.heads is
  'The end of each company''s log. Changing a row, compared with what the writer believed it to be, is what puts events in order: it is the only mutex.';
comment on column leasehold.heads.position is 'The last event''s position; 0 before the first.';
comment on column leasehold.heads.epoch is 'Raised when the log was restored from a backup.';
comment on column leasehold.heads.recorded_at is 'The last event''s; it never falls.';
comment on column leasehold.heads.digest is 'The last event''s digest; 32 zero bytes before the first.';

-- A log never gets shorter.
create function leasehold.refuse_retreat() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'the head of company % cannot move from % to %',
    old.company_id, old.position, new.position
    using errcode = 'restrict_violation';
end
$$;

create trigger heads_never_retreat
  before update on leasehold.heads
  for each row
  when (new.position < old.position or new.epoch < old.epoch
        or new.recorded_at < old.recorded_at or new.company_id <> old.company_id)
  execute function leasehold.refuse_retreat();
create trigger heads_never_removed
  before delete on leasehold.heads
  for each row execute function leasehold.refuse_change();
create trigger heads_never_truncated
  before truncate on leasehold.heads
  for each statement execute function leasehold.refuse_change();
alter table leasehold.heads enable always trigger heads_never_retreat;
alter table leasehold.heads enable always trigger heads_never_removed;
alter table leasehold.heads enable always trigger heads_never_truncated;

-- The stock reader of postgres-es names its seven columns, so theirs and ours stand in the order
-- that wastes least: eight-byte columns first. json, not jsonb: the bytes that were hashed stay.
create table leasehold.events (
  position        bigint      not null,
  sequence        bigint      not null,
  occurred_at     timestamptz not null,
  recorded_at     timestamptz not null,
  company_id      uuid        not null,
  event_id        uuid        not null,
  aggregate_type  text        not null,
  aggregate_id    text        not null,
  event_type      text        not null,
  event_version   text        not null,
  payload         json        not null,
  metadata        json        not null,
  digest          bytea       not null,
  constraint events_stream_key unique (aggregate_type, aggregate_id, sequence, company_id),
  constraint events_position_key unique (company_id, position),
  constraint events_position_check check (position >= 1 and position < 1099511627776),
  constraint events_sequence_check check (sequence >= 1 and sequence < 2147483648),
  constraint events_digest_check check (octet_length(digest) = 32)
) with (autovacuum_vacuum_insert_scale_factor = 0.05);

comment on table leasehold.events is
  'What happened: append-only, positions without gaps for each company, sequences without gaps for each stream.';
comment on column leasehold.events.position is 'Place in the company''s log, below 2^40: a fence is epoch * 2^40 + position.';
comment on column leasehold.events.sequence is 'Place in the stream; the stock reader binds it as a 32-bit integer.';
comment on column leasehold.events.occurred_at is 'When it happened; earlier than recorded_at for imported history alone.';
comment on column leasehold.events.recorded_at is 'When the ledger learnt it; never falls within a company.';
comment on column leasehold.events.payload is 'The event, externally tagged.';
comment on column leasehold.events.metadata is 'Who asked, with which key, by which token: a flat map of strings.';
comment on column leasehold.events.digest is 'sha256 over the digest before and every other column, each with its length in front.';

create trigger events_never_changed
  before update or delete on leasehold.events
  for each row execute function leasehold.refuse_change();
create trigger events_never_truncated
  before truncate on leasehold.events
  for each statement execute function leasehold.refuse_change();
alter table leasehold.events enable always trigger events_never_changed;
alter table leasehold.events enable always trigger events_never_truncated;
