//! A kept connection to an HTTP door on a loopback port.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpStream;

use super::Error;

/// One connection; one request at a time.
#[derive(Debug)]
pub(super) struct Link {
    requests: SendRequest<Full<Bytes>>,
}

impl Link {
    pub(super) async fn open(port: u16) -> Result<Self, Error> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(Error::unexpected)?;
        stream.set_nodelay(true).map_err(Error::unexpected)?;
        let (requests, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(Error::unexpected)?;
        tokio::spawn(connection);
        Ok(Self { requests })
    }

    /// Posts a body, under a key if there is one, and reads what is wanted of the answer.
    pub(super) async fn post<T: for<'de> Deserialize<'de>>(
        &mut self,
        path: &str,
        body: &Value,
        key: Option<String>,
        expected: u16,
    ) -> Result<T, Error> {
        let mut request = hyper::Request::post(path).header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = Full::new(Bytes::from(body.to_string()));
        let bytes = self.ask(request, body, path, expected).await?;
        serde_json::from_slice(&bytes).map_err(Error::unexpected)
    }

    /// Gets what may take long to come.
    pub(super) async fn get(&mut self, path: &str, expected: u16) -> Result<(), Error> {
        let none = Full::new(Bytes::new());
        self.ask(hyper::Request::get(path), none, path, expected).await.map(|_| ())
    }

    async fn ask(
        &mut self,
        request: hyper::http::request::Builder,
        body: Full<Bytes>,
        path: &str,
        expected: u16,
    ) -> Result<Bytes, Error> {
        let request = request.header("host", "127.0.0.1").body(body).map_err(Error::unexpected)?;
        self.requests.ready().await.map_err(Error::unexpected)?;
        let answer = self.requests.send_request(request).await.map_err(Error::unexpected)?;
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.map_err(Error::unexpected)?.to_bytes();
        if status != expected {
            let text = String::from_utf8_lossy(&bytes);
            return Err(Error::unexpected(format!("{path}: {status} {text}")));
        }
        Ok(bytes)
    }
}
