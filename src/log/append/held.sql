-- Which companies are written, by their number. An array, here and for used keys: a list that each
-- section looked up by a subquery would be a hash table for each.
held as materialized (
  select array_agg(w.no) as nos
  from (select no from moved union all select no from seen) as w
)
