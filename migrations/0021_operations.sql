-- Rebuilds, exports and what is driven again are told in the installation's own log. A rebuild's row
-- says who asked, and how much of it has been told, so that whoever finds it goes on telling.

alter table leasehold.rebuilds
  add column actor_type        text  not null default 'system',
  add column authenticated_by  text,
  add column told              text,
  add constraint rebuilds_actor_check check (actor_type in ('agent', 'user', 'system'));

comment on column leasehold.rebuilds.asked_by is 'The actor''s id.';
comment on column leasehold.rebuilds.authenticated_by is 'The token that really spoke.';
comment on column leasehold.rebuilds.told is 'The last state that stands in the installation''s log.';

-- How far it is, for whoever looks from elsewhere.
alter table leasehold.rebuilds
  add column step             text,
  add column step_since       timestamptz,
  add column expected_events  bigint  not null default 0,
  add column read_events      bigint  not null default 0,
  add column read_before      bigint  not null default 0,
  add constraint rebuilds_step_check
    check (step in ('loading', 'indexing', 'comparing', 'swapping'));

comment on column leasehold.rebuilds.step is 'What is being done, or was when it ended or was cut off.';
comment on column leasehold.rebuilds.read_before is 'Events that were loaded when it was last gone on with: not counted into the rate.';
