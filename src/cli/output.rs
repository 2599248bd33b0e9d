//! What the command line prints: data in four forms on stdout, words for people on stderr.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

use super::Global;
use super::exit::Failed;
use crate::export::{cell, quoted};

/// The forms of data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Columns for people.
    #[default]
    Table,
    /// One JSON value.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a header (RFC 4180).
    Csv,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

static IS_QUIET: AtomicBool = AtomicBool::new(false);
static IS_COLOURED: AtomicBool = AtomicBool::new(false);

/// Takes the settings of this run. A server without a terminal before it writes its log as JSON.
pub(super) fn set_up(global: &Global, is_server: bool) {
    IS_QUIET.store(global.quiet, Ordering::Relaxed);
    let wanted = match global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                && std::io::stdout().is_terminal()
        }
    };
    IS_COLOURED.store(wanted, Ordering::Relaxed);
    let level = match global.verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("LEASEHOLD_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(format!("leasehold={level}")));
    let is_terminal = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if is_server && !is_terminal {
        log.json().flatten_event(true).init();
    } else {
        log.with_ansi(is_terminal).init();
    }
}

/// A word for the person in front of it, on stderr.
#[expect(clippy::print_stderr, reason = "this is where words for people are printed")]
pub(super) fn say(text: &str) {
    eprintln!("{text}");
}

/// The same, unless `--quiet`.
pub(super) fn note(text: &str) {
    if !IS_QUIET.load(Ordering::Relaxed) {
        say(text);
    }
}

/// Asks before something is destroyed. Without a terminal nobody can answer: `--yes` has to be said.
pub(super) fn confirm(global: &Global, question: &str) -> Result<(), Failed> {
    if global.yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failed::usage(format!("{question} Nobody can be asked here: say --yes")));
    }
    say(&format!("{question} [y/N]"));
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(Failed::error("nothing was done"))
}

/// A line of data, on stdout. A reader that went away (`| head`) ends the program quietly.
pub(super) fn line(text: &str) -> Result<(), Failed> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => Ok(written?),
    }
}

/// Bold where colour is used.
pub(super) fn bold(text: &str) -> String {
    styled(text, "1")
}

/// Faint where colour is used.
pub(super) fn faint(text: &str) -> String {
    styled(text, "2")
}

fn styled(text: &str, code: &str) -> String {
    if IS_COLOURED.load(Ordering::Relaxed) {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// Prints objects, in a table with the given columns.
pub(super) fn list(format: Format, columns: &[&str], rows: &[Value]) -> Result<(), Failed> {
    match format {
        Format::Json => line(&pretty(&Value::Array(rows.to_vec()))),
        Format::Jsonl => rows.iter().try_for_each(|row| line(&row.to_string())),
        Format::Csv => csv(rows),
        Format::Table => line(&table(columns, rows)),
    }
}

/// Prints one object; as a table, a row for each field.
pub(super) fn one(format: Format, value: &Value) -> Result<(), Failed> {
    match (format, value) {
        (Format::Json, value) => line(&pretty(value)),
        (Format::Csv, value) => csv(std::slice::from_ref(value)),
        (Format::Table, Value::Object(object)) => {
            let field = |(name, value): (&String, &Value)| json!({"field": name, "value": value});
            let rows: Vec<Value> = object.iter().map(field).collect();
            line(&table(&["field", "value"], &rows))
        }
        (Format::Table | Format::Jsonl, value) => line(&value.to_string()),
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

/// Rows under the names of their columns.
pub(super) fn table(columns: &[&str], rows: &[Value]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(columns.iter().map(|column| bold(column)));
    for row in rows {
        table.add_row(columns.iter().map(|column| cell(row.get(*column))));
    }
    table.to_string()
}

fn csv(rows: &[Value]) -> Result<(), Failed> {
    let object = |row: &Value| row.as_object().cloned().unwrap_or_default();
    let first = rows.first().map(object).unwrap_or_default();
    let columns: Vec<&String> = first.keys().collect();
    let header: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    line(&header.join(","))?;
    rows.iter().try_for_each(|row| {
        let cells = columns.iter().map(|column| quoted(&cell(row.get(column.as_str()))));
        line(&cells.collect::<Vec<_>>().join(","))
    })
}

/// The version, as data.
pub(super) fn version(format: Format) -> Result<(), Failed> {
    one(format, &json!({"name": "leasehold", "version": env!("CARGO_PKG_VERSION")}))
}
