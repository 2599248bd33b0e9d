-- Who uses an environment, from one snapshot.
with counted as materialized (
  select l.status, count(*) as leases
  from leasehold.environment_leases l
  where l.company_id = $1
    and l.environment_id = $2
  group by l.status
),
hanging as materialized (
  select l.id, l.heartbeat_run_id, l.issue_id,
         l.status in ('active', 'retained') as is_open,
         coalesce(l.cleanup_status in ('pending', 'failed'), false) as is_uncleaned,
         l.status || ' ' || l.lease_policy = any($3) as takes_room
  from leasehold.environment_leases l
  where l.company_id = $1
    and l.environment_id = $2
    and (l.status in ('active', 'retained') or l.cleanup_status in ('pending', 'failed'))
),
named as materialized (
  select h.id, h.heartbeat_run_id, h.issue_id
  from hanging h
  where h.takes_room
  order by h.id
  limit $4
)
select e.id, e.company_id, e.capacity, head.position,
       coalesce((select array_agg(c.status) from counted c), '{}') as statuses,
       coalesce((select array_agg(c.leases) from counted c), '{}') as counts,
       (select count(*) from hanging h where h.takes_room) as held,
       coalesce((select array_agg(n.id order by n.id) from named n), '{}') as holders,
       coalesce((select array_agg(n.heartbeat_run_id order by n.id) from named n), '{}')
         as holder_runs,
       coalesce((select array_agg(n.issue_id order by n.id) from named n), '{}')
         as holder_issues,
       (select count(*) from hanging h where h.is_uncleaned) as open_cleanups,
       (select count(*) from hanging h where not h.is_open) as ended_uncleaned
from leasehold.environments e
join leasehold.heads head on head.company_id = e.company_id
where e.id = $2
  and e.company_id = $1
