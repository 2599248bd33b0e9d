//! What happened to a lease after its grant, in order of time, as far as its row and its activity
//! tell.

use leasehold_domain::id::RunId;
use leasehold_domain::lease::Status;
use leasehold_domain::time::Timestamp;

use crate::import::rows::{self, Activity, SourceStatus};
use crate::import::translate::Timed;

const ACQUIRED: &str = "environment.lease_acquired";
const RELEASED: &str = "environment.lease_released";

/// One thing that happened.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    /// It ended, or was kept, as the row shows.
    Closing(Option<&'a Activity>),
    /// Its notes were written.
    Notes,
    /// An activity row from before the end, which may tell that the lease was kept and resumed.
    Told(&'a Activity),
    /// An activity row that changes nothing.
    Said(&'a Activity),
}

/// The activity row of the grant, and everything after the grant.
pub(super) struct Steps<'a> {
    pub(super) grant: Option<&'a Activity>,
    pub(super) steps: Vec<Timed<Step<'a>>>,
}

impl<'a> Steps<'a> {
    /// `activities` are in order of time.
    pub(super) fn of(row: &rows::Lease, activities: &'a [Activity]) -> Self {
        let grant = activities.iter().find(|activity| tells_grant(activity));
        let closing = activities.iter().rfind(|activity| tells_closing(row, activity));
        let is = |taken: Option<&Activity>, activity: &Activity| {
            taken.is_some_and(|taken| taken.id == activity.id)
        };
        let rest: Vec<_> =
            activities.iter().filter(|row| !is(grant, row) && !is(closing, row)).collect();
        let closing_at = closing_at(row, closing);
        let (told, said) = rest.split_at(told_count(row, closing_at, &rest));
        let mut steps = Vec::new();
        steps.extend(closing_at.map(|at| (at, Step::Closing(closing))));
        steps.extend(notes_at(row, closing_at).map(|at| (at, Step::Notes)));
        steps.extend(told.iter().map(|activity| (activity.created_at, Step::Told(activity))));
        steps.extend(said.iter().map(|activity| (activity.created_at, Step::Said(activity))));
        Self { grant, steps }
    }
}

/// How many rows tell of what came between the grant and what the row shows. Of a lease that is
/// active, those up to the last one that says so: whatever came after has left it active.
fn told_count(row: &rows::Lease, closing_at: Option<Timestamp>, rest: &[&Activity]) -> usize {
    match closing_at {
        Some(at) => rest.partition_point(|activity| activity.created_at < at),
        None => rest
            .iter()
            .rposition(|activity| resuming_run(row, activity).is_some())
            .map_or(0, |last| last + 1),
    }
}

/// The run that took the lease up again, if that is what the row tells: only its own run can.
pub(super) fn resuming_run(row: &rows::Lease, activity: &Activity) -> Option<RunId> {
    row.heartbeat_run_id.filter(|run| activity.actor.run_id == Some(*run) && tells_grant(activity))
}

fn tells_grant(activity: &Activity) -> bool {
    activity.action.as_str() == ACQUIRED
}

/// Whether it tells that the lease was kept.
pub(super) fn tells_retained(activity: &Activity) -> bool {
    let word = activity.detail("status").and_then(|word| word.parse().ok());
    activity.action.as_str() == RELEASED && word == Some(Status::Retained)
}

/// Whether it may tell of what the row shows: a lease that was kept may have ended since, unseen.
fn tells_closing(row: &rows::Lease, activity: &Activity) -> bool {
    let is_end = activity.action.as_str() == RELEASED;
    match row.status {
        SourceStatus::Plain(Status::Active) => false,
        SourceStatus::Plain(Status::Retained) => is_end,
        SourceStatus::Plain(Status::Released | Status::Expired | Status::Failed)
        | SourceStatus::PendingCleanup => is_end && !tells_retained(activity),
    }
}

/// When the lease ended, or was kept. Being kept has no column of its own: it is a use, and its
/// activity row was written no earlier.
fn closing_at(row: &rows::Lease, activity: Option<&Activity>) -> Option<Timestamp> {
    let written_at = activity.map_or(row.last_used_at, |activity| activity.created_at);
    match row.status {
        SourceStatus::Plain(Status::Active) => None,
        SourceStatus::Plain(Status::Retained) => Some(row.last_used_at.min(written_at)),
        SourceStatus::Plain(Status::Released | Status::Expired | Status::Failed)
        | SourceStatus::PendingCleanup => Some(row.released_at.unwrap_or(row.updated_at)),
    }
}

/// When the notes were last written: nothing else changes the row of an open lease.
fn notes_at(row: &rows::Lease, kept_at: Option<Timestamp>) -> Option<Timestamp> {
    let changed_after = match row.status {
        SourceStatus::Plain(Status::Active) => row.acquired_at,
        SourceStatus::Plain(Status::Retained) => kept_at?,
        SourceStatus::Plain(Status::Released | Status::Expired | Status::Failed)
        | SourceStatus::PendingCleanup => return None,
    };
    Some(row.updated_at).filter(|at| *at > changed_after)
}
