//! Keeping a lease while its command runs, and stopping the command when it may not hold any more.
//!
//! **Claims.** The command has been ended before the ledger can end its lease for want of renewal.
//! **Because** the ledger counts a promise from when it decides on it, which is after it was asked
//! for; we count from before we ask, and stop a margin earlier.
//! **Not** promised: while this machine's clock stands still, as in a suspend. The command stands
//! still then too, and the first renewal afterwards says how things are.

use std::sync::Arc;
use std::time::Duration;

use leasehold_domain::company::CommandType;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use uuid::Uuid;

use crate::dispatch::Failure;
use crate::run::desk::{Desk, NotDone, Request};
use crate::run::halt::{Halt, Why};
use crate::run::lease::Leased;

/// The pause before a renewal is asked again.
const PAUSE: Duration = Duration::from_millis(250);

/// What a command is given when its lease is known to have ended.
const GRACE: Duration = Duration::from_secs(5);

/// A lease that is being kept. Dropping it stops that.
#[derive(Debug)]
pub struct Renewal {
    task: JoinHandle<()>,
}

impl Drop for Renewal {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How long before its recorded end a promise is no longer trusted: a fifth of it, one second at
/// least and thirty at most, but never more than half.
fn margin(ttl: Duration) -> Duration {
    (ttl / 5).clamp(Duration::from_secs(1), Duration::from_secs(30)).min(ttl / 2)
}

impl Renewal {
    /// Keeps a lease from now on; stops the run through `halt` when it cannot be kept.
    #[must_use]
    pub fn start(desk: Desk, leased: &Leased, halt: Arc<Halt>) -> Self {
        let ttl = Duration::from_secs(leased.ttl_seconds.into());
        let (lease, fence) = (leased.id().to_string(), leased.fence);
        let (keeper, promised_at) = (Keeper { desk, lease, fence, ttl }, leased.promised_at);
        let task = tokio::spawn(async move {
            let lost = keeper.keep(promised_at).await;
            tracing::warn!(lease = keeper.lease, why = lost.why, "the command is stopped");
            halt.ask(Why::LeaseLost(lost.why));
            // Time to put things in order, but never beyond what the ledger has promised.
            let until = lost.trusted_until + margin(ttl) / 2;
            sleep_until(until.min(Instant::now() + GRACE)).await;
            halt.kill();
        });
        Self { task }
    }

    /// Stops, and waits until nothing of it is left.
    pub async fn stop(mut self) {
        self.task.abort();
        // That it was cut off is what was wanted.
        let _ = (&mut self.task).await;
    }
}

struct Keeper {
    desk: Desk,
    lease: String,
    fence: i64,
    ttl: Duration,
}

struct Lost {
    why: String,
    /// Until when the last promise could be trusted.
    trusted_until: Instant,
}

impl Keeper {
    /// Renews until it cannot.
    async fn keep(&self, mut promised_at: Instant) -> Lost {
        loop {
            let trusted_until = promised_at + self.ttl - margin(self.ttl);
            sleep_until((promised_at + self.ttl / 3).min(trusted_until)).await;
            match timeout_at(trusted_until, self.ask()).await {
                Ok(Ok(asked_at)) => promised_at = asked_at,
                Ok(Err(why)) => return Lost { why, trusted_until },
                Err(_) => {
                    let why = "the ledger is away, and the lease may end before it is back";
                    return Lost { why: why.to_owned(), trusted_until };
                }
            }
        }
    }

    /// Asks until there is an answer: when what was granted was asked for, or why it is refused.
    async fn ask(&self) -> Result<Instant, String> {
        let (mut key, mut asked_at) = (Uuid::now_v7(), Instant::now());
        loop {
            let body = json!({
                "leaseId": self.lease, "ttlSeconds": self.ttl.as_secs(), "fence": self.fence,
            });
            let request = Request::new(CommandType::RenewLease, format!("renew-{key}"), body);
            match self.desk.ask(&request).await {
                Ok(_) => return Ok(asked_at),
                Err(NotDone::Refused(refusal)) => return Err(refusal.to_string()),
                Err(NotDone::Invalid(invalid)) => return Err(invalid.to_string()),
                // It may have happened: only the same key tells, and the promise counts from the
                // first time that it was asked for.
                Err(NotDone::Away(Failure::OutcomeUnknown)) => sleep(PAUSE).await,
                Err(NotDone::Away(_) | NotDone::Failed(_)) => {
                    sleep(PAUSE).await;
                    (key, asked_at) = (Uuid::now_v7(), Instant::now());
                }
            }
        }
    }
}
