//! `leasehold verify`: the ledger checks itself.

use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::Global;
use super::exit::{Failed, Kind};
use super::output::{self, Format};
use super::progress::Progress;
use super::session::Session;
use crate::verify::{Options, Report, Stock, verify};

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
        let report = verified?;
        print(global, &report)?;
        match report.findings.failing() {
            0 => Ok(()),
            1 => Err(Failed::new(Kind::VerificationFailed, "1 finding")),
            count => Err(Failed::new(Kind::VerificationFailed, format!("{count} findings"))),
        }
    }
}

fn print(global: &Global, report: &Report) -> Result<(), Failed> {
    let findings: Vec<Value> = report.findings.named().iter().map(|found| json!(found)).collect();
    if global.output == Format::Table {
        output::one(global.output, &report.summary())?;
        if !findings.is_empty() {
            let rows = findings.into_iter().map(|mut found| {
                found["imported"] = found["isImported"].take();
                found
            });
            output::list(global.output, &COLUMNS, &rows.collect::<Vec<_>>())?;
        }
        return Ok(());
    }
    output::one(global.output, &report.to_json())
}
