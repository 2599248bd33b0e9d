-- Decisions that made no event are true of the head that they saw; they need no lock.
seen as materialized (
  select b.no
  from batch b
  join leasehold.heads h on h.company_id = b.company_id
  where b.position_after = b.position
    and h.position = b.position
    and h.digest = b.digest
    and h.epoch = b.epoch
    and not (select is_off or is_other_fold from clock)
    and (b.no = any ((select nos from used)::integer[])) is not true
)
