//! `leasehold lease`: who holds what.

mod args;
mod reads;

use clap::Args;
use leasehold_domain::company::CommandType;
use serde_json::Value;
use uuid::Uuid;

use super::Global;
use super::commands::{Fill, Keyed, Target, send};
use super::exit::Failed;
use args::{Acquire, Change, LeaseCommand, Release};

/// What a table of leases shows.
pub(super) const COLUMNS: [&str; 7] =
    ["id", "environmentId", "heartbeatRunId", "status", "acquiredAt", "expiresAt", "failureReason"];

/// Leases: who holds what.
#[derive(Debug, Args)]
pub(super) struct Lease {
    #[command(subcommand)]
    command: LeaseCommand,
}

impl Lease {
    /// Whether it answers for a moment of the past.
    pub(super) const fn looks_back(&self) -> bool {
        matches!(self.command, LeaseCommand::List(_) | LeaseCommand::Show { .. })
    }

    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        match self.command {
            LeaseCommand::List(list) => reads::list(global, &list).await,
            LeaseCommand::Show { id } => reads::show(global, id).await,
            LeaseCommand::Agents { since, until } => reads::agents(global, since, until).await,
            LeaseCommand::History { id } => reads::history(global, id).await,
            LeaseCommand::Check { id, fence } => reads::check(global, id, fence).await,
            LeaseCommand::Explain { id } => reads::explain(global, id).await,
            LeaseCommand::Acquire(acquire) => {
                self::acquire(global, &acquire, CommandType::AcquireLease, None).await
            }
            LeaseCommand::Reserve { acquire, deadline } => {
                self::acquire(global, &acquire, CommandType::ReserveLease, deadline).await
            }
            LeaseCommand::Change(change) => {
                let (kind, id, keyed, fill) = change.into_command()?;
                send(global, &keyed, kind, Target::Lease(id), fill).await
            }
        }
    }
}

impl Change {
    fn into_command(self) -> Result<(CommandType, Uuid, Keyed, Fill), Failed> {
        Ok(match self {
            Self::Activate { id, provider_lease_id, metadata, fence, keyed } => {
                let fill = of(id).text("providerLeaseId", Some(&provider_lease_id));
                let fill = fill.json("metadata", metadata.as_deref())?;
                let fill = fill.maybe("fence", fence.map(Value::from));
                (CommandType::ActivateLease, id, keyed, fill)
            }
            Self::Abandon { id, reason, nothing_created, keyed } => {
                let fill = of(id).text("reason", Some(&reason));
                (CommandType::AbandonLease, id, keyed, fill.set("maybeCreated", !nothing_created))
            }
            Self::Renew { id, ttl, fence, keyed } => {
                let fill = of(id).set("ttlSeconds", ttl).maybe("fence", fence.map(Value::from));
                (CommandType::RenewLease, id, keyed, fill)
            }
            Self::Metadata { id, json, merge, keyed } => {
                (written(merge), id, keyed, of(id).json("metadata", Some(&json))?)
            }
            Self::Retain { id, reason, cleanup, until, keyed } => {
                let words = [reason.as_deref(), cleanup.as_deref(), until.as_deref()];
                (CommandType::RetainLease, id, keyed, retained(of(id), words))
            }
            Self::Resume { id, run, ttl, keyed } => {
                let ttl = ttl.map(Value::from);
                let fill = of(id).id("heartbeatRunId", Some(run)).maybe("ttlSeconds", ttl);
                (CommandType::ResumeLease, id, keyed, fill)
            }
            Self::Release(release) => release.into_command(),
        })
    }
}

const fn written(is_merged: bool) -> CommandType {
    if is_merged { CommandType::PatchLeaseMetadata } else { CommandType::ReplaceLeaseMetadata }
}

fn retained(fill: Fill, words: [Option<&str>; 3]) -> Fill {
    let [reason, cleanup, until] = words;
    fill.text("failureReason", reason).text("cleanupStatus", cleanup).text("retainUntil", until)
}

fn of(id: Uuid) -> Fill {
    Fill::default().id("leaseId", Some(id))
}

impl Release {
    fn into_command(self) -> (CommandType, Uuid, Keyed, Fill) {
        let fill = of(self.id)
            .text("status", self.status.as_deref())
            .text("failureReason", self.reason.as_deref())
            .text("cleanupStatus", self.cleanup.as_deref())
            .text("providerResourceDisposition", self.disposition.as_deref())
            .maybe("fence", self.fence.map(Value::from));
        (CommandType::ReleaseLease, self.id, self.keyed, fill)
    }
}

async fn acquire(
    global: &Global,
    acquire: &Acquire,
    kind: CommandType,
    deadline: Option<u32>,
) -> Result<(), Failed> {
    let fill = Fill::default()
        .id("environmentId", Some(acquire.environment))
        .id("heartbeatRunId", acquire.run)
        .id("issueId", acquire.issue)
        .id("executionWorkspaceId", acquire.workspace)
        .id("agentId", acquire.agent)
        .text("leasePolicy", acquire.policy.as_deref())
        .text("provider", acquire.provider.as_deref())
        .text("providerLeaseId", acquire.provider_lease_id.as_deref())
        .maybe("ttlSeconds", acquire.ttl.map(Value::from))
        .text("expiresAt", acquire.expires_at.as_deref())
        .id("replacesLeaseId", acquire.replaces)
        .id("resumesLeaseId", acquire.resumes)
        .maybe("deadlineSeconds", deadline.map(Value::from))
        .json("metadata", acquire.metadata.as_deref())?;
    let target = Target::Environment(acquire.environment);
    send(global, &acquire.keyed, kind, target, fill).await
}
