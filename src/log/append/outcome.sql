-- What became of each company, and the clock.
select b.no,
       (select ok from held)[b.no] as is_stored,
       b.no in (select company_no from used) as is_key_used,
       c.is_off as is_clock_off,
       c.is_other_fold,
       c.at
from batch b
cross join clock c
order by b.no
