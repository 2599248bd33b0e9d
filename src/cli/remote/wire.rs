//! The way to a server: a connection that is kept from one request to the next, in TLS where the URL
//! says so.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::cli::exit::Failed;

/// How long a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// Why there is no answer.
#[derive(Debug, Error)]
pub(super) enum Lost {
    #[error("there is no connection")]
    Connection(#[from] io::Error),
    #[error("the connection broke")]
    Http(#[from] hyper::Error),
    #[error("nothing came in time")]
    Late,
}

/// Where a server is, and the token to show there.
pub(super) struct Wire {
    host: String,
    port: u16,
    /// Before every path.
    prefix: String,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    token: Option<HeaderValue>,
    /// The connection that was used last.
    kept: Mutex<Option<Requests>>,
}

/// Where a connection's requests go in.
type Requests = http1::SendRequest<Full<Bytes>>;

/// A request, as often as it is sent.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) method: Method,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Bytes>,
}

impl Wire {
    pub(super) fn to(url: &str, token: Option<&str>) -> Result<Self, Failed> {
        let bad = || Failed::usage("--server is a URL such as https://ledger.example:5327");
        let uri: Uri = url.trim_end_matches('/').parse().map_err(|_| bad())?;
        let is_tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) | None => return Err(bad()),
        };
        let host = uri.host().ok_or_else(bad)?.trim_matches(['[', ']']).to_owned();
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let name = || ServerName::try_from(host.clone()).map_err(|_| bad());
        let tls = if is_tls { Some((connector()?, name()?)) } else { None };
        let token = token.map(|token| {
            let value = HeaderValue::try_from(format!("Bearer {token}"));
            value.map_err(|_| Failed::usage("--token is none"))
        });
        let prefix = uri.path().trim_end_matches('/').to_owned();
        let (token, kept) = (token.transpose()?, Mutex::new(None));
        Ok(Self { host, port, prefix, tls, token, kept })
    }

    /// Sends a request; the answer as soon as it begins. On the connection of the one before, when
    /// that has been read to its end.
    pub(super) async fn send(&self, ask: &Ask) -> Result<Response<Incoming>, Lost> {
        let mut request = self.request(ask).map_err(io::Error::other)?;
        if let Some(mut kept) = self.take_kept() {
            match kept.try_send_request(request).await {
                Ok(response) => {
                    self.keep(kept);
                    return Ok(response);
                }
                // The server has closed it meanwhile, and has seen nothing of this.
                Err(mut failed) => match failed.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(failed.into_error().into()),
                },
            }
        }
        let mut requests = self.connect().await?;
        let response = requests.send_request(request).await?;
        self.keep(requests);
        Ok(response)
    }

    fn take_kept(&self) -> Option<Requests> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take().filter(Requests::is_ready)
    }

    fn keep(&self, requests: Requests) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(requests);
    }

    async fn connect(&self) -> Result<Requests, Lost> {
        let connecting = TcpStream::connect((self.host.as_str(), self.port));
        let stream = timeout(CONNECT_WITHIN, connecting).await.map_err(|_| Lost::Late)??;
        stream.set_nodelay(true)?;
        match &self.tls {
            Some((connector, name)) => {
                let shaking = connector.connect(name.clone(), stream);
                let stream = timeout(CONNECT_WITHIN, shaking).await.map_err(|_| Lost::Late)??;
                speak_on(stream).await
            }
            None => speak_on(stream).await,
        }
    }

    fn request(&self, ask: &Ask) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let host = if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        };
        let request = Request::builder().method(&ask.method).header(HOST, host);
        let mut request = request.uri(format!("{}{}", self.prefix, ask.target));
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token);
        }
        if ask.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        request.body(Full::new(ask.body.clone().unwrap_or_default()))
    }
}

async fn speak_on<S>(stream: S) -> Result<Requests, Lost>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (requests, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends when nobody is left who could send, and whatever came last was read.
    tokio::spawn(connection);
    Ok(requests)
}

/// TLS that believes whom the system believes; `SSL_CERT_FILE` names others.
fn connector() -> Result<TlsConnector, Failed> {
    let loaded = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(loaded.certs);
    if added == 0 {
        let message = "there are no certificates to check the server's with: install the \
                       system's (ca-certificates), or name a file with SSL_CERT_FILE";
        return Err(Failed::error(message));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Failed::error(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// A path with a query.
pub(super) fn target(path: &str, query: &[(&'static str, String)]) -> String {
    let mut target = path.to_owned();
    for (place, (name, value)) in query.iter().enumerate() {
        target.push(if place == 0 { '?' } else { '&' });
        target.push_str(name);
        target.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~,:".contains(&byte) {
                target.push(char::from(byte));
            } else {
                let hex = |digit: u8| char::from(b"0123456789ABCDEF"[usize::from(digit)]);
                target.extend(['%', hex(byte >> 4), hex(byte & 15)]);
            }
        }
    }
    target
}
