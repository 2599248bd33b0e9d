-- Heads that move: taken in the order of ids, so that two writers cannot wait for each other; skipped
-- when another writer has one, so that nobody waits at all. A head that moved after this statement's
-- snapshot is read again by the lock, and does not match.
moved as (
  update leasehold.heads t
  set position = l.position_after,
      digest = l.digest_after,
      recorded_at = l.recorded_at
  from (
    select b.no, b.company_id, b.position_after, b.digest_after, b.recorded_at
    from batch b
    join leasehold.heads h on h.company_id = b.company_id
    where b.position_after > b.position
      and h.position = b.position
      and h.digest = b.digest
      and h.epoch = b.epoch
      and not (select is_off or is_other_fold from clock)
      and (b.no = any ((select nos from used)::integer[])) is not true
    order by h.company_id
    for update of h skip locked
  ) as l
  where t.company_id = l.company_id
  returning l.no
)
