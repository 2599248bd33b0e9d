//! `lease_spans` held against the log, up to each company's checkpoint: first by sums of hashes, then,
//! in a company whose sums differ, row by row. Beside it the blocks that are counted from them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;
use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::stream::Event;
use leasehold_projections::lease_spans::{COLUMNS, Mark, NAME, Span, fold};
use leasehold_projections::tuple::Tuple;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::ends::{Blocks, Counting};
use super::finding::{Finding, Findings, Kind};
use crate::history::{CopyReader, Snapshot, Step, fields};
use crate::log::list_touched_events;
use crate::spans::{Folding, list_checkpoints};

/// Companies that are looked at row by row; beyond it one finding stands for each.
const LOOKED_AT_MAX: usize = 100;
/// Events that are folded at once then.
const PAGE: u64 = 5_000;

/// How far the spans of each company have come.
pub(super) type Checkpoints = Arc<HashMap<CompanyId, Position>>;

/// One side's rows: a sum of their hashes and their number, company by company.
#[derive(Debug, Default)]
pub(super) struct Sums {
    seed: u64,
    companies: HashMap<Uuid, (u128, u64)>,
}

impl Sums {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, companies: HashMap::new() }
    }

    fn add(&mut self, company: Uuid, tuple: &[u8]) {
        let (sum, rows) = self.companies.entry(company).or_default();
        *sum = sum.wrapping_add(xxh3_128_with_seed(tuple, self.seed));
        *rows += 1;
    }

    /// Adds another part of the same side; no company is in two.
    pub(super) fn merge(&mut self, other: Self) {
        self.companies.extend(other.companies);
    }

    pub(super) fn rows(&self) -> u64 {
        self.companies.values().map(|(_, rows)| rows).sum()
    }

    fn differing(&self, other: &Self) -> BTreeSet<Uuid> {
        let all = self.companies.keys().chain(other.companies.keys());
        all.filter(|id| self.companies.get(id) != other.companies.get(id)).copied().collect()
    }
}

/// The spans that the log means.
#[derive(Debug)]
pub(super) struct Meant {
    pub(super) sums: Sums,
    checkpoints: Checkpoints,
    ends: Counting,
    open: HashMap<Uuid, Span, RandomState>,
    tuple: Tuple,
}

impl Meant {
    pub(super) fn new(seed: u64, checkpoints: Checkpoints, blocks: Blocks) -> Self {
        let (sums, tuple) = (Sums::new(seed), Tuple::default());
        let ends = Counting::new(blocks);
        Self { sums, checkpoints, ends, open: HashMap::default(), tuple }
    }

    /// Folds an event that could be read.
    pub(super) fn take(&mut self, step: &Step<'_>) {
        let stored = step.stored;
        let reached = self.checkpoints.get(&stored.company_id).copied().unwrap_or(Position(0));
        let Event::Lease(own) = &step.content.event else { return };
        if stored.position > reached {
            return;
        }
        let position = i64::try_from(stored.position.0).unwrap_or(i64::MAX);
        let (lease, at) = (stored.stream.id, Mark { position, at: stored.occurred_at.chrono() });
        let mut open = self.open.remove(&lease);
        let ended = fold(&mut open, lease, own, at);
        self.open.extend(open.map(|open| (lease, open)));
        if let Some(ended) = ended {
            self.add(stored.company_id, &ended);
        }
    }

    /// The company is over: what is open is open at its checkpoint.
    pub(super) fn finish(&mut self, company: CompanyId, findings: &mut Findings) {
        for span in std::mem::take(&mut self.open).into_values() {
            self.add(company, &span);
        }
        let reached = self.checkpoints.get(&company).copied().unwrap_or(Position(0));
        self.ends.finish(company, reached, findings);
    }

    fn add(&mut self, company: CompanyId, span: &Span) {
        self.ends.count(company.0, span);
        span.write(company.0, &mut self.tuple);
        self.sums.add(company.0, self.tuple.as_bytes());
    }
}

/// The rows that the table has.
pub(super) async fn read(
    connection: &mut PgConnection,
    seed: u64,
    told: &(dyn Fn(u64) + Send + Sync),
) -> sqlx::Result<Sums> {
    let mut sums = Sums::new(seed);
    let statement = format!(
        "copy (select {} from leasehold.{NAME}) to stdout (format binary)",
        COLUMNS.join(", ")
    );
    let mut copy = CopyReader::begin(connection, &statement).await?;
    while let Some(batch) = copy.next().await? {
        let mut rows = 0;
        for tuple in batch.tuples() {
            sums.add(uuid(fields(tuple).next().flatten()), tuple);
            rows += 1;
        }
        told(rows);
    }
    Ok(sums)
}

