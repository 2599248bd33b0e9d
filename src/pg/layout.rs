//! Where the files of a cluster lie, and the directories they need.
//!
//! Under root the directory itself, its locks and its log belong to root, and only `data` and
//! the socket directory to the server's user: what root writes, that user cannot redirect.

use std::env;
use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf, absolute};

use nix::unistd::{Uid, mkdtemp};
use sha2::{Digest, Sha256};

use super::account::{Account, name_of, owner_of};
use super::error::Error;

/// `sun_path` less its final NUL.
const SOCKET_PATH_BYTES_MAX: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
/// A port is only part of the socket's name: nothing listens on TCP.
pub(super) const PORT: u16 = 5432;
/// How the directories of ephemeral clusters begin.
pub(super) const EPHEMERAL_PREFIX: &str = "leasehold-db-";

/// The data directory where none is named: `/var/lib/leasehold` for root, else
/// `$XDG_DATA_HOME/leasehold`, else `~/.local/share/leasehold`.
pub fn default_data_dir() -> Result<PathBuf, Error> {
    if Uid::effective().is_root() {
        return Ok(PathBuf::from("/var/lib/leasehold"));
    }
    let named = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    named("XDG_DATA_HOME")
        .or_else(|| named("HOME").map(|home| home.join(".local/share")))
        .map(|parent| parent.join("leasehold"))
        .ok_or(Error::NoDataDir)
}

/// The files of one cluster.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    base: PathBuf,
    run: PathBuf,
}

impl Layout {
    /// The cluster in `base`, by the path that every process finds it under.
    pub(super) fn of(base: &Path) -> Result<Self, Error> {
        let base = absolute(base).map_err(|source| Error::io("resolve", base, source))?;
        let base = base.canonicalize().unwrap_or(base);
        let run = socket_dir(&base);
        Ok(Self { base, run })
    }

    /// The cluster in `base`, which is made if missing.
    pub(super) fn durable(base: &Path) -> Result<Self, Error> {
        make_directories(base).map_err(|source| Error::unwritable(base, source))?;
        Self::of(base)
    }

    /// A cluster in a fresh directory under `parent`.
    pub(super) fn ephemeral(parent: &Path) -> Result<Self, Error> {
        fs::create_dir_all(parent).map_err(|source| Error::unwritable(parent, source))?;
        let template = parent.join(format!("{EPHEMERAL_PREFIX}XXXXXX"));
        let made = mkdtemp(&template);
        Self::of(&made.map_err(|errno| Error::unwritable(parent, errno.into()))?)
    }

    pub(super) fn base(&self) -> &Path {
        &self.base
    }
    pub(super) fn data(&self) -> PathBuf {
        self.base.join("data")
    }
    pub(super) fn run(&self) -> &Path {
        &self.run
    }
    pub(super) fn log(&self) -> PathBuf {
        self.base.join("log/postgres.log")
    }
    pub(super) fn start_lock(&self) -> PathBuf {
        self.base.join("start.lock")
    }
    pub(super) fn users_lock(&self) -> PathBuf {
        self.base.join("users.lock")
    }
    pub(super) fn supervisor_lock(&self) -> PathBuf {
        self.base.join("supervisor.lock")
    }
    pub(super) fn keep(&self) -> PathBuf {
        self.base.join("keep")
    }

