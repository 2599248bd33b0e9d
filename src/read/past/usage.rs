//! Who used an environment.
//!
//! **Claims.** The answer is what a fold of all of its leases up to the moment gives. **Because** what
//! is not folded had ended by then, which is final, and is counted in the spans; or, where those are
//! far behind, has had no event since: a lease's row says when its last event happened, and events
//! of the ledger's own making are recorded in the order in which they happen. Imported ones need not
//! be, and are folded.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use leasehold_domain::environment::{Holder, InUse};
use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, EnvironmentId, IssueId, LeaseId, RunId};
use leasehold_domain::lease::{Cause, CleanupStatus, Lease, Policy, Status};
use leasehold_domain::stream::{Event, StreamId};
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::lease_spans::outcome;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::ended::{Ended, count_ended};
use super::spans::list_held_since;
use super::unclean::find_unclean;
use super::{Cut, find_environment_at, find_recorded_at};
use crate::log::{list_stream_events, load_heads};
use crate::read::usage::{NAMED_HOLDERS_MAX, Usage};

/// Who used an environment of a company, which is named by its own id; none when it was not there.
///
/// # Errors
/// The database's; a decoding error for an event that this program cannot read.
pub async fn find_usage_at(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
    cut: &Cut,
) -> sqlx::Result<Option<Usage>> {
    let Some(environment) = find_environment_at(connection, company, id, cut).await? else {
        return Ok(None);
    };
    let heads = load_heads(connection, &[company.0]).await?;
    let end = heads.first().map_or(cut.up_to, |head| head.position.min(cut.up_to));
    let Parts { settled, unclean, leases } =
        match find_by_spans(connection, company, id, cut).await? {
            Some(found) => found,
            None => find_by_rows(connection, company, id, cut).await?,
        };
    let count = |status: &Status| {
        let folded = leases.iter().filter(|lease| is(lease, *status)).count();
        settled.get(status.as_str()).copied().unwrap_or_default() + count_of(folded)
    };
    let counts = Status::ALL.iter().map(|status| (status.to_string(), count(status).into()));
    let holding: Vec<&LeaseRow> = leases.iter().filter(|lease| takes_room(lease)).collect();
    let reasons = blocked_by(&leases, unclean);
    let named = usize::try_from(NAMED_HOLDERS_MAX).unwrap_or_default();
    Ok(Some(Usage {
        environment_id: id,
        company_id: company,
        position: i64::try_from(end.0).unwrap_or(i64::MAX),
        capacity: environment.capacity,
        held: count_of(holding.len()),
        counts: counts.collect(),
        holders: holding.iter().take(named).map(|lease| holder(lease)).collect(),
        open_cleanups: unclean
            + count_of(leases.iter().filter(|lease| is_uncleaned(lease)).count()),
        can_remove: reasons.is_empty(),
        remove_blocked_reasons: reasons,
    }))
}

/// What stands in the way of a removal, with so many leases that have ended and are not cleaned up.
fn blocked_by(leases: &[LeaseRow], unclean: i64) -> Vec<InUse> {
    let stands = |reason: &InUse| {
        let is_settled = *reason == InUse::OpenCleanup && unclean > 0;
        is_settled || leases.iter().any(|lease| hangs(*reason, lease))
    };
    InUse::ALL.iter().copied().filter(stands).collect()
}

/// The leases of an environment.
#[derive(Debug, Default)]
struct Parts {
    /// Those that are only counted, by their status.
    settled: BTreeMap<String, i64>,
    /// So many of these are not cleaned up.
    unclean: i64,
    /// Those that were folded, in the order of ids.
    leases: Vec<LeaseRow>,
}

/// What has ended is counted in the spans; what was held, was cleaned up later, or is in the log's tail
/// is folded. None when the spans are too far behind.
async fn find_by_spans(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
    cut: &Cut,
) -> sqlx::Result<Option<Parts>> {
    let Some(after) = find_first_after(connection, company, cut).await? else {
        return Ok(Some(Parts::default()));
    };
    // First of all: what ends after this is in the tail.
    let Ended { reached, by_status: mut settled } =
        count_ended(connection, company, id, cut).await?;
    let places = [id.0];
    let held = list_held_since(connection, company, Some(&places), cut, reached).await?;
    let Some(mut leases) = held else { return Ok(None) };
    let unclean = find_unclean(connection, company, id, after, &leases).await?;
    leases.extend(unclean.others);
    leases.sort_unstable();
    leases.dedup();
    let folded = fold_leases(connection, company, id, &leases, cut).await?;
    for (row, _) in folded.iter().filter(|(_, end)| end.is_some_and(|end| end <= reached)) {
        *settled.entry(row.status.to_string()).or_default() -= 1;
    }
    let leases = folded.into_iter().map(|(row, _)| row).collect();
    Ok(Some(Parts { settled, unclean: unclean.settled, leases }))
}

