//! What this machine remembers of its leases: a directory that survives every process of ours.
//!
//! ```text
//! leases/<lease>/      what a lease has here: its mark, its context, a driver's own files
//! journal/             ends that the ledger could not be told of
//! ```
//!
//! **Claims.** A file is there whole or not at all, whoever is killed. Nobody but the user who runs
//! leases can read any of it. **Not** promised: that a mark outlives a loss of power; no process
//! does either, and a directory's name still says whose it was.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use leasehold_domain::id::LeaseId;

use super::driver::Mark;

/// The file with a lease's mark.
const MARK_FILE: &str = "mark";

/// How a file's name ends that is not whole yet.
const UNFINISHED: &str = ".new";

/// How a directory's name ends that is being removed.
const GOING: &str = "gone";

/// How old a directory without a mark is when nobody can be about to mark it.
const UNMARKED_FOR: Duration = Duration::from_mins(1);

/// The state directory. Made when it is first written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    root: PathBuf,
}

impl State {
    /// A state directory at this path.
    #[must_use]
    pub const fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// `$LEASEHOLD_STATE_DIR`, or `leasehold` below `$XDG_STATE_HOME`, or `~/.local/state/leasehold`.
    ///
    /// # Errors
    /// When none of them can be told.
    pub fn of_user() -> io::Result<Self> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let own = variable("LEASEHOLD_STATE_DIR").map(PathBuf::from);
        let xdg = || variable("XDG_STATE_HOME").map(|home| PathBuf::from(home).join("leasehold"));
        let home =
            || variable("HOME").map(|home| PathBuf::from(home).join(".local/state/leasehold"));
        let root = own.or_else(xdg).or_else(home);
        let root = root.ok_or_else(|| {
            io::Error::other("no state directory: set LEASEHOLD_STATE_DIR, or HOME")
        })?;
        std::path::absolute(root).map(Self::at)
    }

    /// The directory itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a lease's files are, whether or not there are any.
    #[must_use]
    pub fn lease(&self, lease: LeaseId) -> PathBuf {
        self.root.join("leases").join(lease.to_string())
    }

    /// Makes a lease's directory with its mark in it. Repeated, it is the same directory.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn claim(&self, mark: &Mark) -> io::Result<PathBuf> {
        let directory = self.lease(mark.lease_id);
        make_private(&directory)?;
        write(&directory.join(MARK_FILE), mark.to_string().as_bytes())?;
        Ok(directory)
    }

    /// Removes a lease's directory; true when there was one. Without the right mark in it, it is
    /// left alone; one that is empty was made by somebody who died before he could mark it.
    ///
    /// # Errors
    /// When some of it may still be there, or the mark is another lease's.
    pub fn forget(&self, mark: &Mark) -> io::Result<bool> {
        remove_marked(&self.lease(mark.lease_id), mark)
    }

    /// Removes what is nobody's: directories whose makers died before they could mark them, and
    /// those whose removal was cut off.
    ///
    /// # Errors
    /// When some of it may still be there.
    pub fn sweep(&self) -> io::Result<()> {
        let entries = match fs::read_dir(self.root.join("leases")) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut failed = Ok(());
        for entry in entries {
            let path = entry?.path();
            let Ok(modified) = fs::metadata(&path).and_then(|metadata| metadata.modified()) else {
                continue;
            };
            if modified.elapsed().is_ok_and(|age| age < UNMARKED_FOR) {
                continue;
            }
            let removed = if path.extension().is_some_and(|end| end == GOING) {
                is_done(fs::remove_dir_all(&path))
            } else if path.join(MARK_FILE).try_exists()? {
                continue;
            } else {
                remove_unmarked(&path)
            };
            // What somebody else has put there is no business of ours, and hinders nothing.
            if let Err(error) = removed
                && error.kind() != io::ErrorKind::DirectoryNotEmpty
            {
                failed = Err(error);
            }
        }
        failed
    }

    /// Whose directories there are, with when each was marked.
    ///
    /// # Errors
    /// When some may be there that could not be seen.
    pub fn list(&self) -> io::Result<Vec<(Mark, std::time::SystemTime)>> {
        let entries = match fs::read_dir(self.root.join("leases")) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry?.path().join(MARK_FILE);
            let (Some(mark), Ok(metadata)) = (read_mark(&path)?, fs::metadata(&path)) else {
                continue;
            };
            found.push((mark, metadata.modified()?));
        }
        Ok(found)
    }
}

/// Makes a directory, with those above it, that only its owner can look into.
///
/// # Errors
/// When it cannot be made.
pub fn make_private(directory: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

/// Removes a directory that carries this mark; true when there was one. What an earlier call that
/// was killed left of it goes too.
///
/// # Errors
/// As [`State::forget`].
pub fn remove_marked(directory: &Path, mark: &Mark) -> io::Result<bool> {
    let going = directory.with_extension(GOING);
    let was_going = is_done(fs::remove_dir_all(&going))?;
    match fs::read_to_string(directory.join(MARK_FILE)) {
        Ok(text) if !text.is_empty() && text != mark.to_string() => {
            return Err(io::Error::other("it carries another lease's mark"));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(remove_unmarked(directory)? || was_going);
        }
        Err(error) => return Err(error),
    }
    // One that is half removed must not look like one that has no mark.
    fs::rename(directory, &going)?;
    fs::remove_dir_all(&going)?;
    Ok(true)
}

/// Removes a directory that was never marked: there is nothing in it but a mark that was not
/// finished.
fn remove_unmarked(directory: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(directory).into_iter().flatten() {
        let entry = entry?;
        let name = entry.file_name();
        let is_mark = name.to_str().is_some_and(|name| {
            name.strip_prefix(MARK_FILE).is_some_and(|rest| rest.ends_with(UNFINISHED))
        });
        if is_mark {
            is_done(fs::remove_file(entry.path()))?;
        }
    }
    is_done(fs::remove_dir(directory))
}

/// Whether something was removed; that it was not there is no error.
fn is_done(removed: io::Result<()>) -> io::Result<bool> {
    match removed {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn read_mark(path: &Path) -> io::Result<Option<Mark>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file that only its owner can read: whole or not at all.
///
/// # Errors
/// When it is not there under its name.
pub fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    let aside = path.with_extension(format!("{}{UNFINISHED}", std::process::id()));
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    file.write_all(contents)?;
    fs::rename(&aside, path)
}
