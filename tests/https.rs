//! HTTPS with real sockets: which certificate is shown, and where plain HTTP is sent.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::{fs, io, path::Path, sync::Arc};

use common::Server;
use halloo::server::{
    self,
    config::Config,
    tls::{CertificateFiles, Tls, TlsSource},
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// A certificate for localhost in this directory, signed by itself or by an authority. Returns what to trust.
fn make_certificate(directory: &Path, by_authority: bool) -> (CertificateFiles, CertificateDer<'static>) {
    let files = CertificateFiles { certificate: directory.join("cert.pem"), key: directory.join("key.pem") };
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let mut of_authority = CertificateParams::default();
    of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    of_authority.distinguished_name.push(rcgen::DnType::CommonName, "an authority");
    let authority_key = KeyPair::generate().unwrap();
    let authority = of_authority.self_signed(&authority_key).unwrap();
    let (certificate, trusted) = if by_authority {
        let issuer = Issuer::new(of_authority, authority_key);
        (params.signed_by(&key, &issuer).unwrap(), authority.der().clone())
    } else {
        let certificate = params.self_signed(&key).unwrap();
        let trusted = certificate.der().clone();
        (certificate, trusted)
    };
    fs::write(&files.certificate, certificate.pem()).unwrap();
    fs::write(&files.key, key.serialize_pem()).unwrap();
    (files, trusted)
}

async fn serve_with(files: &CertificateFiles) -> Server {
    let tls = Some(TlsSource::Files(files.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = server::Server {
        tls: Some(Tls::open(tls.as_ref().unwrap()).unwrap()),
        ..server::Server::plain(listener)
    };
    Server::run(server, Config { tls, ..Config::default() })
}

/// Opens a connection, if the certificate is this one or signed by it.
async fn tls_to(server: &Server, trusted: &CertificateDer<'static>) -> io::Result<TlsStream<TcpStream>> {
    tls_offering(server, trusted, &[]).await
}

/// The same, offering these protocols.
async fn tls_offering(
    server: &Server,
    trusted: &CertificateDer<'static>,
    protocols: &[&str],
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let stream = TcpStream::connect(server.address).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect("localhost".try_into().unwrap(), stream).await
}

/// What comes back for a GET of this path with this `Host`.
async fn get(mut stream: impl AsyncRead + AsyncWrite + Unpin, path: &str, host: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    // A server that closes without a TLS alert has answered all the same.
    let _ = stream.read_to_string(&mut response).await;
    response
}

fn has_hsts(response: &str) -> bool {
    response.to_ascii_lowercase().contains("strict-transport-security: max-age=31536000")
}

#[tokio::test]
async fn pages_come_over_tls_and_only_a_real_certificate_demands_it_for_good() {
    let directory = tempfile::tempdir().unwrap();
    for by_authority in [false, true] {
        let (files, trusted) = make_certificate(directory.path(), by_authority);
        let server = serve_with(&files).await;
        let response = get(tls_to(&server, &trusted).await.unwrap(), "/healthz", "call.example").await;
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
        assert_eq!(has_hsts(&response), by_authority, "{response}");
        for host in ["localhost", "127.0.0.1:8443", "[::1]", "house.local", "call.example:8443"] {
            let response = get(tls_to(&server, &trusted).await.unwrap(), "/healthz", host).await;
            assert!(!has_hsts(&response), "{host}: {response}");
        }
        server.stop().await;
    }
}

#[tokio::test]
async fn who_comes_by_plain_http_is_sent_to_https() {
    let directory = tempfile::tempdir().unwrap();
    let (files, _) = make_certificate(directory.path(), false);
    let server = serve_with(&files).await;
    let port = server.address.port();
    for (host, target) in [
        (format!("call.example:{port}"), format!("https://call.example:{port}/r/abc?x=1")),
        ("call.example".to_owned(), "https://call.example/r/abc?x=1".to_owned()),
        ("[::1]:80".to_owned(), format!("https://[::1]:{port}/r/abc?x=1")),
    ] {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let response = get(stream, "/r/abc?x=1", &host).await;
        assert!(response.starts_with("HTTP/1.1 308"), "{response}");
        assert!(response.contains(&format!("location: {target}\r\n")), "{response}");
        assert!(!has_hsts(&response), "{response}");
        assert!(response.contains("cache-control: no-store"), "browsers must not keep it: {response}");
        assert!(response.contains("referrer-policy: no-referrer"), "{response}");
    }
    let stream = TcpStream::connect(server.address).await.unwrap();
    assert!(get(stream, "/", "a b").await.starts_with("HTTP/1.1 400"));
    server.stop().await;
}

#[tokio::test]
async fn a_certificate_that_changes_is_shown_to_who_comes_next() {
    let directory = tempfile::tempdir().unwrap();
    let (files, old) = make_certificate(directory.path(), false);
    let server = serve_with(&files).await;
    let open = tls_to(&server, &old).await.unwrap();
    let (_, new) = make_certificate(directory.path(), false);
    let changed = async {
        while tls_to(&server, &new).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(common::TIMEOUT, changed).await.expect("the new certificate is shown");
    assert!(tls_to(&server, &old).await.is_err());
    let response = get(open, "/healthz", "localhost").await;
    assert!(response.starts_with("HTTP/1.1 200"), "who was connected stays so: {response}");
    server.stop().await;
}

/// RFC 8737, section 3; RFC 7443.
#[tokio::test]
async fn the_protocol_of_authorities_is_spoken_with_authorities_only() {
    let directory = tempfile::tempdir().unwrap();
    let (files, trusted) = make_certificate(directory.path(), false);
    let server = serve_with(&files).await;
    let spoken = async |offered: &[&str]| {
        let stream = tls_offering(&server, &trusted, offered).await.ok()?;
        let (_, connection) = stream.get_ref();
        Some(connection.alpn_protocol().map(|name| String::from_utf8(name.to_vec()).unwrap()))
    };
    assert_eq!(spoken(&[]).await, Some(None));
    assert_eq!(spoken(&["h2", "http/1.1", "acme-tls/1"]).await, Some(Some("http/1.1".to_owned())));
    assert_eq!(spoken(&["stun.turn"]).await, Some(Some("stun.turn".to_owned())));
    assert_eq!(spoken(&["h2", "acme-tls/1"]).await, None, "nothing in common");
}
