-- Environments as they are to be, new or not.
stored_environments as (
  insert into leasehold.environments as t (
    company_id,
    id, name, description, driver, status, config, env_vars, metadata,
    created_at, updated_at, capacity, single_flight, source_id, version,
    default_ttl_seconds
  )
  select ($1::uuid[])[n.company_no],
         n.id, n.name, n.description, n.driver, n.status, n.config::jsonb,
         n.env_vars::jsonb, n.metadata::jsonb, n.created_at, n.updated_at, n.capacity,
         n.single_flight, n.source_id, n.version, n.default_ttl_seconds
  from (
    select unnest($10::integer[]) as company_no,
           unnest($11::uuid[]) as id,
           unnest($12::text[]) as name,
           unnest($13::text[]) as description,
           unnest($14::text[]) as driver,
           unnest($15::text[]) as status,
           unnest($16::text[]) as config,
           unnest($17::text[]) as env_vars,
           unnest($18::text[]) as metadata,
           unnest($19::timestamptz[]) as created_at,
           unnest($20::timestamptz[]) as updated_at,
           unnest($21::integer[]) as capacity,
           unnest($22::boolean[]) as single_flight,
           unnest($23::uuid[]) as source_id,
           unnest($24::bigint[]) as version,
           unnest($25::integer[]) as default_ttl_seconds
  ) as n
  where (select ok from held)[n.company_no]
  on conflict (id, company_id) do update
  set name = excluded.name,
      description = excluded.description,
      driver = excluded.driver,
      status = excluded.status,
      config = excluded.config,
      env_vars = excluded.env_vars,
      metadata = excluded.metadata,
      updated_at = excluded.updated_at,
      capacity = excluded.capacity,
      single_flight = excluded.single_flight,
      source_id = excluded.source_id,
      version = excluded.version,
      default_ttl_seconds = excluded.default_ttl_seconds
)
