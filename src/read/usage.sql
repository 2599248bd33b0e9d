-- Who uses an environment, from one snapshot.
with hanging as materialized (
  select l.id, l.status, l.heartbeat_run_id, l.issue_id,
         l.status in ('active', 'retained') as is_open,
         coalesce(l.cleanup_status in ('pending', 'failed'), false) as is_uncleaned,
         l.status || ' ' || l.lease_policy = any($3) as takes_room
  from leasehold.environment_leases l
  where l.company_id = $1
    and l.environment_id = $2
    and (l.status in ('active', 'retained') or l.cleanup_status in ('pending', 'failed'))
),
-- Up to where ends are counted in blocks: those that came since are few, or else each lease that is
-- over is counted. Blocks that are not those of the spans say nothing.
reached as materialized (
  select max(c.position) as position
  from leasehold.projection_checkpoints c
  where c.company_id = $1
    and c.projection in ($5, $6)
  having count(*) = 2
     and min(c.position) = max(c.position)
     and max(c.position) >= (
       select h.position - 2000
       from leasehold.heads h
       where h.company_id = $1
     )
),
blocks as materialized (
  select sum(b.released) as released, sum(b.expired) as expired, sum(b.failed) as failed
  from leasehold.lease_ends_by_position b
  where b.company_id = $1
    and b.environment_id = $2
    and exists (select from reached)
),
-- What was told of since, and had not ended before. Each lease is found by its key: how many leases the
-- environment ever had is not to be felt.
since as materialized (
  select l.status
  from (
    select distinct e.aggregate_id::uuid as id
    from reached r
    join leasehold.events e
      on e.company_id = $1
     and e.position > r.position
    where e.aggregate_type = 'lease'
  ) t
  cross join lateral (
    select l.status
    from leasehold.environment_leases l
    where l.id = t.id
      and l.company_id = $1
      and l.environment_id = $2
      and l.status not in ('active', 'retained')
      and not exists (
        select
        from leasehold.lease_spans s
        where s.company_id = $1
          and s.lease_id = t.id
          and s.outcome is not null
      )
    limit 1
  ) l
),
ended as materialized (
  select l.status
  from leasehold.environment_leases l
  where l.company_id = $1
    and l.environment_id = $2
    and l.status not in ('active', 'retained')
    and not exists (select from reached)
),
counted as materialized (
  select p.status, sum(p.leases)::bigint as leases
  from (
    select h.status, count(*) as leases from hanging h where h.is_open group by h.status
    union all
    select s.status, count(*) from since s group by s.status
    union all
    select e.status, count(*) from ended e group by e.status
    union all
    select b.status, b.leases
    from blocks
    cross join lateral (
      values ('released', released), ('expired', expired), ('failed', failed)
    ) as b (status, leases)
  ) p
  where p.leases > 0
  group by p.status
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
