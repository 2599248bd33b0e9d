//! Hand-written SQL that leaves the same rows: insert lease, insert activity, update lease, insert
//! activity. Prepared statements on a kept connection, each its own commit, as Paperclip does it. No
//! guard, no key, no history: a run that crashes between two of the statements leaves what it left.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use leasehold_domain::text::Label;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::connections::{Connections, Kept};
use super::{Client, Contender};
use crate::bench::Error;
use crate::bench::workload::{Cycle, Workload};

/// Paperclip's tables with Paperclip's indexes, without its foreign keys, which would cost it more.
pub(super) const TABLES: &str = include_str!("crud.sql");

pub(super) struct Crud {
    connections: Connections,
    workload: Arc<Workload>,
}

impl Crud {
    pub(super) fn new(connections: Connections, workload: &Arc<Workload>) -> Self {
        Self { connections, workload: Arc::clone(workload) }
    }
}

#[async_trait]
impl Contender for Crud {
    async fn client(&self) -> Result<Box<dyn Client>, Error> {
        let (connection, workload) = (self.connections.hand_out(), Arc::clone(&self.workload));
        Ok(Box::new(Writer { connection, workload }))
    }

    async fn close(self: Box<Self>) {
        self.connections.close().await;
    }
}

struct Writer {
    connection: Kept,
    workload: Arc<Workload>,
}

#[async_trait]
impl Client for Writer {
    async fn run(&mut self, cycles: &[Cycle]) -> Result<(), Error> {
        for cycle in cycles {
            let mut connection = self.connection.take().await?;
            let (on, lease) = (&mut *connection, Uuid::now_v7());
            insert_lease(on, lease, cycle, &self.workload).await?;
            let details = acquired(cycle, &self.workload);
            insert_activity(on, lease, cycle, "environment.lease_acquired", details).await?;
            update_lease(on, lease, cycle).await?;
            let details = released(cycle, &self.workload);
            insert_activity(on, lease, cycle, "environment.lease_released", details).await?;
        }
        Ok(())
    }
}

async fn insert_lease(
    on: &mut PgConnection,
    lease: Uuid,
    cycle: &Cycle,
    workload: &Workload,
) -> Result<(), Error> {
    sqlx::query(
        "insert into crud.environment_leases (
           id, company_id, environment_id, execution_workspace_id, issue_id, heartbeat_run_id,
           status, lease_policy, provider, provider_lease_id, acquired_at, last_used_at, expires_at,
           released_at, failure_reason, cleanup_status, metadata, created_at, updated_at
         )
         values ($1, $2, $3, null, null, $4, 'active', 'ephemeral', $5, $6, $7, $7, null, null,
                 null, null, $8, $7, $7)",
    )
    .bind(lease)
    .bind(cycle.place.company.0)
    .bind(cycle.place.environment.0)
    .bind(cycle.run.0)
    .bind(workload.provider.as_str())
    .bind(workload.provider_lease_id.as_str())
    .bind(Utc::now())
    .bind(sqlx::types::Json(&workload.metadata))
    .execute(on)
    .await?;
    Ok(())
}

async fn update_lease(on: &mut PgConnection, lease: Uuid, cycle: &Cycle) -> Result<(), Error> {
    let now: DateTime<Utc> = Utc::now();
    let updated = sqlx::query(
        "update crud.environment_leases
         set status = 'released',
             released_at = $3,
             last_used_at = $3,
             updated_at = $3
         where id = $1
           and company_id = $2
           and status = 'active'",
    )
    .bind(lease)
    .bind(cycle.place.company.0)
    .bind(now)
    .execute(on)
    .await?;
    match updated.rows_affected() {
        1 => Ok(()),
        other => Err(Error::unexpected(format!("{other} leases released"))),
    }
}

async fn insert_activity(
    on: &mut PgConnection,
    lease: Uuid,
    cycle: &Cycle,
    action: &str,
    details: Value,
) -> Result<(), Error> {
    let actor = &cycle.actor;
    sqlx::query(
        "insert into crud.activity_log (
           id, company_id, actor_type, actor_id, action, entity_type, entity_id, agent_id, run_id,
           responsible_user_id, details, created_at
         )
         values ($1, $2, 'agent', $3, $4, 'environment_lease', $5, $6, $7, $8, $9, $10)",
    )
    .bind(Uuid::now_v7())
    .bind(cycle.place.company.0)
    .bind(actor.id.as_str())
    .bind(action)
    .bind(lease.to_string())
    .bind(cycle.agent.0)
    .bind(cycle.run.0)
    .bind(actor.responsible_user_id.as_ref().map(Label::as_str))
    .bind(details)
    .bind(Utc::now())
    .execute(on)
    .await?;
    Ok(())
}

fn acquired(cycle: &Cycle, workload: &Workload) -> Value {
    json!({
        "environmentId": cycle.place.environment,
        "driver": "ssh",
        "leasePolicy": "ephemeral",
        "provider": workload.provider,
        "executionWorkspaceId": null,
        "issueId": null,
        "networkEgress": null,
    })
}

fn released(cycle: &Cycle, workload: &Workload) -> Value {
    json!({
        "environmentId": cycle.place.environment,
        "driver": "ssh",
        "leasePolicy": "ephemeral",
        "provider": workload.provider,
        "executionWorkspaceId": null,
        "issueId": null,
        "status": "released",
        "cleanupStatus": null,
        "failureReason": null,
        "providerResourceDisposition": "legacy_default",
    })
}
