//! `leasehold verify`: the ledger checks itself.

use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::Global;
use super::exit::{Failed, Kind};
use super::output::{self, Format};
use super::progress::Progress;
use super::remote::Remote;
use super::session::Session;
use crate::verify::{Options, Stock, verify};

const COLUMNS: [&str; 5] = ["kind", "companyId", "position", "detail", "imported"];

/// Check digests, heads, positions, sequences and rules over the whole log, and every row of the
/// tables against it. Commands go on meanwhile.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Also load so many streams with the stock reader of cqrs-es and postgres-es, and compare.
    #[arg(
        long,
        value_name = "N|all",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "10000",
        value_parser = stock
    )]
    stock: Option<Stock>,
}

fn stock(text: &str) -> Result<Stock, String> {
    if text == "all" {
        return Ok(Stock::All);
    }
    text.parse().map(Stock::Some).map_err(|_| "a number of streams, or `all`".to_owned())
}

impl Verify {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        if let Some(remote) = Remote::of(global)? {
            let stock = match self.stock {
                None => json!({}),
                Some(Stock::All) => json!({"stock": "all"}),
                Some(Stock::Some(streams)) => json!({"stock": streams}),
            };
            return conclude(global, remote.call_at_length("/v1/admin/verify", &stock).await?);
        }
        let session = Session::open(global).await?;
        let progress = Arc::new(Progress::new("events and rows", 0));
        let (told, bar) = (Arc::clone(&progress), Arc::clone(&progress));
        let options = Options { stock: self.stock, ..Options::default() };
        let verified = verify(
            session.database(),
            &session.ledger.readers,
            options,
            |expected| bar.expect(expected.events + expected.rows),
            Arc::new(move |count| told.advance(count)),
        )
        .await;
        progress.finish();
        session.close().await?;
        conclude(global, verified?.to_json())
    }
}

/// Prints a report; what is wrong is an error.
fn conclude(global: &Global, mut report: Value) -> Result<(), Failed> {
    let failing = report["failing"].as_u64();
    let failing = failing.ok_or_else(|| Failed::error("what answers is no leasehold"))?;
    if global.output == Format::Table {
        let findings = report.as_object_mut().and_then(|report| report.remove("findings"));
        output::one(global.output, &report)?;
        let findings = findings.as_ref().and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if !findings.is_empty() {
            let rows = findings.iter().cloned().map(|mut found| {
                found["imported"] = found["isImported"].take();
                found
            });
            output::list(global.output, &COLUMNS, &rows.collect::<Vec<_>>())?;
        }
    } else {
        output::one(global.output, &report)?;
    }
    match failing {
        0 => Ok(()),
        1 => Err(Failed::new(Kind::VerificationFailed, "1 finding")),
        count => Err(Failed::new(Kind::VerificationFailed, format!("{count} findings"))),
    }
}
