//! The program itself, stopped and started again while people are in calls.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::{
    collections::BTreeSet,
    io::{self, BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use common::Client;
use halloo::protocol::MAX_FRAME_BYTES;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const SOCKETS: usize = 500;
/// Of these so many do not read, half of them with megabytes on the way to them.
const DEAF: usize = 20;
/// A WebSocket asked for by a page of another site.
const FOREIGN_SOCKET: &str = "connection: upgrade, close\r\nupgrade: websocket\r\n\
                              sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                              origin: http://evil.example\r\n";

/// The program, on a port of its own.
struct Program {
    child: Child,
    address: SocketAddr,
    /// Where it goes on to say things; nobody reads them.
    said: Option<BufReader<ChildStdout>>,
}

impl Program {
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_halloo"))
            .env_clear()
            .args(["--listen", "127.0.0.1:0", "--key", &"07".repeat(32)])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let port = said
            .by_ref()
            .lines()
            .find_map(|line| {
                let line = line.unwrap();
                let (_, rest) = line.split_once("http://localhost:")?;
                rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
            })
            .expect("it says where it serves");
        Self { child, address: SocketAddr::from(([127, 0, 0, 1], port)), said: Some(said) }
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits until it has ended; says how long that took.
    async fn ended(mut self) -> Duration {
        let began = Instant::now();
        self.status().await;
        began.elapsed()
    }

    async fn status(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It is gone already unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_stopped_tells_everybody_and_is_gone_within_two_seconds() {
    let program = Program::start();
    let mut polite = Vec::new();
    for n in 0..(SOCKETS - DEAF) {
        let mut client = Client::connect(program.address).await;
        client.join(&format!("polite-{n}")).await;
        polite.push(client);
    }
    let mut deaf = Vec::new();
    for n in 0..DEAF / 2 {
        deaf.push(deaf_pair(program.address, &format!("deaf-{n}")).await);
    }

    program.signal("-TERM");
    let everybody_hears = async {
        let mut times = BTreeSet::new();
        for client in &mut polite {
            times.insert(client.hear("server_restarting").await["retry_after_ms"].as_u64().unwrap());
            assert_eq!(client.close_code().await, Some(1001));
        }
        times
    };
    let (times, took) = tokio::join!(everybody_hears, program.ended());
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(times.len() > 200, "spread over {} different times", times.len());
    assert!(
        times.first().is_some_and(|first| *first >= 300) && times.last().is_some_and(|last| *last < 2_000)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_says_goodbye_is_not_ready() {
    let program = Program::start();
    let (talker, listener) = deaf_pair(program.address, "deaf").await;
    program.signal("-TERM");
    let mut said = String::new();
    while !said.starts_with("HTTP/1.1 503") {
        said = get(program.address, "/readyz").await.expect("it takes connections until it is gone");
    }
    assert!(get(program.address, "/healthz").await.is_ok_and(|said| said.starts_with("HTTP/1.1 200")));
    let refused = Client::try_connect(program.address).await.err().expect("nobody is let in any more");
    assert!(refused.to_string().contains("503"), "{refused}");
    assert!(program.ended().await < Duration::from_secs(2));
    drop((talker, listener));
}

/// As after `halloo | tee`, when tee has ended.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_any_more_ends_nothing() {
    let mut program = Program::start_with(&["--log", "debug"]);
    drop((program.said.take(), program.child.stderr.take()));
    expect_to_serve_and_to_stop(program).await;
}

/// As after `halloo | less`.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_holds_up_nothing() {
    let program = Program::start_with(&["--log", "debug"]);
    // Two lines each: more than a pipe takes.
    for _ in 0..500 {
        let said = timeout(ask(program.address, "/signal", FOREIGN_SOCKET)).await.unwrap();
        assert!(said.starts_with("HTTP/1.1 403"), "{said}");
    }
    expect_to_serve_and_to_stop(program).await;
}

async fn timeout<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future).await.expect("something happens within ten seconds")
}

async fn expect_to_serve_and_to_stop(mut program: Program) {
    let mut ada = Client::connect(program.address).await;
    ada.join("tea").await;
    let mut bob = Client::connect(program.address).await;
    bob.join("tea").await;
    ada.hear("peer_joined").await;
    assert!(get(program.address, "/r/tea").await.is_ok_and(|said| said.starts_with("HTTP/1.1 200")));
    program.signal("-TERM");
    assert!(timeout(program.status()).await.success());
}

async fn get(address: SocketAddr, path: &str) -> io::Result<String> {
    ask(address, path, "connection: close\r\n").await
}

async fn ask(address: SocketAddr, path: &str, headers: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut said = String::new();
    stream.read_to_string(&mut said).await?;
    Ok(said)
}

/// The second does not read, and megabytes are on the way to them.
async fn deaf_pair(address: SocketAddr, room: &str) -> (Client, Client) {
    let mut talker = Client::connect(address).await;
    talker.join(room).await;
    let mut listener = Client::connect_with_small_buffer(address).await;
    let to = listener.join(room).await["you"].clone();
    let padding = "x".repeat(MAX_FRAME_BYTES - 200);
    for _ in 0..60 {
        talker.send(json!({"type": "signal", "to": to, "signal": {"padding": padding}})).await;
    }
    (talker, listener)
}

/// With and without a warning.
#[tokio::test]
async fn a_new_program_gives_seats_to_those_who_had_them() {
    for signal in ["-TERM", "-KILL"] {
        let before = Program::start_with(&["--room-capacity", "2"]);
        let mut ada = Client::connect(before.address).await;
        let ada_joined = ada.join("tea").await;
        let mut bela = Client::connect(before.address).await;
        let bela_joined = bela.join("tea").await;
        before.signal(signal);
        before.ended().await;

        let after = Program::start_with(&["--room-capacity", "2"]);
        let mut ada = Client::connect(after.address).await;
        let back = ada.resume(&ada_joined).await;
        assert_eq!((&back["you"], &back["complete"]), (&ada_joined["you"], &json!(false)), "{signal}");
        let mut stranger = Client::connect(after.address).await;
        stranger.join("tea").await;
        let mut bela = Client::connect(after.address).await;
        assert_eq!(bela.resume(&bela_joined).await["you"], bela_joined["you"], "{signal}");
        stranger.hear("full").await;
        after.signal("-KILL");
        after.ended().await;
    }
}
