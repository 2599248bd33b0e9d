-- What each key was answered.
stored_receipts as (
  insert into leasehold.receipts (
    company_id, recorded_at,
    key, day, body_hash, verdict, position, first_position, last_position,
    answer
  )
  select ($1::uuid[])[r.company_no],
         $9,
         r.key, r.day, r.body_hash, r.verdict, r.position, r.first_position,
         r.last_position, r.answer::json
  from (
    select unnest($10::integer[]) as company_no,
           unnest($11::text[]) as key,
           unnest($12::date[]) as day,
           unnest($13::bytea[]) as body_hash,
           unnest($14::text[]) as verdict,
           unnest($15::bigint[]) as position,
           unnest($16::bigint[]) as first_position,
           unnest($17::bigint[]) as last_position,
           unnest($18::text[]) as answer
  ) as r
  where (select ok from held)[r.company_no]
)
