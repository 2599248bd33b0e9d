//! What the log's tail adds to the spans: leases whose newest events they do not know yet, from their
//! whole streams.

use std::collections::{BTreeMap, BTreeSet};

use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, LeaseId};
use leasehold_domain::lease::Phase;
use leasehold_domain::stream::StreamId;
use leasehold_domain::time::Timestamp;
use leasehold_projections::lease_spans::Span;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::log::list_stream_events;
use crate::spans::Folding;

/// Adds the active spans of some leases that overlap a time to each agent's count and seconds.
pub(super) async fn add(
    connection: &mut PgConnection,
    company: CompanyId,
    (from, to): (Timestamp, Timestamp),
    leases: &[Uuid],
    agents: &mut BTreeMap<Option<Uuid>, (i64, f64)>,
) -> sqlx::Result<()> {
    let streams: Vec<StreamId> = leases.iter().map(|id| LeaseId(*id).into()).collect();
    let end = Position(i64::MAX.unsigned_abs());
    let events = list_stream_events(connection, company, &streams, end).await?;
    let mut folding = Folding::new(company, Vec::new(), BTreeSet::new());
    for event in &events {
        folding.take(event);
    }
    let mut counted = BTreeSet::new();
    for span in folding.into_changed().iter().filter(|span| span.phase == Phase::Active) {
        if let Some(seconds) = overlap(span, from, to) {
            let agent = agents.entry(span.agent_id).or_default();
            agent.0 += i64::from(counted.insert((span.agent_id, span.lease_id)));
            agent.1 += seconds;
        }
    }
    Ok(())
}

/// For how many seconds a span lasted within a time; none when it did not touch it.
fn overlap(span: &Span, from: Timestamp, to: Timestamp) -> Option<f64> {
    let begin = span.from.at.max(from.chrono());
    let end = span.to.map_or(to.chrono(), |end| end.at.min(to.chrono()));
    let is_within = span.from.at < to.chrono() && span.to.is_none_or(|end| end.at > from.chrono());
    is_within.then(|| (end - begin).as_seconds_f64())
}
