//! The blocks of ended leases held against the log, in companies whose blocks are as far as the spans.
//! Those of others are not answered from.

use std::collections::HashMap;
use std::sync::Arc;

use leasehold_domain::fence::Position;
use leasehold_domain::id::CompanyId;
use leasehold_domain::lease::EndKind;
use leasehold_projections::lease_spans::{NAME as SPANS, Span};
use leasehold_projections::tuple::POSTGRES_EPOCH_MICROS;
use serde_json::json;
use uuid::Uuid;

use super::finding::{Finding, Findings, Kind};
use crate::history::{CopyReader, Snapshot, fields};
use crate::spans::{Axis, ENDS_CHECKPOINT};

/// Ended leases of a block: the last of them, and how many ended in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ends {
    last: Option<i64>,
    leases: [i64; 3],
}

impl Ends {
    fn add(&mut self, at: i64, outcome: EndKind) {
        self.last = self.last.max(Some(at));
        let [released, expired, failed] = &mut self.leases;
        *match outcome {
            EndKind::Released => released,
            EndKind::Expired => expired,
            EndKind::Failed => failed,
        } += 1;
    }
}

/// A block as the table has it, and what the log has in its place.
#[derive(Debug, Clone)]
pub(super) struct Block {
    first: i64,
    told: Ends,
    meant: Ends,
}

/// The blocks of a company, by their axis and environment, in their order.
pub(super) type Company = HashMap<(Axis, Uuid), Vec<Block>>;

/// The blocks of every company that is looked at.
pub(super) type Blocks = Arc<HashMap<Uuid, Company>>;

/// Reads them, as a snapshot sees them.
pub(super) async fn read(snapshot: &mut Snapshot) -> sqlx::Result<Blocks> {
    let mut companies: HashMap<Uuid, Company> = HashMap::new();
    for axis in Axis::ALL {
        let statement = format!(
            "copy (
               select e.company_id, b.environment_id, b.first, b.last,
                      b.released, b.expired, b.failed
               from leasehold.projection_checkpoints e
               join leasehold.projection_checkpoints s
                 on s.company_id = e.company_id
                and s.projection = '{SPANS}'
                and s.position = e.position
               left join leasehold.{} b on b.company_id = e.company_id
               where e.projection = '{ENDS_CHECKPOINT}'
               order by e.company_id, b.environment_id, b.first
             ) to stdout (format binary)",
            axis.table()
        );
        let mut copy = CopyReader::begin(snapshot.connection(), &statement).await?;
        while let Some(batch) = copy.next().await? {
            for tuple in batch.tuples() {
                take(&mut companies, axis, tuple);
            }
        }
    }
    Ok(Arc::new(companies))
}

fn take(companies: &mut HashMap<Uuid, Company>, axis: Axis, tuple: &[u8]) {
    let mut columns = fields(tuple);
    let mut id = || columns.next().flatten().and_then(|bytes| Uuid::from_slice(bytes).ok());
    let (Some(company), environment) = (id(), id()) else { return };
    let blocks = companies.entry(company).or_default();
    let mut number = || columns.next().flatten().map(number).unwrap_or_default();
    if let Some(environment) = environment {
        let (first, last) = (number(), number());
        let told = Ends { last: Some(last), leases: [number(), number(), number()] };
        let block = Block { first, told, meant: Ends::default() };
        blocks.entry((axis, environment)).or_default().push(block);
    }
}

/// A number of four or eight bytes.
fn number(bytes: &[u8]) -> i64 {
    let long = bytes.try_into().map(i64::from_be_bytes);
    let short = || bytes.try_into().map(i32::from_be_bytes).map(i64::from);
    long.or_else(|_| short()).unwrap_or_default()
}

/// Counts a company's ended leases into its blocks.
#[derive(Debug)]
pub(super) struct Counting {
    all: Blocks,
    company: Option<(Uuid, Company)>,
}

impl Counting {
    pub(super) const fn new(all: Blocks) -> Self {
        Self { all, company: None }
    }

    /// Counts a span, if a lease ended with it.
    pub(super) fn count(&mut self, company: Uuid, span: &Span) {
        let (Some(to), Some(outcome)) = (span.to, span.outcome) else { return };
        self.enter(company);
        let Some((_, blocks)) = &mut self.company else { return };
        for (axis, at) in [
            (Axis::Position, to.position),
            (Axis::Time, to.at.timestamp_micros() - POSTGRES_EPOCH_MICROS),
        ] {
            let blocks = blocks.entry((axis, span.environment_id)).or_default();
            if blocks.is_empty() {
                let [told, meant] = [Ends::default(); 2];
                blocks.push(Block { first: i64::MIN, told, meant });
            }
            let after = blocks.partition_point(|block| block.first <= at);
            if let Some(block) = blocks.get_mut(after.saturating_sub(1)) {
                block.meant.add(at, outcome);
            }
        }
    }

    fn enter(&mut self, company: Uuid) {
        if self.company.as_ref().is_none_or(|(entered, _)| *entered != company) {
            self.company = self.all.get(&company).map(|blocks| (company, blocks.clone()));
        }
    }

    /// The company is over: names every block that counts what the log does not.
    pub(super) fn finish(&mut self, company: CompanyId, reached: Position, to: &mut Findings) {
        self.enter(company.0);
        let Some((_, blocks)) = self.company.take() else { return };
        let mut differing: Vec<_> = blocks
            .iter()
            .flat_map(|(place, blocks)| blocks.iter().map(move |block| (*place, block)))
            .filter(|(_, block)| block.told != block.meant)
            .collect();
        differing.sort_unstable_by_key(|((axis, environment), block)| {
            (axis.table(), *environment, block.first)
        });
        for ((axis, environment), block) in differing {
            let (kind, detail) = if block.told.last.is_none() {
                (Kind::RowMissing, "has no block of an environment whose leases have ended")
            } else {
                (Kind::RowDiffers, "counts other leases than have ended")
            };
            let table = axis.table();
            let evidence = json!({
                "table": table, "environmentId": environment,
                "told": block.told.leases, "meant": block.meant.leases,
            });
            let finding = Finding::new(kind, company, reached, format!("{table} {detail}"));
            to.add(finding.with(evidence));
        }
    }
}
