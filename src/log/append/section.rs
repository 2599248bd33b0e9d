//! The statement that appends, put together from a section for each table. What a batch does not
//! touch is left out: the server sets up whatever a statement names, whether rows come or not, and
//! for a single command that is a quarter of its time.

use std::fmt::Write as _;

/// The batch's own parameters, which every section may use.
const SHARED: usize = 9;

/// What a batch may have for a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Keys that must not have been used before. It comes first where it comes.
    Keys,
    /// Events.
    Events,
    /// Environments that are no more.
    RemovedEnvironments,
    /// Environments as they are to be.
    StoredEnvironments,
    /// Leases that begin.
    GrantedLeases,
    /// Leases that are there.
    ChangedLeases,
    /// Activity rows.
    Activity,
    /// What keys were answered.
    Receipts,
}

impl Section {
    /// Each of them, in an order in which they may stand.
    pub const ALL: [Self; 8] = [
        Self::Keys,
        Self::Events,
        Self::RemovedEnvironments,
        Self::StoredEnvironments,
        Self::GrantedLeases,
        Self::ChangedLeases,
        Self::Activity,
        Self::Receipts,
    ];

    const fn text(self) -> &'static str {
        match self {
            Self::Keys => include_str!("keys.sql"),
            Self::Events => include_str!("events.sql"),
            Self::RemovedEnvironments => include_str!("removed_environments.sql"),
            Self::StoredEnvironments => include_str!("stored_environments.sql"),
            Self::GrantedLeases => include_str!("granted_leases.sql"),
            Self::ChangedLeases => include_str!("changed_leases.sql"),
            Self::Activity => include_str!("activity.sql"),
            Self::Receipts => include_str!("receipts.sql"),
        }
    }
}

/// The statement of a batch with these sections; their parameters come in the same order.
#[must_use]
pub fn append_statement(sections: &[Section]) -> String {
    let mut text = String::with_capacity(16 * 1024);
    text.push_str(include_str!("batch.sql"));
    let mut parameters = SHARED;
    let tables = if let Some((Section::Keys, rest)) = sections.split_first() {
        parameters += add(&mut text, Section::Keys.text(), 0);
        rest
    } else {
        add(&mut text, include_str!("no_keys.sql"), 0);
        sections
    };
    add(&mut text, include_str!("heads.sql"), 0);
    for section in tables {
        parameters += add(&mut text, section.text(), parameters - SHARED);
    }
    text.push('\n');
    text.push_str(include_str!("outcome.sql"));
    text
}

/// Adds a section with its own parameters moved on by so many; tells how many it has.
fn add(text: &mut String, section: &str, by: usize) -> usize {
    let mut pieces = section.trim_end().split('$');
    text.truncate(text.trim_end().len());
    text.push_str(",\n");
    text.push_str(pieces.next().unwrap_or_default());
    let mut last = SHARED;
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
        let (digits, rest) = piece.split_at(end);
        let number = digits.parse().unwrap_or(0);
        last = last.max(number);
        let moved = if number > SHARED { number + by } else { number };
        // Writing to a String cannot fail.
        let _ = write!(text, "${moved}{rest}");
    }
    last - SHARED
}

#[cfg(test)]
mod tests {
    use leasehold_projections::projection::INLINE;

    use super::{Section, append_statement};

    #[test]
    fn the_guard_knows_the_version_of_every_inline_fold() {
        let statement = append_statement(&Section::ALL);
        for projection in INLINE {
            let guard = format!("when '{}' then {}\n", projection.name, projection.version);
            assert!(statement.contains(&guard), "{guard}");
        }
    }
}
