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
)
