//! Whether a lease holds, for an executor that is about to act on it: asked of its row, told in the
//! domain's refusals. The order is that of every decision: fence, then state.

use leasehold_domain::actor::Actor;
use leasehold_domain::company::Refusal;
use leasehold_domain::fence::Fence;
use leasehold_domain::id::{EnvironmentId, LeaseId};
use leasehold_domain::lease::{self, Phase, Status};
use leasehold_domain::text::Reason;
use leasehold_domain::time::Timestamp;
use leasehold_projections::environment_leases::LeaseRow;

use crate::http::problem::Problem;

/// Lets the newest holder of an active lease pass.
pub(super) fn holds(row: &LeaseRow, fence: Fence) -> Result<(), Problem> {
    let (lease_id, current_fence) = (LeaseId(row.id), Fence(row.fence.unsigned_abs()));
    if fence != current_fence {
        return Err(refused(lease::Refusal::StaleFence { lease_id, fence, current_fence }));
    }
    match row.status.parse().map_err(|error| Problem::internal(&error))? {
        Status::Active => Ok(()),
        current_status @ Status::Retained => {
            let current_phase = Phase::Retained;
            Err(refused(lease::Refusal::LeaseNotActive { lease_id, current_status, current_phase }))
        }
        current_status @ (Status::Released | Status::Expired | Status::Failed) => {
            Err(ended(row, current_status).map_or_else(|| Problem::internal(&"no ending"), refused))
        }
    }
}

/// How, when and by whom it ended.
fn ended(row: &LeaseRow, current_status: Status) -> Option<lease::Refusal> {
    let ended_by: Actor = row.ended_by.as_ref()?.read().ok()?;
    Some(lease::Refusal::LeaseEnded {
        lease_id: LeaseId(row.id),
        environment_id: EnvironmentId(row.environment_id),
        current_status,
        ended_at: Timestamp::new(row.released_at.unwrap_or(row.updated_at)).ok()?,
        ended_by: Box::new(ended_by),
        failure_reason: row.failure_reason.as_deref().and_then(|text| Reason::new(text).ok()),
    })
}

fn refused(refusal: lease::Refusal) -> Problem {
    Problem::from(&Refusal::from(refusal))
}
