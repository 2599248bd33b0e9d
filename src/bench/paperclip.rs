//! Paperclip's own service: its npm packages in a Node.js process, on tables that its migrations
//! make in the bench's database. The clients and their clock are in that process too, so that no
//! cycle pays for the way from here to there.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::Error;
use super::measure::Counted;
use super::settings::Settings;

/// What lives the cycles. It takes the packages from the directory that it runs in.
const PROGRAM: &str = include_str!("../../benches/paperclip/cycles.mjs");

/// The packages, of which it uses files that later versions may not have.
const PACKAGES: [&str; 2] = ["@paperclipai/server", "@paperclipai/db"];
const VERSION: &str = "2026.916.1";

/// A directory with Paperclip's packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    directory: PathBuf,
}

/// Why Paperclip's service cannot be measured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotInstalled {
    /// Nobody said where it is.
    #[error(
        "paperclip needs its npm packages: install them (`npm install` in benches/paperclip) and \
         say where with --paperclip DIR"
    )]
    Nowhere,
    /// A package is not in the directory.
    #[error(
        "{package} is not installed in {}; `npm install {package}@{VERSION}` there",
        directory.display()
    )]
    Missing {
        /// Which one.
        package: &'static str,
        /// Where it was looked for.
        directory: PathBuf,
    },
    /// A package is another one than was measured before.
    #[error("{package} is {found} in {}; the benchmark measures {VERSION}", directory.display())]
    OtherVersion {
        /// Which one.
        package: &'static str,
        /// Its version.
        found: String,
        /// Where.
        directory: PathBuf,
    },
}

/// What a package says of itself.
#[derive(Debug, Deserialize)]
struct Manifest {
    version: String,
}

impl Installation {
    /// Looks for the packages below a directory's `node_modules`.
    ///
    /// # Errors
    /// [`NotInstalled`], when one is not there or is of another version.
    pub fn find(directory: &Path) -> Result<Self, NotInstalled> {
        for package in PACKAGES {
            let manifest = directory.join("node_modules").join(package).join("package.json");
            let read = std::fs::read(manifest).ok();
            let manifest = read.and_then(|text| serde_json::from_slice::<Manifest>(&text).ok());
            let directory = directory.to_owned();
            match manifest {
                None => return Err(NotInstalled::Missing { package, directory }),
                Some(Manifest { version: found }) if found != VERSION => {
                    return Err(NotInstalled::OtherVersion { package, found, directory });
                }
                Some(_) => {}
            }
        }
        Ok(Self { directory: directory.to_owned() })
    }

    /// The one that is to be measured.
    pub(super) fn of(settings: &Settings) -> Result<&Self, NotInstalled> {
        settings.paperclip.as_ref().ok_or(NotInstalled::Nowhere)
    }

    /// Makes its tables, companies and environments.
    pub(super) async fn prepare(&self, database: &PgConnectOptions) -> Result<(), Error> {
        self.node(database, &["prepare".to_owned()]).await.map(|_| ())
    }

    /// Runs clients for the warm-up and the window.
    pub(super) async fn measure(
        &self,
        database: &PgConnectOptions,
        settings: &Settings,
        clients: usize,
    ) -> Result<Counted, Error> {
        let mut arguments = vec![
            "run".to_owned(),
            format!("--clients={clients}"),
            format!("--connections={}", settings.connections(clients)),
            format!("--seconds={}", settings.measure_for.as_secs_f64()),
            format!("--warm-up={}", settings.warm_up_for.as_secs_f64()),
            format!("--skew={}", settings.skew_percent),
        ];
        arguments.extend(settings.rate.map(|rate| format!("--rate={rate}")));
        let said = self.node(database, &arguments).await?;
        serde_json::from_slice(&said).map_err(Error::unexpected)
    }

    /// What the program says. It goes with the future: an interrupted bench leaves no process.
    async fn node(
        &self,
        database: &PgConnectOptions,
        arguments: &[String],
    ) -> Result<Vec<u8>, Error> {
        let failed = |error| Error::unexpected(format!("node: {error}"));
        let mut node = Command::new("node")
            .args(["--input-type=module", "-"])
            .args(arguments)
            .current_dir(&self.directory)
            .env("DATABASE_URL", database.to_url_lossy().as_str())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        if let Some(mut input) = node.stdin.take() {
            input.write_all(PROGRAM.as_bytes()).await.map_err(failed)?;
        }
        let ended = node.wait_with_output().await.map_err(failed)?;
        if ended.status.success() {
            return Ok(ended.stdout);
        }
        let why = String::from_utf8_lossy(&ended.stderr);
        Err(Error::unexpected(format!("paperclip: {}", why.trim())))
    }
}
