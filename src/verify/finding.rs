//! What verification finds, with the company and the position.

use std::collections::BTreeMap;

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use serde::Serialize;
use serde_json::{Value, json};

/// Findings of one kind that a report names; more are only counted.
const NAMED_MAX: u64 = 20;

/// The kinds of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A digest is not made of its event and the digest before.
    Digest,
    /// Positions that no event has.
    PositionGap,
    /// A sequence that does not follow from the one before it in its stream.
    Sequence,
    /// A time that falls, or a column that says another than the event.
    Time,
    /// An event that this program cannot read.
    Unreadable,
    /// A column that names another event than the payload.
    EventType,
    /// A head that is not the end of its log.
    Head,
    /// A rule of the domain's that an event broke.
    Rule,
    /// A row that differs from what the log says.
    RowDiffers,
    /// A row that the log means and the table has not.
    RowMissing,
    /// A row that the table has and the log does not mean.
    RowAdded,
    /// A receipt that the log does not bear out.
    Receipt,
    /// A stream of which the stock reader makes something else.
    Stock,
}

/// Something that is not as it has to be.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What kind.
    pub kind: Kind,
    /// In whose log or rows.
    pub company_id: CompanyId,
    /// Where in the log; for rows the last event that made them, or the log's end.
    pub position: Option<Position>,
    /// In words.
    pub detail: String,
    /// What shows it: streams, tables, columns. Never the values of settings or notes.
    pub evidence: Value,
    /// Whether it is in history that was taken in from elsewhere.
    pub is_imported: bool,
}

impl Finding {
    pub(super) fn new(
        kind: Kind,
        company_id: CompanyId,
        position: impl Into<Option<Position>>,
        detail: impl Into<String>,
    ) -> Self {
        let (position, detail) = (position.into(), detail.into());
        Self { kind, company_id, position, detail, evidence: json!({}), is_imported: false }
    }

    pub(super) fn with(self, evidence: Value) -> Self {
        Self { evidence, ..self }
    }
}

/// All that was found: everything counted, the first of each kind named.
#[derive(Debug, Default)]
pub struct Findings {
    counts: BTreeMap<(bool, Kind), u64>,
    named: Vec<Finding>,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        let count = self.counts.entry((finding.is_imported, finding.kind)).or_default();
        *count += 1;
        if *count <= NAMED_MAX {
            self.named.push(finding);
        }
    }

    /// Counts findings that cannot be named.
    pub(super) fn count(&mut self, kind: Kind, count: u64) {
        if count > 0 {
            *self.counts.entry((false, kind)).or_default() += count;
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (kind, count) in other.counts {
            *self.counts.entry(kind).or_default() += count;
        }
        self.named.extend(other.named);
    }

    /// How many there are that are not in imported history.
    #[must_use]
    pub fn failing(&self) -> u64 {
        self.counts.iter().filter(|((is_imported, _), _)| !is_imported).map(|(_, n)| n).sum()
    }

    /// How many there are in imported history.
    #[must_use]
    pub fn imported(&self) -> u64 {
        self.counts.iter().filter(|((is_imported, _), _)| *is_imported).map(|(_, n)| n).sum()
    }

    /// The first of each kind, by company and position.
    #[must_use]
    pub fn named(&self) -> Vec<&Finding> {
        let mut named: Vec<&Finding> = self.named.iter().collect();
        named.sort_by_key(|finding| (finding.company_id, finding.position, finding.kind));
        named
    }

    /// Of how many kinds there are how many, failing ones and imported ones.
    #[must_use]
    pub fn counts(&self, is_imported: bool) -> BTreeMap<Kind, u64> {
        let of = self.counts.iter().filter(|((imported, _), _)| *imported == is_imported);
        of.map(|((_, kind), count)| (*kind, *count)).collect()
    }
}
