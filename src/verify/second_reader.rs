//! The second reader: the stock event store of cqrs-es and postgres-es, on our log.

use cqrs_es::persist::PersistedEventStore;
use cqrs_es::{Aggregate, EventStore};
use leasehold_domain::environment::Environment;
use leasehold_domain::lease::Lease;
use leasehold_domain::operation::Operation;
use leasehold_domain::run::Run;
use leasehold_domain::stream::AggregateType;
use leasehold_domain::upcast::upcasters;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use postgres_es::PostgresEventRepository;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

type Store<A> = PersistedEventStore<PostgresEventRepository, A>;

/// Differences that a report names; more are only counted.
const NAMED_MAX: usize = 20;
/// How often a row is read again that may have changed between two readings.
const RACES_MAX: usize = 3;

/// What the second reader found.
#[derive(Debug, Default)]
pub struct SecondReading {
    /// Aggregates that it loaded.
    pub aggregates: u64,
    /// Rows of tables that it compared.
    pub rows: u64,
    /// Rows that differ, or are missing on one side.
    pub differing: u64,
    /// The first of them.
    pub differences: Vec<Difference>,
}

/// A row that is not what the log says.
#[derive(Debug)]
pub struct Difference {
    /// `environments` or `environment_leases`.
    pub table: &'static str,
    /// Whose row.
    pub company_id: Uuid,
    /// Which row.
    pub id: Uuid,
    /// The columns that differ; none when the row is missing on one side.
    pub columns: Vec<String>,
}

/// Loads every environment, lease and run of the log with the stock reader and compares what it
/// makes of them with the tables.
///
/// # Errors
/// The database's, or the stock reader's when it cannot read a stream.
pub async fn read_again(pool: &PgPool) -> Result<SecondReading, sqlx::Error> {
    let mut reading = read_sample(pool, 100.0, None).await?;
    let rows: i64 = sqlx::query_scalar(
        "select (select count(*) from leasehold.environments)
              + (select count(*) from leasehold.environment_leases)",
    )
    .fetch_one(pool)
    .await?;
    reading.differing += rows.unsigned_abs().saturating_sub(reading.rows);
    Ok(reading)
}

/// The same for about `percent` of the streams, and for so many at most.
///
/// # Errors
/// As [`read_again`].
pub async fn read_sample(
    pool: &PgPool,
    percent: f32,
    streams_max: Option<i64>,
) -> Result<SecondReading, sqlx::Error> {
    let mut reading = SecondReading::default();
    for (kind, company, id) in list_streams(pool, percent, streams_max).await? {
        let mut pair = read_pair(pool, &kind, id).await?;
        // A table that was written between the two readings is read again.
        for _ in 0..RACES_MAX {
            if differing(pair.shown.as_ref(), pair.meant.as_ref()).is_empty()
                && pair.shown.is_some() == pair.meant.is_some()
            {
                break;
            }
            pair = read_pair(pool, &kind, id).await?;
        }
        reading.compare(pair.table, (company, id), pair.shown.as_ref(), pair.meant.as_ref());
    }
    Ok(reading)
}

/// A row as the table has it and as the stock reader's state makes it.
struct Pair {
    table: &'static str,
    shown: Option<Value>,
    meant: Option<Value>,
}

async fn read_pair(pool: &PgPool, kind: &str, id: Uuid) -> sqlx::Result<Pair> {
    Ok(if kind == Environment::TYPE {
        let state: Environment = load(pool, id).await?;
        let row = find_environment(pool, id).await?;
        Pair {
            table: "environments",
            shown: row.and_then(|row| serde_json::to_value(row).ok()),
            meant: EnvironmentRow::of(&state).and_then(|row| serde_json::to_value(row).ok()),
        }
    } else if kind == Lease::TYPE {
        let state: Lease = load(pool, id).await?;
        let row = find_lease(pool, id).await?;
        Pair {
            table: "environment_leases",
            shown: row.and_then(|row| serde_json::to_value(row).ok()),
            meant: LeaseRow::of(&state).and_then(|row| serde_json::to_value(row).ok()),
        }
    } else if kind == Operation::TYPE {
        load::<Operation>(pool, id).await?;
        Pair { table: "activity_log", shown: None, meant: None }
    } else {
        load::<Run>(pool, id).await?;
        Pair { table: "activity_log", shown: None, meant: None }
    })
}

