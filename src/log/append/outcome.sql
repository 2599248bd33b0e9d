-- What became of each company, and the clock.
select b.no,
       (select ok from held)[b.no] as is_stored,
       b.no in (select company_no from used) as is_key_used,
       exists (
         select
         from leasehold.heads h
         where h.company_id = b.company_id
           and h.position = b.position
           and h.digest = b.digest
           and h.epoch = b.epoch
       ) as is_current,
       c.is_off as is_clock_off,
       c.is_other_fold,
       c.at
from batch b
cross join clock c
order by b.no
