-- The leases of an environment that may have begun by a moment. Those that are over, with nothing left
-- to clean up, and that nothing has happened to since, are as they were then: they are counted. The
-- others are named, to be folded. What was imported may have been put right later than its row says.
with found as (
  select l.id, l.status,
         coalesce(
           l.updated_at < $3
           and l.status = any($4)
           and l.cleanup_status = any($5) is not true
           and l.end_cause <> $6,
           false
         ) as is_settled
  from leasehold.environment_leases l
  where l.company_id = $1
    and l.environment_id = $2
    and least(l.acquired_at, l.created_at) <= $3
)
select f.status,
       count(*) filter (where f.is_settled) as settled,
       coalesce(array_agg(f.id) filter (where not f.is_settled), '{}') as others
from found f
group by f.status
