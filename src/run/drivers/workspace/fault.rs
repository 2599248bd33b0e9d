//! Why a workspace could not be moved: one variant a reason, with the path it happened at.

use std::io;
use std::path::{Path, PathBuf};

/// Why a sync stopped. What had been written by then is whole files; nothing was removed.
#[derive(Debug, thiserror::Error)]
pub enum SyncFault {
    /// Rights, or a broken disk.
    #[error("{} in the workspace cannot be read: {source}", path.display())]
    Unreadable {
        /// Relative to the workspace.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Rights, a read-only disk, something else of that name in the way.
    #[error("{} in the workspace cannot be written: {source}", path.display())]
    Unwritable {
        /// Relative to the workspace.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk or the quota is used up.
    #[error("there is no room left for {} in the workspace", path.display())]
    Full {
        /// Relative to the workspace.
        path: PathBuf,
    },
    /// It got shorter or longer while it was read.
    #[error("{} changed while the workspace was read", path.display())]
    Changed {
        /// Relative to the workspace.
        path: PathBuf,
    },
    /// More bytes than the bound.
    #[error("the workspace holds more than {bytes_max} bytes")]
    TooLarge {
        /// The bound.
        bytes_max: u64,
    },
    /// More entries than the bound.
    #[error("the workspace holds more than {entries_max} files and directories")]
    TooMany {
        /// The bound.
        entries_max: usize,
    },
    /// The other side names something that is not in the workspace.
    #[error("the stream names {}, which is not inside the workspace", path.display())]
    Outside {
        /// As it was named.
        path: PathBuf,
    },
    /// The other side went away or talked something else.
    #[error("the workspace's stream broke off: {source}")]
    Stream {
        /// What the stream's end said.
        source: io::Error,
    },
}

impl SyncFault {
    pub(super) fn reading(path: &Path, source: io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), source }
    }

    pub(super) fn writing(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        let is_full =
            matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        if is_full { Self::Full { path } } else { Self::Unwritable { path, source } }
    }

    pub(super) fn stream(source: io::Error) -> Self {
        Self::Stream { source }
    }
}
