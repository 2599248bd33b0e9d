-- What each key was answered.
stored_receipts as (
  insert into leasehold.receipts (
    company_id, recorded_at,
    key, day, body_hash, verdict, position, first_position, last_position,
    answer
  )
  select r.company_id,
         $2,
         r.key, r.day, r.body_hash, r.verdict, r.position, r.first_position,
         r.last_position, r.answer::json
  from unnest($3::leasehold.append_receipt[]) as r
  where r.company_no = any ((select nos from held)::integer[])
)
