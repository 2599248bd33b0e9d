//! Connections: taken, served, and told to end; the time that a request's head may take.
//!
//! **Claims.** Whoever begins a request has [`HEAD_WITHIN`] for its head, in however many pieces it
//! comes. A connection that asks nothing is closed after [`IDLE_FOR`]. When [`serve`] has returned,
//! no connection is left.
//! **Because** a connection's bytes come through a [`Watched`], which knows whether a request is in
//! hand and fails the connection when a head is late.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long a request's head may take from its first byte to its last.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How long a connection may ask nothing: longer than the usual clients keep one for later, so that
/// it is they who close it.
const IDLE_FOR: Duration = Duration::from_mins(2);

/// Serves what comes until `shutdown` is ready, then finishes what is in hand.
pub(super) async fn serve<L: Listener>(
    mut listener: L,
    routes: Router,
    shutdown: impl Future<Output = ()>,
) {
    let (graceful, routes) = (GracefulShutdown::new(), TowerToHyperService::new(routes));
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(IDLE_FOR);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let (stream, _) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let turns = Arc::new(Turns::default());
        let stream = Watched { stream, turns: Arc::clone(&turns), head: None };
        let routes = routes.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            turns.begun.fetch_add(1, Ordering::Relaxed);
            let (answering, turns) = (routes.call(request), Arc::clone(&turns));
            async move {
                let answer = answering.await;
                turns.over.fetch_add(1, Ordering::Relaxed);
                answer
            }
        });
        let serving = protocol.serve_connection(TokioIo::new(stream), service);
        let serving = graceful.watch(serving);
        tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::debug!(%error, "a connection ended by itself");
            }
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// How many requests of a connection have begun, and how many are answered.
#[derive(Debug, Default)]
struct Turns {
    begun: AtomicU64,
    over: AtomicU64,
}

/// A head that has begun to come.
struct Head {
    /// How many had come before it.
    after: u64,
    until: Instant,
    /// Made when there is something to wait for: most heads come at once.
    alarm: Option<Pin<Box<Sleep>>>,
}

/// A stream that fails when a request's head takes too long.
struct Watched<S> {
    stream: S,
    turns: Arc<Turns>,
    head: Option<Head>,
}

impl<S> Watched<S> {
    /// Takes note of bytes that came.
    fn note(&mut self, has_read: bool) {
        let begun = self.turns.begun.load(Ordering::Relaxed);
        if self.head.as_ref().is_some_and(|head| head.after != begun) {
            self.head = None;
        }
        let is_in_hand = self.turns.over.load(Ordering::Relaxed) != begun;
        if has_read && !is_in_hand && self.head.is_none() {
            let until = Instant::now() + HEAD_WITHIN;
            self.head = Some(Head { after: begun, until, alarm: None });
        }
    }

    /// Whether a head is late; if not, the task is woken when it is.
    fn is_late(&mut self, context: &mut Context<'_>, is_waiting: bool) -> bool {
        let Some(head) = &mut self.head else { return false };
        if !is_waiting {
            return Instant::now() >= head.until;
        }
        let alarm = head.alarm.get_or_insert_with(|| Box::pin(sleep_until(head.until)));
        alarm.as_mut().poll(context).is_ready()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = bytes.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, bytes);
        this.note(bytes.filled().len() > before);
        if this.is_late(context, read.is_pending()) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
