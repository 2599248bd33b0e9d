//! The statement that appends, put together from a section for each table. What a batch does not
//! touch is left out: the server sets up whatever a statement names, whether rows come or not, and
//! for a single command that is a quarter of its time.

use std::fmt::Write as _;
use std::sync::OnceLock;

/// The batch's own parameters, which every section may use.
const SHARED: usize = 2;

/// What a batch may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// Keys that must not have been used before.
    Keys,
    /// Companies whose head moves.
    Moved,
    /// Companies of which no decision made an event.
    Seen,
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
    /// What decides which companies are written. Where there is none of it, something has to say so.
    const GATES: [(Self, &str); 3] = [
        (Self::Keys, include_str!("no_keys.sql")),
        (Self::Moved, include_str!("no_moved.sql")),
        (Self::Seen, include_str!("no_seen.sql")),
    ];

    /// What is written.
    const TABLES: [Self; 7] = [
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
            Self::Moved => include_str!("moved.sql"),
            Self::Seen => include_str!("seen.sql"),
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

/// The sections of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sections(usize);

impl Sections {
    /// How many there are to choose from.
    const COUNT: usize = Section::GATES.len() + Section::TABLES.len();
    /// Each of them.
    pub const ALL: Self = Self((1 << Self::COUNT) - 1);

    pub(super) const fn add(&mut self, section: Section) {
        self.0 |= 1 << section as usize;
    }

    const fn has(self, section: Section) -> bool {
        self.0 & (1 << section as usize) != 0
    }
}

/// Statements as they were put together first: a batch comes many hundred times a second.
static STATEMENTS: [OnceLock<String>; 1 << Sections::COUNT] =
    [const { OnceLock::new() }; 1 << Sections::COUNT];

/// The statement of a batch with these sections; their parameters come in the order of `Section`.
#[must_use]
pub fn append_statement(sections: Sections) -> &'static str {
    // There is a place for every set of sections.
    STATEMENTS.get(sections.0).map_or("", |statement| statement.get_or_init(|| compose(sections)))
}

fn compose(sections: Sections) -> String {
    let mut text = String::with_capacity(16 * 1024);
    text.push_str(include_str!("batch.sql"));
    let mut parameters = SHARED;
    for (gate, absent) in Section::GATES {
        let section = if sections.has(gate) { gate.text() } else { absent };
        parameters += add(&mut text, section, parameters - SHARED);
    }
    add(&mut text, include_str!("held.sql"), 0);
    for table in Section::TABLES.into_iter().filter(|table| sections.has(*table)) {
        parameters += add(&mut text, table.text(), parameters - SHARED);
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

    use super::{Sections, append_statement};

    #[test]
    fn the_guard_knows_the_version_of_every_inline_fold() {
        let statement = append_statement(Sections::ALL);
        for projection in INLINE {
            let guard = format!("when '{}' then {}\n", projection.name, projection.version);
            assert!(statement.contains(&guard), "{guard}");
        }
    }
}
