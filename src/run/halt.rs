//! Why a run is to stop, and how urgently: told by signals, by time limits and by the lease.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::driver::{Fault, FaultKind, Sign, Stop, Stopper};

/// Why a run was stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Somebody asked for it.
    Asked(Sign),
    /// The command took longer than it may.
    TimedOut,
    /// The lease is lost, or can no longer be trusted to hold.
    LeaseLost(String),
}

/// Whether a run is to go on. The first reason stands; urgency only rises.
#[derive(Debug)]
pub struct Halt {
    stop: watch::Sender<Stop>,
    why: OnceLock<Why>,
}

impl Default for Halt {
    fn default() -> Self {
        Self { stop: watch::Sender::new(Stop::Not), why: OnceLock::new() }
    }
}

impl Halt {
    /// Asks for an end. Asked twice, it is made one.
    pub fn ask(&self, why: Why) {
        let sign = match &why {
            Why::Asked(sign) => *sign,
            Why::TimedOut | Why::LeaseLost(_) => Sign::Terminate,
        };
        let _ = self.why.set(why);
        self.stop.send_modify(|stop| {
            *stop = if *stop == Stop::Not { Stop::Ask(sign) } else { Stop::Kill };
        });
    }

    /// Makes an end.
    pub fn kill(&self) {
        self.stop.send_replace(Stop::Kill);
    }

    /// Why, once there is a reason.
    #[must_use]
    pub fn why(&self) -> Option<&Why> {
        self.why.get()
    }

    /// Where a driver learns of it.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stop.subscribe()
    }

    /// Waits until an end is asked for.
    pub async fn asked(&self) {
        // The sender is ours: it is there for as long as we wait.
        let _ = self.stopper().wait_for(|stop| *stop != Stop::Not).await;
    }

    /// Waits until an end is made.
    pub async fn killed(&self) {
        let _ = self.stopper().wait_for(|stop| *stop == Stop::Kill).await;
    }

    /// A driver's step, bounded by time and by the wish to stop.
    ///
    /// # Errors
    /// The step's, or [`FaultKind::TimedOut`]; what the step was at may have been done.
    pub async fn bounded<T>(
        &self,
        limit: Duration,
        step: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        let cut_off =
            |message: String| Err(Fault::new(FaultKind::TimedOut, message).after_creating());
        tokio::select! {
            biased;
            done = timeout(limit, step) => done.unwrap_or_else(|_| {
                cut_off(format!("no answer within {} s", limit.as_secs()))
            }),
            () = self.asked() => cut_off("stopped before it was done".to_owned()),
        }
    }
}