impl SecondReading {
    fn compare(
        &mut self,
        table: &'static str,
        (company_id, id): (Uuid, Uuid),
        shown: Option<&Value>,
        meant: Option<&Value>,
    ) {
        self.aggregates += 1;
        self.rows += u64::from(shown.is_some());
        let columns = differing(shown, meant);
        if shown.is_some() == meant.is_some() && columns.is_empty() {
            return;
        }
        self.differing += 1;
        if self.differences.len() < NAMED_MAX {
            self.differences.push(Difference { table, company_id, id, columns });
        }
    }
}

fn differing(shown: Option<&Value>, meant: Option<&Value>) -> Vec<String> {
    let (Some(Value::Object(shown)), Some(Value::Object(meant))) = (shown, meant) else {
        return Vec::new();
    };
    let differs = |(name, value): &(&String, &Value)| !same(shown.get(*name), Some(value));
    meant.iter().filter(differs).map(|(name, _)| name.clone()).collect()
}

/// Whether two values are the same to `jsonb`, which keeps a number's value but not its spelling.
pub(super) fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (Some(Value::Number(one)), Some(Value::Number(other))) => {
            one == other || one.as_f64() == other.as_f64()
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| same(Some(one), Some(other)))
        }
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| same(Some(value), other.get(name)))
        }
        (one, other) => one == other,
    }
}

async fn load<A: Aggregate>(pool: &PgPool, id: Uuid) -> sqlx::Result<A> {
    let kind: AggregateType = A::TYPE.parse().map_err(unreadable)?;
    let repository = PostgresEventRepository::new(pool.clone())
        .with_tables("leasehold.events", "leasehold.snapshots");
    let store: Store<A> =
        PersistedEventStore::new_event_store(repository).with_upcasters(upcasters(kind));
    let context = store.load_aggregate(&id.to_string()).await;
    context.map(|context| context.aggregate).map_err(unreadable)
}

fn unreadable(error: impl std::fmt::Display) -> sqlx::Error {
    sqlx::Error::Decode(error.to_string().into())
}

async fn list_streams(
    pool: &PgPool,
    percent: f32,
    streams_max: Option<i64>,
) -> sqlx::Result<Vec<(String, Uuid, Uuid)>> {
    sqlx::query_as(
        "select aggregate_type, company_id, aggregate_id::uuid
         from leasehold.events tablesample bernoulli ($1)
         where sequence = 1
         limit $2",
    )
    .bind(percent)
    .bind(streams_max)
    .fetch_all(pool)
    .await
}

async fn find_environment(pool: &PgPool, id: Uuid) -> sqlx::Result<Option<EnvironmentRow>> {
    sqlx::query_as(
        "select id, company_id, name, description, driver, status, config, env_vars, metadata,
                capacity, single_flight, source_id, created_at, updated_at, version,
                default_ttl_seconds
         from leasehold.environments
         where id = $1",
    )
    .bind(id)
    .fetch_optional(pool)
    .await
}

async fn find_lease(pool: &PgPool, id: Uuid) -> sqlx::Result<Option<LeaseRow>> {
    sqlx::query_as(
        "select id, company_id, environment_id, execution_workspace_id, issue_id,
                heartbeat_run_id, status, lease_policy, provider, provider_lease_id, acquired_at,
                last_used_at, expires_at, released_at, failure_reason, cleanup_status, metadata,
                created_at, updated_at, agent_id, phase, fence, expiry_mode, ttl_seconds,
                cleanup_state, ended_by, end_cause, replaces_lease_id, replaced_by_lease_id,
                retain_until, source_status, version, reservation_deadline, due_at,
                cleanup_due_at, cleanup
         from leasehold.environment_leases
         where id = $1",
    )
    .bind(id)
    .fetch_optional(pool)
    .await
}
