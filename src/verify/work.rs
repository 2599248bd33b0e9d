//! A verification from its snapshot to its report: the log and the tables shared out to tasks.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::TryStreamExt;
use futures::future::ready;
use futures::stream::FuturesUnordered;
use leasehold_domain::id::CompanyId;
use leasehold_projections::lease_spans::NAME as SPANS;
use leasehold_projections::projection::INLINE;
use serde_json::json;
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;

use super::checker::{Heads, Log};
use super::ends::{self, Blocks};
use super::finding::{Finding, Findings, Kind};
use super::following::Following;
use super::readers::Readers;
use super::receipts;
use super::rows::{Rows, compare};
use super::second_reader::read_sample;
use super::spans::{self as lease_spans, Checkpoints};
use super::sums::{Group, Sums};
use super::tables::{self, Part};
use crate::history::{Fold, Kept, OVER_KEPT_MAX, Reader, Rendering, Snapshot, Span, follow, spans};
use crate::log::Head;

/// Rows that are looked at one by one; groups beyond it are counted and not named.
const LOOKED_AT_MAX: u64 = 200_000;
/// Parts that the log is shared out in, for each task.
const SPANS_PER_TASK: u64 = 4;
/// Events of a part at least.
const SPAN_EVENTS_MIN: u64 = 50_000;

/// Hears how many events and rows were read.
pub type Told = Arc<dyn Fn(u64) + Send + Sync>;

/// How many streams the stock reader loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// So many at most, picked evenly.
    Some(u32),
    /// Every one.
    All,
}

/// What is checked, and how hard.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many tasks read at once.
    pub tasks: usize,
    /// Whether the second reader reads too.
    pub stock: Option<Stock>,
    /// Streams that are over and stay in memory; more is faster where much comes late.
    pub over_kept_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        // One more than processors: whenever one task waits for the database, another folds.
        let tasks = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8) + 1;
        Self { tasks, stock: None, over_kept_max: OVER_KEPT_MAX }
    }
}

/// How much there is to read, known before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Events.
    pub events: u64,
    /// Rows, as the database estimates them.
    pub rows: u64,
}

/// What came out.
#[derive(Debug)]
pub struct Report {
    /// Companies with a log.
    pub companies: u64,
    /// Events that the heads say there are.
    pub events: u64,
    /// Streams.
    pub streams: u64,
    /// Rows of each table.
    pub rows: Vec<(&'static str, u64)>,
    /// Receipts that are still kept.
    pub receipts: u64,
    /// Streams that the stock reader loaded.
    pub stock: Option<u64>,
    /// What is not as it has to be.
    pub findings: Findings,
    /// How long it took, without the stock reader.
    pub took: Duration,
}

/// Checks a ledger. `expect` hears how much there is to read, `told` how much was.
///
/// # Errors
/// The database's. A connection that is lost is an error, never a short report.
pub async fn verify(
    database: &PgConnectOptions,
    readers: &PgPool,
    options: Options,
    expect: impl FnOnce(Expected),
    told: Told,
) -> sqlx::Result<Report> {
    let begun = Instant::now();
    let mut snapshot = Snapshot::take(database, "leasehold verify").await?;
    let heads = snapshot.heads().await?;
    let (parts, rows) = tables::list_parts(snapshot.connection()).await?;
    let events = heads.iter().map(|head| head.position.0).sum();
    expect(Expected { events, rows });
    let spans = spans(&heads, options.tasks as u64 * SPANS_PER_TASK, SPAN_EVENTS_MIN);
    let by_company: HashMap<CompanyId, Head> =
        heads.iter().map(|head| (head.company_id, *head)).collect();
    let checkpoints = lease_spans::checkpoints(&mut snapshot).await?;
    let blocks = ends::read(&mut snapshot).await?;
    let (heads_of, tasks) = (Arc::new(by_company), Readers::new(snapshot, options.tasks));
    let work =
        Work { readers: tasks, heads: heads_of, checkpoints, blocks, spans, parts, told, options };
    let mut report = work.check().await?;
    (report.events, report.took) = (events, begun.elapsed());
    report.companies = heads.iter().filter(|head| head.position.0 > 0).count() as u64;
    if let Some(stock) = options.stock {
        read_stock(readers, stock, &mut report).await?;
    }
    Ok(report)
}

struct Work {
    readers: Readers,
    heads: Heads,
    checkpoints: Checkpoints,
    blocks: Blocks,
    spans: Vec<Span>,
    parts: Vec<Part>,
    told: Told,
    options: Options,
}

impl Work {
    async fn check(mut self) -> sqlx::Result<Report> {
        // Drawn anew each time: nobody can prepare rows whose sums are the same.
        let seed = RandomState::new().hash_one(());
        // The log's parts queue first, so that what is short fills the gaps at the end.
        let tables =
            self.read_tables(move || Sums::new(seed), Sums::new(seed), |all, one| all.merge(&one));
        let (log, found, spans_found) =
            futures::try_join!(self.check_log(seed), tables, self.read_spans(seed))?;
        let Log { meant, spans: spans_meant, mut findings, streams } = log;
        let differing = meant.differing(&found);
        if !differing.is_empty() {
            let rows = found.rows().iter().sum::<u64>().max(meant.rows().iter().sum());
            self.look_at(seed, differing, rows, &mut findings).await?;
        }
        let sides = (&spans_meant, &spans_found);
        lease_spans::compare(&self.readers.snapshot, sides, &self.checkpoints, &mut findings)
            .await?;
        let receipts = receipts::check(self.readers.snapshot.connection(), &mut findings).await?;
        let names = INLINE.iter().map(|projection| projection.name);
        let rows =
            names.zip(found.rows().iter().copied()).chain([(SPANS, spans_found.rows())]).collect();
        let took = Duration::ZERO;
        let (companies, events, stock) = (0, 0, None);
        Ok(Report { companies, events, streams, rows, receipts, stock, findings, took })
    }

