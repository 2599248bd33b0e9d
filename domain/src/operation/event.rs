//! What can have happened to an operation. Names and fields are stored: they stay for ever.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{CompanyId, OperationId};
use crate::text::Label;
use crate::time::Timestamp;
use crate::word::words;

/// A fact about one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A rebuild began.
    RebuildStarted(RebuildStarted),
    /// A rebuild has compared its rows with the live ones.
    RebuildJudged(RebuildJudged),
    /// The rebuilt tables are the live ones.
    RebuildSwapped(RebuildSwapped),
    /// It was given up.
    Cancelled(Cancelled),
    /// Something is about to leave the installation.
    ExportStarted(Box<ExportStarted>),
    /// It has left.
    ExportFinished(ExportFinished),
    /// What a projection could not take was driven through it again.
    Redriven(Redriven),
}

impl Event {
    /// The stored name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RebuildStarted(_) => "RebuildStarted",
            Self::RebuildJudged(_) => "RebuildJudged",
            Self::RebuildSwapped(_) => "RebuildSwapped",
            Self::Cancelled(_) => "Cancelled",
            Self::ExportStarted(_) => "ExportStarted",
            Self::ExportFinished(_) => "ExportFinished",
            Self::Redriven(_) => "Redriven",
        }
    }

    /// When it happened.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::RebuildStarted(started) => started.at,
            Self::RebuildJudged(judged) => judged.at,
            Self::RebuildSwapped(swapped) => swapped.at,
            Self::Cancelled(cancelled) => cancelled.at,
            Self::ExportStarted(started) => started.at,
            Self::ExportFinished(finished) => finished.at,
            Self::Redriven(redriven) => redriven.at,
        }
    }
}

/// What is rebuilt, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RebuildStarted {
    /// When.
    pub at: Timestamp,
    /// The rebuild.
    pub id: OperationId,
    /// Names of projections.
    pub projections: Vec<Label>,
}

/// What the comparison found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RebuildJudged {
    /// When.
    pub at: Timestamp,
    /// Rows that were compared, by table.
    pub compared: BTreeMap<String, u64>,
    /// Rows that differ, by `table.column`; empty when none does.
    pub differing: BTreeMap<String, u64>,
    /// Whether it may swap: nothing differs, or it was waived.
    pub is_accepted: bool,
}

/// What is live from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RebuildSwapped {
    /// When.
    pub at: Timestamp,
    /// The version of each projection's fold.
    pub versions: BTreeMap<String, u32>,
}

/// That somebody gave it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cancelled {
    /// When.
    pub at: Timestamp,
}

words! {
    /// What leaves.
    Told {
        /// Events of the log.
        Events = "events",
        /// Rows of the activity log.
        Activity = "activity",
    }
}

words! {
    /// The form in which it leaves.
    Form {
        /// One JSON object a line, in the contract's words.
        Jsonl = "jsonl",
        /// RFC 4180, with a header.
        Csv = "csv",
        /// One `CloudEvents` 1.0 object in JSON a line.
        Cloudevents = "cloudevents",
    }
}

/// What is to leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportStarted {
    /// When.
    pub at: Timestamp,
    /// The export.
    pub id: OperationId,
    /// Events or activity.
    pub what: Told,
    /// In which form.
    pub form: Form,
    /// Of one company alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_company: Option<CompanyId>,
    /// What else narrowed it, by the filters' names.
    pub filter: BTreeMap<String, String>,
}

/// What has left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportFinished {
    /// When.
    pub at: Timestamp,
    /// How many events or rows.
    pub records: u64,
    /// How many bytes.
    pub bytes: u64,
    /// sha256 of those bytes, in hexadecimal.
    pub sha256: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Redriven {
    /// When.
    pub at: Timestamp,
    /// The operation.
    pub id: OperationId,
    /// Names of projections.
    pub projections: Vec<Label>,
    /// Aggregates that the projections took.
    pub taken: u64,
    /// Aggregates that they still cannot take.
    pub left: u64,
}
