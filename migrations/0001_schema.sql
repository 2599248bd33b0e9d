-- Everything of Leasehold lives in schema leasehold, which the migrator has made before this runs
-- (its own table of migrations is the first thing in it). Nothing outside is ever touched.

comment on schema leasehold is
  'The ledger of execution environments and of the leases on them. The log is the truth; every other table can be made again from it.';

-- What is in the log stays as it is. Triggers are a guard rail for people with a console: whoever
-- may disable triggers is found by the digests instead.
create function leasehold.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'leasehold.% is append-only', tg_table_name
    using errcode = 'restrict_violation',
          hint = 'What was recorded stays; say what is different with a new command.';
end
$$;

comment on function leasehold.refuse_change() is
  'Refuses whatever would change or remove rows of an append-only table.';
