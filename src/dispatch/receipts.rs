//! Answering from receipts: the same command under the same key hears the same again.

use std::sync::Arc;

use leasehold_domain::company::Refusal;
use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, EnvironmentId, LeaseId};
use leasehold_domain::stream::{Aggregate, StreamId};
use leasehold_projections::environment_leases::LeaseRow;
use leasehold_projections::environments::EnvironmentRow;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::job::Order;
use super::memory::fold;
use super::verdict::{Body, Failure, Verdict};
use crate::log::{self, Receipt, list_stream_events};

/// What an accepted command's answer is made of again, from the log.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Subject {
    Environment(Uuid),
    Removed(Uuid),
    Lease(Uuid),
    Run(Vec<Uuid>),
    Cleanups(Vec<Uuid>),
    Imported(bool),
}

impl Subject {
    pub(super) fn of(body: &Body) -> Self {
        match body {
            Body::Environment(row) => Self::Environment(row.id),
            Body::Removed(id) => Self::Removed(*id),
            Body::Lease(row) => Self::Lease(row.id),
            Body::Run(rows) => Self::Run(rows.iter().map(|row| row.id).collect()),
            Body::Cleanups(rows) => Self::Cleanups(rows.iter().map(|row| row.id).collect()),
            Body::Imported(is_new) => Self::Imported(*is_new),
        }
    }
}

/// What an order hears that was decided before.
pub(super) async fn replay(
    connection: &mut PgConnection,
    company: CompanyId,
    receipt: &Receipt,
    order: &Order,
) -> sqlx::Result<Verdict> {
    let key = order.key().to_owned();
    if receipt.body_hash != order.body_hash {
        return Ok(Verdict::Failed { key, failure: Failure::IdempotencyMismatch });
    }
    match receipt.verdict {
        log::Verdict::Refused => {
            let refusal: Refusal = read(&receipt.answer)?;
            Ok(Verdict::Refused { key, is_replayed: true, refusal })
        }
        log::Verdict::Accepted => {
            let position = Position(receipt.position.unsigned_abs());
            let subject = read(&receipt.answer)?;
            let body = render(connection, company, &subject, position).await?;
            Ok(Verdict::Accepted { key, position, is_replayed: true, body })
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(answer: &str) -> sqlx::Result<T> {
    serde_json::from_str(answer).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// The subject as it was at a position of the log.
async fn render(
    connection: &mut PgConnection,
    company: CompanyId,
    subject: &Subject,
    position: Position,
) -> sqlx::Result<Body> {
    let streams: Vec<StreamId> = match subject {
        Subject::Environment(id) => vec![EnvironmentId(*id).into()],
        Subject::Lease(id) => vec![LeaseId(*id).into()],
        Subject::Run(ids) | Subject::Cleanups(ids) => {
            ids.iter().map(|id| LeaseId(*id).into()).collect()
        }
        Subject::Removed(id) => return Ok(Body::Removed(*id)),
        Subject::Imported(is_new) => return Ok(Body::Imported(*is_new)),
    };
    let events = list_stream_events(connection, company, &streams, position).await?;
    let states = fold(&events)?;
    let lease = |stream: &StreamId| match states.get(stream)? {
        Aggregate::Lease(state) => LeaseRow::of(state),
        Aggregate::Environment(_) | Aggregate::Run(_) | Aggregate::Operation(_) => None,
    };
    let environment = |stream: &StreamId| match states.get(stream)? {
        Aggregate::Environment(state) => EnvironmentRow::of(state),
        Aggregate::Lease(_) | Aggregate::Run(_) | Aggregate::Operation(_) => None,
    };
    match subject {
        Subject::Run(_) => Some(Body::Run(streams.iter().filter_map(lease).collect())),
        Subject::Cleanups(_) => Some(Body::Cleanups(streams.iter().filter_map(lease).collect())),
        Subject::Lease(_) => streams.first().and_then(lease).map(Arc::new).map(Body::Lease),
        Subject::Environment(_) | Subject::Removed(_) | Subject::Imported(_) => {
            streams.first().and_then(environment).map(Box::new).map(Body::Environment)
        }
    }
    .ok_or(sqlx::Error::RowNotFound)
}
