-- Which companies are written, by their number.
held as materialized (
  select array_agg(
           b.no in (select no from moved) or b.no in (select no from seen) order by b.no
         ) as ok
  from batch b
)
