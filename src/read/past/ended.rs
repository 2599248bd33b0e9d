//! How many leases of an environment had ended by a moment, and which were not cleaned up: from the
//! spans, without a look at the leases themselves.
//!
//! **Claims.** Each lease that had ended by the moment, and by the checkpoint that is answered with, is
//! counted once. **Because** an end is final, ends one span, and counts and checkpoint are read in one
//! statement.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::lease::{Cause, CleanupStatus};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Cut;
use crate::read::bind::signed;
use crate::spans::CHECKPOINT;

/// Leases that had ended, by how.
#[derive(Debug)]
pub(super) struct Ended {
    /// Up to which position of the log they are counted.
    pub(super) reached: Position,
    pub(super) by_status: BTreeMap<String, i64>,
}

/// By `lease_spans_ended_idx`, or `lease_spans_ended_position_idx`, alone.
macro_rules! counted {
    ($by:literal) => {
        concat!(
            "select coalesce(c.position, 0), e.outcome, e.leases
             from (select) one
             left join leasehold.projection_checkpoints c
               on c.company_id = $1
              and c.projection = $2
             left join (
               select s.outcome, count(*) as leases
               from leasehold.lease_spans s
               where s.company_id = $1
                 and s.environment_id = $3
                 and s.outcome is not null
                 and s.",
            $by,
            " <= $4
               group by s.outcome
             ) e on true"
        )
    };
}

/// Counts them.
pub(super) async fn count_ended(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
    cut: &Cut,
) -> sqlx::Result<Ended> {
    let statement =
        if cut.happened.is_some() { counted!("held_to") } else { counted!("to_position") };
    let query = sqlx::query_as(statement).bind(company.0).bind(CHECKPOINT).bind(id.0);
    let query = match cut.happened {
        Some(at) => query.bind(at.chrono()),
        None => query.bind(signed(cut.up_to.0)),
    };
    let found: Vec<(i64, Option<String>, Option<i64>)> = query.fetch_all(connection).await?;
    let reached = found.first().map_or(0, |(reached, _, _)| reached.unsigned_abs());
    let by_status = found.into_iter().filter_map(|(_, outcome, leases)| Some((outcome?, leases?)));
    Ok(Ended { reached: Position(reached), by_status: by_status.collect() })
}

/// Leases that may have been over and not cleaned up just before a time, by
/// `environment_leases_unclean_idx`. An imported one may have been put right later than its row says.
pub(super) async fn list_unclean(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
    after: DateTime<Utc>,
    undone: &[CleanupStatus],
) -> sqlx::Result<Vec<Uuid>> {
    let undone: Vec<&str> = undone.iter().map(|status| status.as_str()).collect();
    sqlx::query_scalar(
        "select l.id
         from leasehold.environment_leases l
         where l.company_id = $1
           and l.environment_id = $2
           and (l.cleanup_status is not null or l.end_cause = 'import')
           and (l.end_cause = $5
                or (l.released_at <= $3 and (l.updated_at >= $3 or l.cleanup_status = any($4))))",
    )
    .bind(company.0)
    .bind(id.0)
    .bind(after)
    .bind(undone)
    .bind(Cause::Import.to_string())
    .fetch_all(connection)
    .await
}
