-- What became of each company, and the clock.
select b.no,
       coalesce(b.no = any ((select nos from held)::integer[]), false) as is_stored,
       coalesce(b.no = any ((select nos from used)::integer[]), false) as is_key_used,
       c.is_off as is_clock_off,
       c.is_other_fold,
       c.at
from batch b
cross join clock c
order by b.no
