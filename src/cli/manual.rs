//! Completions and man pages, made of the arguments themselves.

use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;
use super::exit::Failed;
use super::output::{self, note};

/// Prints what a shell sources.
pub(super) fn complete(shell: Shell) -> Result<(), Failed> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "leasehold", &mut script);
    let script = String::from_utf8(script);
    output::line(script.map_err(|error| Failed::error(error.to_string()))?.trim_end())
}

/// Writes `leasehold.1` and a page for each command below it.
pub(super) fn write(dir: &Path) -> Result<(), Failed> {
    std::fs::create_dir_all(dir)?;
    clap_mangen::generate_to(Cli::command(), dir)?;
    note(&format!("man pages are in {}", dir.display()));
    Ok(())
}
