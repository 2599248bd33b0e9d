//! What one entry of a stream does to the directory, resolved beneath it.

use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt, Permissions, PermissionsExt};

use super::SyncFault;
use super::stamp::{Manifest, Stamp};
use super::unpack::Unpacked;

/// Beside the name of what is being written, until it is whole.
const PART: &str = ".leasehold-part";
/// Beside the name of what was changed on both sides.
const THEIRS: &str = ".from-run";

pub(super) struct Applier<'a> {
    pub(super) root: Dir,
    pub(super) sent: &'a Manifest,
    pub(super) unpacked: Unpacked,
}

impl Applier<'_> {
    pub(super) fn directory(&mut self, path: &Path) -> Result<(), SyncFault> {
        let made = self.root.create_dir_all(path);
        made.map_err(|error| SyncFault::writing(path, error))
    }

    /// Writes a file that is new or changed; the stream goes on after its content either way.
    pub(super) fn file(
        &mut self,
        path: &Path,
        stamp: &Stamp,
        content: &mut impl Read,
    ) -> Result<(), SyncFault> {
        if self.sent.entries.get(path) == Some(stamp) && !self.sent.fresh.contains(path) {
            return Ok(());
        }
        let place = self.place(path)?;
        let part = beside(&place, PART);
        let written = self.write(&part, stamp, content);
        let renamed = written.and_then(|()| {
            let renamed = self.root.rename(&part, &self.root, &place);
            renamed.map_err(|error| SyncFault::writing(path, error))
        });
        if renamed.is_err() {
            // What is left of it would come back as a file of the run's.
            let _ = self.root.remove_file(&part);
        }
        renamed?;
        self.unpacked.written.push(place);
        if let Stamp::File { bytes, .. } = stamp {
            self.unpacked.bytes += bytes;
        }
        Ok(())
    }

    fn write(&self, part: &Path, stamp: &Stamp, content: &mut impl Read) -> Result<(), SyncFault> {
        let failed = |error| SyncFault::writing(part, error);
        // A part of an earlier try that was killed, or a link that waits for us there.
        match self.root.remove_file(part) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let mut file = self.root.open_with(part, &options).map_err(failed)?;
        let (mut buffer, mut written) = (vec![0; 64 << 10], 0);
        loop {
            let read = content.read(&mut buffer).map_err(SyncFault::stream)?;
            if read == 0 {
                break;
            }
            file.write_all(&buffer[..read]).map_err(failed)?;
            written += read as u64;
        }
        let Stamp::File { bytes, modified_s, mode } = stamp else { return Ok(()) };
        if written != *bytes {
            return Err(SyncFault::stream(io::ErrorKind::UnexpectedEof.into()));
        }
        file.set_permissions(Permissions::from_mode(*mode)).map_err(failed)?;
        let modified = UNIX_EPOCH + Duration::from_secs(*modified_s);
        file.into_std().set_modified(modified).map_err(failed)
    }

    /// A link stays inside, or was there before.
    pub(super) fn link(&mut self, path: &Path, target: &Path) -> Result<(), SyncFault> {
        if matches!(self.sent.entries.get(path), Some(Stamp::Link(before)) if before == target) {
            return Ok(());
        }
        self.directory(above(path))?;
        if !self.stays_inside(path, target) {
            self.unpacked.refused.push(path.to_owned());
            return Ok(());
        }
        let place = self.place(path)?;
        let failed = |error| SyncFault::writing(path, error);
        match self.root.remove_file(&place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        self.root.symlink(target, &place).map_err(failed)?;
        self.unpacked.written.push(place);
        Ok(())
    }

    /// A second name of a file that came earlier in the stream.
    pub(super) fn copy(&mut self, path: &Path, target: &Path) -> Result<(), SyncFault> {
        let failed = |error| SyncFault::writing(path, error);
        let mut source = self.root.open(target).map_err(failed)?;
        let stamp = Stamp::of_file(&source.metadata().map_err(failed)?);
        self.file(path, &stamp, &mut source)
    }

    /// Where to write: the path itself, with directories above it; beside it when somebody changed it
    /// here meanwhile, or when a directory that is full stands there.
    fn place(&mut self, path: &Path) -> Result<PathBuf, SyncFault> {
        self.directory(above(path))?;
        let now = Stamp::find(&self.root, path);
        let now = now.map_err(|error| SyncFault::writing(path, error))?;
        let is_ours = now == Some(Stamp::Directory)
            || now.is_some() && now.as_ref() != self.sent.entries.get(path);
        if !is_ours {
            return Ok(path.to_owned());
        }
        let theirs = beside(path, THEIRS);
        self.unpacked.conflicts.push(theirs.clone());
        Ok(theirs)
    }

    /// Whether a link's text leads to somewhere in the workspace, read from where it really stands.
    /// Up is counted only at its start: after a name it may go up from somewhere else.
    fn stays_inside(&self, path: &Path, target: &Path) -> bool {
        let parent = above(path);
        let stands_there = self
            .root
            .canonicalize(parent)
            .is_ok_and(|real| real == parent || parent == Path::new(HERE));
        let up = target.components().take_while(|part| *part == Component::ParentDir).count();
        let mut rest = target.components().skip(up);
        stands_there
            && up < path.components().count()
            && rest.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
    }
}

/// The workspace itself.
const HERE: &str = ".";

fn above(path: &Path) -> &Path {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(HERE))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}
