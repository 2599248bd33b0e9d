//! `leasehold serve`: the ledger for real.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use leasehold_domain::limits::Limits;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::Global;
use super::exit::{Failed, Kind};
use super::output::note;
use super::session::Server;
use crate::http::{self, Door, Rules, Tls};
use crate::ledger::{Ledger, Options};
use crate::sweep;
use crate::tokens::has_any;

/// Run the ledger and its HTTP door until SIGINT or SIGTERM.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Where to listen; while there are no tokens, only loopback addresses will do.
    #[arg(long, default_value = "127.0.0.1:5327", env = "LEASEHOLD_LISTEN", value_name = "ADDR")]
    listen: SocketAddr,
    /// Lanes: each decides and appends by itself, with a connection of its own.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    lanes: Option<u8>,
    /// Requests a second that each token may ask, twice as many at once; 0 for any number.
    #[arg(long, default_value_t = 2_000, value_name = "N")]
    requests_per_second: u32,
    /// A certificate chain in PEM: then the door speaks TLS.
    #[arg(long, env = "LEASEHOLD_TLS_CERT", requires = "tls_key", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key in PEM.
    #[arg(long, env = "LEASEHOLD_TLS_KEY", requires = "tls_cert", value_name = "FILE")]
    tls_key: Option<PathBuf>,
}

impl Serve {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        raise_open_files();
        let tls = self.tls()?;
        let listener = TcpListener::bind(self.listen).await.map_err(|error| {
            Failed::new(Kind::Error, format!("cannot listen on {}: {error}", self.listen))
        })?;
        let mut database = Server::open(global).await?;
        let mut options = Options::default();
        if let Some(lanes) = self.lanes {
            options.dispatch.lanes = usize::from(lanes);
        }
        let mut ledger = Ledger::open(&database.options, options).await?;
        let has_tokens = has_any(&mut *ledger.keepers.acquire().await?).await?;
        let is_safe = http::check_listen(self.listen, has_tokens);
        is_safe.map_err(|error| Failed::usage(error.to_string()))?;
        ledger.sweep(&database.options, sweep::Settings::default());
        ledger.keep_spans();
        let address = listener.local_addr()?;
        note(&match database.cluster() {
            Some(cluster) => format!("database: private, {}", cluster.data_dir().display()),
            None => "database: given".to_owned(),
        });
        let scheme = if tls.is_some() { "https" } else { "http" };
        note(&format!("leasehold is listening on {scheme}://{address}"));
        let door = http::Door::new(&ledger, self.rules(options.dispatch.limits));
        let ended = tokio::select! {
            served = serve(listener, tls, door) => served,
            never = database.keep_up() => match never {},
        };
        note("finishing what was accepted");
        ledger.close().await;
        database.close().await?;
        Ok(ended?)
    }
}

async fn serve(listener: TcpListener, tls: Option<Tls>, door: Door) -> std::io::Result<()> {
    if let Some(tls) = tls {
        return http::serve_tls(listener, tls, door, asked_to_stop()).await;
    }
    http::serve(listener, door, asked_to_stop()).await;
    Ok(())
}

impl Serve {
    fn tls(&self) -> Result<Option<Tls>, Failed> {
        let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) else {
            return Ok(None);
        };
        let read = Tls::read(certificate, key);
        read.map(Some).map_err(|error| Failed::usage(error.to_string()))
    }

    fn rules(&self, limits: Limits) -> Rules {
        let per_second = Some(self.requests_per_second).filter(|rate| *rate > 0);
        Rules { limits, requests_per_second: per_second }
    }
}

/// Lets the process have as many files open as the system allows it: each listener is one, and
/// shells begin with a thousand.
pub(super) fn raise_open_files() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, hard)| setrlimit(Resource::RLIMIT_NOFILE, hard, hard));
    if let Err(error) = raised {
        tracing::debug!(%error, "the number of open files stays as it is");
    }
}

/// SIGINT or SIGTERM.
pub(super) async fn asked_to_stop() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        // Without signals there is no way to be asked: serve until killed.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
