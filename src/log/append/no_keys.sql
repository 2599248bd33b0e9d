-- Keys that the ledger made cannot have been used before.
used as materialized (
  select null::integer[] as nos
)
