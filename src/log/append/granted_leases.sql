-- Leases that begin.
granted_leases as (
  insert into leasehold.environment_leases (
    company_id, id, environment_id, execution_workspace_id, issue_id, heartbeat_run_id,
    status, lease_policy, provider, provider_lease_id, acquired_at, last_used_at,
    expires_at, released_at, failure_reason, cleanup_status, metadata, created_at,
    updated_at, agent_id, phase, fence, expiry_mode, ttl_seconds, cleanup_state, ended_by,
    end_cause, replaces_lease_id, replaced_by_lease_id, retain_until, source_status, version,
    reservation_deadline, due_at, cleanup_due_at, cleanup
  )
  select l.company_id,
         l.id, l.environment_id, l.execution_workspace_id, l.issue_id, l.heartbeat_run_id,
         l.status, l.lease_policy, l.provider, l.provider_lease_id, l.acquired_at,
         l.last_used_at, l.expires_at, l.released_at, l.failure_reason, l.cleanup_status,
         l.metadata::jsonb, l.created_at, l.updated_at, l.agent_id, l.phase, l.fence,
         l.expiry_mode, l.ttl_seconds, l.cleanup_state, l.ended_by::jsonb, l.end_cause,
         l.replaces_lease_id, l.replaced_by_lease_id, l.retain_until, l.source_status,
         l.version, l.reservation_deadline, l.due_at, l.cleanup_due_at, l.cleanup::jsonb
  from unnest($3::leasehold.append_lease[]) as l
  where l.company_no = any ((select nos from held)::integer[])
)
