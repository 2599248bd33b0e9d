//! Events or activity leave the installation: filtered, in one of three forms, with a manifest.
//!
//! **Claims.** What leaves is of one moment, in the log's order, company by company; the manifest
//! says from which positions it is, how much it is, and the sha256 of its bytes. That something
//! leaves is in the installation's log before its first byte is written, and how much, after its
//! last. **Because** everything is read from one snapshot, and a step that cannot be recorded ends
//! the export. **Not** promised: that the log at the moment is still its end when the export is.

mod filter;
mod form;
mod manifest;

use std::io::Write;

use leasehold_domain::fence::Position;
use leasehold_domain::id::{CompanyId, OperationId};
use leasehold_domain::operation::{Form, Step};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;
use thiserror::Error;
use uuid::Uuid;

pub use filter::{EventFilter, Wanted};
pub(crate) use form::{cell, quoted};
pub use manifest::{Manifest, Part};

use crate::history::Snapshot;
use crate::journal::{Journal, Untold};
use crate::log::{Head, list_events};
use crate::read::list_activity;
use form::Writing;

/// Positions that are read at once.
const PAGE: u64 = 2_000;

/// What is to leave.
#[derive(Debug, Clone)]
pub struct Request {
    /// Of one company alone; of all when none.
    pub company: Option<CompanyId>,
    /// Events or activity, and which of them.
    pub wanted: Wanted,
    /// In which form.
    pub form: Form,
}

/// Why an export did not come to its end.
#[derive(Debug, Error)]
pub enum ExportError {
    /// There is no such company.
    #[error("company {0} is unknown")]
    Unknown(CompanyId),
    /// It could not be recorded, and what is not recorded does not leave.
    #[error(transparent)]
    Untold(#[from] Untold),
    /// Its bytes could not be written.
    #[error("the export could not be written")]
    Write(#[from] std::io::Error),
    /// The database's.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Writes what is wanted, and answers with its manifest.
///
/// # Errors
/// An [`ExportError`]; what was written until then is no whole export, and has no manifest.
pub async fn export(
    database: &PgConnectOptions,
    journal: &Journal,
    request: &Request,
    to: &mut (impl Write + Send),
) -> Result<Manifest, ExportError> {
    let mut snapshot = Snapshot::take(database, "leasehold export").await?;
    let heads = meant(snapshot.heads().await?, request.company)?;
    let id = OperationId(Uuid::now_v7());
    let started = Step::StartExport {
        what: request.wanted.what(),
        form: request.form,
        of_company: request.company,
        filter: request.wanted.told(),
    };
    journal.tell(id, started).await?;
    let mut out = Counted { to, hash: Sha256::new(), bytes: 0 };
    let mut writing = Writing::begin(&mut out, request.wanted.what(), request.form)?;
    let mut parts = Vec::new();
    for head in &heads {
        let part = write(snapshot.connection(), head, &request.wanted, &mut writing).await?;
        parts.extend(part);
    }
    let records = writing.end()?;
    let (sha256, bytes) = out.end()?;
    let finished = Step::FinishExport { records, bytes, sha256: sha256.clone() };
    journal.tell(id, finished).await?;
    Ok(Manifest {
        export_id: id,
        what: request.wanted.what(),
        form: request.form,
        filter: request.wanted.told(),
        records,
        bytes,
        sha256,
        companies: parts,
        program: concat!("leasehold ", env!("CARGO_PKG_VERSION")),
    })
}

/// The companies of which something may leave.
fn meant(mut heads: Vec<Head>, company: Option<CompanyId>) -> Result<Vec<Head>, ExportError> {
    heads.retain(|head| company.is_none_or(|own| own == head.company_id));
    match company {
        Some(unknown) if heads.is_empty() => Err(ExportError::Unknown(unknown)),
        Some(_) | None => Ok(heads),
    }
}

/// Writes what is wanted of one company; none when there is nothing.
async fn write<W: Write>(
    connection: &mut PgConnection,
    head: &Head,
    wanted: &Wanted,
    writing: &mut Writing<'_, W>,
) -> Result<Option<Part>, ExportError> {
    let mut part = Part::new(head);
    let (mut after, last) = wanted.range(head.position);
    while after < last {
        let to = last.min(after.plus(PAGE));
        match wanted {
            Wanted::Events(filter) => {
                let count = i64::try_from(to.0 - after.0).unwrap_or(i64::MAX);
                let events = list_events(connection, head.company_id, after, count).await?;
                for event in events.iter().filter(|event| filter.has(event)) {
                    writing.event(event, head.epoch)?;
                    part.add(event.stored.position);
                }
            }
            Wanted::Activity(filter) => {
                let range = (after.plus(1), to.plus(1));
                let count = i64::try_from(PAGE).unwrap_or(i64::MAX);
                let company = head.company_id;
                let rows = list_activity(connection, company, filter, range, count).await?;
                for row in rows.iter().rev() {
                    writing.activity(row)?;
                    part.add(Position(row.row.position.unsigned_abs()));
                }
            }
        }
        after = to;
    }
    Ok(Some(part).filter(|part| part.records > 0))
}

/// Counts and hashes what goes through.
struct Counted<'w, W> {
    to: &'w mut W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Counted<'_, W> {
    fn end(self) -> std::io::Result<(String, u64)> {
        self.to.flush()?;
        let digest = crate::log::Digest(self.hash.finalize().into());
        Ok((digest.to_hex(), self.bytes))
    }
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.hash.update(bytes.get(..count).unwrap_or_default());
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}
