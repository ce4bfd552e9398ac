//! The bytes of a WebSocket of Engine.IO, with the limits of `/signal`.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::{sync::CancellationToken, task::task_tracker::TaskTrackerToken};

use crate::server::{
    net::gate::Permit,
    signaling::{
        driver::Driver,
        frames::{Guarded, Violation},
    },
};

/// Reading fails at the end of the session, when others need the connection's place, and after a violation.
pub(super) struct Watched<S> {
    stream: Guarded<S>,
    violation: Arc<Violation>,
    end: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    driver: Arc<Driver>,
    /// Kept until the connection is closed.
    _open: TaskTrackerToken,
}

impl<S> Watched<S> {
    pub(super) fn new(
        stream: S,
        permit: Arc<Permit>,
        end: CancellationToken,
        driver: Arc<Driver>,
        open: TaskTrackerToken,
    ) -> Self {
        let stream = Guarded::new(stream, Arc::clone(&permit));
        let violation = stream.violation();
        let ended = async move {
            tokio::select! {
                () = end.cancelled() => {}
                () = permit.evicted() => {}
            }
        };
        Self { stream, violation, end: Some(Box::pin(ended)), driver, _open: open }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { stream, violation, end, driver, .. } = &mut *self;
        let Some(ended) = end else { return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())) };
        if ended.as_mut().poll(cx).is_ready() {
            *end = None;
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let read = Pin::new(stream).poll_read(cx, buf);
        if let Some(code) = violation.code() {
            *end = None;
            driver.counters().closed(code);
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
