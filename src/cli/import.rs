//! `leasehold import`: another installation's rows become history.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Mutex;

use clap::{Args, Subcommand};
use serde_json::json;
use sqlx::postgres::PgConnectOptions;

use super::Global;
use super::exit::{Failed, Kind};
use super::output::{self, Format, line, note};
use super::progress::Progress;
use super::session::Session;
use crate::import::{
    Comparison, ImportError, Observer, Rejected, Report, Source, SourceError, Stage, compare,
    import, to_csv,
};

/// Take in the history of another installation.
#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(subcommand)]
    command: ImportCommand,
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    /// Rows of a Paperclip installation; importing again changes nothing.
    Paperclip {
        /// A directory with a file of JSON lines for each table.
        #[arg(required_unless_present = "from", conflicts_with = "from")]
        dir: Option<PathBuf>,
        /// A live Paperclip database.
        #[arg(long, value_name = "URL")]
        from: Option<String>,
    },
}

impl Import {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let ImportCommand::Paperclip { dir, from } = self.command;
        let mut source = open(dir, from).await?;
        let session = Session::open(global).await?;
        let taken = take(&session, &mut source).await;
        session.close().await?;
        let (report, comparison) = taken?;
        tell(global, &report, &comparison)
    }
}

async fn open(dir: Option<PathBuf>, from: Option<String>) -> Result<Source, Failed> {
    let opened: Result<Source, SourceError> = match (dir, from) {
        (Some(dir), _) => Source::directory(&dir).await,
        (None, Some(url)) => {
            let options = PgConnectOptions::from_str(&url)
                .map_err(|error| Failed::usage(format!("--from is no database URL: {error}")))?;
            Source::database(&options).await
        }
        (None, None) => return Err(Failed::usage("say what to import: DIR or --from URL")),
    };
    opened.map_err(|error| ImportError::from(error).into())
}

async fn take(session: &Session, source: &mut Source) -> Result<(Report, Comparison), ImportError> {
    let bar = Bar::default();
    let (dispatcher, readers) = (&session.ledger.dispatcher, &session.ledger.readers);
    let report = import(source, dispatcher, readers, &bar).await?;
    let comparison = compare(source, readers, &bar).await?;
    bar.finish();
    Ok((report, comparison))
}

/// Counts on stderr, the map of environments on stdout: CSV unless JSON is asked for.
fn tell(global: &Global, report: &Report, comparison: &Comparison) -> Result<(), Failed> {
    for rejected in &report.rejected {
        note(&format!("not imported: {rejected}"));
    }
    for (table, counts) in &report.counts {
        note(&format!(
            "{table}: {} read, {} imported, {} known already, {} skipped, {} not imported",
            counts.read, counts.imported, counts.known, counts.skipped, counts.rejected
        ));
    }
    for (table, compared) in &comparison.tables {
        note(&format!(
            "{table}: {} rows compared, {} missing, {} repeated, {} columns differ",
            compared.rows,
            compared.missing,
            compared.repeated,
            compared.differing.len()
        ));
    }
    match global.output {
        Format::Json | Format::Jsonl => {
            output::one(global.output, &json!({"report": report, "comparison": comparison}))?;
        }
        Format::Table | Format::Csv => line(to_csv(&report.environments).trim_end())?,
    }
    if comparison.is_equal() {
        return Ok(());
    }
    Err(Failed::new(Kind::VerificationFailed, "the tables are not what the source has"))
}

/// A bar for each stage.
#[derive(Default)]
struct Bar {
    progress: Mutex<Option<Progress>>,
}

impl Bar {
    fn finish(&self) {
        if let Ok(mut progress) = self.progress.lock()
            && let Some(progress) = progress.take()
        {
            progress.finish();
        }
    }
}

impl Observer for Bar {
    fn begin(&self, stage: Stage, rows: Option<u64>) {
        self.finish();
        if let Ok(mut progress) = self.progress.lock() {
            *progress = Some(Progress::new(stage.describe(), rows.unwrap_or_default()));
        }
    }

    fn advance(&self, rows: u64) {
        if let Ok(progress) = self.progress.lock()
            && let Some(progress) = progress.as_ref()
        {
            (0..rows).for_each(|_| progress.step());
        }
    }

    fn rejected(&self, _: &Rejected) {}
}
