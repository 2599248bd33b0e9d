-- Who held what, from when to when, as it happened and as it was known: a projection that is kept up
-- beside the appends, with a checkpoint for each company. Positions are dense, so that a position is
-- all that a checkpoint needs: what is not beyond it has been seen.

create table leasehold.projection_checkpoints (
  company_id  uuid    not null,
  projection  text    not null,
  position    bigint  not null,
  constraint projection_checkpoints_pkey primary key (company_id, projection)
);

comment on table leasehold.projection_checkpoints is 'How far a projection that is not written inline has come. It changes in the transaction that changes the rows.';

create table leasehold.lease_spans (
  held_from       timestamptz  not null,
  held_to         timestamptz,
  from_position   bigint       not null,
  to_position     bigint,
  company_id      uuid         not null,
  lease_id        uuid         not null,
  environment_id  uuid         not null,
  agent_id        uuid,
  run_id          uuid,
  phase           text         not null,
  reach           smallint     not null,
  position_reach  smallint     not null,
  constraint lease_spans_pkey primary key (company_id, lease_id, from_position),
  constraint lease_spans_phase_check check (phase in ('reserved', 'active', 'retained')),
  constraint lease_spans_end_check check ((held_to is null) = (to_position is null))
);

-- "Which spans contain this moment?" Spans are sorted by how long they last: of those that last at
-- most 2^reach, only such can contain it as began less than 2^reach before. Each class is a short
-- range of one of these indexes, and at least half of what is met in it is meant.
create index lease_spans_environment_idx
  on leasehold.lease_spans (company_id, environment_id, reach, held_from);
create index lease_spans_environment_position_idx
  on leasehold.lease_spans (company_id, environment_id, position_reach, from_position);
create index lease_spans_company_idx
  on leasehold.lease_spans (company_id, reach, held_from)
  include (held_to, agent_id, lease_id, phase);
create index lease_spans_company_position_idx
  on leasehold.lease_spans (company_id, position_reach, from_position);

comment on table leasehold.lease_spans is 'Projection lease_spans, version 1: every time for which a lease took its place, and for whom.';
comment on column leasehold.lease_spans.held_to is 'Null while it goes on.';
comment on column leasehold.lease_spans.to_position is 'The event that ended it; null while it goes on.';
comment on column leasehold.lease_spans.reach is 'It lasted at most 2^reach microseconds; 57 for longer, 58 while it goes on.';
comment on column leasehold.lease_spans.position_reach is 'The same in positions.';

do $$
begin
  if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_writer') then
    grant select, insert, update, delete
      on leasehold.projection_checkpoints, leasehold.lease_spans to leasehold_writer;
  end if;
  if exists (select from pg_catalog.pg_roles where rolname = 'leasehold_reader') then
    grant select on leasehold.projection_checkpoints, leasehold.lease_spans to leasehold_reader;
  end if;
end
$$;