    /// The major version that made the cluster, if there is one.
    pub(super) fn major(&self) -> Result<Option<u32>, Error> {
        let path = self.data().join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text.trim().parse().ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::io("read", &path, source)),
        }
    }

    /// Makes sure that the directory is one for us, before anything is put into it.
    pub(super) fn claim(&self) -> Result<(), Error> {
        if self.base.join("PG_VERSION").exists() {
            return Err(Error::DataDirIsCluster { path: self.base.clone() });
        }
        if fs::metadata(&self.base).is_ok_and(|found| found.mode() & 0o002 != 0) {
            return Err(Error::DataDirOpen { path: self.base.clone() });
        }
        let owner = owner_of(&self.base).unwrap_or(0);
        if !Uid::effective().is_root() || owner == 0 {
            return Ok(());
        }
        // An empty directory that was made for us (a volume, say) becomes root's; any other
        // stays its owner's, who could lead root astray in it.
        if fs::read_dir(&self.base).is_ok_and(|mut entries| entries.next().is_none()) {
            return chown(&self.base, Some(0), None)
                .map_err(|source| Error::unwritable(&self.base, source));
        }
        Err(Error::DataDirForeign { path: self.base.clone(), owner: name_of(owner) })
    }

    /// Makes what is missing, so that `account` can run a server here.
    pub(super) fn prepare(&self, account: &Account) -> Result<(), Error> {
        if account.is_dropped {
            self.let_pass(account)?;
        }
        let log = self.base.join("log");
        match DirBuilder::new().mode(0o700).create(&log) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                Err(Error::unwritable(&log, error))
            }
            Ok(()) | Err(_) => own_directory(&self.run, account),
        }
    }

    /// Opens our own directory to the server's user, and checks that those above are open.
    fn let_pass(&self, account: &Account) -> Result<(), Error> {
        open_passage(&self.base).map_err(|source| Error::unwritable(&self.base, source))?;
        for ancestor in self.base.ancestors().skip(1) {
            let found = fs::metadata(ancestor);
            let found = found.map_err(|source| Error::io("examine", ancestor, source))?;
            let needed = if found.uid() == account.uid {
                0o100
            } else if found.gid() == account.gid {
                0o010
            } else {
                0o001
            };
            if found.mode() & needed == 0 {
                let (ancestor, user) = (ancestor.into(), account.name.clone());
                return Err(Error::DataDirUnreachable { ancestor, user });
            }
        }
        Ok(())
    }
}

/// `base/run`, unless a socket in it would have too long a path or one that a URL cannot hold.
fn socket_dir(base: &Path) -> PathBuf {
    let run = base.join("run");
    let socket = run.join(format!(".s.PGSQL.{PORT}"));
    if socket.as_os_str().len() <= SOCKET_PATH_BYTES_MAX && run.to_str().is_some() {
        return run;
    }
    let digest = Sha256::digest(base.as_os_str().as_encoded_bytes());
    let short = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    PathBuf::from(format!("/tmp/leasehold-{}-{short:016x}", Uid::effective()))
}

/// Makes a directory for ourselves; the server's user must pass through those above it.
fn make_directories(base: &Path) -> io::Result<()> {
    let above: Vec<&Path> =
        base.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty()).collect();
    for parent in above.into_iter().rev().filter(|path| !path.exists()) {
        fs::create_dir_all(parent)?;
        if Uid::effective().is_root() {
            open_passage(parent)?;
        }
    }
    DirBuilder::new().recursive(true).mode(0o700).create(base)
}

/// Lets everybody pass through a directory of ours to what is theirs; not look around in it.
pub(super) fn open_passage(dir: &Path) -> io::Result<()> {
    let mode = fs::metadata(dir)?.mode();
    if mode & 0o011 == 0o011 {
        return Ok(());
    }
    fs::set_permissions(dir, Permissions::from_mode(mode & 0o7777 | 0o011))
}

/// Makes a directory for the server's user alone, or makes sure that it is one: in `/tmp`
/// anybody may have put something else there.
fn own_directory(path: &Path, account: &Account) -> Result<(), Error> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(Error::unwritable(path, error));
        }
        Ok(()) | Err(_) => {}
    }
    let found = fs::symlink_metadata(path).map_err(|error| Error::io("examine", path, error))?;
    let is_safe = found.is_dir() && found.mode() & 0o777 == 0o700;
    if is_safe && account.is_dropped && found.uid() == 0 {
        return give(path, account);
    }
    if !is_safe || found.uid() != account.uid {
        return Err(Error::SocketDirUnsafe { path: path.into(), user: account.name.clone() });
    }
    Ok(())
}

/// Gives a file that root has just made to the server's user.
pub(super) fn give(path: &Path, account: &Account) -> Result<(), Error> {
    if !account.is_dropped {
        return Ok(());
    }
    chown(path, Some(account.uid), Some(account.gid)).map_err(|source| Error::CannotGiveAway {
        path: path.into(),
        user: account.name.clone(),
        source,
    })
}
