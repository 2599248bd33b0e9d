-- Environments that are no more.
removed_environments as (
  delete from leasehold.environments t
  using (
    select unnest($10::integer[]) as company_no,
           unnest($11::uuid[]) as id
  ) as n
  where t.id = n.id
    and t.company_id = ($1::uuid[])[n.company_no]
    and (select ok from held)[n.company_no]
)
