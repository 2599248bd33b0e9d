-- Holds rows of a source, given as a JSON array of objects by the projection's column names, against
-- a projection. A row is laid over the one that is shown: where nothing changes, every column that
-- the source has is equal, times to the microsecond and JSON by its meaning.
with source as materialized (
  select distinct on (given.row -> 'company_id', given.row -> 'id')
         given.row,
         (given.row ->> 'company_id')::uuid as company_id,
         (given.row ->> 'id')::uuid as id
  from jsonb_array_elements($1::jsonb) with ordinality as given (row, no)
  order by given.row -> 'company_id', given.row -> 'id', given.no
),
pairs as materialized (
  select source.row,
         source.company_id,
         source.id,
         t as shown
  from source
  left join leasehold.{table} t
    on t.id = source.id
   and t.company_id = source.company_id
),
unequal as materialized (
  select row,
         to_jsonb(shown) as shown,
         to_jsonb(jsonb_populate_record(shown, row)) as laid_over
  from pairs
  where (shown).id is not null
    and jsonb_populate_record(shown, row) is distinct from shown
)
select null::text as column_name,
       count(*) filter (where (shown).id is null) as missing,
       count(*) - count(distinct (company_id, id)) as differing
from pairs
union all
select c.name,
       0,
       count(*)
from unequal
cross join lateral jsonb_object_keys(unequal.row) as c (name)
where laid_over -> c.name is distinct from shown -> c.name
group by c.name
