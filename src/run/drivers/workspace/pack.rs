//! A directory becomes a tar stream: links as links, nothing through them.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, MetadataExt};
use tar::{Builder, EntryType, Header};

use super::stamp::{Manifest, Stamp};
use super::{Bounds, Meter, SyncFault};

/// Writes the directory `root` to a stream and says what was in it.
///
/// # Errors
/// The first path that cannot be read or changes meanwhile, a bound, or the stream's end.
pub fn pack(root: &Path, into: impl Write, bounds: &Bounds) -> Result<Manifest, SyncFault> {
    let open = Dir::open_ambient_dir(root, ambient_authority());
    let root = open.map_err(|error| SyncFault::reading(Path::new("."), error))?;
    let mut packer = Packer {
        root,
        tar: Builder::new(into),
        manifest: Manifest::default(),
        meter: Meter::default(),
        bounds,
    };
    let mut waiting = vec![PathBuf::new()];
    while let Some(directory) = waiting.pop() {
        for path in packer.children(&directory)? {
            if packer.entry(&path)? {
                waiting.push(path);
            }
        }
    }
    packer.tar.into_inner().and_then(|mut into| into.flush()).map_err(SyncFault::stream)?;
    Ok(packer.manifest)
}

struct Packer<'a, W: Write> {
    root: Dir,
    tar: Builder<W>,
    manifest: Manifest,
    meter: Meter,
    bounds: &'a Bounds,
}

impl<W: Write> Packer<'_, W> {
    fn children(&self, directory: &Path) -> Result<Vec<PathBuf>, SyncFault> {
        let shown = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        let failed = |error| SyncFault::reading(shown, error);
        let entries = self.root.read_dir(shown).map_err(failed)?;
        let names = entries.map(|entry| Ok(directory.join(entry?.file_name())));
        let mut paths = names.collect::<io::Result<Vec<_>>>().map_err(failed)?;
        paths.sort();
        Ok(paths)
    }

    /// Writes one entry; whether it is a directory, to be gone into.
    fn entry(&mut self, path: &Path) -> Result<bool, SyncFault> {
        let found = Stamp::find(&self.root, path);
        let found = found.map_err(|error| SyncFault::reading(path, error))?;
        let Some(stamp) = found else {
            self.manifest.skipped.push(path.to_owned());
            return Ok(false);
        };
        let is_directory = stamp == Stamp::Directory;
        let stamp = match stamp {
            Stamp::File { .. } => self.file(path)?,
            Stamp::Link(target) => self.link(path, target)?,
            Stamp::Directory => self.directory(path)?,
        };
        if stamp.is_fresh() {
            self.manifest.fresh.insert(path.to_owned());
        }
        self.manifest.entries.insert(path.to_owned(), stamp);
        Ok(is_directory)
    }

    fn file(&mut self, path: &Path) -> Result<Stamp, SyncFault> {
        let failed = |error| SyncFault::reading(path, error);
        let file = self.root.open(path).map_err(failed)?;
        let stamp = Stamp::of_file(&file.metadata().map_err(failed)?);
        let Stamp::File { bytes, modified_s, mode } = stamp else { return Ok(stamp) };
        self.meter.add(bytes, self.bounds)?;
        let mut header = header(EntryType::Regular, mode, modified_s);
        header.set_size(bytes);
        let mut content = Exact { inner: file.take(bytes), fault: None };
        let written = self.tar.append_data(&mut header, path, &mut content);
        if let Some(error) = content.fault {
            return Err(failed(error));
        }
        written.map_err(SyncFault::stream)?;
        if content.inner.limit() > 0 {
            return Err(SyncFault::Changed { path: path.to_owned() });
        }
        Ok(stamp)
    }

    fn link(&mut self, path: &Path, target: PathBuf) -> Result<Stamp, SyncFault> {
        self.meter.add(0, self.bounds)?;
        let mut header = header(EntryType::Symlink, 0o777, 0);
        self.tar.append_link(&mut header, path, &target).map_err(SyncFault::stream)?;
        Ok(Stamp::Link(target))
    }

    fn directory(&mut self, path: &Path) -> Result<Stamp, SyncFault> {
        self.meter.add(0, self.bounds)?;
        let metadata = self.root.symlink_metadata(path);
        let metadata = metadata.map_err(|error| SyncFault::reading(path, error))?;
        let mut header = header(EntryType::Directory, metadata.mode() & 0o777, 0);
        self.tar.append_data(&mut header, path, io::empty()).map_err(SyncFault::stream)?;
        Ok(Stamp::Directory)
    }
}

/// Remembers a fault of the file's side: the builder does not tell it from one of the stream.
struct Exact<R> {
    inner: io::Take<R>,
    fault: Option<io::Error>,
}

impl<R: Read> Read for Exact<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|error| {
            let kind = error.kind();
            self.fault = Some(error);
            kind.into()
        })
    }
}

fn header(kind: EntryType, mode: u32, modified_s: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_mtime(modified_s);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(0);
    header
}
