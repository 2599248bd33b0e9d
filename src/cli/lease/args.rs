//! What the lease commands take.

use clap::{Args, Subcommand};
use leasehold_domain::time::Timestamp;
use uuid::Uuid;

use crate::cli::commands::Keyed;

#[derive(Debug, Subcommand)]
pub(super) enum LeaseCommand {
    /// How many leases each agent held between two moments, and for how long; as it happened.
    Agents {
        /// From when on.
        #[arg(long, value_name = "TIME")]
        since: Timestamp,
        /// Until when.
        #[arg(long, value_name = "TIME")]
        until: Timestamp,
    },
    /// Leases, newest grant first.
    List(List),
    /// One lease.
    Show {
        /// Its id.
        id: Uuid,
    },
    /// What a lease went through: its events.
    History {
        /// Its id.
        id: Uuid,
    },
    /// Whether a fence is the newest and the lease holds.
    Check {
        /// Its id.
        id: Uuid,
        /// The fence that the holder was granted.
        #[arg(long, value_name = "N")]
        fence: u64,
    },
    /// Why it was granted, what happened, why it ended, what is still open.
    Explain {
        /// Its id.
        id: Uuid,
    },
    /// Grant a lease to a run.
    Acquire(Acquire),
    /// Hold room before the provider is asked.
    Reserve {
        #[command(flatten)]
        acquire: Acquire,
        /// When it ends by itself, in seconds.
        #[arg(long, value_name = "SECONDS")]
        deadline: Option<u32>,
    },
    #[command(flatten)]
    Change(Change),
}

/// What is asked of a lease that is there.
#[derive(Debug, Subcommand)]
pub(super) enum Change {
    /// What the provider made for a reservation is there.
    Activate {
        /// Its id.
        id: Uuid,
        /// What the provider calls it.
        #[arg(long, value_name = "TEXT")]
        provider_lease_id: String,
        /// Your own notes, a JSON object.
        #[arg(long, value_name = "JSON")]
        metadata: Option<String>,
        /// The fence that the holder was granted.
        #[arg(long, value_name = "N")]
        fence: Option<u64>,
        #[command(flatten)]
        keyed: Keyed,
    },
    /// Give a reservation up.
    Abandon {
        /// Its id.
        id: Uuid,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// The provider has surely made nothing.
        #[arg(long)]
        nothing_created: bool,
        #[command(flatten)]
        keyed: Keyed,
    },
    /// Promise anew.
    Renew {
        /// Its id.
        id: Uuid,
        /// From now on, in seconds.
        #[arg(long, value_name = "SECONDS")]
        ttl: u32,
        /// The fence that the holder was granted.
        #[arg(long, value_name = "N")]
        fence: Option<u64>,
        #[command(flatten)]
        keyed: Keyed,
    },
    /// Write a lease's notes.
    Metadata {
        /// Its id.
        id: Uuid,
        /// A JSON object, or null.
        json: String,
        /// Merge (RFC 7396) instead of replacing.
        #[arg(long)]
        merge: bool,
        #[command(flatten)]
        keyed: Keyed,
    },
    /// Keep a lease after its run.
    Retain {
        /// Its id.
        id: Uuid,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// pending, success or failed.
        #[arg(long, value_name = "WORD")]
        cleanup: Option<String>,
        /// How long it is meant to be kept.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        #[command(flatten)]
        keyed: Keyed,
    },
    /// Hold a lease again.
    Resume {
        /// Its id.
        id: Uuid,
        /// The run that holds it from now on.
        #[arg(long, value_name = "ID")]
        run: Uuid,
        /// A promise to renew, in seconds.
        #[arg(long, value_name = "SECONDS")]
        ttl: Option<u32>,
        #[command(flatten)]
        keyed: Keyed,
    },
    /// End a lease.
    Release(Release),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Only those with this status; several separated by commas.
    #[arg(long, value_name = "WORDS", value_delimiter = ',')]
    pub(super) status: Vec<String>,
    /// Only those that are held or kept.
    #[arg(long)]
    pub(super) open: bool,
    /// Only those on this environment.
    #[arg(long, value_name = "ID")]
    pub(super) environment: Option<Uuid>,
    /// Only those of this run.
    #[arg(long, value_name = "ID")]
    pub(super) run: Option<Uuid>,
    /// Only those for this issue.
    #[arg(long, value_name = "ID")]
    pub(super) issue: Option<Uuid>,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub(super) limit: u32,
}

#[derive(Debug, Args)]
pub(super) struct Acquire {
    /// The environment.
    #[arg(long, value_name = "ID")]
    pub(super) environment: Uuid,
    /// The run that holds it.
    #[arg(long, value_name = "ID")]
    pub(super) run: Option<Uuid>,
    /// The run's issue.
    #[arg(long, value_name = "ID")]
    pub(super) issue: Option<Uuid>,
    /// The run's workspace.
    #[arg(long, value_name = "ID")]
    pub(super) workspace: Option<Uuid>,
    /// The run's agent.
    #[arg(long, value_name = "ID")]
    pub(super) agent: Option<Uuid>,
    /// `ephemeral`, `reuse_by_environment`, `reuse_by_execution_workspace`, `retain_on_failure`.
    #[arg(long, value_name = "WORD")]
    pub(super) policy: Option<String>,
    /// Who provides the resource.
    #[arg(long, value_name = "TEXT")]
    pub(super) provider: Option<String>,
    /// The provider's id of it.
    #[arg(long, value_name = "TEXT")]
    pub(super) provider_lease_id: Option<String>,
    /// A promise to renew, in seconds.
    #[arg(long, value_name = "SECONDS", conflicts_with = "expires_at")]
    pub(super) ttl: Option<u32>,
    /// When the provider says that it ends.
    #[arg(long, value_name = "TIME")]
    pub(super) expires_at: Option<String>,
    /// Your own notes, a JSON object.
    #[arg(long, value_name = "JSON")]
    pub(super) metadata: Option<String>,
    /// Take over the resource of this lease; with `reserve`, the place of one that is gone.
    #[arg(long, value_name = "ID", conflicts_with = "resumes")]
    pub(super) replaces: Option<Uuid>,
    /// Hold this lease again instead of a new one.
    #[arg(long, value_name = "ID")]
    pub(super) resumes: Option<Uuid>,
    #[command(flatten)]
    pub(super) keyed: Keyed,
}

#[derive(Debug, Args)]
pub(super) struct Release {
    /// Its id.
    pub(super) id: Uuid,
    /// released, expired or failed.
    #[arg(long, value_name = "WORD")]
    pub(super) status: Option<String>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// pending, success or failed.
    #[arg(long, value_name = "WORD")]
    pub(super) cleanup: Option<String>,
    /// `keep_running`, `stop_and_retain` or `destroy`.
    #[arg(long, value_name = "WORD")]
    pub(super) disposition: Option<String>,
    /// The fence that the holder was granted.
    #[arg(long, value_name = "N")]
    pub(super) fence: Option<u64>,
    #[command(flatten)]
    pub(super) keyed: Keyed,
}
