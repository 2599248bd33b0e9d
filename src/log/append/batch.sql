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
-- An application's clock that is off would put times into the log that never were. A program whose
-- fold is not the one that made the live tables would put other rows among theirs: whoever waits for
-- the lock of a swap reads what it has left here.
clock as materialized (
  select clock_timestamp() as at,
         abs(extract(epoch from clock_timestamp() - $9::timestamptz)) > 0.25 as is_off,
         exists (
           select
           from leasehold.projection_versions v
           where v.company_id = '00000000-0000-0000-0000-000000000000'
             and v.version <> case v.name
                   when 'environments' then 1
                   when 'environment_leases' then 1
                   when 'activity_log' then 1
                   else v.version
                 end
         ) as is_other_fold
)
