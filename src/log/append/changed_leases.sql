-- Notes that did not change are not sent again, nor written when they are stored out of line.
changed_leases as (
  update leasehold.environment_leases t
  set metadata = case when l.is_metadata_changed then l.metadata::jsonb else t.metadata end,
      issue_id = l.issue_id,
      heartbeat_run_id = l.heartbeat_run_id,
      status = l.status,
      acquired_at = l.acquired_at,
      last_used_at = l.last_used_at,
      expires_at = l.expires_at,
      released_at = l.released_at,
      failure_reason = l.failure_reason,
      cleanup_status = l.cleanup_status,
      created_at = l.created_at,
      updated_at = l.updated_at,
      agent_id = l.agent_id,
      phase = l.phase,
      fence = l.fence,
      expiry_mode = l.expiry_mode,
      ttl_seconds = l.ttl_seconds,
      cleanup_state = l.cleanup_state,
      ended_by = l.ended_by::jsonb,
      end_cause = l.end_cause,
      replaced_by_lease_id = l.replaced_by_lease_id,
      retain_until = l.retain_until,
      source_status = l.source_status,
      version = l.version,
      provider = l.provider,
      provider_lease_id = l.provider_lease_id,
      reservation_deadline = l.reservation_deadline,
      due_at = l.due_at,
      cleanup_due_at = l.cleanup_due_at,
      cleanup = l.cleanup::jsonb
  from unnest($3::leasehold.append_lease[]) as l
  where t.id = l.id
    and t.company_id = l.company_id
    and l.company_no = any ((select nos from held)::integer[])
)
