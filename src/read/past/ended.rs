//! How many leases of an environment had ended by a moment: from the spans and their blocks, without a
//! look at the leases themselves.
//!
//! **Claims.** Each lease that had ended by the moment, and by the checkpoint that is answered with, is
//! counted once. **Because** an end is final, ends one span, and is in one block; and spans, blocks and
//! checkpoints are read in one statement.

use std::collections::BTreeMap;

use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, EnvironmentId};
use leasehold_domain::lease::EndKind;
use sqlx::{FromRow, PgConnection};

use super::Cut;
use crate::read::bind::signed;
use crate::spans::{CHECKPOINT, ENDS_CHECKPOINT};

/// Leases that had ended, by how.
#[derive(Debug)]
pub(super) struct Ended {
    /// Up to which position of the log they are counted.
    pub(super) reached: Position,
    pub(super) by_status: BTreeMap<String, i64>,
}

/// Blocks that end by the moment are counted as they are. Of the one that it lies in, the spans are:
/// by `lease_spans_ended_idx` or `lease_spans_ended_position_idx`, alone. Where blocks are not those
/// of the spans, all of the spans are.
macro_rules! counted {
    ($blocks:literal, $at:literal, $least:literal) => {
        concat!(
            "with reached as materialized (
               select coalesce(max(c.position) filter (where c.projection = $2), 0) as spans,
                      coalesce(max(c.position) filter (where c.projection = $5), -1) as ends
               from leasehold.projection_checkpoints c
               where c.company_id = $1
                 and c.projection in ($2, $5)
             ),
             begun as materialized (
               select b.first, b.last, b.released, b.expired, b.failed
               from reached r
               join leasehold.",
            $blocks,
            " b
                 on b.company_id = $1
                and b.environment_id = $3
                and b.first <= $4
               where r.ends = r.spans
             )
             select r.spans as reached,
                    coalesce(whole.released, 0) + rest.released as released,
                    coalesce(whole.expired, 0) + rest.expired as expired,
                    coalesce(whole.failed, 0) + rest.failed as failed
             from reached r
             cross join (
               select sum(b.released) as released, sum(b.expired) as expired,
                      sum(b.failed) as failed
               from begun b
               where b.last <= $4
             ) whole
             cross join lateral (
               select count(*) filter (where s.outcome = 'released') as released,
                      count(*) filter (where s.outcome = 'expired') as expired,
                      count(*) filter (where s.outcome = 'failed') as failed
               from leasehold.lease_spans s
               where s.company_id = $1
                 and s.environment_id = $3
                 and s.outcome is not null
                 and s.",
            $at,
            " <= $4
                 and s.",
            $at,
            " >= case when r.ends = r.spans
                   then (select max(b.first) from begun b where b.last > $4)
                   else ",
            $least,
            " end
             ) rest"
        )
    };
}

const BY_TIME: &str = counted!("lease_ends_by_time", "held_to", "'-infinity'::timestamptz");
const BY_POSITION: &str = counted!("lease_ends_by_position", "to_position", "0::bigint");

#[derive(Debug, FromRow)]
struct Counted {
    reached: i64,
    released: i64,
    expired: i64,
    failed: i64,
}

/// Counts them.
pub(super) async fn count_ended(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
    cut: &Cut,
) -> sqlx::Result<Ended> {
    let statement = if cut.happened.is_some() { BY_TIME } else { BY_POSITION };
    let query = sqlx::query_as(statement).bind(company.0).bind(CHECKPOINT).bind(id.0);
    let query = match cut.happened {
        Some(at) => query.bind(at.chrono()),
        None => query.bind(signed(cut.up_to.0)),
    };
    let counted: Counted = query.bind(ENDS_CHECKPOINT).fetch_one(connection).await?;
    let by_status = EndKind::ALL.iter().map(|kind| {
        let leases = match kind {
            EndKind::Released => counted.released,
            EndKind::Expired => counted.expired,
            EndKind::Failed => counted.failed,
        };
        (kind.to_string(), leases)
    });
    let reached = Position(counted.reached.unsigned_abs());
    Ok(Ended { reached, by_status: by_status.collect() })
}
