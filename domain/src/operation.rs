//! What an admin did to the installation: rebuilds, exports, what was driven again.
//!
//! ```text
//!   (none) -- start --> started -- judge --> judged -- swap --> done
//!                          \                   \---- differs --> done
//!                           \---- cancel, finish --------------> done
//! ```
//!
//! An operation is told step by step, by the program that does it; nothing is decided on it. Its
//! stream stands in the installation's own log (the nil company), with who asked.

mod aggregate;
mod decide;
mod event;
mod refusal;

use serde::{Deserialize, Serialize};

pub use decide::{Facts, Step, decide};
pub use event::{
    Cancelled, Event, ExportFinished, ExportStarted, Form, RebuildJudged, RebuildStarted,
    RebuildSwapped, Redriven, Told,
};
pub use refusal::Refusal;

use crate::id::OperationId;
use crate::word::words;

words! {
    /// What is done.
    Kind {
        /// Projections are made anew from the log.
        Rebuild = "rebuild",
        /// The log or the activity leaves the installation.
        Export = "export",
        /// What a projection could not take is driven through it again.
        Redrive = "redrive",
    }
}

words! {
    /// How far it is.
    Stage {
        /// It has begun.
        Started = "started",
        /// A rebuild has compared, and may swap.
        Judged = "judged",
        /// It is over.
        Done = "done",
    }
}

/// The state of an operation, folded from its events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    /// How many events were folded.
    pub version: u64,
    /// What it is; none before it has begun.
    pub record: Option<Record>,
}

/// What an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Its id.
    pub id: OperationId,
    /// What is done.
    pub kind: Kind,
    /// How far it is.
    pub stage: Stage,
}

impl Operation {
    /// Folds one event in.
    pub fn apply(&mut self, event: &Event) {
        self.version += 1;
        let begun = |kind, id| Some(Record { id, kind, stage: Stage::Started });
        match event {
            Event::RebuildStarted(started) => self.record = begun(Kind::Rebuild, started.id),
            Event::ExportStarted(started) => self.record = begun(Kind::Export, started.id),
            Event::Redriven(redriven) => {
                let record = Record { id: redriven.id, kind: Kind::Redrive, stage: Stage::Done };
                self.record = Some(record);
            }
            Event::RebuildJudged(judged) => {
                self.enter(if judged.is_accepted { Stage::Judged } else { Stage::Done });
            }
            Event::RebuildSwapped(_) | Event::Cancelled(_) | Event::ExportFinished(_) => {
                self.enter(Stage::Done);
            }
        }
    }

    const fn enter(&mut self, stage: Stage) {
        if let Some(record) = &mut self.record {
            record.stage = stage;
        }
    }
}
