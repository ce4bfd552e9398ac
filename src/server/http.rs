//! Accepts HTTP/1.1 connections, plain or over TLS, and ends them gracefully. [`super::serve`] runs it.
//!
//! In the place of `axum::serve`, which lets a client take for ever over the head of a request.

use std::{io, pin::pin, time::Duration};

use axum::{Router, serve::Listener};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// First byte of a TLS connection (RFC 8446, section 5.1); no HTTP request starts with it.
const TLS_HANDSHAKE: u8 = 22;

/// Time for the whole head of a request, from the opening of the connection or the end of the request before.
pub(super) const HEAD_PATIENCE: Duration = Duration::from_secs(10);

/// What is served at one address.
#[derive(Clone)]
pub(super) struct Service {
    /// Answers requests over TLS, or all if there is none.
    pub(super) router: Router,
    /// Takes TLS connections.
    pub(super) tls: Option<TlsAcceptor>,
    /// Answers what comes without TLS where there is TLS.
    pub(super) redirect: Router,
}

/// Serves every connection until `stopping`; then lets requests that are under way come to their end.
pub(super) async fn accept(
    mut listener: TcpListener,
    service: Service,
    head_patience: Duration,
    stopping: CancellationToken,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head_patience);
    let connections = TaskTracker::new();
    loop {
        // Waits by itself when the system is out of file descriptors.
        let (stream, _) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = stopping.cancelled() => break,
        };
        connections.spawn(serve(stream, http.clone(), service.clone(), head_patience, stopping.clone()));
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn serve(
    stream: TcpStream,
    http: http1::Builder,
    service: Service,
    patience: Duration,
    stopping: CancellationToken,
) {
    // Small messages sent one by one must not wait for the acknowledgement of the last.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY was refused");
    }
    let Some(tls) = service.tls else { return serve_http(stream, http, service.router, stopping).await };
    let opening = async {
        let mut first = [0];
        // Who uses plain HTTP here by mistake is told where to go.
        if stream.peek(&mut first).await? == 1 && first[0] != TLS_HANDSHAKE {
            return io::Result::Ok(Opened::Plain(stream));
        }
        Ok(Opened::Tls(Box::new(tls.accept(stream).await?)))
    };
    match timeout(patience, opening).await {
        Ok(Ok(Opened::Tls(stream))) => serve_http(stream, http, service.router, stopping).await,
        Ok(Ok(Opened::Plain(stream))) => serve_http(stream, http, service.redirect, stopping).await,
        Ok(Err(error)) => tracing::debug!(%error, "a TLS connection failed"),
        Err(_) => tracing::debug!("a TLS connection took too long to open"),
    }
}

/// A connection where TLS is expected.
enum Opened {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

async fn serve_http<S>(stream: S, http: http1::Builder, router: Router, stopping: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection.with_upgrades());
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection failed");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// What the server answers to these bytes until it closes the connection.
    async fn answer_to(request: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let router = Router::new().route("/", get(async || "here"));
        let stopping = CancellationToken::new();
        let service = Service { router: router.clone(), tls: None, redirect: router };
        let server = tokio::spawn(accept(listener, service, Duration::from_millis(30), stopping.clone()));
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        stopping.cancel();
        server.await.unwrap();
        answer
    }

    #[tokio::test]
    async fn a_head_that_never_ends_ends_the_connection() {
        for head in ["", "GET", "GET / HTTP/1.1\r\nHost: here\r\n"] {
            let answer = answer_to(head).await;
            assert!(!answer.contains("here"), "{head}: {answer}");
        }
    }

    #[tokio::test]
    async fn a_request_is_answered_before_its_connection_is_ended_for_idleness() {
        let answer = answer_to("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
        assert!(answer.ends_with("here"), "{answer}");
    }
}
