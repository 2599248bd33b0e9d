//! What an operator's gauges show that nothing counts as it happens: looked up when they are read.

use leasehold_domain::lease::CleanupState;
use leasehold_projections::projection::INLINE;
use sqlx::PgConnection;

/// Cleanups in one state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CleanupGauge {
    /// Which state.
    pub state: CleanupState,
    /// How many there are, over all companies.
    pub cleanups: i64,
    /// For how many seconds the oldest of them has waited; 0 when there is none.
    pub oldest_seconds: f64,
}

/// The cleanups that are not done, by state; every such state is there.
///
/// # Errors
/// The database's.
pub async fn count_cleanups(connection: &mut PgConnection) -> sqlx::Result<Vec<CleanupGauge>> {
    // By `environment_leases_cleanup_due_idx`, which has none that are done.
    let counted: Vec<(String, i64, f64)> = sqlx::query_as(
        "select cleanup_state, count(*),
                extract(epoch from clock_timestamp()
                                   - min((cleanup ->> 'since')::timestamptz))::float8
         from leasehold.environment_leases
         where cleanup_due_at is not null
         group by cleanup_state",
    )
    .fetch_all(connection)
    .await?;
    let open = CleanupState::ALL.iter().copied().filter(|state| *state != CleanupState::Succeeded);
    let gauge = |state: CleanupState| {
        let found = counted.iter().find(|(word, ..)| word == state.as_str());
        let (cleanups, oldest) = found.map_or((0, 0.0), |(_, count, oldest)| (*count, *oldest));
        CleanupGauge { state, cleanups, oldest_seconds: oldest.max(0.0) }
    };
    Ok(open.map(gauge).collect())
}

/// How many events each projection's tables are behind the log. Those that are live are written
/// with the events; those that a rebuild fills are behind until they are swapped in.
///
/// # Errors
/// The database's.
pub async fn find_projection_lags(
    connection: &mut PgConnection,
) -> sqlx::Result<Vec<(&'static str, i64)>> {
    let rebuilt: Option<(Vec<String>, i64)> = sqlx::query_as(
        "select r.projections,
                coalesce((
                  select sum(h.position - coalesce(p.position, 0))
                  from leasehold.heads h
                  left join leasehold.rebuild_positions p
                    on p.company_id = h.company_id
                   and p.rebuild_id = r.id
                ), 0)::bigint
         from leasehold.rebuilds r
         where r.state in ('loading', 'loaded')",
    )
    .fetch_optional(connection)
    .await?;
    let (names, behind) = rebuilt.unwrap_or_default();
    let lag = |name: &'static str| (name, if names.iter().any(|n| n == name) { behind } else { 0 });
    Ok(INLINE.iter().map(|projection| lag(projection.name)).collect())
}
