-- Taken in the order of ids, so that two writers cannot wait for each other; skipped when another
-- writer has one, so that nobody waits at all. A head that moved after this statement's snapshot is
-- read again by the lock, and does not match.
locked as materialized (
  select b.no
  from batch b
  join leasehold.heads h on h.company_id = b.company_id
  where b.position_after > b.position
    and h.position = b.position
    and h.digest = b.digest
    and h.epoch = b.epoch
    and not (select is_off or is_other_fold from clock)
    and b.no not in (select company_no from used)
  order by h.company_id
  for update of h skip locked
),
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
    and b.no not in (select company_no from used)
),
held as materialized (
  select array_agg(
           b.no in (select no from locked) or b.no in (select no from seen) order by b.no
         ) as ok
  from batch b
),
moved_heads as (
  update leasehold.heads h
  set position = b.position_after,
      digest = b.digest_after,
      recorded_at = b.recorded_at
  from batch b
  where h.company_id = b.company_id
    and b.position_after > b.position
    and (select ok from held)[b.no]
)
