//! Clearing away ephemeral clusters that nobody could clear: starter killed while the cluster
//! was being made, supervisor killed, machine switched off.
//!
//! **Claims.** A cluster that somebody makes or uses is never touched.
//! **Because** makers and users hold locks from the start, which are taken here first; a
//! directory too young to have its locks is left alone, and so is another user's.

use std::fs::{self, DirEntry};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use nix::unistd::Uid;

use super::layout::{EPHEMERAL_PREFIX, Layout};
use super::lock::{self, Hold};
use super::server::Postmaster;

/// Longer than it takes from making a directory to locking it.
const YOUTH: Duration = Duration::from_mins(1);

/// Removes what was abandoned under `parent`; what cannot be removed is left.
pub(super) fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_named = entry.file_name().to_string_lossy().starts_with(EPHEMERAL_PREFIX);
        if is_named && is_our_directory(&entry) {
            let _ = Layout::of(&entry.path()).map(|layout| remove_if_abandoned(&layout));
        }
    }
}

fn is_our_directory(entry: &DirEntry) -> bool {
    let found = entry.metadata();
    found.is_ok_and(|found| found.is_dir() && found.uid() == Uid::effective().as_raw())
}

fn remove_if_abandoned(layout: &Layout) {
    let paths = [layout.start_lock(), layout.users_lock(), layout.supervisor_lock()];
    if !paths[0].exists() && is_young(layout.base()) {
        return;
    }
    let mut held = Vec::new();
    for path in &paths {
        let Ok(file) = lock::open(path) else { return };
        if !lock::is_taken(&file, Hold::Exclusive, path).unwrap_or(false) {
            return;
        }
        held.push(file);
    }
    // A server without a supervisor: the next sweep finds it gone.
    if let Some(server) = Postmaster::find(layout) {
        return server.ask_to_stop();
    }
    for path in [layout.run(), layout.base()] {
        let _ = fs::remove_dir_all(path);
    }
}

fn is_young(path: &Path) -> bool {
    let made = fs::metadata(path).and_then(|found| found.modified()).ok();
    made.and_then(|at| at.elapsed().ok()).is_none_or(|age| age < YOUTH)
}
