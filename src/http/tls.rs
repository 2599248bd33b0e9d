//! TLS by a pair of files: rustls with its defaults (1.2 and 1.3), handshakes beside the accepting.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Connections with their handshake done that may wait to be served.
const READY_MAX: usize = 64;

/// A certificate chain and its key.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

/// A pair of files that is none.
#[derive(Debug, Error)]
pub enum BadTls {
    /// A file cannot be read as PEM.
    #[error("{0} cannot be read as PEM: {1}")]
    File(PathBuf, rustls::pki_types::pem::Error),
    /// The two do not fit, or rustls cannot use them.
    #[error("the certificate and the key cannot be used")]
    Pair(#[source] rustls::Error),
}

impl Tls {
    /// Reads a certificate chain and its key, both in PEM. They are read once: start again after
    /// they were renewed.
    ///
    /// # Errors
    /// [`BadTls`] says which file, or why the pair is none.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, BadTls> {
        let of = |path: &Path| {
            let path = path.to_owned();
            move |error| BadTls::File(path, error)
        };
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(of(certificate))?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(of(key))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(BadTls::Pair)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(BadTls::Pair)?;
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// A listener whose connections are TLS.
    pub(super) fn listen(self, listener: TcpListener) -> io::Result<TlsListener> {
        let address = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(READY_MAX);
        tokio::spawn(accept(listener, self.0, sender));
        Ok(TlsListener { ready, address })
    }
}

type Accepted = (TlsStream<TcpStream>, SocketAddr);

/// Gives out connections whose handshake is done.
pub(super) struct TlsListener {
    ready: mpsc::Receiver<Accepted>,
    address: SocketAddr,
}

/// Accepts until nobody takes connections any more; a slow handshake holds nobody else up.
async fn accept(mut listener: TcpListener, acceptor: TlsAcceptor, ready: mpsc::Sender<Accepted>) {
    loop {
        let (stream, peer) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = ready.closed() => return,
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small answers on this connection may be held back");
        }
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            match timeout(HANDSHAKE, acceptor.accept(stream)).await {
                // Nobody takes it when the server stops.
                Ok(Ok(stream)) => drop(ready.send((stream, peer)).await),
                Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
                Err(_) => tracing::debug!("a handshake took too long"),
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Accepted {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
