-- What happened.
stored_events as (
  insert into leasehold.events (
    company_id, recorded_at,
    position, sequence, occurred_at, event_id, aggregate_type, aggregate_id,
    event_type, event_version, payload, metadata, digest
  )
  select ($1::uuid[])[e.company_no],
         ($7::timestamptz[])[e.company_no],
         e.position, e.sequence, e.occurred_at, e.event_id, e.aggregate_type,
         e.aggregate_id, e.event_type, e.event_version, e.payload::json,
         e.metadata::json, e.digest
  from (
    select unnest($10::integer[]) as company_no,
           unnest($11::bigint[]) as position,
           unnest($12::bigint[]) as sequence,
           unnest($13::timestamptz[]) as occurred_at,
           unnest($14::uuid[]) as event_id,
           unnest($15::text[]) as aggregate_type,
           unnest($16::text[]) as aggregate_id,
           unnest($17::text[]) as event_type,
           unnest($18::text[]) as event_version,
           unnest($19::text[]) as payload,
           unnest($20::text[]) as metadata,
           unnest($21::bytea[]) as digest
  ) as e
  where (select ok from held)[e.company_no]
)
