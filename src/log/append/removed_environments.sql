-- Environments that are no more.
removed_environments as (
  delete from leasehold.environments t
  using unnest($3::leasehold.append_removal[]) as n
  where t.id = n.id
    and t.company_id = n.company_id
    and n.company_no = any ((select nos from held)::integer[])
)
