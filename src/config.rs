//! Which database: the one that was given, or a private one of our own.

use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use thiserror::Error;

/// The variables by which libpq's users name a server; any of them counts as "given".
const LIBPQ: [&str; 4] = ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE"];

/// Where the ledger's database is.
#[derive(Debug, Clone)]
pub enum Database {
    /// A server that somebody else runs.
    Given(Box<PgConnectOptions>),
    /// A private cluster in a data directory, or in the usual one.
    Managed(Option<PathBuf>),
}

/// A database URL that is none.
#[derive(Debug, Error)]
#[error("the database URL cannot be read: {0}")]
pub struct BadUrl(#[source] sqlx::Error);

impl Database {
    /// `--database-url` or `DATABASE_URL` first, then libpq's variables, else a private cluster.
    ///
    /// # Errors
    /// [`BadUrl`] when a URL was given that cannot be read.
    pub fn choose(url: Option<&str>, data_dir: Option<PathBuf>) -> Result<Self, BadUrl> {
        // A variable that is set to nothing is one that is not set.
        if let Some(url) = url.filter(|url| !url.is_empty()) {
            let options = PgConnectOptions::from_str(url).map_err(BadUrl)?;
            return Ok(Self::Given(Box::new(options)));
        }
        let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_named = LIBPQ.iter().any(is_set);
        if is_named && data_dir.is_none() {
            return Ok(Self::Given(Box::new(PgConnectOptions::new())));
        }
        Ok(Self::Managed(data_dir))
    }
}
