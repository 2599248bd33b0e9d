//! What the ledger says, read after a provider has listed what it has.

use leasehold_domain::environment::{Environment, Findings};
use leasehold_domain::fence::Position;
use leasehold_domain::id::EnvironmentId;
use leasehold_domain::stream::Event;
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;

use super::Post;
use crate::log::{Recorded, list_stream_events};
use crate::read::{EnvironmentFilter, Keyset, LeaseFilter, list_environments, list_leases};

const PAGE: i64 = 500;

pub(super) async fn environments(desk: &Post) -> sqlx::Result<Vec<EnvironmentRow>> {
    let (mut rows, mut after) = (Vec::new(), Keyset::START);
    loop {
        let connection = &mut *desk.reader().await?;
        let filter = EnvironmentFilter::default();
        let page = list_environments(connection, &[desk.company.0], &filter, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = Keyset { at: last.updated_at, id: last.id };
        rows.extend(page);
    }
}

pub(super) async fn open_leases(
    desk: &Post,
    environment: EnvironmentId,
) -> sqlx::Result<Vec<LeaseRow>> {
    let (mut rows, mut after) = (Vec::new(), Keyset::START);
    let filter = LeaseFilter {
        environments: Some(vec![environment]),
        is_open: Some(true),
        ..LeaseFilter::default()
    };
    loop {
        let connection = &mut *desk.reader().await?;
        let page = list_leases(connection, &[desk.company.0], &filter, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = Keyset { at: last.last_used_at, id: last.id };
        rows.extend(page);
    }
}

/// What the log says was found at an environment's place.
pub(super) async fn findings(desk: &Post, environment: EnvironmentId) -> sqlx::Result<Findings> {
    let connection = &mut *desk.reader().await?;
    let streams = [environment.into()];
    let last = Position(i64::MAX.unsigned_abs());
    let events: Vec<Recorded> =
        list_stream_events(connection, desk.company, &streams, last).await?;
    let mut state = Environment::default();
    for event in events {
        let stored = &event.stored;
        let read = Event::from_payload(stored.stream.kind, &stored.payload)
            .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        if let Event::Environment(event) = read {
            state.apply(&event);
        }
    }
    Ok(state.findings)
}
