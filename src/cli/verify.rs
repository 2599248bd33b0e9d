//! `leasehold verify`: a second reader checks the tables against the log.

use clap::Args;
use serde_json::json;

use super::Global;
use super::exit::{Failed, Kind};
use super::output;
use super::session::Session;
use crate::verify::read_again;

/// Load every aggregate with the stock reader of cqrs-es and postgres-es, and compare what it makes
/// of the log with the tables, column by column.
#[derive(Debug, Args)]
pub(super) struct Verify {}

impl Verify {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let session = Session::open(global).await?;
        let reading = read_again(&session.ledger.readers).await?;
        session.close().await?;
        output::one(
            global.output,
            &json!({
                "aggregates": reading.aggregates,
                "rows": reading.rows,
                "differing": reading.differing,
                "differences": reading.differences.iter().map(|difference| json!({
                    "table": difference.table,
                    "id": difference.id,
                    "columns": difference.columns,
                })).collect::<Vec<_>>(),
            }),
        )?;
        if reading.differing > 0 {
            let message = format!("{} rows are not what the log says", reading.differing);
            return Err(Failed::new(Kind::VerificationFailed, message));
        }
        Ok(())
    }
}
