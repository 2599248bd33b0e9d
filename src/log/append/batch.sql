-- One batch: every table that it changes, hanging on the heads that are as the writer decided on them.
-- A company whose head is not writes nothing; its neighbours do. `company_no` counts the companies
-- of the batch from 1, in the order of their ids: the one order in which heads are ever taken.
--
-- $1 and $2, the companies and the clock, are the batch's, in every section; a section's own comes as
-- $3, and is moved on behind those of the sections before it. An array of rows is a fraction of what an
-- array for each column costs: a single command would bring eighty, each with a function of its own.
with batch as materialized (
  select *
  from unnest($1::leasehold.append_company[])
),
-- An application's clock that is off would put times into the log that never were. A program whose
-- fold is not the one that made the live tables would put other rows among theirs: whoever waits for
-- the lock of a swap reads what it has left here.
clock as materialized (
  select clock_timestamp() as at,
         abs(extract(epoch from clock_timestamp() - $2::timestamptz)) > 0.25 as is_off,
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
