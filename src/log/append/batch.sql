-- One batch: every table that it changes, hanging on the heads that are as the writer decided on them.
-- A company whose head is not writes nothing; its neighbours do. `company_no` counts the companies
-- of the batch from 1, in the order of their ids: the one order in which heads are ever taken.
--
-- $1 to $9 are the batch's, in every section; a section's own begin at $10, and are moved on behind
-- those of the sections before it. Arrays are unnested side by side in select lists: in a from
-- clause each would be copied into a store of its own first, and there are more than a hundred.
with batch as materialized (
  select unnest($1::uuid[]) as company_id,
         unnest($2::bigint[]) as position,
         unnest($3::bytea[]) as digest,
         unnest($4::bigint[]) as epoch,
         unnest($5::bigint[]) as position_after,
         unnest($6::bytea[]) as digest_after,
         unnest($7::timestamptz[]) as recorded_at,
         unnest($8::integer[]) as no
),
-- An application's clock that is off would put times into the log that never were.
clock as materialized (
  select clock_timestamp() as at,
         abs(extract(epoch from clock_timestamp() - $9::timestamptz)) > 0.25 as is_off
)
