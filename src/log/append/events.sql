-- What happened.
stored_events as (
  insert into leasehold.events (
    company_id, recorded_at,
    position, sequence, occurred_at, event_id, aggregate_type, aggregate_id,
    event_type, event_version, payload, metadata, digest
  )
  select e.company_id,
         e.recorded_at,
         e.position, e.sequence, e.occurred_at, e.event_id, e.aggregate_type,
         e.aggregate_id, e.event_type, e.event_version, e.payload::json,
         e.metadata::json, e.digest
  from unnest($3::leasehold.append_event[]) as e
  where e.company_no = any ((select nos from held)::integer[])
)
