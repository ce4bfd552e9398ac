//! Accepts HTTP/1.1 connections, plain or over TLS, and ends them gracefully. [`crate::server::serve()`] runs
//! it.
//!
//! Used instead of `axum::serve`, which limits neither the number of connections nor the head of a request.

use std::{
    io,
    ops::RangeInclusive,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use hyper::{Request, body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, BufReader},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::server::TlsStream;
use tokio_util::{either::Either, io::InspectReader, sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use super::{
    forwarded::Requester,
    gate::{Gate, Permit},
};
use crate::server::{relay::Relay, tls::Acceptor};

/// First byte of a TLS connection (RFC 8446, section 5.1). No HTTP request starts with it.
const TLS_HANDSHAKE: u8 = 22;

/// First bytes of STUN messages, which neither TLS nor HTTP starts with (RFC 7983).
const STUN: RangeInclusive<u8> = 0..=3;

/// Time limit for the whole head of a request, from the opening of the connection or the end of the request
/// before.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest head of a request. A longer one is answered with 431.
const HEAD_BYTES: usize = 16 * 1024;

/// The delay after no connection could be accepted, because the system is out of files or memory.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(50);

/// A connection whose client has read nothing for this long is closed.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);

/// What is served at one address.
#[derive(Clone)]
pub(crate) struct Service {
    /// Answers requests over TLS, or all requests if `tls` is `None`.
    pub(crate) router: Router,
    /// Accepts TLS connections.
    pub(crate) tls: Option<Acceptor>,
    /// Answers plain requests if there is TLS.
    pub(crate) redirect: Router,
    /// Serves connections that start with a STUN message.
    pub(crate) relay: Option<Arc<Relay>>,
    /// Admits connections.
    pub(crate) gate: Arc<Gate>,
}

impl Service {
    /// Plain HTTP alone.
    pub(crate) fn plain(router: Router, gate: Arc<Gate>) -> Self {
        Self { router, tls: None, redirect: Router::new(), relay: None, gate }
    }
}

/// Serves every connection until `stopping`, then waits for the requests in progress.
pub(crate) async fn accept(
    listener: TcpListener,
    service: Service,
    head_timeout: Duration,
    stopping: CancellationToken,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head_timeout).max_buf_size(HEAD_BYTES);
    let connections = TaskTracker::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping.cancelled() => break,
        };
        let (stream, remote) = match stream {
            Ok(accepted) => accepted,
            // What concerns one connection (`accept(2)`) is over with it.
            Err(error) if is_about_one(&error) => continue,
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                sleep(ACCEPT_BACKOFF).await;
                continue;
            }
        };
        // Closed at once if it is not admitted.
        let Ok(permit) = service.gate.admit(remote.ip()) else { continue };
        let permit = Arc::new(permit);
        let (http, service, stopping) = (http.clone(), service.clone(), stopping.clone());
        connections.spawn(async move {
            tokio::select! {
                () = serve(stream, http, service, head_timeout, stopping, &permit) => {}
                () = permit.evicted() => {}
            }
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

fn is_about_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn serve(
    stream: TcpStream,
    http: http1::Builder,
    service: Service,
    head_timeout: Duration,
    stopping: CancellationToken,
    permit: &Arc<Permit>,
) {
    // Small messages must not wait for the acknowledgement of the previous one.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY was refused");
    }
    let (Ok(remote), Ok(local)) = (stream.peer_addr(), stream.local_addr()) else { return };
    let Opened { first, is_secure, stream } =
        match timeout(head_timeout, open(stream, service.tls.as_ref(), permit)).await {
            Ok(Ok(opened)) => opened,
            Ok(Err(error)) => return tracing::debug!(%error, "a connection failed to open"),
            Err(_) => return tracing::debug!("a connection took too long to open"),
        };
    if let Some(relay) = service.relay.filter(|_| STUN.contains(&first)) {
        permit.end_of_heads();
        return tokio::select! {
            () = relay.serve_stream(stream, remote, local, permit) => {}
            () = stopping.cancelled() => {}
        };
    }
    permit.head_is_read();
    let is_plain_by_mistake = service.tls.is_some() && !is_secure;
    let router = if is_plain_by_mistake { service.redirect } else { service.router };
    let requester = Requester { address: remote.ip(), port: local.port(), is_secure, is_proxied: false };
    serve_http(stream, http, router, requester, stopping, permit).await;
}

/// Writing to it fails when the client has read nothing for [`WRITE_TIMEOUT`].
type Timed = InspectReader<Pin<Box<TimeoutStream<TcpStream>>>, OnRead>;

/// Is told what is read.
type OnRead = Box<dyn FnMut(&[u8]) + Send>;

/// A connection whose first byte is known.
struct Opened {
    first: u8,
    is_secure: bool,
    stream: Either<Timed, Box<BufReader<TlsStream<Timed>>>>,
}

/// Waits for the first byte that the client sends; if that begins TLS, for the first byte within.
async fn open(stream: TcpStream, tls: Option<&Acceptor>, permit: &Arc<Permit>) -> io::Result<Opened> {
    let mut first = [0];
    if stream.peek(&mut first).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let [first] = first;
    let mut stream = Box::pin(TimeoutStream::new(stream));
    stream.as_mut().set_write_timeout_pinned(Some(WRITE_TIMEOUT));
    // Unfinished heads, and TLS handshakes, count as memory.
    let permit = Arc::clone(permit);
    let count: OnRead = Box::new(move |read| permit.read_of_head(read.len()));
    let stream = InspectReader::new(stream, count);
    let Some(tls) = tls.filter(|_| first == TLS_HANDSHAKE) else {
        return Ok(Opened { first, is_secure: false, stream: Either::Left(stream) });
    };
    // One byte of buffer, because it lives as long as the connection.
    let mut stream = Box::new(BufReader::with_capacity(1, tls.accept(stream).await?));
    let first = stream.fill_buf().await?.first().copied().ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(Opened { first, is_secure: true, stream: Either::Right(stream) })
}

async fn serve_http<S>(
    stream: S,
    http: http1::Builder,
    router: Router,
    requester: Requester,
    stopping: CancellationToken,
    permit: &Arc<Permit>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let permit = Arc::clone(permit);
    let router = router.map_request(move |mut request: Request<Incoming>| {
        permit.head_is_read();
        request.extensions_mut().insert(requester);
        request.extensions_mut().insert(Arc::clone(&permit));
        request
    });
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
    use proptest::prelude::*;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        task::yield_now,
    };

    use super::*;
    use crate::server::{
        net::gate::LimitSettings,
        tls::{CertificateFiles, Tls, TlsSource},
    };

    fn plain(router: Router) -> Service {
        let gate = Gate::new(LimitSettings::default(), Arc::new([]), 7, |_| {});
        Service::plain(router, Arc::new(gate))
    }

    /// What the server answers to these bytes until it closes the connection.
    async fn answer_to(request: &str) -> String {
        let router = Router::new().route("/", get(async || "here"));
        let mut client = connect(plain(router)).await;
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(Duration::from_secs(5), client.read_to_string(&mut answer)).await.unwrap().unwrap();
        answer
    }

    /// To a server that waits 30 ms for a head.
    async fn connect(service: Service) -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        tokio::spawn(accept(listener, service, Duration::from_millis(30), CancellationToken::new()));
        client
    }

    #[tokio::test]
    async fn a_head_that_never_ends_ends_the_connection() {
        for head in ["", "GET", "GET / HTTP/1.1\r\nHost: here\r\n"] {
            let answer = answer_to(head).await;
            assert!(!answer.contains("here"), "{head}: {answer}");
        }
    }

    #[tokio::test]
    async fn a_head_has_16_kib() {
        let with =
            |length: usize| format!("GET / HTTP/1.1\r\nHost: here\r\nA: {}\r\n\r\n", "a".repeat(length));
        assert!(answer_to(&with(15 * 1024)).await.ends_with("here"));
        let answer = answer_to(&with(HEAD_BYTES)).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    }

    #[tokio::test]
    async fn what_is_not_whole_is_held_until_it_is() {
        let service = plain(Router::new().route("/", get(async || "here")));
        let gate = Arc::clone(&service.gate);
        let mut client = connect(service).await;
        client.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        while gate.sizes() != (1, 16) {
            tokio::task::yield_now().await;
        }
        client.write_all(b"Host: here\r\nConnection: close\r\n\r\n").await.unwrap();
        client.read_to_end(&mut Vec::new()).await.unwrap();
        while gate.sizes() != (0, 0) {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_request_is_answered_before_its_connection_is_ended_for_idleness() {
        let answer = answer_to("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
        assert!(answer.ends_with("here"), "{answer}");
    }

    fn acceptor() -> Acceptor {
        let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let [certificate, private] = ["cert.pem", "key.pem"].map(|name| directory.path().join(name));
        std::fs::write(&certificate, key.cert.pem()).unwrap();
        std::fs::write(&private, key.signing_key.serialize_pem()).unwrap();
        Tls::open(&TlsSource::Files(CertificateFiles { certificate, key: private })).unwrap().acceptor()
    }

    #[tokio::test]
    async fn a_tls_handshake_that_never_ends_ends_the_connection() {
        let service = Service { tls: Some(acceptor()), ..plain(Router::new()) };
        let mut client = connect(service).await;
        client.write_all(&[TLS_HANDSHAKE, 3, 1]).await.unwrap();
        let mut answer = Vec::new();
        timeout(Duration::from_secs(5), client.read_to_end(&mut answer)).await.unwrap().unwrap();
    }

    /// Opens a connection whose client sends these bytes, cut to pieces of these sizes, and then no more.
    /// Returns its first byte, whether that came over TLS, and all that can be read then.
    async fn opened(
        bytes: &[u8],
        sizes: &[usize],
        tls: Option<&Acceptor>,
    ) -> io::Result<(u8, bool, Vec<u8>)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut client = TcpStream::connect(listener.local_addr()?).await?;
        client.set_nodelay(true)?;
        let (server, remote) = listener.accept().await?;
        let permit = Arc::new(plain(Router::new()).gate.admit(remote.ip()).unwrap());
        let write = async {
            let (mut rest, mut sizes) = (bytes, sizes.iter().cycle());
            while !rest.is_empty() {
                let (piece, later) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
                // An error if the server has had enough.
                let _ = client.write_all(piece).await;
                yield_now().await;
                rest = later;
            }
            let _ = client.shutdown().await;
        };
        let read = async {
            let mut opened = open(server, tls, &permit).await?;
            let mut all = Vec::new();
            opened.stream.read_to_end(&mut all).await?;
            Ok((opened.first, opened.is_secure, all))
        };
        tokio::join!(write, read).1
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn the_first_byte_decides_however_the_bytes_are_cut_and_none_is_lost(
            first in prop_oneof![any::<u8>(), Just(TLS_HANDSHAKE), STUN],
            rest in prop::collection::vec(any::<u8>(), 0..300),
            sizes in prop::collection::vec(1_usize..100, 1..10),
        ) {
            let bytes = [vec![first], rest].concat();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let (plain, secure) = runtime.block_on(async {
                (opened(&bytes, &sizes, None).await, opened(&bytes, &sizes, Some(&acceptor())).await)
            });
            prop_assert_eq!(&plain.unwrap(), &(first, false, bytes.clone()));
            match secure {
                Ok(opened) => prop_assert_eq!(opened, (first, false, bytes)),
                Err(_) => prop_assert_eq!(first, TLS_HANDSHAKE, "garbage is no handshake"),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_is_given_up() {
        const LARGE: usize = 64 * 1024 * 1024;
        let router = Router::new().route("/", get(async || vec![b'x'; LARGE]));
        let mut client = connect(plain(router)).await;
        client.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
        tokio::time::sleep(2 * WRITE_TIMEOUT).await;
        let mut answer = Vec::new();
        let _ = client.read_to_end(&mut answer).await;
        assert!(answer.starts_with(b"HTTP/1.1 200") && answer.len() < LARGE, "{} bytes", answer.len());
    }
}
