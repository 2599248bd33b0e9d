//! A large ledger, filled by SQL: what would take minutes by commands takes seconds.

use sqlx::PgConnection;
use uuid::Uuid;

/// Leases number 1 to n: of every two one is the first company's, the rest are spread over fifty.
/// One in a hundred is open; some are due, some are to be cleaned up; every tenth environment is a copy; each lease has two events.
const FILL: [&str; 6] = [
    "create function pg_temp.id(kind int, n bigint) returns uuid immutable language sql as
     $$ select (lpad(to_hex(kind), 8, '0') || lpad(to_hex(n), 24, '0'))::uuid $$",
    "create function pg_temp.company(n bigint) returns uuid immutable language sql as
     $$ select pg_temp.id(1, case when n % 2 = 0 then 0 else n % 50 end) $$",
    "insert into leasehold.environments (id, company_id, name, driver, status, config, env_vars,
       created_at, updated_at, single_flight, source_id, version)
     select pg_temp.id(2, n), pg_temp.company(n), 'environment ' || n, 'ssh', 'active', '{}', '{}',
            now(), now() - n * interval '1 s', false,
            case when n % 10 = 0 then pg_temp.id(3, n) end, 1
     from generate_series(1, $1::bigint / 100) n",
    "insert into leasehold.environment_leases (id, company_id, environment_id,
       execution_workspace_id, issue_id, heartbeat_run_id, agent_id, status, lease_policy,
       provider, provider_lease_id, acquired_at, last_used_at, expires_at, created_at, updated_at,
       phase, fence, cleanup_state, version, due_at, cleanup_due_at)
     select pg_temp.id(4, n), pg_temp.company(n), pg_temp.id(2, 1 + n % ($1 / 100)),
            pg_temp.id(5, n / 3), pg_temp.id(6, n / 5), pg_temp.id(7, n / 2), pg_temp.id(8, n % 70),
            case when n % 100 = 0 then 'active' else 'released' end, 'ephemeral', 'p', 'p-' || n,
            now() - n * interval '1 s', now() - n * interval '1 s',
            case when n % 300 = 0 then now() end, now(), now(),
            case when n % 100 = 0 then 'active' else 'ended' end, n, 'none', 2,
            case when n % 300 = 0 then now() + (n - 1000) * interval '1 s' end,
            case when n % 500 = 1 then now() + (n - 1000) * interval '1 s' end
     from generate_series(1, $1::bigint) n",
    "insert into leasehold.events (position, sequence, occurred_at, recorded_at, company_id,
       event_id, aggregate_type, aggregate_id, event_type, event_version, payload, metadata, digest)
     select row_number() over (partition by pg_temp.company(n) order by n, s), s, now(),
            now() + n * interval '1 ms', pg_temp.company(n), pg_temp.id(9, 2 * n + s), 'lease',
            pg_temp.id(4, n)::text, 'LeaseAcquired', '1.0', '{}', '{}',
            decode(repeat('00', 32), 'hex')
     from generate_series(1, $1::bigint) n
     cross join generate_series(1, 2) s",
    "insert into leasehold.activity_log (id, company_id, actor_type, actor_id, action, entity_type,
       entity_id, agent_id, run_id, details, created_at, bookkeeping, position)
     select e.event_id, e.company_id, 'system', 'test',
            case when e.position % 40 = 0 then 'heartbeat_run.ended'
                 else 'environment.lease_acquired' end,
            'environment_lease', e.aggregate_id, pg_temp.id(8, e.position % 70),
            pg_temp.id(7, e.position / 4), '{}', e.recorded_at, false, e.position
     from leasehold.events e
     where $1::bigint > 0",
];

/// Fills a fresh database and looks at it, so that plans are made for what is in it.
pub(crate) async fn fill(connection: &mut PgConnection) {
    let leases: i64 =
        if std::env::var_os("LEASEHOLD_LONG").is_some() { 1_000_000 } else { 200_000 };
    for statement in FILL {
        let query = sqlx::query(statement).persistent(false);
        let query = if statement.contains("$1") { query.bind(leases) } else { query };
        query.execute(&mut *connection).await.unwrap();
    }
    let heads = "insert into leasehold.heads (company_id, position, epoch, recorded_at, digest)
                 select company_id, max(position), 1, max(recorded_at),
                        decode(repeat('00', 32), 'hex')
                 from leasehold.events
                 group by company_id";
    sqlx::query(heads).persistent(false).execute(&mut *connection).await.unwrap();
    sqlx::query("vacuum analyze").persistent(false).execute(&mut *connection).await.unwrap();
}

/// The id of something of a kind: companies are kind 1, environments 2, their sources 3, leases 4,
/// workspaces 5, issues 6, runs 7, agents 8, events 9.
pub(crate) fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128(kind << 96 | number)
}
