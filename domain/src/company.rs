//! What spans streams: the company's index, and the plans that make events of a command.
//!
//! A [`Company`] is the part of one company's state that is in memory: every open lease and every
//! environment in the [`index`](Index), and those aggregates that decisions asked for. All of it is
//! a fold of the company's log up to one position. Events are put in as they are decided; whoever
//! drives it says [`Company::keep`] when they are durable, or [`Company::undo`] when they are not.

mod admission;
mod audit;
mod command;
mod entry;
mod index;
mod memory;
mod plan;
mod refusal;

pub use audit::{Audit, Violation};
pub use command::{ClaimCleanups, ClaimLimit, Command, CommandType, Import, ReleaseRun, RenewRun};
pub use entry::{EnvironmentEntry, LeaseEntry, Place};
pub use index::{Index, RunEnd};
pub use memory::Company;
pub use plan::{Answer, Decided, Decision, Facts, ImportedActivity, plan, streams_of};
pub use refusal::Refusal;
