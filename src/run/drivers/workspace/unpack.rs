//! A tar stream of somebody else's making becomes changes in a directory of ours.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tar::{Archive, Entry, EntryType};

use super::apply::Applier;
use super::stamp::{Manifest, Stamp};
use super::{Bounds, Meter, SyncFault};

/// What came back.
#[derive(Debug, Default)]
pub struct Unpacked {
    /// Every path that the stream named.
    pub seen: BTreeSet<PathBuf>,
    /// Files and links that were new or changed, and were written.
    pub written: Vec<PathBuf>,
    /// Bytes of the files among them.
    pub bytes: u64,
    /// Links that lead out of the workspace, devices, sockets: left where they were.
    pub refused: Vec<PathBuf>,
    /// Changed there and here: ours stays, theirs is written beside it, with this name.
    pub conflicts: Vec<PathBuf>,
}

/// Reads a stream into the directory `root`, given what was sent from there.
///
/// # Errors
/// A path outside of the workspace, a bound, a path that cannot be written, or the stream's end.
pub fn unpack(
    from: impl Read,
    root: &Path,
    sent: &Manifest,
    bounds: &Bounds,
) -> Result<Unpacked, SyncFault> {
    let open = Dir::open_ambient_dir(root, ambient_authority());
    let root = open.map_err(|error| SyncFault::writing(Path::new("."), error))?;
    let mut applier = Applier { root, sent, unpacked: Unpacked::default() };
    let mut meter = Meter::default();
    let mut archive = Archive::new(from);
    for entry in archive.entries().map_err(SyncFault::stream)? {
        let mut entry = entry.map_err(SyncFault::stream)?;
        let Some(path) = inside(&entry.path().map_err(SyncFault::stream)?)? else { continue };
        meter.add(entry.size(), bounds)?;
        take(&mut applier, &mut entry, &path)?;
        applier.unpacked.seen.insert(path);
    }
    Ok(applier.unpacked)
}

fn take<R: Read>(
    applier: &mut Applier<'_>,
    entry: &mut Entry<'_, R>,
    path: &Path,
) -> Result<(), SyncFault> {
    let link = entry.link_name().map_err(SyncFault::stream)?.map(std::borrow::Cow::into_owned);
    match (entry.header().entry_type(), link) {
        (EntryType::Directory, _) => applier.directory(path),
        (EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse, _) => {
            let header = entry.header();
            let stamp = Stamp::File {
                bytes: entry.size(),
                modified_s: header.mtime().map_err(SyncFault::stream)?,
                mode: header.mode().map_err(SyncFault::stream)? & 0o777,
            };
            applier.file(path, &stamp, entry)
        }
        (EntryType::Symlink, Some(target)) => applier.link(path, &target),
        (EntryType::Link, Some(target)) => match inside(&target)? {
            Some(target) => applier.copy(path, &target),
            None => Err(SyncFault::Outside { path: target }),
        },
        _ => {
            applier.unpacked.refused.push(path.to_owned());
            Ok(())
        }
    }
}

/// The path below the workspace; `None` for the workspace itself.
fn inside(named: &Path) -> Result<Option<PathBuf>, SyncFault> {
    let mut path = PathBuf::new();
    for component in named.components() {
        match component {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err(SyncFault::Outside { path: named.to_owned() });
            }
        }
    }
    Ok((!path.as_os_str().is_empty()).then_some(path))
}

/// Removes what was sent and did not come back, unless it was changed here meanwhile. To be called
/// when the stream is known to have been whole; says what was removed.
///
/// # Errors
/// A path that cannot be removed.
pub fn prune(
    root: &Path,
    sent: &Manifest,
    seen: &BTreeSet<PathBuf>,
) -> Result<Vec<PathBuf>, SyncFault> {
    let open = Dir::open_ambient_dir(root, ambient_authority());
    let root = open.map_err(|error| SyncFault::writing(Path::new("."), error))?;
    let mut removed = Vec::new();
    // Children come after their directory in the map, so backwards empties it first.
    for (path, stamp) in sent.entries.iter().rev().filter(|(path, _)| !seen.contains(*path)) {
        let failed = |error| SyncFault::writing(path, error);
        if Stamp::find(&root, path).map_err(failed)?.as_ref() != Some(stamp) {
            continue;
        }
        let done = match stamp {
            Stamp::Directory => root.remove_dir(path),
            Stamp::File { .. } | Stamp::Link(_) => root.remove_file(path),
        };
        match done {
            Ok(()) => removed.push(path.clone()),
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(removed)
}
