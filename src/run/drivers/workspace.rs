//! A workspace as a tar stream, out to a remote place and back, without ever leaving its directory.
//!
//! **Claims**: nothing outside of the workspace's directory is read or written, whatever links stand
//! in it and whatever the stream says; what a run removed is removed here, and what somebody changed
//! here in the meantime is kept. **Because**: every path is resolved beneath one open directory
//! (`openat2`), links are sent as links, a link that leads out comes back only if it was there
//! before, and each file is written beside its name and renamed. **Not**: one instant's picture; a
//! file that changes while it is read fails the sync instead.

mod apply;
mod fault;
mod pack;
mod stamp;
mod unpack;

pub use fault::SyncFault;
pub use pack::pack;
pub use stamp::{Manifest, Stamp};
pub use unpack::{Unpacked, prune, unpack};

/// How much one sync moves.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Bytes of all files together.
    pub bytes_max: u64,
    /// Files, links and directories together.
    pub entries_max: usize,
}

impl Default for Bounds {
    /// 4 GiB and a million entries.
    fn default() -> Self {
        Self { bytes_max: 4 << 30, entries_max: 1_000_000 }
    }
}

/// What has been moved so far, held against the bounds.
#[derive(Debug, Default)]
pub(super) struct Meter {
    bytes: u64,
    entries: usize,
}

impl Meter {
    fn add(&mut self, bytes: u64, bounds: &Bounds) -> Result<(), SyncFault> {
        self.bytes = self.bytes.saturating_add(bytes);
        self.entries += 1;
        if self.bytes > bounds.bytes_max {
            return Err(SyncFault::TooLarge { bytes_max: bounds.bytes_max });
        }
        if self.entries > bounds.entries_max {
            return Err(SyncFault::TooMany { entries_max: bounds.entries_max });
        }
        Ok(())
    }
}
