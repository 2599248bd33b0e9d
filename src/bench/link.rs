//! A kept connection to an HTTP door on a loopback port, without a task of its own: what the load
//! generator takes of the processors, the server has not.

use std::io;
use std::io::Write as _;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use super::Error;

/// Headers of an answer.
const HEADERS_MAX: usize = 32;

/// One connection; one request at a time.
#[derive(Debug)]
pub(super) struct Link {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
}

/// An answer's status and the place of its body.
#[derive(Debug)]
struct Answer {
    status: u16,
    body: Range<usize>,
}

impl Link {
    pub(super) async fn open(port: u16) -> Result<Self, Error> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(Error::unexpected)?;
        stream.set_nodelay(true).map_err(Error::unexpected)?;
        Ok(Self { stream, request: Vec::new(), answer: Vec::with_capacity(16 * 1024) })
    }

    /// Posts a body, under a key if there is one, and reads what is wanted of the answer.
    pub(super) async fn post<T: for<'de> Deserialize<'de>>(
        &mut self,
        path: &str,
        body: &impl Serialize,
        key: Option<Uuid>,
        expected: u16,
    ) -> Result<T, Error> {
        let body = serde_json::to_vec(body).map_err(Error::unexpected)?;
        self.write(path, &body, key).map_err(Error::unexpected)?;
        let body = self.ask(path, expected).await?;
        serde_json::from_slice(body).map_err(Error::unexpected)
    }

    /// Gets what may take long to come.
    pub(super) async fn get(&mut self, path: &str, expected: u16) -> Result<(), Error> {
        self.request.clear();
        write!(self.request, "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
            .map_err(Error::unexpected)?;
        self.ask(path, expected).await.map(|_| ())
    }

    fn write(&mut self, path: &str, body: &[u8], key: Option<Uuid>) -> io::Result<()> {
        let to = &mut self.request;
        to.clear();
        write!(
            to,
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        )?;
        if let Some(key) = key {
            write!(to, "idempotency-key: {key}\r\n")?;
        }
        write!(to, "content-length: {}\r\n\r\n", body.len())?;
        to.extend_from_slice(body);
        Ok(())
    }

    /// Sends what was written; the body of the answer.
    async fn ask(&mut self, path: &str, expected: u16) -> Result<&[u8], Error> {
        self.stream.write_all(&self.request).await.map_err(Error::unexpected)?;
        self.answer.clear();
        let answer = loop {
            let read = self.stream.read_buf(&mut self.answer).await.map_err(Error::unexpected)?;
            if read == 0 {
                return Err(Error::unexpected(format!("{path}: the server hung up")));
            }
            if let Some(answer) = whole(&self.answer)? {
                break answer;
            }
        };
        let body = self.answer.get(answer.body).unwrap_or_default();
        if answer.status != expected {
            let (status, text) = (answer.status, String::from_utf8_lossy(body));
            return Err(Error::unexpected(format!("{path}: {status} {text}")));
        }
        Ok(body)
    }
}

/// An answer that came to its end; the door tells the length of all that it answers at once.
fn whole(bytes: &[u8]) -> Result<Option<Answer>, Error> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(bytes).map_err(Error::unexpected)? else {
        return Ok(None);
    };
    let status = response.code.unwrap_or_default();
    let told = response.headers.iter().find(|header| header.name == "content-length");
    let length = told.and_then(|header| str::from_utf8(header.value).ok()?.parse::<usize>().ok());
    let length = length.ok_or_else(|| Error::unexpected("an answer without its length"))?;
    let body = head..head.saturating_add(length);
    Ok((body.end <= bytes.len()).then_some(Answer { status, body }))
}
