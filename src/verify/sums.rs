//! Two sets of rows compared without keeping either: sums of the rows' hashes, in many groups.
//!
//! Each row is hashed with a key that is drawn for each verification, and falls into one of 65,536
//! groups by what tells it apart. A group whose sums are the same on both sides has the same rows,
//! but for a chance of one in 2^128; a group whose sums differ is looked at row by row.

use std::collections::BTreeSet;

use leasehold_projections::projection::INLINE;
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

use crate::history::{Key, Row, Taking};

/// Groups of each table.
const GROUPS: u64 = 1 << 16;

/// Which group of which table.
pub(super) type Group = (usize, usize);

/// One side's sums.
#[derive(Debug)]
pub(super) struct Sums {
    seed: u64,
    groups: Vec<Vec<u128>>,
    rows: Vec<u64>,
}

/// The group that a row falls into.
pub(super) fn group_of(seed: u64, table: usize, key: &Key) -> Group {
    let hash = xxh3_64_with_seed(&key.bytes(), seed) % GROUPS;
    (table, usize::try_from(hash).unwrap_or_default())
}

impl Sums {
    pub(super) fn new(seed: u64) -> Self {
        let zeros = vec![0; usize::try_from(GROUPS).unwrap_or_default()];
        Self { seed, groups: vec![zeros; INLINE.len()], rows: vec![0; INLINE.len()] }
    }

    fn slot(&mut self, row: &Row<'_>) -> Option<&mut u128> {
        let (table, group) = group_of(self.seed, row.table, &row.key);
        self.groups.get_mut(table)?.get_mut(group)
    }

    fn hash(&self, row: &Row<'_>) -> u128 {
        xxh3_128_with_seed(row.tuple, self.seed)
    }

    fn count(&mut self, table: usize, change: i64) {
        if let Some(rows) = self.rows.get_mut(table) {
            *rows = rows.saturating_add_signed(change);
        }
    }

    /// Adds another part of the same side.
    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.groups.iter_mut().flatten().zip(other.groups.iter().flatten()) {
            *mine = mine.wrapping_add(*theirs);
        }
        for (mine, theirs) in self.rows.iter_mut().zip(&other.rows) {
            *mine += theirs;
        }
    }

    /// The rows of each table.
    pub(super) fn rows(&self) -> &[u64] {
        &self.rows
    }

    /// The groups that are not the same on both sides.
    pub(super) fn differing(&self, other: &Self) -> BTreeSet<Group> {
        let tables = self.groups.iter().zip(&other.groups).enumerate();
        tables
            .flat_map(|(table, (mine, theirs))| {
                let pairs = mine.iter().zip(theirs).enumerate();
                pairs.filter(|(_, (one, two))| one != two).map(move |(group, _)| (table, group))
            })
            .collect()
    }
}

impl Taking for Sums {
    fn add(&mut self, row: &Row<'_>) {
        let hash = self.hash(row);
        self.count(row.table, 1);
        if let Some(sum) = self.slot(row) {
            *sum = sum.wrapping_add(hash);
        }
    }

    fn remove(&mut self, row: &Row<'_>) {
        let hash = self.hash(row);
        self.count(row.table, -1);
        if let Some(sum) = self.slot(row) {
            *sum = sum.wrapping_sub(hash);
        }
    }
}
