-- A key that was used before is answered from its receipt, not decided again.
used as materialized (
  select array_agg(k.company_no) as nos
  from unnest($3::leasehold.append_key[]) as k
  join leasehold.receipts r
    on r.company_id = k.company_id
   and r.key = k.key
   and r.day <= ($2::timestamptz at time zone 'UTC')::date + 1
)
