-- Who did it.
stored_activity as (
  insert into leasehold.activity_log (
    company_id,
    id, actor_type, actor_id, action, entity_type, entity_id, agent_id, run_id,
    responsible_user_id, details, created_at, authenticated_by, bookkeeping,
    position
  )
  select a.company_id,
         a.id, a.actor_type, a.actor_id, a.action, a.entity_type, a.entity_id,
         a.agent_id, a.run_id, a.responsible_user_id, a.details::jsonb, a.created_at,
         a.authenticated_by, a.bookkeeping, a.position
  from unnest($3::leasehold.append_activity[]) as a
  where a.company_no = any ((select nos from held)::integer[])
)
