//! The operating system account that the server's processes run under.
//!
//! PostgreSQL refuses to run as root. A plain user runs it as itself; root runs it as the
//! owner of the cluster that is there, else as `postgres`, else as `nobody`.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::unistd::{Uid, User};

use super::error::Error;
use super::settings::Notice;

/// Who the server's processes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// True where we are root and the server is not.
    pub(super) is_dropped: bool,
}

impl Account {
    /// Chooses for the cluster in `data`, which need not exist yet.
    pub(super) fn choose(data: &Path, notice: &Notice) -> Result<Self, Error> {
        let own = Uid::effective();
        if !own.is_root() {
            let user = by_uid(own.as_raw()).ok_or(Error::NoPasswdEntry { uid: own.as_raw() })?;
            return Ok(Self::of(user, false));
        }
        if let Some(owner) = owner_of(data).filter(|uid| *uid != 0) {
            let user = by_uid(owner).ok_or(Error::NoPasswdEntry { uid: owner })?;
            return Ok(Self::of(user, true));
        }
        if let Some(user) = by_name("postgres") {
            return Ok(Self::of(user, true));
        }
        let user = by_name("nobody").ok_or(Error::NoServerAccount)?;
        notice.say(
            "this machine has no user postgres: the database server runs as nobody, which \
             other services may share; create a user postgres to keep it apart",
        );
        Ok(Self::of(user, true))
    }

    fn of(user: User, is_dropped: bool) -> Self {
        Self { name: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw(), is_dropped }
    }
}

/// The name of a user, or its number where it has none.
pub(super) fn name_of(uid: u32) -> String {
    by_uid(uid).map_or_else(|| uid.to_string(), |user| user.name)
}

/// Who owns the file, without following a link.
pub(super) fn owner_of(path: &Path) -> Option<u32> {
    fs::symlink_metadata(path).ok().map(|found| found.uid())
}

fn by_uid(uid: u32) -> Option<User> {
    User::from_uid(Uid::from_raw(uid)).ok().flatten()
}

fn by_name(name: &str) -> Option<User> {
    User::from_name(name).ok().flatten().filter(|user| !user.uid.is_root())
}
