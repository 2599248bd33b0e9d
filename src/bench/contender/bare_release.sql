-- A hundred releases: an event and an activity row each, and the lease as it is now. The company comes
-- with each: planned on empty tables, a company known to all would be walked as a whole.
with n as materialized (
  select $1::uuid as company_id,
         unnest($3::uuid[]) as lease_id,
         unnest($4::uuid[]) as event_id,
         unnest($5::uuid[]) as run_id,
         $2::bigint + generate_series(1, cardinality($3::uuid[])) as position
),
stored_events as (
  insert into bare.events (
    position, sequence, occurred_at, recorded_at, company_id, event_id, aggregate_type,
    aggregate_id, event_type, event_version, payload, metadata, digest
  )
  select n.position, 2, now(), now(), $1::uuid, n.event_id, s.aggregate_type,
         n.lease_id::text, s.event_type, s.event_version, s.payload, s.metadata, s.digest
  from n
  cross join bare.sample_event s
  where s.sequence = 2
),
ended_leases as (
  update bare.environment_leases l
  set status = s.status,
      phase = s.phase,
      released_at = now(),
      last_used_at = now(),
      updated_at = now(),
      ended_by = s.ended_by,
      end_cause = s.end_cause,
      version = 2
  from n
  cross join bare.sample_lease s
  where l.id = n.lease_id
    and l.company_id = n.company_id
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
where s.action = 'environment.lease_released'
