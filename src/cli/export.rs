//! `leasehold events export`, `leasehold activity export`: what leaves, where to, and its manifest.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::Args;
use leasehold_domain::fence::Position;
use leasehold_domain::id::{AgentId, RunId};
use leasehold_domain::operation::Form;
use leasehold_domain::stream::AggregateType;
use leasehold_domain::text::Label;
use leasehold_domain::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::Global;
use super::commands::person;
use super::exit::{Failed, Kind};
use super::output::{self, Format, confirm, say};
use super::session::Session;
use crate::dispatch::Caller;
use crate::export::{EventFilter, ExportError, Manifest, Request, Wanted, export};
use crate::journal::Journal;
use crate::read::ActivityFilter;

/// Where to, and in which form.
#[derive(Debug, Args)]
struct Target {
    /// The file, which gets a manifest beside it, `FILE.manifest.json`. Without it, data goes to
    /// stdout and the manifest to stderr.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// jsonl, csv or cloudevents.
    #[arg(long, default_value = "jsonl", value_name = "FORM")]
    form: Form,
}

/// Events of the log leave as a file, and the installation's log says so.
#[derive(Debug, Args)]
pub(super) struct ExportEvents {
    #[command(flatten)]
    target: Target,
    /// Only of these types, as `LeaseAcquired,Released`.
    #[arg(long = "type", value_name = "NAME", value_delimiter = ',')]
    types: Option<Vec<String>>,
    /// Only about these kinds of thing: environment, lease, run, operation.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    about: Option<Vec<AggregateType>>,
    /// Only about these environments, leases or runs.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    entity: Option<Vec<Uuid>>,
    /// Not recorded before this.
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Recorded before this.
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// Only events after this position.
    #[arg(long, value_name = "POSITION")]
    after: Option<u64>,
    /// Only events up to this position.
    #[arg(long, value_name = "POSITION")]
    up_to: Option<u64>,
}

/// Activity leaves as a file, and the installation's log says so.
#[derive(Debug, Args)]
pub(super) struct ExportActivity {
    #[command(flatten)]
    target: Target,
    /// Only these actions.
    #[arg(long, value_name = "WORD", value_delimiter = ',')]
    action: Option<Vec<String>>,
    /// Only about these environments, leases or runs.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    entity: Option<Vec<Uuid>>,
    /// Only of these runs.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    run: Option<Vec<RunId>>,
    /// Only of these agents.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    agent: Option<Vec<AgentId>>,
    /// Not before this.
    #[arg(long, value_name = "TIME")]
    since: Option<DateTime<Utc>>,
    /// Before this.
    #[arg(long, value_name = "TIME")]
    until: Option<DateTime<Utc>>,
    /// Also what is noise to most readers.
    #[arg(long)]
    bookkeeping: bool,
}

impl ExportEvents {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let wanted = Wanted::Events(EventFilter {
            types: self.types,
            kinds: self.about,
            entities: self.entity,
            since: self.since,
            until: self.until,
            after: self.after.map(Position),
            up_to: self.up_to.map(Position),
        });
        self.target.run(global, wanted).await
    }
}

impl ExportActivity {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let label = |word: &String| {
            Label::new(word.as_str()).map_err(|bad| Failed::usage(format!("--action {bad}")))
        };
        let actions = self.action.map(|words| words.iter().map(label).collect()).transpose()?;
        let wanted = Wanted::Activity(ActivityFilter {
            actions,
            kinds: None,
            entities: self.entity,
            runs: self.run,
            agents: self.agent,
            since: self.since,
            until: self.until,
            with_bookkeeping: self.bookkeeping,
        });
        self.target.run(global, wanted).await
    }
}

impl Target {
    async fn run(self, global: &Global, wanted: Wanted) -> Result<(), Failed> {
        if let Some(to) = self.to.as_deref().filter(|to| to.exists()) {
            confirm(global, &format!("Replace {}?", to.display()))?;
        }
        let session = Session::open(global).await?;
        let request = Request { company: global.company, wanted, form: self.form };
        let done = match &self.to {
            Some(to) => to_file(&session, &request, to).await,
            None => to_stdout(&session, &request).await,
        };
        session.close().await?;
        let manifest = json!(done?);
        match (&self.to, global.output) {
            (None, _) => say(&manifest.to_string()),
            (Some(_), Format::Table) => output::one(Format::Json, &manifest)?,
            (Some(_), format) => output::one(format, &manifest)?,
        }
        Ok(())
    }
}

fn journal(session: &Session) -> Journal {
    let caller = Caller { actor: person(), authenticated_by: None };
    Journal::new(session.ledger.dispatcher.clone(), caller)
}

async fn to_stdout(session: &Session, request: &Request) -> Result<Manifest, Failed> {
    let mut out = BufWriter::new(io::stdout());
    Ok(export(session.database(), &journal(session), request, &mut out).await?)
}

/// The file comes into being whole, or not at all.
async fn to_file(session: &Session, request: &Request, to: &Path) -> Result<Manifest, Failed> {
    let part = with_suffix(to, "part");
    let written = write_part(session, request, &part).await;
    if written.is_err() {
        // What was written is no export; that it cannot be taken away changes nothing.
        let _ = std::fs::remove_file(&part);
    }
    let manifest = written?;
    let text = format!("{:#}\n", json!(manifest));
    std::fs::write(with_suffix(to, "manifest.json"), text)?;
    std::fs::rename(&part, to)?;
    Ok(manifest)
}

async fn write_part(session: &Session, request: &Request, to: &Path) -> Result<Manifest, Failed> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(to)?);
    let manifest = export(session.database(), &journal(session), request, &mut out).await?;
    out.flush()?;
    out.get_ref().sync_all()?;
    Ok(manifest)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{suffix}"));
    PathBuf::from(name)
}

impl From<ExportError> for Failed {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Unknown(_) => Self::not_found(error.to_string()),
            ExportError::Untold(_) => Self::new(Kind::Unavailable, error.to_string()),
            ExportError::Write(error) => error.into(),
            ExportError::Database(error) => error.into(),
        }
    }
}
