//! What a driver is: the one trait between the ledger's leases and the places where commands run.
//!
//! A driver is asked in this order, and each call may be the last one that this process makes:
//!
//! ```text
//!   probe                                                      does the place work?
//!   acquire | resume -> realize -> sync_in -> execute … -> sync_out -> release | destroy
//!   list, destroy                                              the janitor's, in another process
//! ```
//!
//! **Claims** that every driver keeps:
//! - *Intent first.* [`Driver::acquire`] is called after the reservation is durable. Whatever it
//!   makes carries the [`Mark`], written with or before the resource, so that it is found again.
//! - *Twice is once.* Every call may be repeated, by another process too, after a crash at any line:
//!   `acquire` under the same mark finds what it made, `release` and `destroy` of what is stopped or
//!   gone succeed and say so.
//! - *Unknown is not gone.* That something is gone is said only after a look that worked
//!   ([`Resumed::Gone`], [`Listing::is_complete`]); whatever hinders the look is a [`Fault`].
//! - *Nothing is left here.* A call whose future is dropped leaves no local process behind. Callers
//!   bound every call by time and drop it then; drivers bound single steps themselves where a better
//!   message comes of it.
//! - *Nothing is destroyed without its mark.* Of what a driver finds, only what carries the mark of
//!   the lease in question is touched.
//! - *Secrets stay out.* No fault, record, listing or proof contains the value of a secret or of a
//!   variable; configuration carries references, which [`super::secret`] resolves when needed.

mod fault;
mod launch;
mod place;
mod proof;

use std::fmt::Debug;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use leasehold_domain::environment::Driver as Word;
use leasehold_domain::id::WorkspaceId;
use serde_json::{Map, Value};

pub use fault::{Fault, FaultKind};
pub use launch::{Captured, Ended, Launch, Output, Sign, Stop, Stopper, Streams};
pub use place::{Held, Mark, Place, Target};
pub use proof::{Found, Listing, Proof, ProofState};

/// How commands get to a place of one kind, and what they leave there.
#[async_trait]
pub trait Driver: Debug + Send + Sync {
    /// The environment driver word that this one serves.
    fn word(&self) -> Word;

    /// Who provides the resources of a place, as the lease records it: `local`, `ssh`, a sandbox
    /// provider's key, or `plugin:<plugin>:<driver>`.
    ///
    /// # Errors
    /// [`FaultKind::BadConfig`].
    fn provider(&self, place: &Place) -> Result<String, Fault>;

    /// What this driver can do at a place. Asked before anything is stored.
    ///
    /// # Errors
    /// [`FaultKind::BadConfig`], or why a plugin cannot be asked.
    async fn capabilities(&self, place: &Place) -> Result<Capabilities, Fault>;

    /// Looks whether the place works, without changing it.
    ///
    /// # Errors
    /// Why it does not work.
    async fn probe(&self, place: &Place) -> Result<Probe, Fault>;

    /// Makes the resource of a lease, or finds the one that an earlier call under this mark made.
    ///
    /// # Errors
    /// Why there is none; [`Fault::may_have_created`] says whether something may be left.
    async fn acquire(&self, place: &Place, mark: &Mark) -> Result<Acquired, Fault>;

    /// Takes up a resource that an earlier lease left, and marks it for the lease in `held`. The
    /// resource is [`Held::provider_lease_id`], with the metadata of its earlier lease.
    ///
    /// # Errors
    /// Why that cannot be said; the resource is as it was.
    async fn resume(&self, held: &Held) -> Result<Resumed, Fault>;

    /// Makes the working directory ready, empty or with what is in it, and says how to get there.
    /// Contents come by [`Driver::sync_in`].
    ///
    /// # Errors
    /// Why there is no directory to work in.
    async fn realize(&self, held: &Held, workspace: Option<&Workspace>) -> Result<Realized, Fault>;

    /// Brings the workspace's files to the target. Links are brought as links and never followed
    /// out of the workspace. Called when [`Capabilities::syncs`].
    ///
    /// # Errors
    /// What hindered it; the target may hold a part.
    async fn sync_in(
        &self,
        held: &Held,
        target: &Target,
        workspace: &Workspace,
    ) -> Result<Synced, Fault>;

