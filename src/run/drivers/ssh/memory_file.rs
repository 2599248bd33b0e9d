//! A file that is nowhere on a disk and gone with this process: for keys on their way to a client.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;

use nix::sys::memfd::{MFdFlags, memfd_create};

/// Text that another program of the same user reads by a path, for as long as this lives.
#[derive(Debug)]
pub(super) struct MemoryFile(File);

impl MemoryFile {
    pub(super) fn new(text: &str) -> io::Result<Self> {
        let mut file = File::from(memfd_create(c"leasehold", MFdFlags::MFD_CLOEXEC)?);
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        file.write_all(text.as_bytes())?;
        // A key without its last line end is none to OpenSSH.
        if !text.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        Ok(Self(file))
    }

    pub(super) fn path(&self) -> String {
        format!("/proc/{}/fd/{}", std::process::id(), self.0.as_raw_fd())
    }
}
