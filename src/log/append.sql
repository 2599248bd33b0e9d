-- One batch: every table that it changes, hanging on the heads that are as the writer decided on them.
-- A company whose head is not writes nothing; its neighbours do. `company_no` counts the companies
-- of the batch from 1, in the order of their ids: the one order in which heads are ever taken.
--
-- Arrays are unnested side by side in select lists: in a from clause each would be copied into a
-- store of its own first, and there are more than a hundred.
with batch as materialized (
  select unnest($1::uuid[]) as company_id,
         unnest($2::bigint[]) as position,
         unnest($3::bytea[]) as digest,
         unnest($4::bigint[]) as epoch,
         unnest($5::bigint[]) as position_after,
         unnest($6::bytea[]) as digest_after,
         unnest($7::timestamptz[]) as recorded_at,
         unnest($8::integer[]) as no
),
-- An application's clock that is off would put times into the log that never were.
clock as materialized (
  select clock_timestamp() as at,
         abs(extract(epoch from clock_timestamp() - $9::timestamptz)) > 0.25 as is_off
),
-- A key that was used before is answered from its receipt, not decided again.
used as materialized (
  select k.company_no
  from (
    select unnest($10::integer[]) as company_no,
         unnest($11::text[]) as key
  ) as k
  join leasehold.receipts r
    on r.company_id = ($1::uuid[])[k.company_no]
   and r.key = k.key
   and r.day <= ($9::timestamptz at time zone 'UTC')::date + 1
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
    and b.position_after > b.position
    and (select ok from held)[b.no]
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
  from (
    select unnest($12::integer[]) as company_no,
           unnest($13::bigint[]) as position,
           unnest($14::bigint[]) as sequence,
           unnest($15::timestamptz[]) as occurred_at,
           unnest($16::uuid[]) as event_id,
           unnest($17::text[]) as aggregate_type,
           unnest($18::text[]) as aggregate_id,
           unnest($19::text[]) as event_type,
           unnest($20::text[]) as event_version,
           unnest($21::text[]) as payload,
           unnest($22::text[]) as metadata,
           unnest($23::bytea[]) as digest
  ) as e
  where (select ok from held)[e.company_no]
),
removed_environments as (
  delete from leasehold.environments t
  using (
    select unnest($24::integer[]) as company_no,
           unnest($25::uuid[]) as id
  ) as n
  where t.id = n.id
    and t.company_id = ($1::uuid[])[n.company_no]
    and (select ok from held)[n.company_no]
),
stored_environments as (
  insert into leasehold.environments as t (
    company_id,
    id, name, description, driver, status, config, env_vars, metadata,
    created_at, updated_at, capacity, single_flight, source_id, version,
    default_ttl_seconds
  )
  select ($1::uuid[])[n.company_no],
         n.id, n.name, n.description, n.driver, n.status, n.config::jsonb,
         n.env_vars::jsonb, n.metadata::jsonb, n.created_at, n.updated_at, n.capacity,
         n.single_flight, n.source_id, n.version, n.default_ttl_seconds
  from (
    select unnest($26::integer[]) as company_no,
           unnest($27::uuid[]) as id,
           unnest($28::text[]) as name,
           unnest($29::text[]) as description,
           unnest($30::text[]) as driver,
           unnest($31::text[]) as status,
           unnest($32::text[]) as config,
           unnest($33::text[]) as env_vars,
           unnest($34::text[]) as metadata,
           unnest($35::timestamptz[]) as created_at,
           unnest($36::timestamptz[]) as updated_at,
           unnest($37::integer[]) as capacity,
           unnest($38::boolean[]) as single_flight,
           unnest($39::uuid[]) as source_id,
           unnest($40::bigint[]) as version,
           unnest($124::integer[]) as default_ttl_seconds
  ) as n
  where (select ok from held)[n.company_no]
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
      version = excluded.version,
      default_ttl_seconds = excluded.default_ttl_seconds
),
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
    select unnest($41::integer[]) as company_no,
           unnest($42::uuid[]) as id,
           unnest($43::uuid[]) as environment_id,
           unnest($44::uuid[]) as execution_workspace_id,
           unnest($45::uuid[]) as issue_id,
           unnest($46::uuid[]) as heartbeat_run_id,
           unnest($47::text[]) as status,
           unnest($48::text[]) as lease_policy,
           unnest($49::text[]) as provider,
           unnest($50::text[]) as provider_lease_id,
           unnest($51::timestamptz[]) as acquired_at,
           unnest($52::timestamptz[]) as last_used_at,
           unnest($53::timestamptz[]) as expires_at,
           unnest($54::timestamptz[]) as released_at,
           unnest($55::text[]) as failure_reason,
           unnest($56::text[]) as cleanup_status,
           unnest($57::text[]) as metadata,
           unnest($58::timestamptz[]) as created_at,
           unnest($59::timestamptz[]) as updated_at,
           unnest($60::uuid[]) as agent_id,
           unnest($61::text[]) as phase,
           unnest($62::bigint[]) as fence,
           unnest($63::text[]) as expiry_mode,
           unnest($64::integer[]) as ttl_seconds,
           unnest($65::text[]) as cleanup_state,
           unnest($66::text[]) as ended_by,
           unnest($67::text[]) as end_cause,
           unnest($68::uuid[]) as replaces_lease_id,
           unnest($69::uuid[]) as replaced_by_lease_id,
           unnest($70::timestamptz[]) as retain_until,
           unnest($71::text[]) as source_status,
           unnest($72::bigint[]) as version,
           unnest($125::timestamptz[]) as reservation_deadline,
           unnest($126::timestamptz[]) as due_at,
           unnest($127::timestamptz[]) as cleanup_due_at,
           unnest($128::text[]) as cleanup
  ) as l
  where (select ok from held)[l.company_no]
),
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
  from (
    select unnest($73::integer[]) as company_no,
           unnest($74::boolean[]) as is_metadata_changed,
           unnest($75::uuid[]) as id,
           unnest($76::uuid[]) as issue_id,
           unnest($77::uuid[]) as heartbeat_run_id,
           unnest($78::text[]) as status,
           unnest($79::timestamptz[]) as acquired_at,
           unnest($80::timestamptz[]) as last_used_at,
           unnest($81::timestamptz[]) as expires_at,
           unnest($82::timestamptz[]) as released_at,
           unnest($83::text[]) as failure_reason,
           unnest($84::text[]) as cleanup_status,
           unnest($85::text[]) as metadata,
           unnest($86::timestamptz[]) as created_at,
           unnest($87::timestamptz[]) as updated_at,
           unnest($88::uuid[]) as agent_id,
           unnest($89::text[]) as phase,
           unnest($90::bigint[]) as fence,
           unnest($91::text[]) as expiry_mode,
           unnest($92::integer[]) as ttl_seconds,
           unnest($93::text[]) as cleanup_state,
           unnest($94::text[]) as ended_by,
           unnest($95::text[]) as end_cause,
           unnest($96::uuid[]) as replaced_by_lease_id,
           unnest($97::timestamptz[]) as retain_until,
           unnest($98::text[]) as source_status,
           unnest($99::bigint[]) as version,
           unnest($129::text[]) as provider,
           unnest($130::text[]) as provider_lease_id,
           unnest($131::timestamptz[]) as reservation_deadline,
           unnest($132::timestamptz[]) as due_at,
           unnest($133::timestamptz[]) as cleanup_due_at,
           unnest($134::text[]) as cleanup
  ) as l
  where t.id = l.id
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
  from (
    select unnest($100::integer[]) as company_no,
           unnest($101::uuid[]) as id,
           unnest($102::text[]) as actor_type,
           unnest($103::text[]) as actor_id,
           unnest($104::text[]) as action,
           unnest($105::text[]) as entity_type,
           unnest($106::text[]) as entity_id,
           unnest($107::uuid[]) as agent_id,
           unnest($108::uuid[]) as run_id,
           unnest($109::text[]) as responsible_user_id,
           unnest($110::text[]) as details,
           unnest($111::timestamptz[]) as created_at,
           unnest($112::text[]) as authenticated_by,
           unnest($113::boolean[]) as bookkeeping,
           unnest($114::bigint[]) as position
  ) as a
  where (select ok from held)[a.company_no]
),
stored_receipts as (
  insert into leasehold.receipts (
    company_id, recorded_at,
    key, day, body_hash, verdict, position, first_position, last_position,
    answer
  )
  select ($1::uuid[])[r.company_no],
         $9,
         r.key, r.day, r.body_hash, r.verdict, r.position, r.first_position,
         r.last_position, r.answer::json
  from (
    select unnest($115::integer[]) as company_no,
           unnest($116::text[]) as key,
           unnest($117::date[]) as day,
           unnest($118::bytea[]) as body_hash,
           unnest($119::text[]) as verdict,
           unnest($120::bigint[]) as position,
           unnest($121::bigint[]) as first_position,
           unnest($122::bigint[]) as last_position,
           unnest($123::text[]) as answer
  ) as r
  where (select ok from held)[r.company_no]
)
select b.no,
       (select ok from held)[b.no] as is_stored,
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
