//! An open ledger for one command: on the given database, or on the private one, started for it.

use std::convert::Infallible;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use tokio::time::sleep;

use super::Global;
use super::exit::Failed;
use super::output::note;
use crate::config::Database;
use crate::ledger::{Ledger, Options};
use crate::pg::{Cluster, Mode, Notice, Settings};

/// How often a private server is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// A database in use; a private server lives as long as somebody uses it.
pub(super) struct Server {
    pub(super) options: PgConnectOptions,
    cluster: Option<Cluster>,
    settings: Option<Settings>,
}

impl Server {
    pub(super) async fn open(global: &Global) -> Result<Self, Failed> {
        if global.server.is_some() {
            let message = "this needs the database itself and does not work through a server: \
                           leave --server (or LEASEHOLD_SERVER) away";
            return Err(Failed::usage(message));
        }
        let chosen = Database::choose(global.database_url.as_deref(), global.data_dir.clone())?;
        match chosen {
            Database::Given(options) => {
                Ok(Self { options: *options, cluster: None, settings: None })
            }
            Database::Managed(data_dir) => {
                let mut settings = managed(Mode::Durable)?;
                settings.data_dir = data_dir;
                Self::start(settings).await
            }
        }
    }

    /// A private server in a temporary directory, gone when this is.
    pub(super) async fn ephemeral() -> Result<Self, Failed> {
        Self::start(managed(Mode::Ephemeral)?).await
    }

    async fn start(settings: Settings) -> Result<Self, Failed> {
        let cluster = Cluster::start(&settings).await?;
        let (options, settings) = (cluster.connect_options(), Some(settings));
        Ok(Self { options, cluster: Some(cluster), settings })
    }

    /// Starts a private server again whenever it is gone: nobody else would. Never ends.
    pub(super) async fn keep_up(&mut self) -> Infallible {
        loop {
            sleep(LOOK_EVERY).await;
            let is_gone = self.cluster.as_ref().is_none_or(|cluster| !cluster.is_running());
            if let Some(settings) = self.settings.as_ref().filter(|_| is_gone) {
                tracing::warn!("PostgreSQL is gone; starting it again");
                // Letting go first: what is left of the old one must not be in use.
                self.cluster = None;
                match Cluster::start(settings).await {
                    Ok(cluster) => self.cluster = Some(cluster),
                    Err(error) => tracing::error!(%error, "PostgreSQL does not start"),
                }
            }
        }
    }

    /// The private cluster, if it is one.
    pub(super) const fn cluster(&self) -> Option<&Cluster> {
        self.cluster.as_ref()
    }

    /// Lets the database go; a private server stops with its last user.
    pub(super) async fn close(self) -> Result<(), Failed> {
        match self.cluster {
            Some(cluster) => Ok(cluster.stop().await?),
            None => Ok(()),
        }
    }
}

/// Settings for a private server that this program supervises.
pub(super) fn managed(mode: Mode) -> Result<Settings, Failed> {
    let mut settings = Settings::new(mode, std::env::current_exe()?);
    settings.notice = Notice::new(note);
    Ok(settings)
}

/// A ledger with the server under it.
pub(super) struct Session {
    pub(super) ledger: Ledger,
    server: Server,
}

impl Session {
    pub(super) async fn open(global: &Global) -> Result<Self, Failed> {
        let server = Server::open(global).await?;
        let ledger = Ledger::open(&server.options, Options::default()).await?;
        Ok(Self { ledger, server })
    }

    /// Does something with the ledger. A private server that is gone meanwhile is started again.
    pub(super) async fn during<'s, T, F>(&'s mut self, work: impl FnOnce(&'s Ledger) -> F) -> T
    where
        F: Future<Output = T>,
    {
        let Self { ledger, server } = self;
        tokio::select! {
            done = work(ledger) => done,
            never = server.keep_up() => match never {},
        }
    }

    /// How the database is reached.
    pub(super) const fn database(&self) -> &PgConnectOptions {
        &self.server.options
    }

    pub(super) async fn close(self) -> Result<(), Failed> {
        self.ledger.close().await;
        self.server.close().await
    }
}
