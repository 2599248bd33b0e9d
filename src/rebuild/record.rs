//! What is recorded of rebuilds.

use chrono::{DateTime, Utc};
use leasehold_domain::actor::ActorType;
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::compare::Verdict;
use crate::dispatch::Caller;

/// Where a rebuild stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its shadow tables are being filled.
    Loading,
    /// They are filled and indexed; it catches up, compares or waits for the swap.
    Loaded,
    /// It found differences and stopped.
    Differs,
    /// Its tables are the live ones.
    Swapped,
    /// Somebody cancelled it.
    Cancelled,
}

/// One rebuild.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
#[serde(rename_all = "camelCase")]
pub struct Rebuild {
    /// Its id.
    pub id: Uuid,
    /// What is rebuilt.
    pub projections: Vec<String>,
    /// Where it stands.
    pub state: State,
    /// Who asked.
    pub asked_by: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When its state last changed.
    pub changed_at: DateTime<Utc>,
    /// Events that were read so far.
    pub events: i64,
    /// Rows that were written so far.
    pub rows: i64,
    /// What the comparison found, when there was one.
    pub verdict: Option<Value>,
    /// What kind of party asked.
    pub actor_type: String,
    /// The token that really spoke.
    pub authenticated_by: Option<String>,
}

impl Rebuild {
    /// What kind of party asked.
    pub(super) fn actor_type(&self) -> ActorType {
        // The column's check knows the same words.
        self.actor_type.parse().unwrap_or(ActorType::System)
    }
}

/// Every rebuild, the newest first.
///
/// # Errors
/// The database's.
pub async fn list_rebuilds(connection: &mut PgConnection) -> sqlx::Result<Vec<Rebuild>> {
    sqlx::query_as(
        "select id, projections, state, asked_by, started_at, changed_at, events, rows, verdict,
                actor_type, authenticated_by
         from leasehold.rebuilds
         order by started_at desc, id desc",
    )
    .fetch_all(connection)
    .await
}

/// The one that is not finished.
pub(super) async fn find_unfinished(
    connection: &mut PgConnection,
) -> sqlx::Result<Option<Rebuild>> {
    sqlx::query_as(
        "select id, projections, state, asked_by, started_at, changed_at, events, rows, verdict,
                actor_type, authenticated_by
         from leasehold.rebuilds
         where state in ('loading', 'loaded')",
    )
    .fetch_optional(connection)
    .await
}

pub(super) async fn begin(
    connection: &mut PgConnection,
    id: Uuid,
    projections: &[&str],
    asked_by: &Caller,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into leasehold.rebuilds
           (id, projections, state, asked_by, started_at, changed_at, events, rows, actor_type,
            authenticated_by)
         values ($1, $2, 'loading', $3, clock_timestamp(), clock_timestamp(), 0, 0, $4, $5)",
    )
    .bind(id)
    .bind(projections)
    .bind(asked_by.actor.id.as_str())
    .bind(asked_by.actor.kind.as_str())
    .bind(asked_by.authenticated_by.as_deref())
    .execute(connection)
    .await
    .map(|_| ())
}

/// Moves an unfinished rebuild to another state; false when somebody has cancelled it.
pub(super) async fn enter(
    connection: &mut PgConnection,
    id: Uuid,
    state: State,
    verdict: Option<&Verdict>,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update leasehold.rebuilds
         set state = $2,
             verdict = coalesce($3, verdict),
             changed_at = clock_timestamp()
         where id = $1
           and state in ('loading', 'loaded')",
    )
    .bind(id)
    .bind(state)
    .bind(verdict.and_then(|verdict| serde_json::to_value(verdict).ok()))
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Where a rebuild stands.
pub(super) async fn state_of(
    connection: &mut PgConnection,
    id: Uuid,
) -> sqlx::Result<Option<State>> {
    sqlx::query_scalar("select state from leasehold.rebuilds where id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// Whether it is to go on.
pub(super) async fn is_wanted(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (
           select
           from leasehold.rebuilds
           where id = $1
             and state in ('loading', 'loaded')
         )",
    )
    .bind(id)
    .fetch_one(connection)
    .await
}

/// Rebuilds of which not everything stands in the installation's log, the oldest first.
pub(super) async fn list_untold(connection: &mut PgConnection) -> sqlx::Result<Vec<Rebuild>> {
    sqlx::query_as(
        "select id, projections, state, asked_by, started_at, changed_at, events, rows, verdict,
                actor_type, authenticated_by
         from leasehold.rebuilds
         where told is distinct from state
         order by started_at, id",
    )
    .fetch_all(connection)
    .await
}

/// All that a rebuild's row says has been told.
pub(super) async fn keep_told(
    connection: &mut PgConnection,
    rebuild: &Rebuild,
) -> sqlx::Result<()> {
    sqlx::query("update leasehold.rebuilds set told = $2 where id = $1")
        .bind(rebuild.id)
        .bind(rebuild.state)
        .execute(connection)
        .await
        .map(|_| ())
}

/// The versions that a rebuild has made live.
pub(super) async fn list_versions(
    connection: &mut PgConnection,
    id: Uuid,
) -> sqlx::Result<Vec<(String, i32)>> {
    sqlx::query_as("select name, version from leasehold.projection_versions where rebuild_id = $1")
        .bind(id)
        .fetch_all(connection)
        .await
}
