-- Environments as they are to be, new or not.
stored_environments as (
  insert into leasehold.environments as t (
    company_id,
    id, name, description, driver, status, config, env_vars, metadata,
    created_at, updated_at, capacity, single_flight, source_id, version,
    default_ttl_seconds
  )
  select n.company_id,
         n.id, n.name, n.description, n.driver, n.status, n.config::jsonb,
         n.env_vars::jsonb, n.metadata::jsonb, n.created_at, n.updated_at, n.capacity,
         n.single_flight, n.source_id, n.version, n.default_ttl_seconds
  from unnest($3::leasehold.append_environment[]) as n
  where n.company_no = any ((select nos from held)::integer[])
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
