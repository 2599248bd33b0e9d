//! `activity_log`: who did what, one row for every event but renewals and the claiming of
//! cleanups. Paperclip's columns in front.
//!
//! `environment.lease_acquired` and `environment.lease_released` carry exactly Paperclip's details.

mod details;

use chrono::{DateTime, Utc};
use leasehold_domain::actor::Actor;
use leasehold_domain::company::ImportedActivity;
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::{Aggregate, AggregateType, Event, StreamId};
use leasehold_domain::{environment, lease, operation, run};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::jsonb::Jsonb;
use crate::projection::{Projection, iso};
use crate::tuple::{Row, Word, row};

/// This projection.
pub const PROJECTION: Projection =
    Projection { name: "activity_log", version: 1, columns: ActivityRow::COLUMNS, key: "position" };

row! {
/// One line of the activity log, as its table and the contract show it.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow)]
#[serde(rename_all = "camelCase")]
pub struct ActivityRow {
    /// The event's own id, or, for an imported row, the one that it had.
    pub id: Uuid,
    /// The company whose log it is.
    pub company_id: Uuid,
    /// The actor's type.
    #[sqlx(try_from = "String")]
    pub actor_type: Word,
    /// The actor's id.
    pub actor_id: String,
    /// What was done, a word with a dot.
    #[sqlx(try_from = "String")]
    pub action: Word,
    /// `environment`, `environment_lease` or `heartbeat_run`.
    #[sqlx(try_from = "String")]
    pub entity_type: Word,
    /// Which one.
    pub entity_id: String,
    /// The agent, where known.
    pub agent_id: Option<Uuid>,
    /// The run, where known.
    pub run_id: Option<Uuid>,
    /// The person answerable, where known.
    pub responsible_user_id: Option<String>,
    /// What a reader wants to know of it.
    pub details: Jsonb,
    /// When it happened.
    #[serde(serialize_with = "iso::one")]
    pub created_at: DateTime<Utc>,
    /// The token that really spoke.
    pub authenticated_by: Option<String>,
    /// Whether it is noise to most readers.
    pub bookkeeping: bool,
    /// The event's position.
    pub position: i64,
}
}

/// What an activity row needs besides the event and the state after it.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'e> {
    /// The event's id.
    pub event_id: Uuid,
    /// The company whose log it is in.
    pub company_id: CompanyId,
    /// Where in that log.
    pub position: Position,
    /// Whose stream it is in.
    pub stream: StreamId,
    /// Who asked.
    pub actor: &'e Actor,
    /// The token that really spoke.
    pub authenticated_by: Option<&'e str>,
    /// The row that it had where it was imported from.
    pub imported: Option<&'e ImportedActivity>,
}

impl ActivityRow {
    /// The row of an event; none for renewals and claims.
    #[must_use]
    pub fn of(event: &Event, after: &Aggregate, envelope: &Envelope<'_>) -> Option<Self> {
        let (action, bookkeeping) = action(event)?;
        let imported = envelope.imported;
        let actor = imported.and_then(|row| row.actor.as_ref()).unwrap_or(envelope.actor);
        let (agent_id, run_id) = holder(after);
        let told = imported.and_then(|row| row.details.as_deref());
        let told = told.and_then(|details| serde_json::from_str::<Value>(details).ok());
        let created_at = imported.and_then(|row| row.created_at).unwrap_or(event.at());
        Some(Self {
            id: imported.and_then(|row| row.id).unwrap_or(envelope.event_id),
            company_id: envelope.company_id.0,
            actor_type: actor.kind.as_str().into(),
            actor_id: actor.id.as_str().to_owned(),
            action: imported.and_then(|row| row.action.clone()).map_or(action.into(), Word::Owned),
            entity_type: entity(envelope.stream.kind).into(),
            entity_id: envelope.stream.id.to_string(),
            agent_id: actor.agent_id.map(Into::into).or(agent_id.filter(|_| imported.is_none())),
            run_id: actor.run_id.map(Into::into).or(run_id.filter(|_| imported.is_none())),
            responsible_user_id: actor
                .responsible_user_id
                .as_ref()
                .map(|id| id.as_str().to_owned()),
            details: told.map_or_else(|| details::of(event, after), |told| Jsonb::of(&told)),
            created_at: created_at.chrono(),
            authenticated_by: envelope.authenticated_by.map(ToOwned::to_owned),
            bookkeeping,
            position: i64::try_from(envelope.position.0).unwrap_or(i64::MAX),
        })
    }
}

