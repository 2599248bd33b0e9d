-- Who did it.
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
    select unnest($10::integer[]) as company_no,
           unnest($11::uuid[]) as id,
           unnest($12::text[]) as actor_type,
           unnest($13::text[]) as actor_id,
           unnest($14::text[]) as action,
           unnest($15::text[]) as entity_type,
           unnest($16::text[]) as entity_id,
           unnest($17::uuid[]) as agent_id,
           unnest($18::uuid[]) as run_id,
           unnest($19::text[]) as responsible_user_id,
           unnest($20::text[]) as details,
           unnest($21::timestamptz[]) as created_at,
           unnest($22::text[]) as authenticated_by,
           unnest($23::boolean[]) as bookkeeping,
           unnest($24::bigint[]) as position
  ) as a
  where (select ok from held)[a.company_no]
)
