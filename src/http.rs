//! The HTTP door: routes to commands and questions, and every error as a problem.
//!
//! **Claims.** A request is answered by what the ledger says and nothing else: no rule is decided
//! here. A caller that goes away in mid-request changes nothing. When [`serve`] has returned, no
//! request is in hand any more but those that outstayed the grace, and idle connections hold
//! nothing of the ledger.
//! **Because** commands run to their end in their lane; a connection has only a weak hold on the
//! door, and a request takes a strong one when it has been read in full.
//! **Not** promised: problems for what is no HTTP at all (a broken request line, headers over their
//! limit); those are answered by the protocol's own machinery, with 400, 414 or 431 and no body.

mod activity;
mod admin;
mod answer;
mod body;
mod cleanups;
mod commands;
mod connections;
mod cursor;
mod dispatch;
mod environments;
mod events;
mod guard;
mod headers;
mod health;
mod leases;
mod metrics;
mod moment;
mod openapi;
mod problem;
mod query;
mod request;
mod route;
mod runs;
mod scope;
mod stream;
mod tls;
mod tokens;
mod trace;
mod wait;

use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::Router;
use axum::http::{Method, Uri};
use axum::serve::{Listener, ListenerExt};
use leasehold_domain::limits::Limits;
use sqlx::PgPool;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, Postgres};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::dispatch::Dispatcher;
use crate::feed::Feed;
use crate::ledger::Ledger;
use crate::tokens::Keys;
use problem::Problem;
use route::Routes;

pub use body::is_reserved_in;
pub use openapi::document;
pub use problem::{Code, Retry};
pub use query::LIMIT_MAX;
pub use route::route_of;
pub use tls::{BadTls, Tls};

/// How long requests in hand may take after the shutdown has begun.
const GRACE: Duration = Duration::from_secs(5);

/// What the door leads to.
#[derive(Debug)]
pub struct Door {
    dispatcher: Dispatcher,
    database: PgConnectOptions,
    readers: PgPool,
    keys: Arc<Keys>,
    feed: Feed,
    limits: Limits,
}

/// How the door is kept.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules {
    /// The bounds that the ledger was opened with.
    pub limits: Limits,
    /// How many requests a second each token may ask; none for any number.
    pub requests_per_second: Option<u32>,
}

impl Door {
    /// A door to a ledger.
    #[must_use]
    pub fn new(ledger: &Ledger, rules: Rules) -> Self {
        let (dispatcher, readers) = (ledger.dispatcher.clone(), ledger.readers.clone());
        let keys = Keys::new(ledger.keepers.clone(), rules.requests_per_second);
        crate::metrics::start();
        let feed = Feed::new(readers.clone(), dispatcher.wake().clone());
        let (database, keys) = (ledger.database.clone(), Arc::new(keys));
        Self { dispatcher, database, readers, keys, feed, limits: rules.limits }
    }

    async fn reader(&self) -> Result<PoolConnection<Postgres>, Problem> {
        Ok(self.readers.acquire().await?)
    }
}

/// What a connection has of the door.
type Handle = Weak<Door>;

/// An address that others than this machine can reach, while there are no tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "{0} can be reached from other machines, and there are no tokens yet: \
     make one with `leasehold token create`, or listen on a loopback address such as \
     127.0.0.1:5327"
)]
pub struct ExposedAddress(SocketAddr);

/// Refuses addresses that others than this machine can reach, while there are no tokens.
///
/// # Errors
/// [`ExposedAddress`] says what to do instead.
pub fn check_listen(address: SocketAddr, has_tokens: bool) -> Result<(), ExposedAddress> {
    let is_safe = has_tokens || address.ip().to_canonical().is_loopback();
    if is_safe { Ok(()) } else { Err(ExposedAddress(address)) }
}

/// Serves until `shutdown` is ready, then finishes what is in hand, for five seconds at most.
pub async fn serve(listener: TcpListener, door: Door, shutdown: impl Future<Output = ()>) {
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small answers on this connection may be held back");
        }
    });
    serve_on(listener, door, shutdown).await;
}

/// The same over TLS.
///
/// # Errors
/// The listener's, when it cannot be served at all.
pub async fn serve_tls(
    listener: TcpListener,
    tls: Tls,
    door: Door,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    serve_on(tls.listen(listener)?, door, shutdown).await;
    Ok(())
}

async fn serve_on(listener: impl Listener, door: Door, shutdown: impl Future<Output = ()>) {
    let door = Arc::new(door);
    let routes = routes().with_state(Arc::downgrade(&door));
    let (stop, stopping) = oneshot::channel();
    let feed = door.feed.clone();
    let signal = async move {
        shutdown.await;
        // Streams end by themselves when they are told, and hold nothing up.
        feed.close();
        // Nobody listens when serving has ended by itself.
        let _ = stop.send(());
    };
    tokio::select! {
        () = connections::serve(listener, routes, signal) => {}
        () = grace_is_over(stopping) => {}
    }
}

async fn grace_is_over(stopping: oneshot::Receiver<()>) {
    if stopping.await.is_ok() {
        tokio::time::sleep(GRACE).await;
        tracing::warn!("connections outstayed the shutdown and are left to end by themselves");
    } else {
        std::future::pending::<()>().await;
    }
}

fn routes() -> Router<Handle> {
    let routes = all_routes().router.merge(openapi::pages());
    routes.fallback(route_not_found).method_not_allowed_fallback(method_not_allowed)
}

/// Every route, with its description.
fn all_routes() -> Routes {
    let company = "/v1/companies/{companyId}";
    let resources = [
        environments::routes,
        leases::routes,
        cleanups::routes,
        runs::routes,
        stream::routes,
        wait::routes,
    ];
    let routes = [company, "/v1"].iter().fold(Routes::below(""), |routes, prefix| {
        resources.iter().fold(routes, |routes, of_resource| routes.merge(of_resource(prefix)))
    });
    routes
        .merge(environments::routes_of_company(company))
        .merge(dispatch::routes(company))
        .merge(activity::routes(company))
        .merge(events::routes(company))
        .merge(admin::routes())
        .merge(tokens::routes())
        .merge(health::routes())
        .merge(openapi::routes())
        .merge(metrics::routes())
}

async fn route_not_found(uri: Uri) -> Problem {
    Problem::no_route(uri.path())
}

async fn method_not_allowed(method: Method, uri: Uri) -> Problem {
    let detail = format!("{} does not take {method}; `Allow` says what it takes", uri.path());
    Problem::new(Code::MethodNotAllowed, detail)
}