    async fn check_log(&self, seed: u64) -> sqlx::Result<Log> {
        let jobs = self.spans.iter().map(|span| async {
            let following = self.following(seed, span);
            let mut checker = self.readers.lend(|reader| following.follow(reader)).await?;
            checker.check_unmet(|company| (span.first..=span.last).contains(&company.0));
            Ok(checker)
        });
        let log = Log::new(seed);
        jobs.collect::<FuturesUnordered<_>>()
            .try_fold(log, |log, part| ready(Ok(log.with(part))))
            .await
    }

    fn following(&self, seed: u64, span: &Span) -> Following {
        Following {
            seed,
            span: span.clone(),
            is_shared: self.spans.len() >= self.options.tasks,
            over_kept_max: self.options.over_kept_max,
            heads: Arc::clone(&self.heads),
            checkpoints: Arc::clone(&self.checkpoints),
            blocks: Arc::clone(&self.blocks),
            told: Arc::clone(&self.told),
        }
    }

    async fn read_spans(&self, seed: u64) -> sqlx::Result<lease_spans::Sums> {
        let told = Arc::clone(&self.told);
        let read = move |mut reader: Reader| async move {
            let found = lease_spans::read(&mut reader.copying, seed, &*told).await?;
            Ok((found, reader))
        };
        self.readers.lend(read).await
    }

    async fn read_tables<T: crate::history::Taking, A>(
        &self,
        taking: impl Fn() -> T + Clone + Send + 'static,
        into: A,
        merge: impl Fn(&mut A, T),
    ) -> sqlx::Result<A> {
        let jobs = self.parts.iter().map(|part| {
            let (told, taking, part) = (Arc::clone(&self.told), taking.clone(), *part);
            self.readers.lend(move |mut reader| async move {
                let taken = tables::read(&mut reader.copying, part, taking(), &*told).await?;
                Ok((taken, reader))
            })
        });
        let merged = |mut into: A, taken| {
            merge(&mut into, taken);
            ready(Ok(into))
        };
        jobs.collect::<FuturesUnordered<_>>().try_fold(into, merged).await
    }

    /// Reads everything again, keeping what is in the groups that differ.
    async fn look_at(
        &self,
        seed: u64,
        differing: BTreeSet<Group>,
        rows: u64,
        findings: &mut Findings,
    ) -> sqlx::Result<()> {
        let rows_per_group = rows / (1 << 16) + 1;
        let looked_at = usize::try_from(LOOKED_AT_MAX / rows_per_group).unwrap_or(usize::MAX);
        let beyond = differing.len().saturating_sub(looked_at);
        let wanted: Arc<BTreeSet<Group>> =
            Arc::new(differing.into_iter().take(looked_at).collect());
        let mut meant = Rows::new(seed, Arc::clone(&wanted));
        let quiet = |_| ();
        for span in &self.spans {
            let mut reader = Reader::open(self.readers.snapshot.joining()).await?;
            let rows = Rows::new(seed, Arc::clone(&wanted));
            let fold = Fold::new(Rendering::new(rows), self.options.over_kept_max);
            meant.merge(follow(&mut reader, span, fold, &mut Kept, &quiet).await?.sink.taking);
        }
        let none = move || Rows::new(seed, Arc::clone(&wanted));
        let found = self.read_tables(none.clone(), none(), Rows::merge).await?;
        compare(&meant, &found, |company| self.heads.get(&company).copied(), findings);
        if beyond > 0 {
            findings.count(Kind::RowDiffers, beyond as u64);
        }
        Ok(())
    }
}

async fn read_stock(readers: &PgPool, stock: Stock, report: &mut Report) -> sqlx::Result<()> {
    let (percent, streams_max) = match stock {
        Stock::All => (100.0, None),
        #[expect(clippy::cast_precision_loss, reason = "a share of the streams, about")]
        Stock::Some(streams) => {
            let share = 100.0 * streams as f32 / report.streams.max(1) as f32;
            (share.clamp(0.001, 100.0), Some(i64::from(streams)))
        }
    };
    let reading = read_sample(readers, percent, streams_max).await?;
    report.stock = Some(reading.aggregates);
    for difference in &reading.differences {
        let evidence = json!({
            "table": difference.table, "id": difference.id, "columns": difference.columns,
        });
        let detail = "the stock reader makes another row of the stream";
        let company = CompanyId(difference.company_id);
        report.findings.add(Finding::new(Kind::Stock, company, None, detail).with(evidence));
    }
    let named = reading.differences.len() as u64;
    report.findings.count(Kind::Stock, reading.differing.saturating_sub(named));
    Ok(())
}
