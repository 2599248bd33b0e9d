//! A rebuild and a verification while nobody else does anything.

use serde::Serialize;

use super::Log;
use super::child::{Ran, run};
use super::plain::{self, Plain};
use crate::bench::Error;
use crate::bench::server::BenchDatabase;

/// What one of them took.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Spent {
    /// From the start of its process to the end.
    pub seconds: f64,
    /// Events of the log in a second of that.
    pub events_per_second: f64,
    /// The most memory that its process had; none where the kernel does not say.
    pub peak_bytes: Option<u64>,
}

/// Both, and what PostgreSQL itself needs.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Idle {
    /// Without the stock reader, on the log as it was filled: what fits is in memory.
    pub verify_before: Spent,
    /// All three inline projections, every row and column compared, and swapped.
    pub rebuild: Spent,
    /// Without the stock reader, when a rebuild has just written as much again.
    pub verify: Spent,
    /// The same rows, copied, indexed and read back.
    pub postgres: Plain,
    /// The rebuild's speed as a part of PostgreSQL's.
    pub rebuild_to_postgres: f64,
}

pub(super) async fn measure(
    database: &BenchDatabase,
    log: &Log,
    told: &(dyn Fn(String) + Sync),
) -> Result<Idle, Error> {
    let verify_before = verify(database, log, told).await?;
    told("PostgreSQL copies the same rows, indexes them and reads them back".to_owned());
    let postgres = plain::measure(&database.options).await?;
    database.settle().await?;
    told("the projections are rebuilt".to_owned());
    let rebuild = Spent::of(log, &run(&database.options, &["projections", "rebuild"]).await?);
    database.settle().await?;
    let verify = verify(database, log, told).await?;
    let rebuild_to_postgres = postgres.seconds() / rebuild.seconds;
    Ok(Idle { verify_before, rebuild, verify, postgres, rebuild_to_postgres })
}

async fn verify(
    database: &BenchDatabase,
    log: &Log,
    told: &(dyn Fn(String) + Sync),
) -> Result<Spent, Error> {
    told("everything is verified".to_owned());
    Ok(Spent::of(log, &run(&database.options, &["verify"]).await?))
}

impl Spent {
    fn of(log: &Log, ran: &Ran) -> Self {
        let seconds = ran.took.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let events_per_second = (log.events as f64 / seconds).round();
        Self { seconds, events_per_second, peak_bytes: ran.peak_bytes }
    }
}
