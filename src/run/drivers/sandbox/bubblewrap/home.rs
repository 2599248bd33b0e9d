//! A sandbox's directory on this machine: what survives between its commands, with the mark of the
//! lease that it belongs to.
//!
//! ```text
//! sandboxes/leases/<slot>/   mark  workspace (which directory is bound)  work/  home/  tmp/  etc/  run/
//! ```

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::run::driver::Mark;
use crate::run::state::{State, remove_marked, write};

/// Where all of them are, below the state directory.
const SANDBOXES: &str = "sandboxes";

/// One sandbox's directory.
#[derive(Debug, Clone)]
pub(super) struct Home(PathBuf);

impl Home {
    /// Of a slot, whether or not it is there.
    pub(super) fn of(state: &Path, slot: &str) -> Self {
        Self(state.join(SANDBOXES).join("leases").join(slot))
    }

    /// Makes it with its mark first, so that whatever is in it has one.
    pub(super) fn make(state: &Path, mark: &Mark) -> io::Result<Self> {
        let home = Self(State::at(state.join(SANDBOXES)).claim(mark)?);
        for name in ["work", "home", "tmp", "etc", "run"] {
            DirBuilder::new().recursive(true).mode(0o700).create(home.own(name))?;
        }
        let passwd = "agent:x:1000:1000:agent:/home/agent:/bin/sh\n";
        write(&home.own("etc/passwd"), passwd.as_bytes())?;
        write(&home.own("etc/group"), b"agent:x:1000:\n")?;
        Ok(home)
    }

    /// Something in it.
    pub(super) fn own(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Whose it is; nobody's when it is not there.
    pub(super) fn mark(&self) -> io::Result<Option<Mark>> {
        match fs::read_to_string(self.own("mark")) {
            Ok(text) => Ok(text.trim().parse().ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Becomes another lease's.
    pub(super) fn hand_to(&self, mark: &Mark) -> io::Result<()> {
        write(&self.own("mark"), mark.to_string().as_bytes())
    }

    /// Which directory is bound as the workspace from now on.
    pub(super) fn bind(&self, work: &Path) -> io::Result<()> {
        write(&self.own("workspace"), work.as_os_str().as_bytes())
    }

    pub(super) fn bound(&self) -> io::Result<PathBuf> {
        let bytes = fs::read(self.own("workspace"))?;
        Ok(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
    }

    /// Removes it when it carries this mark; whether there was anything.
    pub(super) fn remove(&self, mark: &Mark) -> io::Result<bool> {
        if self.mark()?.is_some_and(|found| found != *mark) {
            return Ok(false);
        }
        open_up(&self.0)?;
        remove_marked(&self.0, mark)
    }
}

/// Every sandbox of a state directory, by slot, with its mark and since when it is there.
pub(super) fn list(state: &Path) -> io::Result<Vec<(String, Mark, SystemTime)>> {
    let entries = match fs::read_dir(state.join(SANDBOXES).join("leases")) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let home = Home(entry.path());
        let slot = entry.file_name().into_string().ok();
        if let (Some(slot), Some(mark)) = (slot, home.mark()?) {
            found.push((slot, mark, fs::metadata(home.own("mark"))?.modified()?));
        }
    }
    Ok(found)
}

/// Directories without the right to write, as package caches have them, come in the way of removing.
fn open_up(directory: &Path) -> io::Result<()> {
    let mut waiting = vec![directory.to_owned()];
    while let Some(directory) = waiting.pop() {
        let metadata = match fs::symlink_metadata(&directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            found => found?,
        };
        let mode = metadata.permissions().mode();
        if mode & 0o700 != 0o700 {
            fs::set_permissions(&directory, Permissions::from_mode(mode | 0o700))?;
        }
        for entry in fs::read_dir(&directory)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                waiting.push(entry.path());
            }
        }
    }
    Ok(())
}
