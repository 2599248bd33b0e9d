//! A listener that does as little as can be done to know that it hears everything: it reads the ids.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use leasehold_domain::id::CompanyId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::bench::Error;

/// What marks a listener that heard something out of order.
const BROKEN: u64 = u64::MAX;
/// Longest beginning of a line that is looked at: `id: `, an epoch and a position.
const LINE_START: usize = 48;

/// An open stream of one company, from its end on.
pub(super) struct Listener {
    pub(super) company: CompanyId,
    /// Where it began, and how far it has come; 0 until it was told.
    progress: Arc<[AtomicU64; 2]>,
    reading: JoinHandle<()>,
}

impl Listener {
    pub(super) async fn open(port: u16, company: CompanyId) -> Result<Self, Error> {
        let mut stream =
            TcpStream::connect(("127.0.0.1", port)).await.map_err(Error::unexpected)?;
        let ask = format!(
            "GET /v1/companies/{company}/events/stream?after=end HTTP/1.1\r\n\
             Host: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"
        );
        stream.write_all(ask.as_bytes()).await.map_err(Error::unexpected)?;
        let progress = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
        let mut lines = Lines { progress: Arc::clone(&progress), start: Vec::new() };
        let mut bytes = vec![0; 64 * 1024];
        // Heard of the beginning: from here on nothing may be missed.
        while progress[1].load(Ordering::Relaxed) == 0 {
            let read = stream.read(&mut bytes).await.map_err(Error::unexpected)?;
            if read == 0 {
                return Err(Error::unexpected("a stream ended as it began"));
            }
            lines.take(&bytes[..read]);
        }
        let reading = tokio::spawn(async move {
            while let Ok(read) = stream.read(&mut bytes).await {
                if read == 0 {
                    break;
                }
                lines.take(&bytes[..read]);
            }
        });
        Ok(Self { company, progress, reading })
    }

    /// How far it has come.
    pub(super) fn check(&self) -> Result<u64, Error> {
        match self.progress[1].load(Ordering::Relaxed) {
            BROKEN => Err(Error::unexpected("a listener missed an event, or heard one twice")),
            position => Ok(position),
        }
    }

    /// How many events it was handed.
    pub(super) fn heard(&self) -> u64 {
        self.progress[1].load(Ordering::Relaxed) - self.progress[0].load(Ordering::Relaxed)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

/// Lines as they come, in whatever pieces.
struct Lines {
    progress: Arc<[AtomicU64; 2]>,
    /// How the line began that has not ended yet.
    start: Vec<u8>,
}

impl Lines {
    fn take(&mut self, bytes: &[u8]) {
        let mut from = 0;
        // What searches words at a time: the lines are long, and their beginning is all that counts.
        for end in memchr::memchr_iter(b'\n', bytes) {
            self.keep(&bytes[from..end]);
            self.end_line();
            from = end + 1;
        }
        self.keep(&bytes[from..]);
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = LINE_START - self.start.len().min(LINE_START);
        self.start.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn end_line(&mut self) {
        let id = std::str::from_utf8(&self.start).ok().and_then(|line| line.strip_prefix("id: "));
        let position = id.and_then(|id| id.split_once('-')?.1.parse().ok());
        self.start.clear();
        let Some(position) = position else { return };
        let [began, last] = &*self.progress;
        match last.load(Ordering::Relaxed) {
            0 => {
                began.store(position, Ordering::Relaxed);
                last.store(position, Ordering::Relaxed);
            }
            BROKEN => {}
            before => {
                let is_next = position == before + 1;
                last.store(if is_next { position } else { BROKEN }, Ordering::Relaxed);
            }
        }
    }
}
