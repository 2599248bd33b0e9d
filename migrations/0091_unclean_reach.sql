-- "What was not cleaned up then?" A lease that was cleaned up is met only where the moment may lie
-- between its end and the last thing that happened to it: leases are sorted by how long that was, as
-- spans are. What is still to be cleaned up, and what was imported, have their own places, -2 and -1.

drop index leasehold.environment_leases_unclean_idx;

create index environment_leases_unclean_idx
  on leasehold.environment_leases (
    company_id,
    environment_id,
    (case
       when end_cause = 'import' then -1
       when cleanup_status in ('pending', 'failed') then -2
       else least(ceil(ln(greatest(extract(epoch from updated_at - released_at)::float8, 1))
                       / ln(2::float8)), 32)::int
     end),
    released_at
  )
  include (updated_at, cleanup_status, end_cause, id)
  where cleanup_status is not null or end_cause = 'import';
