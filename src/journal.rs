//! What admins do is told in the installation's own log: the nil company's.
//!
//! **Claims.** A step that was told is durable and stands there once, however often it is told.
//! **Because** it goes through the dispatcher as every command does, and the domain knows which steps
//! it has. **Not** promised: that a step is told in the moment of what it tells of; who is cut off
//! in between tells it later.

use leasehold_domain::company::Command;
use leasehold_domain::id::{CompanyId, OperationId};
use leasehold_domain::operation::Step;
use thiserror::Error;
use uuid::Uuid;

use crate::dispatch::{Caller, Dispatcher, Order, Verdict};

/// The installation itself.
pub const INSTALLATION: CompanyId = CompanyId(Uuid::nil());

/// A step that is not in the log.
#[derive(Debug, Error)]
#[error("this could not be recorded in the installation's log: {0}")]
pub struct Untold(String);

/// Tells of one actor's operations.
#[derive(Debug, Clone)]
pub struct Journal {
    dispatcher: Dispatcher,
    caller: Caller,
}

impl Journal {
    /// A journal of what an actor does.
    #[must_use]
    pub const fn new(dispatcher: Dispatcher, caller: Caller) -> Self {
        Self { dispatcher, caller }
    }

    /// Tells a step.
    ///
    /// # Errors
    /// [`Untold`]: it may be told again.
    pub async fn tell(&self, id: OperationId, step: Step) -> Result<(), Untold> {
        let command = Command::TellOperation(id, Box::new(step));
        let order = Order::new(command, None, self.caller.clone());
        match self.dispatcher.dispatch(INSTALLATION, order).await {
            Verdict::Accepted { .. } => Ok(()),
            Verdict::Refused { refusal, .. } => Err(Untold(refusal.to_string())),
            Verdict::Failed { failure, .. } => Err(Untold(failure.to_string())),
            Verdict::NotApplied { .. } => Err(Untold("it was not applied".to_owned())),
        }
    }
}
