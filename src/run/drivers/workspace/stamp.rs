//! What stood in the workspace when it was sent, so that what comes back can be told from it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use cap_std::fs::{Dir, Metadata, MetadataExt};

/// Covers the second of a stamp and clocks that differ a little.
const FRESH_S: u64 = 5;

/// What a path was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stamp {
    /// A regular file.
    File {
        /// Its length in bytes.
        bytes: u64,
        /// When it was last written, in whole seconds: what a tar header keeps.
        modified_s: u64,
        /// Its permission bits.
        mode: u32,
    },
    /// A symbolic link, with its text.
    Link(PathBuf),
    /// A directory.
    Directory,
}

impl Stamp {
    /// What stands at a path now; `None` for nothing, and for what no sync moves (sockets, pipes,
    /// devices).
    pub(super) fn find(root: &Dir, path: &Path) -> io::Result<Option<Self>> {
        let metadata = match root.symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => found?,
        };
        Ok(Some(if metadata.is_dir() {
            Self::Directory
        } else if metadata.is_symlink() {
            Self::Link(root.read_link_contents(path)?)
        } else if metadata.is_file() {
            Self::of_file(&metadata)
        } else {
            return Ok(None);
        }))
    }

    /// Whether a write in the same second as this stamp's is still possible.
    pub(super) fn is_fresh(&self) -> bool {
        let Self::File { modified_s, .. } = self else { return false };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        modified_s + FRESH_S >= now.as_secs()
    }

    pub(super) fn of_file(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().map(cap_std::time::SystemTime::into_std);
        let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Self::File {
            bytes: metadata.len(),
            modified_s: since.map_or(0, |since| since.as_secs()),
            mode: metadata.mode() & 0o777,
        }
    }
}

/// What was sent, by path relative to the workspace.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// Every file, link and directory.
    pub entries: BTreeMap<PathBuf, Stamp>,
    /// Files written so shortly before that their times do not tell whether they were written again.
    pub fresh: BTreeSet<PathBuf>,
    /// What cannot be sent: sockets, pipes, devices.
    pub skipped: Vec<PathBuf>,
}

impl Manifest {
    /// Bytes of all files together.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let bytes = |stamp: &Stamp| match stamp {
            Stamp::File { bytes, .. } => *bytes,
            Stamp::Link(_) | Stamp::Directory => 0,
        };
        self.entries.values().map(bytes).sum()
    }
}
