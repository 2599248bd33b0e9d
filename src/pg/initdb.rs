//! Making the cluster.
//!
//! **Claims.** `data` holds a whole cluster or does not exist, whatever is killed when.
//! **Because** `initdb` works in `data.new.XXXXXX`, ours alone, which is renamed at the end
//! and then synced; what an interrupted one left is swept under the start lock.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use nix::unistd::mkdtemp;
use tokio::process::Command;

use super::account::Account;
use super::binaries::Binaries;
use super::database::NAME;
use super::error::Error;
use super::layout::{Layout, give};
use super::settings::Mode;

const PREFIX: &str = "data.new.";

/// Makes the cluster that is not there yet. The caller holds the start lock.
pub(super) async fn make(
    layout: &Layout,
    account: &Account,
    binaries: &Binaries,
    mode: Mode,
) -> Result<(), Error> {
    sweep(layout.base());
    let template = layout.base().join(format!("{PREFIX}XXXXXX"));
    let fresh = mkdtemp(&template);
    let fresh = fresh.map_err(|errno| Error::unwritable(layout.base(), errno.into()))?;
    give(&fresh, account)?;
    let mut outcome = run_initdb(&fresh, account, binaries, mode).await;
    outcome = outcome.and_then(|()| write_access_rules(&fresh, account));
    if outcome.is_err() {
        sweep(layout.base());
        return outcome;
    }
    fs::rename(&fresh, layout.data()).map_err(|source| Error::unwritable(&fresh, source))?;
    let base = layout.base();
    let synced = File::open(base).and_then(|dir| dir.sync_all());
    synced.map_err(|source| Error::io("sync", base, source))
}

async fn run_initdb(
    fresh: &Path,
    account: &Account,
    binaries: &Binaries,
    mode: Mode,
) -> Result<(), Error> {
    let program = binaries.dir().join("initdb");
    let mut command = Command::new(&program);
    command.env_clear().env("LC_ALL", "C").env("PATH", "/usr/bin:/bin").current_dir("/");
    command.arg("-D").arg(fresh).args(["-U", NAME, "-E", "UTF8", "--locale=C"]);
    command.args(["--data-checksums", "--auth-local=peer", "--auth-host=reject"]);
    if mode == Mode::Ephemeral {
        command.arg("--no-sync");
    }
    if account.is_dropped {
        command.uid(account.uid).gid(account.gid);
    }
    let output = command.kill_on_drop(true).output().await;
    let output = output.map_err(|source| {
        let user = account.name.clone();
        Error::CannotRun { program, user, source }
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::Initdb { lines: last_lines(&said, 5) })
}

/// Who may connect as the superuser: the server's own user, root, and nobody else.
fn write_access_rules(fresh: &Path, account: &Account) -> Result<(), Error> {
    let rules = "# Peers only, by the map leasehold in pg_ident.conf; nothing over TCP.\n\
                 local all all peer map=leasehold\n\
                 local replication all peer map=leasehold\n";
    let name = account.name.replace('"', "\"\"");
    let users = format!("leasehold \"{name}\" {NAME}\nleasehold root {NAME}\n");
    rewrite(&fresh.join("pg_hba.conf"), rules, account)?;
    rewrite(&fresh.join("pg_ident.conf"), &users, account)
}

/// Replaces a file: removed and made anew, so that no link in its place is ever followed.
fn rewrite(path: &Path, text: &str, account: &Account) -> Result<(), Error> {
    let write = || -> std::io::Result<()> {
        fs::remove_file(path)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|source| Error::unwritable(path, source))?;
    give(path, account)
}

/// Removes what an interrupted `initdb` left; what cannot be removed does no harm.
fn sweep(base: &Path) {
    let entries = fs::read_dir(base).into_iter().flatten().flatten();
    for left in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        let _ = fs::remove_dir_all(left.path());
    }
}

/// The last lines of what a program said, on one line.
pub(super) fn last_lines(text: &str, lines_max: usize) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(lines_max)..].join(" / ")
}

/// The last lines of a log, from `offset` on.
pub(super) fn log_tail(log: &PathBuf, offset: u64) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let from = usize::try_from(offset).unwrap_or(0).min(bytes.len());
    let said = String::from_utf8_lossy(&bytes[from..]);
    last_lines(&said, 6)
}