/// The action of an event, and whether it is noise to most readers; none when it leaves no row.
fn action(event: &Event) -> Option<(&'static str, bool)> {
    use environment::Event as E;
    use lease::Event as L;
    use operation::Event as O;
    Some(match event {
        Event::Environment(E::Created(_)) => ("environment.created", false),
        Event::Environment(E::Updated(updated)) => {
            ("environment.updated", updated.imported.is_some())
        }
        Event::Environment(E::Archived(_) | E::Reactivated(_)) => ("environment.updated", false),
        Event::Environment(E::Removed(_)) => ("environment.deleted", false),
        Event::Environment(E::Probed(_)) => ("environment.probed", false),
        Event::Environment(E::OrphanFound(_)) => ("environment.orphan_found", false),
        Event::Environment(E::OrphanGone(_)) => ("environment.orphan_gone", false),
        Event::Environment(E::ResourceLost(_)) => ("environment.resource_lost", false),
        Event::Lease(L::LeaseAcquired(_) | L::Resumed(_)) => ("environment.lease_acquired", false),
        Event::Lease(L::Retained(_) | L::Released(_) | L::Expired(_) | L::Failed(_)) => {
            ("environment.lease_released", false)
        }
        Event::Lease(L::MetadataUpdated(_)) => ("environment_lease.metadata_updated", true),
        Event::Lease(L::Amended(amended)) => {
            ("environment_lease.amended", amended.imported.is_some())
        }
        Event::Lease(L::LeaseReserved(_)) => ("environment_lease.reserved", false),
        Event::Lease(L::AmnestyGranted(_)) => ("environment_lease.amnesty_granted", false),
        Event::Lease(L::FenceRefused(_)) => ("environment_lease.fence_refused", false),
        Event::Lease(L::CleanupRequested(_)) => ("environment_lease.cleanup_requested", true),
        Event::Lease(L::CleanupDeferred(_)) => ("environment_lease.cleanup_deferred", true),
        Event::Lease(L::CleanupSucceeded(_)) => ("environment_lease.cleanup_succeeded", false),
        Event::Lease(L::CleanupFailed(_)) => ("environment_lease.cleanup_failed", false),
        Event::Lease(L::CleanupBlocked(_)) => ("environment_lease.cleanup_blocked", false),
        Event::Lease(L::LeaseRenewed(_) | L::CleanupClaimed(_)) => return None,
        Event::Run(run::Event::RunEnded(_)) => ("heartbeat_run.ended", false),
        Event::Operation(O::RebuildStarted(_)) => ("rebuild.started", false),
        Event::Operation(O::RebuildJudged(_)) => ("rebuild.judged", false),
        Event::Operation(O::RebuildSwapped(_)) => ("rebuild.swapped", false),
        Event::Operation(O::Cancelled(_)) => ("operation.cancelled", false),
        Event::Operation(O::ExportStarted(_)) => ("export.started", false),
        Event::Operation(O::ExportFinished(_)) => ("export.finished", false),
        Event::Operation(O::Redriven(_)) => ("poisoned.redriven", false),
    })
}

/// What Paperclip calls the kind of thing that a stream is about.
#[must_use]
pub const fn entity(kind: AggregateType) -> &'static str {
    match kind {
        AggregateType::Environment => "environment",
        AggregateType::Lease => "environment_lease",
        AggregateType::Run => "heartbeat_run",
        AggregateType::Operation => "operation",
    }
}

/// The agent and the run that a row is about when the actor does not say.
fn holder(after: &Aggregate) -> (Option<Uuid>, Option<Uuid>) {
    match after {
        Aggregate::Environment(_) | Aggregate::Operation(_) => (None, None),
        Aggregate::Lease(lease) => lease.record.as_deref().map_or((None, None), |record| {
            (record.agent_id.map(Into::into), record.heartbeat_run_id.map(Into::into))
        }),
        Aggregate::Run(run) => (None, run.ended.as_ref().map(|ended| ended.id.0)),
    }
}
