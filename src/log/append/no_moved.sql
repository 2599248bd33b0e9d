-- No head moves: every decision of the batch made no event.
moved as materialized (
  select null::integer as no
  where false
)
