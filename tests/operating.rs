//! What operators and their proxies see: readiness, metrics, forwarded requests.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::{collections::BTreeMap, net::SocketAddr, process::Command};

use common::{Client, Server};
use halloo::{
    hub::HubConfig,
    server::{self, LimitSettings, Listeners, WebSettings, config::Config},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// The whole answer to a GET with these headers besides.
async fn get(address: SocketAddr, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

/// A server with metrics, and where they are.
async fn with_metrics() -> (Server, SocketAddr) {
    let metrics = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = metrics.local_addr().unwrap();
    let plain = server::Server::plain(TcpListener::bind("127.0.0.1:0").await.unwrap());
    let listeners = Listeners { metrics: Some(metrics), ..plain.listeners };
    let hub = HubConfig { room_capacity: 2, ..HubConfig::default() };
    let config = Config { hub, ..Config::default() };
    (Server::run(server::Server { listeners, ..plain }, config), address)
}

#[tokio::test]
async fn metrics_count_what_happens_and_name_nobody() {
    let (server, address) = with_metrics().await;
    let (mut ada, joined) = server.join("a-secret-room").await;
    let (mut bob, _) = server.join("a-secret-room").await;
    let mut cara = server.connect().await;
    cara.hello().await;
    cara.send(json!({"type": "join", "room": "a-secret-room"})).await;
    cara.hear("full").await;
    ada.hear("peer_joined").await;
    let offer = json!({"type": "signal", "to": joined["you"], "signal": {"kind": "offer", "sdp": "v=0"}});
    bob.send(offer).await;
    ada.hear("signal").await;
    let page = get(address, "/metrics", "").await;
    for line in [
        "halloo_rooms 1",
        "halloo_people 2",
        "halloo_sockets 3",
        "halloo_joins_total 2",
        "halloo_resumes_total 0",
        "halloo_relayed_messages_total 1",
        "halloo_refusals_total{code=\"full\"} 1",
    ] {
        assert!(page.lines().any(|one| one == line), "{line} is missing:\n{page}");
    }
    assert!(!page.contains("secret"), "{page}");
    let mut again = server.connect().await;
    again.resume(&joined).await;
    assert!(get(address, "/metrics", "").await.contains("\nhalloo_resumes_total 1\n"));
}

/// As `promtool check metrics` does.
#[tokio::test]
async fn metrics_are_named_and_explained_as_prometheus_wants_it() {
    let (server, address) = with_metrics().await;
    let _someone = server.join("r").await;
    let page = get(address, "/metrics", "Accept: application/openmetrics-text\r\n").await;
    let (head, body) = page.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-type: application/openmetrics-text"), "{head}");
    assert!(body.ends_with("# EOF\n"), "{body}");
    let mut kinds = BTreeMap::new();
    let mut helped = Vec::new();
    for line in body.lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["#", "TYPE", name, kind] => assert_eq!(kinds.insert(name, kind), None, "{name} twice"),
            ["#", "HELP", name, _, ..] => helped.push(name),
            ["#", ..] => {}
            [sample, value] => {
                let name = sample.split('{').next().unwrap();
                let suffixes = ["_total", "_bucket", "_sum", "_count", ""];
                let family = suffixes.iter().find_map(|end| kinds.get_key_value(name.strip_suffix(end)?));
                let (_, kind) = family.unwrap_or_else(|| panic!("{name} has no type"));
                assert_eq!(*kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
                value.parse::<f64>().unwrap();
            }
            _ => panic!("no line of metrics: {line}"),
        }
    }
    assert!(kinds.keys().all(|name| helped.contains(name)), "without a word: {kinds:?} {helped:?}");
    assert!(kinds.keys().all(|name| name.starts_with("halloo_") || *name == "process_start_time_seconds"));

    let plain = get(address, "/metrics", "").await;
    assert!(plain.contains("content-type: text/plain; version=0.0.4"), "{plain}");
    assert!(plain.contains("\n# TYPE halloo_joins_total counter\nhalloo_joins_total 1\n"), "{plain}");
    assert!(plain.contains("\n# HELP halloo_joins_total Seats"), "{plain}");
    assert!(plain.contains("\n# TYPE halloo_build_info gauge\n"), "{plain}");
    assert!(!plain.contains("# EOF"), "{plain}");
}

#[tokio::test]
async fn pages_of_others_that_are_turned_away_are_counted() {
    let (server, address) = with_metrics().await;
    assert!(server.connect_from("https://evil.example").await.is_err());
    let page = get(address, "/metrics", "").await;
    assert!(page.contains("halloo_refusals_total{code=\"origin\"} 1"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_knows_a_halloo_that_runs_from_another_program() {
    let (server, metrics) = with_metrics().await;
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = other.local_addr().unwrap();
    tokio::spawn(async move {
        // As Caddy sends people to HTTPS.
        while let Ok((mut stream, _)) = other.accept().await {
            let _ = stream.read(&mut [0; 1024]).await;
            let answer = "HTTP/1.1 308 Permanent Redirect\r\nserver: Caddy\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let ask = |listen: SocketAddr, metrics: SocketAddr| async move {
        let [listen, metrics] = [listen, metrics].map(|address| address.to_string());
        let mut doctor = Command::new(env!("CARGO_BIN_EXE_halloo"));
        doctor.env_clear().env("HALLOO_KEY", "07".repeat(32)).args(["doctor", "--turn-listen", "off"]);
        doctor.args(["--listen", &listen, "--metrics-listen", &metrics]);
        let output = tokio::task::spawn_blocking(move || doctor.output().unwrap()).await.unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let (is_well, said) = ask(server.address, metrics).await;
    assert!(is_well && said.contains(&format!("a halloo answers at {metrics}")), "{said}");
    let (is_well, said) = ask(elsewhere, metrics).await;
    assert!(!is_well && said.contains(&format!("{elsewhere} is in use by another program")), "{said}");
}

#[tokio::test]
async fn who_asks_whether_it_is_ready_is_answered() {
    let server = Server::start().await;
    for path in ["/healthz", "/readyz"] {
        assert!(get(server.address, path, "").await.starts_with("HTTP/1.1 200"), "{path}");
    }
    assert!(get(server.address, "/metrics", "").await.starts_with("HTTP/1.1 404"), "not for the public");
}

/// The listener of metrics has connections of its own.
#[tokio::test]
async fn health_checks_are_answered_when_all_places_are_taken() {
    let metrics = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = metrics.local_addr().unwrap();
    let plain = server::Server::plain(TcpListener::bind("127.0.0.1:0").await.unwrap());
    let listeners = Listeners { metrics: Some(metrics), ..plain.listeners };
    let limits = LimitSettings { max_connections: 16, ..LimitSettings::default() };
    let config = Config { limits, ..Config::default() };
    let server = Server::run(server::Server { listeners, ..plain }, config);
    let mut seated = Vec::new();
    for room in 0..16 {
        seated.push(server.join(&format!("room-{room}")).await);
    }
    assert!(Client::try_connect(server.address).await.is_err(), "everybody else has a seat");
    assert!(get(address, "/healthz", "").await.starts_with("HTTP/1.1 200"));
    let page = get(address, "/metrics", "").await;
    for line in ["halloo_connections 16", "halloo_refusals_total{code=\"connections\"} 1"] {
        assert!(page.lines().any(|one| one == line), "{line} is missing:\n{page}");
    }
}

/// Whether a page of https://call.example.org may connect through a proxy that changes `Host`.
async fn is_let_in(config: Config, scheme: &str) -> bool {
    let server = Server::start_with(config).await;
    let headers = format!(
        "upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
         origin: {scheme}://call.example.org\r\nx-forwarded-host: call.example.org\r\n\
         x-forwarded-proto: https\r\n"
    );
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request =
        format!("GET /signal HTTP/1.1\r\nhost: inside:8080\r\nconnection: upgrade\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    status == *b"HTTP/1.1 101"
}

#[tokio::test]
async fn a_proxy_is_believed_if_it_is_trusted() {
    let trusting = |network: &str| {
        let web = WebSettings { trusted_proxies: vec![network.parse().unwrap()], ..WebSettings::default() };
        Config { web, ..Config::default() }
    };
    assert!(is_let_in(trusting("127.0.0.0/8"), "https").await);
    assert!(!is_let_in(trusting("127.0.0.0/8"), "http").await, "that page did not come by HTTPS");
    assert!(!is_let_in(trusting("10.0.0.0/8"), "https").await);
    assert!(!is_let_in(Config::default(), "https").await);
}

/// RFC 9112, section 3.2.
#[tokio::test]
async fn a_request_names_exactly_one_host() {
    let (server, _) = with_metrics().await;
    for (head, status) in [
        ("GET /healthz HTTP/1.1\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nhost: a\r\nhost: b\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nhost: a\r\n", "200"),
        ("GET /healthz HTTP/1.0\r\n", "200"),
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        assert_eq!(response.split(' ').nth(1), Some(status), "{head}: {response}");
    }
}
