//! The second look: rows of those groups whose sums differ, one by one, with their columns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_projections::projection::INLINE;
use serde_json::{Value, json};

use super::finding::{Finding, Findings, Kind};
use super::second_reader::same;
use super::sums::{Group, group_of};
use crate::history::{Key, Row, Taking, fields};
use crate::log::Head;

/// The rows of some groups, as one side has them.
#[derive(Debug)]
pub(super) struct Rows {
    seed: u64,
    wanted: Arc<BTreeSet<Group>>,
    kept: BTreeMap<(usize, Key), (Vec<u8>, Option<Position>)>,
}

impl Rows {
    pub(super) const fn new(seed: u64, wanted: Arc<BTreeSet<Group>>) -> Self {
        Self { seed, wanted, kept: BTreeMap::new() }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.kept.extend(other.kept);
    }
}

impl Taking for Rows {
    fn add(&mut self, row: &Row<'_>) {
        if self.wanted.contains(&group_of(self.seed, row.table, &row.key)) {
            self.kept.insert((row.table, row.key), (row.tuple.to_vec(), row.position));
        }
    }

    fn remove(&mut self, row: &Row<'_>) {
        self.kept.remove(&(row.table, row.key));
    }
}

/// Names every row that is not the same on both sides.
pub(super) fn compare(
    meant: &Rows,
    found: &Rows,
    head_of: impl Fn(CompanyId) -> Option<Head>,
    findings: &mut Findings,
) {
    for ((table, key), (tuple, position)) in &meant.kept {
        match found.kept.get(&(*table, *key)) {
            None => findings.add(named(Kind::RowMissing, *table, key, *position, &[])),
            Some((other, _)) => {
                let columns = differing(*table, tuple, other);
                if !columns.is_empty() {
                    findings.add(named(Kind::RowDiffers, *table, key, *position, &columns));
                }
            }
        }
    }
    for (table, key) in found.kept.keys().filter(|key| !meant.kept.contains_key(*key)) {
        let end = head_of(CompanyId(key.company)).map(|head| head.position);
        findings.add(named(Kind::RowAdded, *table, key, end, &[]));
    }
}

fn named(
    kind: Kind,
    table: usize,
    key: &Key,
    position: Option<Position>,
    columns: &[&str],
) -> Finding {
    let projection = INLINE.get(table);
    let (name, column) = projection.map_or(("", ""), |p| (p.name, p.key));
    let place = if column == "position" {
        json!(u64::try_from(key.place.as_u128()).unwrap_or_default())
    } else {
        json!(key.place)
    };
    let detail = match columns {
        [] if kind == Kind::RowAdded => format!("{name} has a row that no event makes"),
        [] => format!("{name} has no row that the events make"),
        columns => format!("{name} differs from the events in {}", columns.join(", ")),
    };
    let evidence = json!({"table": name, column: place, "columns": columns});
    Finding::new(kind, CompanyId(key.company), position, detail).with(evidence)
}

/// The columns in which two rows differ: their bytes, and what JSON means.
fn differing(table: usize, one: &[u8], other: &[u8]) -> Vec<&'static str> {
    let columns = INLINE.get(table).map_or(&[][..], |projection| projection.columns);
    let pairs = columns.iter().zip(fields(one).zip(fields(other)));
    pairs.filter(|(_, (one, other))| !is_same(*one, *other)).map(|(column, _)| *column).collect()
}

fn is_same(one: Option<&[u8]>, other: Option<&[u8]>) -> bool {
    one == other || json_of(one).is_some_and(|one| same(Some(&one), json_of(other).as_ref()))
}

/// A `jsonb` column: its version, then its text.
fn json_of(column: Option<&[u8]>) -> Option<Value> {
    let (version, text) = column?.split_first()?;
    (*version == 1).then(|| serde_json::from_slice(text).ok()).flatten()
}
