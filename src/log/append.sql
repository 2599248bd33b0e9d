-- One batch: every table that it changes, hanging on the heads that are as the writer decided on them.
-- A company whose head is not writes nothing; its neighbours do. `company_no` counts the companies
-- of the batch from 1, in the order of their ids: the one order in which heads are ever taken.
with batch as materialized (
  select *
  from unnest(
      $1::uuid[],
      $2::bigint[],
      $3::bytea[],
      $4::bigint[],
      $5::bigint[],
      $6::bytea[],
      $7::timestamptz[]
    ) with ordinality as b (
      company_id, position, digest, epoch, position_after, digest_after,
      recorded_at, no
    )
),
-- An application's clock that is off would put times into the log that never were.
clock as materialized (
  select clock_timestamp() as at,
         abs(extract(epoch from clock_timestamp() - $8::timestamptz)) > 0.25 as is_off
),
-- A key that was used before is answered from its receipt, not decided again.
used as materialized (
  select k.company_no
  from unnest(
      $9::integer[],
      $10::text[]
    ) as k (
      company_no, key
    )
  join leasehold.receipts r
    on r.company_id = ($1::uuid[])[k.company_no]
   and r.key = k.key
),
-- Taken in the order of ids, so that two writers cannot wait for each other; skipped when another
-- writer has one, so that nobody waits at all. A head that moved after this statement's snapshot is
-- read again by the lock, and does not match.
locked as materialized (
  select b.no
  from batch b
  join leasehold.heads h on h.company_id = b.company_id
  where b.position_after > b.position
    and h.position = b.position
    and h.digest = b.digest
    and h.epoch = b.epoch
    and not (select is_off from clock)
    and b.no not in (select company_no from used)
  order by h.company_id
  for update of h skip locked
),
-- Decisions that made no event are true of the head that they saw; they need no lock.
seen as materialized (
  select b.no
  from batch b
  join leasehold.heads h on h.company_id = b.company_id
  where b.position_after = b.position
    and h.position = b.position
    and h.digest = b.digest
    and h.epoch = b.epoch
    and not (select is_off from clock)
    and b.no not in (select company_no from used)
),
held as materialized (
  select array_agg(
           b.no in (select no from locked) or b.no in (select no from seen) order by b.no
         ) as ok
  from batch b
),
moved_heads as (
  update leasehold.heads h
  set position = b.position_after,
      digest = b.digest_after,
      recorded_at = b.recorded_at
  from batch b
  where h.company_id = b.company_id
    and b.no in (select no from locked)
),
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
  from unnest(
      $11::integer[],
      $12::bigint[],
      $13::bigint[],
      $14::timestamptz[],
      $15::uuid[],
      $16::text[],
      $17::text[],
      $18::text[],
      $19::text[],
      $20::text[],
      $21::text[],
      $22::bytea[]
    ) as e (
      company_no, position, sequence, occurred_at, event_id, aggregate_type,
      aggregate_id, event_type, event_version, payload, metadata, digest
    )
  where (select ok from held)[e.company_no]
),
removed_environments as (
  delete from leasehold.environments t
  using unnest($23::integer[], $24::boolean[], $25::uuid[])
    as n (company_no, removed, id)
  where n.removed
    and t.id = n.id
    and t.company_id = ($1::uuid[])[n.company_no]
    and (select ok from held)[n.company_no]
),
stored_environments as (
  insert into leasehold.environments as t (
    company_id,
    id, name, description, driver, status, config, env_vars, metadata,
    created_at, updated_at, capacity, single_flight, source_id, version
  )
  select ($1::uuid[])[n.company_no],
         n.id, n.name, n.description, n.driver, n.status, n.config::jsonb,
         n.env_vars::jsonb, n.metadata::jsonb, n.created_at, n.updated_at, n.capacity,
         n.single_flight, n.source_id, n.version
  from unnest(
      $23::integer[],
      $24::boolean[],
      $25::uuid[],
      $26::text[],
      $27::text[],
      $28::text[],
      $29::text[],
      $30::text[],
      $31::text[],
      $32::text[],
      $33::timestamptz[],
      $34::timestamptz[],
      $35::integer[],
      $36::boolean[],
      $37::uuid[],
      $38::bigint[]
    ) as n (
      company_no, removed, id, name, description, driver, status, config, env_vars,
      metadata, created_at, updated_at, capacity, single_flight, source_id,
      version
    )
  where not n.removed
    and (select ok from held)[n.company_no]
  on conflict (id, company_id) do update
  set name = excluded.name,
      description = excluded.description,
      driver = excluded.driver,
      status = excluded.status,
      config = excluded.config,
      env_vars = excluded.env_vars,
      metadata = excluded.metadata,
      updated_at = excluded.updated_at,
      capacity = excluded.capacity,
      single_flight = excluded.single_flight,
      source_id = excluded.source_id,
      version = excluded.version
),
granted_leases as (
  insert into leasehold.environment_leases (
    company_id,
    id, environment_id, execution_workspace_id, issue_id, heartbeat_run_id,
    status, lease_policy, provider, provider_lease_id, acquired_at, last_used_at,
    expires_at, released_at, failure_reason, cleanup_status, metadata,
    created_at, updated_at, agent_id, phase, fence, expiry_mode, ttl_seconds,
    cleanup_state, ended_by, end_cause, replaces_lease_id, replaced_by_lease_id,
    retain_until, source_status, version
  )
  select ($1::uuid[])[l.company_no],
         l.id, l.environment_id, l.execution_workspace_id, l.issue_id,
         l.heartbeat_run_id, l.status, l.lease_policy, l.provider,
         l.provider_lease_id, l.acquired_at, l.last_used_at, l.expires_at,
         l.released_at, l.failure_reason, l.cleanup_status, l.metadata::jsonb,
         l.created_at, l.updated_at, l.agent_id, l.phase, l.fence, l.expiry_mode,
         l.ttl_seconds, l.cleanup_state, l.ended_by::jsonb, l.end_cause,
         l.replaces_lease_id, l.replaced_by_lease_id, l.retain_until, l.source_status,
         l.version
  from unnest(
      $39::integer[],
      $40::boolean[],
      $41::boolean[],
      $42::uuid[],
      $43::uuid[],
      $44::uuid[],
      $45::uuid[],
      $46::uuid[],
      $47::text[],
      $48::text[],
      $49::text[],
      $50::text[],
      $51::timestamptz[],
      $52::timestamptz[],
      $53::timestamptz[],
      $54::timestamptz[],
      $55::text[],
      $56::text[],
      $57::text[],
      $58::timestamptz[],
      $59::timestamptz[],
      $60::uuid[],
      $61::text[],
      $62::bigint[],
      $63::text[],
      $64::integer[],
      $65::text[],
      $66::text[],
      $67::text[],
      $68::uuid[],
      $69::uuid[],
      $70::timestamptz[],
      $71::text[],
      $72::bigint[]
    ) as l (
      company_no, is_new, metadata_changed, id, environment_id,
      execution_workspace_id, issue_id, heartbeat_run_id, status, lease_policy,
      provider, provider_lease_id, acquired_at, last_used_at, expires_at,
      released_at, failure_reason, cleanup_status, metadata, created_at,
      updated_at, agent_id, phase, fence, expiry_mode, ttl_seconds, cleanup_state,
      ended_by, end_cause, replaces_lease_id, replaced_by_lease_id, retain_until,
      source_status, version
    )
  where l.is_new
    and (select ok from held)[l.company_no]
),
-- Notes that did not change are not sent again, nor written when they are stored out of line.
changed_leases as (
  update leasehold.environment_leases t
  set metadata = case when l.metadata_changed then l.metadata::jsonb else t.metadata end,
      ended_by = l.ended_by::jsonb,
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
      end_cause = l.end_cause,
      replaced_by_lease_id = l.replaced_by_lease_id,
      retain_until = l.retain_until,
      source_status = l.source_status,
      version = l.version
  from unnest(
      $39::integer[],
      $40::boolean[],
      $41::boolean[],
      $42::uuid[],
      $43::uuid[],
      $44::uuid[],
      $45::uuid[],
      $46::uuid[],
      $47::text[],
      $48::text[],
      $49::text[],
      $50::text[],
      $51::timestamptz[],
      $52::timestamptz[],
      $53::timestamptz[],
      $54::timestamptz[],
      $55::text[],
      $56::text[],
      $57::text[],
      $58::timestamptz[],
      $59::timestamptz[],
      $60::uuid[],
      $61::text[],
      $62::bigint[],
      $63::text[],
      $64::integer[],
      $65::text[],
      $66::text[],
      $67::text[],
      $68::uuid[],
      $69::uuid[],
      $70::timestamptz[],
      $71::text[],
      $72::bigint[]
    ) as l (
      company_no, is_new, metadata_changed, id, environment_id,
      execution_workspace_id, issue_id, heartbeat_run_id, status, lease_policy,
      provider, provider_lease_id, acquired_at, last_used_at, expires_at,
      released_at, failure_reason, cleanup_status, metadata, created_at,
      updated_at, agent_id, phase, fence, expiry_mode, ttl_seconds, cleanup_state,
      ended_by, end_cause, replaces_lease_id, replaced_by_lease_id, retain_until,
      source_status, version
    )
  where not l.is_new
    and t.id = l.id
    and t.company_id = ($1::uuid[])[l.company_no]
    and (select ok from held)[l.company_no]
),
stored_activity as (
  insert into leasehold.activity_log (
    company_id,
    id, actor_type, actor_id, action, entity_type, entity_id, agent_id, run_id,
    responsible_user_id, details, created_at, authenticated_by, bookkeeping,
    position
  )
  select ($1::uuid[])[a.company_no],
         a.id, a.actor_type, a.actor_id, a.action, a.entity_type, a.entity_id,
         a.agent_id, a.run_id, a.responsible_user_id, a.details::jsonb, a.created_at,
         a.authenticated_by, a.bookkeeping, a.position
  from unnest(
      $73::integer[],
      $74::uuid[],
      $75::text[],
      $76::text[],
      $77::text[],
      $78::text[],
      $79::text[],
      $80::uuid[],
      $81::uuid[],
      $82::text[],
      $83::text[],
      $84::timestamptz[],
      $85::text[],
      $86::boolean[],
      $87::bigint[]
    ) as a (
      company_no, id, actor_type, actor_id, action, entity_type, entity_id,
      agent_id, run_id, responsible_user_id, details, created_at, authenticated_by,
      bookkeeping, position
    )
  where (select ok from held)[a.company_no]
),
stored_receipts as (
  insert into leasehold.receipts (
    company_id, recorded_at,
    key, day, body_hash, verdict, position, first_position, last_position,
    answer
  )
  select ($1::uuid[])[r.company_no],
         $8,
         r.key, r.day, r.body_hash, r.verdict, r.position, r.first_position,
         r.last_position, r.answer::json
  from unnest(
      $88::integer[],
      $89::text[],
      $90::date[],
      $91::bytea[],
      $92::text[],
      $93::bigint[],
      $94::bigint[],
      $95::bigint[],
      $96::text[]
    ) as r (
      company_no, key, day, body_hash, verdict, position, first_position,
      last_position, answer
    )
  where (select ok from held)[r.company_no]
)
select b.no,
       (select ok from held)[b.no::integer] as is_stored,
       b.no in (select company_no from used) as is_key_used,
       exists (
         select
         from leasehold.heads h
         where h.company_id = b.company_id
           and h.position = b.position
           and h.digest = b.digest
           and h.epoch = b.epoch
       ) as is_current,
       c.is_off as is_clock_off,
       c.at
from batch b
cross join clock c
order by b.no
