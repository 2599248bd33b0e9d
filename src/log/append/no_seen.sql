-- Every company of the batch has events.
seen as materialized (
  select null::integer as no
  where false
)