fn uuid(column: Option<&[u8]>) -> Uuid {
    column.and_then(|bytes| Uuid::from_slice(bytes).ok()).unwrap_or_default()
}

/// How far each company's spans have come, as a snapshot sees it.
pub(super) async fn checkpoints(snapshot: &mut Snapshot) -> sqlx::Result<Checkpoints> {
    let found = list_checkpoints(snapshot.connection()).await?;
    Ok(Arc::new(found.into_iter().collect()))
}

/// Names every row that is not the same on both sides.
pub(super) async fn compare(
    snapshot: &Snapshot,
    (meant, found): (&Sums, &Sums),
    checkpoints: &Checkpoints,
    findings: &mut Findings,
) -> sqlx::Result<()> {
    let differing = meant.differing(found);
    let beyond = differing.len().saturating_sub(LOOKED_AT_MAX);
    findings.count(Kind::RowDiffers, beyond as u64);
    if differing.is_empty() {
        return Ok(());
    }
    let mut connection = snapshot.joining().join().await?;
    for company in differing.into_iter().take(LOOKED_AT_MAX).map(CompanyId) {
        let reached = checkpoints.get(&company).copied().unwrap_or(Position(0));
        match fold_again(&mut connection, company, reached).await {
            Ok(meant) => {
                let found = load(&mut connection, company).await?;
                compare_rows(company, &meant, &found, findings);
            }
            // An event whose columns are none of an event's: that is found elsewhere.
            Err(sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. }) => {
                let detail = format!("{NAME} differs from the events");
                findings.add(Finding::new(Kind::RowDiffers, company, reached, detail));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

type Rows = BTreeMap<(Uuid, i64), Vec<u8>>;

async fn fold_again(
    connection: &mut PgConnection,
    company: CompanyId,
    reached: Position,
) -> sqlx::Result<Rows> {
    let mut folding = Folding::new(company, Vec::new(), BTreeSet::new());
    let mut from = Position(0);
    while from < reached {
        let to = reached.min(from.plus(PAGE));
        for event in &list_touched_events(connection, company, from, to).await? {
            folding.take_of_lease(event);
        }
        from = to;
    }
    let mut tuple = Tuple::default();
    let row = |span: Span| {
        span.write(company.0, &mut tuple);
        ((span.lease_id, span.from.position), tuple.as_bytes().to_vec())
    };
    Ok(folding.into_changed().into_iter().map(row).collect())
}

async fn load(connection: &mut PgConnection, company: CompanyId) -> sqlx::Result<Rows> {
    // The id is written by us, never by a caller.
    let statement = format!(
        "copy (select {} from leasehold.{NAME} where company_id = '{company}')
         to stdout (format binary)",
        COLUMNS.join(", ")
    );
    let mut rows = Rows::new();
    let mut copy = CopyReader::begin(connection, &statement).await?;
    while let Some(batch) = copy.next().await? {
        for tuple in batch.tuples() {
            let mut columns = fields(tuple).skip(1);
            let lease = uuid(columns.next().flatten());
            let from = columns.next().flatten().and_then(|bytes| bytes.first_chunk().copied());
            let from = from.map(i64::from_be_bytes).unwrap_or_default();
            rows.insert((lease, from), tuple.to_vec());
        }
    }
    Ok(rows)
}

fn compare_rows(company: CompanyId, meant: &Rows, found: &Rows, findings: &mut Findings) {
    let mut add = |kind, (lease, from): &(Uuid, i64), detail: String, columns: &[&str]| {
        let evidence = json!({
            "table": NAME, "leaseId": lease, "fromPosition": from, "columns": columns,
        });
        let at = Position(from.unsigned_abs());
        findings.add(Finding::new(kind, company, at, detail).with(evidence));
    };
    for (key, tuple) in meant {
        match found.get(key) {
            None => {
                let detail = format!("{NAME} has no row that the events make");
                add(Kind::RowMissing, key, detail, &[]);
            }
            Some(other) if other != tuple => {
                let pairs = COLUMNS.iter().zip(fields(tuple).zip(fields(other)));
                let columns: Vec<&str> =
                    pairs.filter(|(_, (one, two))| one != two).map(|(name, _)| *name).collect();
                let detail = format!("{NAME} differs from the events in {}", columns.join(", "));
                add(Kind::RowDiffers, key, detail, &columns);
            }
            Some(_) => {}
        }
    }
    for key in found.keys().filter(|key| !meant.contains_key(*key)) {
        add(Kind::RowAdded, key, format!("{NAME} has a row that no event makes"), &[]);
    }
}
