-- A hundred acquisitions: an event, a lease and an activity row each.
with n as materialized (
  select unnest($3::uuid[]) as lease_id,
         unnest($4::uuid[]) as event_id,
         unnest($5::uuid[]) as run_id,
         $2::bigint + generate_series(1, cardinality($3::uuid[])) as position
),
stored_events as (
  insert into bare.events (
    position, sequence, occurred_at, recorded_at, company_id, event_id, aggregate_type,
    aggregate_id, event_type, event_version, payload, metadata, digest
  )
  select n.position, 1, now(), now(), $1::uuid, n.event_id, s.aggregate_type,
         n.lease_id::text, s.event_type, s.event_version, s.payload, s.metadata, s.digest
  from n
  cross join bare.sample_event s
  where s.sequence = 1
),
stored_leases as (
  insert into bare.environment_leases (
    id, company_id, environment_id, heartbeat_run_id, status, lease_policy, provider,
    provider_lease_id, acquired_at, last_used_at, metadata, created_at, updated_at, agent_id,
    phase, fence, cleanup_state, version
  )
  select n.lease_id, $1::uuid, s.environment_id, n.run_id, 'active', s.lease_policy, s.provider,
         s.provider_lease_id, now(), now(), s.metadata, now(), now(), s.agent_id,
         'active', n.position, s.cleanup_state, 1
  from n
  cross join bare.sample_lease s
)
insert into bare.activity_log (
  id, company_id, actor_type, actor_id, action, entity_type, entity_id, agent_id, run_id,
  responsible_user_id, details, created_at, authenticated_by, bookkeeping, position
)
select n.event_id, $1::uuid, s.actor_type, s.actor_id, s.action, s.entity_type,
       n.lease_id::text, s.agent_id, n.run_id, s.responsible_user_id, s.details, now(),
       s.authenticated_by, s.bookkeeping, n.position
from n
cross join bare.sample_activity s
where s.action = 'environment.lease_acquired'
