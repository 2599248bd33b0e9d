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
  select ($1::uuid[])[l.company_no],
         l.id, l.environment_id, l.execution_workspace_id, l.issue_id, l.heartbeat_run_id,
         l.status, l.lease_policy, l.provider, l.provider_lease_id, l.acquired_at,
         l.last_used_at, l.expires_at, l.released_at, l.failure_reason, l.cleanup_status,
         l.metadata::jsonb, l.created_at, l.updated_at, l.agent_id, l.phase, l.fence,
         l.expiry_mode, l.ttl_seconds, l.cleanup_state, l.ended_by::jsonb, l.end_cause,
         l.replaces_lease_id, l.replaced_by_lease_id, l.retain_until, l.source_status,
         l.version, l.reservation_deadline, l.due_at, l.cleanup_due_at, l.cleanup::jsonb
  from (
    select unnest($10::integer[]) as company_no,
           unnest($11::uuid[]) as id,
           unnest($12::uuid[]) as environment_id,
           unnest($13::uuid[]) as execution_workspace_id,
           unnest($14::uuid[]) as issue_id,
           unnest($15::uuid[]) as heartbeat_run_id,
           unnest($16::text[]) as status,
           unnest($17::text[]) as lease_policy,
           unnest($18::text[]) as provider,
           unnest($19::text[]) as provider_lease_id,
           unnest($20::timestamptz[]) as acquired_at,
           unnest($21::timestamptz[]) as last_used_at,
           unnest($22::timestamptz[]) as expires_at,
           unnest($23::timestamptz[]) as released_at,
           unnest($24::text[]) as failure_reason,
           unnest($25::text[]) as cleanup_status,
           unnest($26::text[]) as metadata,
           unnest($27::timestamptz[]) as created_at,
           unnest($28::timestamptz[]) as updated_at,
           unnest($29::uuid[]) as agent_id,
           unnest($30::text[]) as phase,
           unnest($31::bigint[]) as fence,
           unnest($32::text[]) as expiry_mode,
           unnest($33::integer[]) as ttl_seconds,
           unnest($34::text[]) as cleanup_state,
           unnest($35::text[]) as ended_by,
           unnest($36::text[]) as end_cause,
           unnest($37::uuid[]) as replaces_lease_id,
           unnest($38::uuid[]) as replaced_by_lease_id,
           unnest($39::timestamptz[]) as retain_until,
           unnest($40::text[]) as source_status,
           unnest($41::bigint[]) as version,
           unnest($42::timestamptz[]) as reservation_deadline,
           unnest($43::timestamptz[]) as due_at,
           unnest($44::timestamptz[]) as cleanup_due_at,
           unnest($45::text[]) as cleanup
  ) as l
  where (select ok from held)[l.company_no]
)