/// What has had no event since the moment is counted in the leases' table, the rest is folded.
async fn find_by_rows(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
    cut: &Cut,
) -> sqlx::Result<Parts> {
    let found = list_found(connection, company, id, cut).await?;
    let others: Vec<Uuid> = found.iter().flat_map(|found| found.others.clone()).collect();
    let folded = fold_leases(connection, company, id, &others, cut).await?;
    let settled = found.into_iter().map(|found| (found.status, found.settled)).collect();
    let leases = folded.into_iter().map(|(row, _)| row).collect();
    Ok(Parts { settled, unclean: 0, leases })
}

/// Leases that may have begun by a moment, by their status now.
#[derive(Debug, FromRow)]
struct Found {
    status: String,
    /// So many are as they were then.
    settled: i64,
    /// These have to be looked at.
    others: Vec<Uuid>,
}

/// Leases that are folded at once.
const PAGE: usize = 500;

/// By `environment_leases_environment_idx`.
async fn list_found(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
    cut: &Cut,
) -> sqlx::Result<Vec<Found>> {
    let Some(after) = find_first_after(connection, company, cut).await? else {
        return Ok(Vec::new());
    };
    let words = |of: &dyn Fn(&Status) -> bool| -> Vec<&'static str> {
        Status::ALL.iter().filter(|status| of(status)).map(|status| status.as_str()).collect()
    };
    let over = words(&|status| !matches!(status, Status::Active | Status::Retained));
    sqlx::query_as(include_str!("usage_at.sql"))
        .bind(company.0)
        .bind(id.0)
        .bind(after)
        .bind(over)
        .bind(UNDONE.map(CleanupStatus::as_str).to_vec())
        .bind(Cause::Import.to_string())
        .fetch_all(connection)
        .await
}

/// The first time of which something may not count. Without one nothing counts: the log is empty.
async fn find_first_after(
    connection: &mut PgConnection,
    company: CompanyId,
    cut: &Cut,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    if let Some(happened) = cut.happened {
        return Ok(Some(happened.plus_micros(1).chrono()));
    }
    // Events that were recorded with the last one that counts may come after it.
    find_recorded_at(connection, company, cut.up_to).await
}

/// Some leases as they were, in the order of their ids, each with the position of its end.
async fn fold_leases(
    connection: &mut PgConnection,
    company: CompanyId,
    id: EnvironmentId,
    leases: &[Uuid],
    cut: &Cut,
) -> sqlx::Result<Vec<(LeaseRow, Option<Position>)>> {
    let mut rows = Vec::new();
    for page in leases.chunks(PAGE) {
        let streams: Vec<StreamId> = page.iter().map(|id| LeaseId(*id).into()).collect();
        let mut states: BTreeMap<StreamId, (Lease, Option<Position>)> = BTreeMap::new();
        for event in list_stream_events(connection, company, &streams, cut.up_to).await? {
            let (stream, position) = (event.stored.stream, event.stored.position);
            let read = event.read().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            if let (Event::Lease(own), true) = (read, cut.has(&event)) {
                let (state, end) = states.entry(stream).or_default();
                state.apply(&own);
                *end = outcome(&own).map(|_| position).or(*end);
            }
        }
        rows.extend(states.values().filter_map(|(state, end)| Some((LeaseRow::of(state)?, *end))));
    }
    rows.retain(|(row, _)| row.environment_id == id.0);
    rows.sort_by_key(|(row, _)| row.id);
    Ok(rows)
}

fn count_of(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn is(lease: &LeaseRow, status: Status) -> bool {
    lease.status == status.as_str()
}

fn takes_room(lease: &LeaseRow) -> bool {
    let status = lease.status.parse::<Status>();
    let policy = lease.lease_policy.parse::<Policy>();
    matches!((status, policy), (Ok(status), Ok(policy)) if status.takes_room(policy))
}

/// Cleanups that are not done.
const UNDONE: [CleanupStatus; 2] = [CleanupStatus::Pending, CleanupStatus::Failed];

fn is_uncleaned(lease: &LeaseRow) -> bool {
    lease.cleanup_status.as_deref().is_some_and(|word| UNDONE.iter().any(|o| o.as_str() == word))
}

fn hangs(reason: InUse, lease: &LeaseRow) -> bool {
    let is_open = is(lease, Status::Active) || is(lease, Status::Retained);
    match reason {
        InUse::ActiveLease => is(lease, Status::Active),
        InUse::RetainedLease => is(lease, Status::Retained),
        InUse::OpenCleanup => !is_open && is_uncleaned(lease),
    }
}

fn holder(lease: &LeaseRow) -> Holder {
    Holder {
        lease_id: LeaseId(lease.id),
        run_id: lease.heartbeat_run_id.map(RunId),
        issue_id: lease.issue_id.map(IssueId),
    }
}
