//! Finding PostgreSQL's programs on this machine.
//!
//! The first place that has `initdb` and `postgres` of a fitting version wins: what the user
//! named, what we installed, what `pg_config` names, then the usual places of distributions,
//! newest first. A cluster that exists takes programs of its own major version only.

use std::cmp::Reverse;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::Error;
use super::install::{Machine, plan};
use super::layout::default_data_dir;

/// The oldest major version that we run.
pub const MAJOR_MIN: u32 = 14;

/// Parents of numbered directories, how those begin, and where in them the programs lie.
const NUMBERED: [(&str, &str, &str); 9] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/lib", "postgresql", "bin"),
    ("/usr/lib64", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// Where to look for PostgreSQL's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// A directory that the user named; nothing else is looked at then.
    pub only: Option<PathBuf>,
    /// Directories to try, in this order.
    pub places: Vec<PathBuf>,
}

impl Search {
    /// `LEASEHOLD_PG_BINDIR` if set, else the usual places.
    #[must_use]
    pub fn from_env() -> Self {
        let named = env::var_os("LEASEHOLD_PG_BINDIR").filter(|dir| !dir.is_empty());
        if let Some(dir) = named {
            return Self { only: Some(dir.into()), places: Vec::new() };
        }
        let own = default_data_dir().map(|home| home.join("postgres")).unwrap_or_default();
        let mut places = numbered(&own, "", "bin");
        places.extend(of_pg_config());
        for (parent, prefix, inside) in NUMBERED {
            places.extend(numbered(Path::new(parent), prefix, inside));
        }
        places.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
        places.retain(|dir| dir.is_absolute());
        Self { only: None, places }
    }
}

/// PostgreSQL's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    dir: PathBuf,
    version: String,
    major: u32,
}

impl Binaries {
    /// The programs in `dir`, if `initdb` and a `postgres` that runs and tells its version
    /// are there.
    #[must_use]
    pub fn at(dir: &Path) -> Option<Self> {
        if !dir.join("initdb").is_file() || !dir.join("postgres").is_file() {
            return None;
        }
        let said = Command::new(dir.join("postgres")).arg("--version").output().ok()?;
        let said = String::from_utf8(said.stdout).ok()?;
        let version = said.split_once("(PostgreSQL) ")?.1.split_whitespace().next()?;
        let (dir, version) = (dir.to_path_buf(), version.to_owned());
        Some(Self { dir, major: leading_number(&version)?, version })
    }

    /// The directory they lie in.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The version, such as `15.14`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The major version, such as 15.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }
}

/// The first programs in `search` that fit: of version `major`, or where there is no cluster
/// yet, of any from [`MAJOR_MIN`] on.
pub fn find(search: &Search, major: Option<u32>) -> Result<Binaries, Error> {
    let places = search.only.as_ref().map_or(&search.places[..], std::slice::from_ref);
    let mut others = Vec::new();
    for found in places.iter().filter_map(|dir| Binaries::at(dir)) {
        match major {
            Some(wanted) if found.major == wanted => return Ok(found),
            None if found.major >= MAJOR_MIN => return Ok(found),
            Some(_) | None => others.push(found.version),
        }
    }
    let advice = plan(&Machine::here(), major).advice;
    match (major, &search.only) {
        (None, Some(dir)) => Err(Error::BadBindir { dir: dir.clone() }),
        (None, None) => Err(Error::NoBinaries { advice }),
        (Some(_), Some(dir)) if others.is_empty() => Err(Error::BadBindir { dir: dir.clone() }),
        (Some(cluster), _) => {
            others.dedup();
            let found = if others.is_empty() { "none".to_owned() } else { others.join(", ") };
            Err(Error::WrongMajor { cluster, found, advice })
        }
    }
}

fn of_pg_config() -> Option<PathBuf> {
    let said = Command::new("pg_config").arg("--bindir").output().ok()?;
    let dir = String::from_utf8(said.stdout).ok()?;
    Some(PathBuf::from(dir.trim())).filter(|dir| dir.is_absolute())
}

/// The directories `parent/<prefix><version>/<inside>`, newest version first.
fn numbered(parent: &Path, prefix: &str, inside: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut found: Vec<(Vec<u32>, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?;
            leading_number(version)?;
            let numbers = version.split(['.', '-']).map(|part| leading_number(part).unwrap_or(0));
            Some((numbers.collect(), entry.path().join(inside)))
        })
        .collect();
    found.sort_by_key(|(version, _)| Reverse(version.clone()));
    found.into_iter().map(|(_, dir)| dir).collect()
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}