    /// Brings the target's files back to the workspace, and writes nothing outside of it, whatever
    /// links came along. Called when [`Capabilities::syncs`].
    ///
    /// # Errors
    /// What hindered it; the workspace may hold a part.
    async fn sync_out(
        &self,
        held: &Held,
        target: &Target,
        workspace: &Workspace,
    ) -> Result<Synced, Fault>;

    /// Runs a command in the target. Its output goes to the streams as it comes. Follows `stop`:
    /// [`Stop::Ask`] passes the signal on, [`Stop::Kill`] ends the whole tree of the command, here
    /// and there, and returns within seconds. Returns when the command and everything that it
    /// started have ended. A program that is not there, or cannot be started, is the command's own
    /// end, with a shell's code for it ([`Ended::NOT_FOUND`], [`Ended::NOT_EXECUTABLE`]).
    ///
    /// # Errors
    /// Why it did not run, or why nobody knows how it ended.
    async fn execute(
        &self,
        held: &Held,
        target: &Target,
        launch: Launch,
        stop: Stopper,
    ) -> Result<Ended, Fault>;

    /// Ends what runs in the resource and keeps the rest to be resumed. Called when
    /// [`Capabilities::resumes`].
    ///
    /// # Errors
    /// Why it may still run.
    async fn release(&self, held: &Held) -> Result<Proof, Fault>;

    /// Ends what runs in the resource and removes it.
    ///
    /// # Errors
    /// Why some of it may still be there.
    async fn destroy(&self, held: &Held) -> Result<Proof, Fault>;

    /// Whether a complete listing of the place, made from here, shows this resource: not when only
    /// another machine sees it.
    fn would_list(&self, _: &Held) -> bool {
        true
    }

    /// Lists what carries a mark at a place, of whatever lease. Called when
    /// [`Capabilities::lists`].
    ///
    /// # Errors
    /// Why the list cannot be had: never to be read as an empty one.
    async fn list(&self, place: &Place) -> Result<Listing, Fault>;
}

/// What a driver can do at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Capabilities {
    /// It makes a workspace ready ([`Driver::realize`]); Paperclip's plugins do not.
    pub realizes: bool,
    /// The workspace is copied there and back; otherwise it is used in place, or there is none.
    pub syncs: bool,
    /// A provision command may be run there; not where the workspace is the caller's own.
    pub provisions: bool,
    /// What was released can be resumed by a later lease.
    pub resumes: bool,
    /// It can say what is there ([`Driver::list`]).
    pub lists: bool,
    /// It can keep commands from the network.
    pub confines_network: bool,
    /// How long making a resource, or taking one up, may take. Of a run that is killed meanwhile the
    /// reservation holds its room for a minute longer than that.
    pub acquires_within: Duration,
}

/// A place that works.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// One line for people.
    pub summary: String,
    /// Facts for programs, such as versions.
    pub facts: Map<String, Value>,
}

/// What a driver made, or found, for a lease.
#[derive(Debug, Clone, PartialEq)]
pub struct Acquired {
    /// The provider's id of it: 1 to 512 bytes, enough for [`Driver::destroy`] in another process
    /// together with the metadata.
    pub provider_lease_id: String,
    /// What else is needed to find it; goes into the lease's metadata. No secrets.
    pub metadata: Map<String, Value>,
}

/// What became of a resource that was to be taken up again.
#[derive(Debug, Clone, PartialEq)]
pub enum Resumed {
    /// It is there and ready.
    Here(Acquired),
    /// It is gone for certain.
    Gone,
}

/// A directory on this machine that a run works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Absolute, an existing directory.
    pub root: PathBuf,
    /// The execution workspace that it belongs to, where known.
    pub id: Option<WorkspaceId>,
}

/// A working directory that is ready.
#[derive(Debug, Clone, PartialEq)]
pub struct Realized {
    /// How commands get there.
    pub target: Target,
    /// What is told of it under `workspaceRealization` in the lease's metadata. No secrets.
    pub record: Map<String, Value>,
}

/// What a sync carried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Synced {
    /// Files, directories and links.
    pub entries: u64,
    /// Bytes of files.
    pub bytes: u64,
    /// Entries left out because they are neither file, directory nor link, or would lead out.
    pub skipped: u64,
}
