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
