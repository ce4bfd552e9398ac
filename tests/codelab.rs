//! The codelab mode with real sockets: both generations of Socket.IO, over WebSockets and over polling, and
//! whatever else somebody may send.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::{net::SocketAddr, time::Instant};

use common::{Client, Server, TIMEOUT};
use futures_util::{SinkExt as _, StreamExt as _};
use halloo::{
    hub::HubConfig,
    protocol::MAX_FRAME_BYTES,
    server::{LimitSettings, WebSettings, config::Config},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest as _,
        protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

const GENERATIONS: [u8; 2] = [3, 4];

fn config() -> Config {
    let web = WebSettings { codelab: true, ..WebSettings::default() };
    Config { web, ..Config::default() }
}

async fn server() -> Server {
    Server::start_with(config()).await
}

/// A page of the tutorial, over a WebSocket.
struct Page {
    socket: WebSocketStream<TcpStream>,
}

impl Page {
    /// `generation` is the version of Engine.IO: 3 for Socket.IO 1 and 2, 4 for later ones.
    async fn open(server: &Server, generation: u8) -> Self {
        Self::try_open(server.address, generation, &[]).await.unwrap()
    }

    async fn try_open(
        address: SocketAddr,
        generation: u8,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Error> {
        let url = format!("ws://{address}/socket.io/?EIO={generation}&transport=websocket");
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (socket, _) = client_async(request, TcpStream::connect(address).await.unwrap()).await?;
        let mut page = Self { socket };
        assert!(page.packet().await.unwrap().starts_with("0{"));
        if generation == 4 {
            page.send("40").await;
        }
        assert!(page.packet().await.unwrap().starts_with("40"));
        Ok(page)
    }

    async fn send(&mut self, packet: &str) {
        // A socket that the server has closed is seen by reading.
        let _ = self.socket.send(Message::text(packet)).await;
    }

    async fn emit(&mut self, event: &str, argument: Value) {
        self.send(&format!("42{}", json!([event, argument]))).await;
    }

    /// The next packet that is no ping or pong; none once the socket is closed.
    async fn packet(&mut self) -> Option<String> {
        loop {
            let frame = timeout(TIMEOUT, self.socket.next()).await.expect("the server says something");
            match frame {
                Some(Ok(Message::Text(text))) if text.as_str() == "2" => self.send("3").await,
                Some(Ok(Message::Text(text))) => return Some(text.to_string()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next event, with its arguments.
    async fn event(&mut self) -> Value {
        loop {
            let packet = self.packet().await.expect("an event");
            // Another namespace is refused by a packet of its own.
            if !packet.starts_with("44") {
                return serde_json::from_str(packet.strip_prefix("42").expect(&packet)).unwrap();
            }
        }
    }

    /// The next event that is no `log`.
    async fn hear(&mut self) -> Value {
        loop {
            let event = self.event().await;
            if event[0] != "log" {
                return event;
            }
        }
    }

    /// The next line of `log` that contains this.
    async fn hear_logged(&mut self, text: &str) {
        loop {
            let event = self.event().await;
            if event[0] == "log" && event.to_string().contains(text) {
                return;
            }
        }
    }

    async fn enter(&mut self, room: &str) -> Value {
        self.emit("create or join", json!(room)).await;
        self.hear().await
    }

    /// Reads until the server closes the socket.
    async fn closed(mut self) {
        while self.packet().await.is_some() {}
    }

    /// Everything that was sent to it up to now has been read, and it was this.
    async fn hears_nothing(&mut self) {
        self.emit("create or join", json!(0)).await;
        let event = self.event().await;
        assert!(event.to_string().contains("already") || event.to_string().contains("1 to 64"), "{event}");
    }
}

/// One request of somebody who polls; the answer, with its head.
async fn request(server: &Server, method: &str, query: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let (address, length) = (server.address, body.len());
    let head = format!(
        "{method} /socket.io/?{query} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\
         content-type: text/plain;charset=UTF-8\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(TIMEOUT, stream.read_to_end(&mut answer)).await.expect("an answer").unwrap();
    String::from_utf8(answer).unwrap()
}

const OPEN: &str = "EIO=4&transport=polling";

/// Opens a session that polls, and is connected; returns its query.
async fn polling(server: &Server) -> String {
    let opened = request(server, "GET", OPEN, "", "").await;
    assert!(opened.starts_with("HTTP/1.1 200"), "{opened}");
    let (_, rest) = opened.split_once("\"sid\":\"").unwrap();
    let session = format!("{OPEN}&sid={}", rest.split_once('"').unwrap().0);
    assert!(request(server, "POST", &session, "", "40").await.ends_with("ok"));
    assert!(request(server, "GET", &session, "", "").await.contains("40{"));
    session
}

#[tokio::test]
async fn two_pages_meet_and_a_third_is_told_that_the_room_is_full_and_hears_nothing() {
    let server = server().await;
    for generation in GENERATIONS {
        let room = format!("foo-{generation}");
        let mut ann = Page::open(&server, generation).await;
        let created = ann.enter(&room).await;
        assert_eq!((&created[0], &created[1]), (&json!("created"), &json!(room)));
        assert!(created[2].is_string());

        let mut bob = Page::open(&server, 7 - generation).await;
        let joined = bob.enter(&room).await;
        assert_eq!((&joined[0], &joined[1]), (&json!("joined"), &json!(room)));
        assert_eq!(bob.hear().await, json!(["ready"]));
        assert_eq!(ann.hear().await, json!(["join", room]));
        assert_eq!(ann.hear().await, json!(["ready"]));

        let mut eve = Page::open(&server, generation).await;
        assert_eq!(eve.enter(&room).await, json!(["full", room]));

        bob.emit("message", json!("got user media")).await;
        assert_eq!(ann.hear().await, json!(["message", "got user media"]));
        let offer = json!({"type": "offer", "sdp": "v=0"});
        ann.emit("message", offer.clone()).await;
        assert_eq!(bob.hear().await, json!(["message", offer]));

        eve.hears_nothing().await;
        eve.emit("message", json!("bye")).await;
        eve.hear_logged("Client said").await;
        ann.emit("message", json!("still here")).await;
        assert_eq!(bob.hear().await, json!(["message", "still here"]));
    }
}

#[tokio::test]
async fn seed_fault_2_messages_stay_in_their_room() {
    let server = server().await;
    let (mut ann, mut zoe) = (Page::open(&server, 3).await, Page::open(&server, 4).await);
    ann.enter("one").await;
    zoe.enter("two").await;
    ann.emit("message", json!("hello")).await;
    ann.hear_logged("hello").await;
    zoe.hears_nothing().await;
}

#[tokio::test]
async fn the_room_of_the_tutorial_is_a_room_of_halloo() {
    let server = server().await;
    let mut ann = Page::open(&server, 3).await;
    ann.enter("Foo").await;
    let (mut ada, joined) = server.join("foo").await;
    assert_eq!(joined["capacity"], 2);
    assert_eq!(joined["peers"][0]["name"], "Codelab");
    for told in [json!(["join", "Foo"]), json!(["ready"]), json!(["message", "got user media"])] {
        assert_eq!(ann.hear().await, told);
    }
    let sdp = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendrecv\r\n";
    ann.emit("message", json!({"type": "offer", "sdp": sdp})).await;
    assert_eq!(ada.hear("media_changed").await["media"]["camera"], true);
    let offer = ada.hear("signal").await;
    assert_eq!(offer["signal"], json!({"kind": "offer", "sdp": sdp, "epoch": 0}));
    let answer = json!({"kind": "answer", "sdp": "v=0", "tracks": {"0": "camera"}, "epoch": 0});
    ada.send(json!({"type": "signal", "to": offer["from"], "signal": answer})).await;
    assert_eq!(ann.hear().await, json!(["message", {"type": "answer", "sdp": "v=0"}]));

    let mut eve = server.connect().await;
    eve.hello().await;
    eve.send(json!({"type": "join", "room": "foo"})).await;
    assert_eq!(eve.hear("full").await["capacity"], 2, "whatever the capacity of rooms is");

    ada.send(json!({"type": "leave"})).await;
    assert_eq!(ann.hear().await, json!(["message", "bye"]));
    assert_eq!(ann.hear().await[0], "created", "whoever comes next is called");
    ann.emit("bye", json!(null)).await;
    ann.hear_logged("received bye").await;
    assert_eq!(server.join("foo").await.1["peers"], json!([]));
}

#[tokio::test]
async fn seed_fault_10_hostile_rooms_are_refused_and_the_server_lives() {
    let server = server().await;
    let mut ann = Page::open(&server, 4).await;
    let id = ann.enter("foo").await[2].clone();
    for generation in GENERATIONS {
        let mut eve = Page::open(&server, generation).await;
        for room in [
            json!("__proto__"),
            json!(["foo"]),
            json!(7),
            json!(null),
            json!({}),
            json!("x".repeat(10_000)),
            json!("ö"),
        ] {
            eve.emit("create or join", room).await;
            eve.hear_logged("1 to 64").await;
        }
        // Another's socket as a room: a room like any other, or none.
        eve.emit("create or join", id.clone()).await;
        ann.emit("message", json!("for nobody")).await;
        for odd in [
            r#"42["create or join"]"#,
            r#"42["create or join","a","b","c"]"#,
            r#"427["message","with an ack"]"#,
            r#"42["no such event",{}]"#,
            r#"42["log","me"]"#,
            r#"42["message"]"#,
            r#"437[]"#,
            "40",
            "40/elsewhere,",
            r#"42/elsewhere,["message","x"]"#,
        ] {
            eve.send(odd).await;
        }
        eve.emit("ipaddr", json!(null)).await;
        eve.emit("message", json!("the last")).await;
        eve.hear_logged("the last").await;
        eve.emit("bye", json!(null)).await;
        assert_eq!(eve.enter(&format!("elsewhere-{generation}")).await[0], "created");
    }
    assert_eq!(Page::open(&server, 3).await.enter("foo").await[0], "joined");
}

#[tokio::test]
async fn what_is_no_packet_of_a_page_closes_the_session() {
    let server = server().await;
    for (generation, packet) in [
        (4, r#"451-["message",{"_placeholder":true,"num":0}]"#),
        (3, r#"451000000000-["message",{"_placeholder":true,"num":0}]"#),
        (4, "42not json"),
        (4, "49"),
        (4, "x"),
        (3, ""),
    ] {
        let mut page = Page::open(&server, generation).await;
        page.send(packet).await;
        page.closed().await;
    }
    let mut page = Page::open(&server, 4).await;
    page.socket.send(Message::binary(vec![0; 100])).await.unwrap();
    page.closed().await;
}

#[tokio::test]
async fn too_much_closes_the_session() {
    let server = server().await;
    let too_large = "x".repeat(MAX_FRAME_BYTES + 1);
    for generation in GENERATIONS {
        let mut page = Page::open(&server, generation).await;
        page.emit("message", json!(too_large)).await;
        page.closed().await;

        let mut page = Page::open(&server, generation).await;
        page.enter("flood").await;
        for _ in 0..2_000 {
            page.emit("message", json!("x")).await;
        }
        page.closed().await;

        let mut page = Page::open(&server, generation).await;
        for _ in 0..2_000 {
            let fragment = Frame::message(vec![], OpCode::Data(Data::Text), false);
            if page.socket.send(Message::Frame(fragment)).await.is_err() {
                break;
            }
        }
        page.closed().await;
    }
    // The seats of the closed ones are for whoever comes.
    let mut page = Page::open(&server, 4).await;
    assert_eq!(page.enter("flood").await[0], "joined");
}

#[tokio::test]
async fn too_much_closes_a_session_that_polls() {
    let server = server().await;
    let session = polling(&server).await;
    let too_large = format!("42{}", json!(["message", "x".repeat(MAX_FRAME_BYTES)]));
    let answer = request(&server, "POST", &session, "", &too_large).await;
    assert!(answer.starts_with("HTTP/1.1 413") || answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(request(&server, "GET", &session, "", "").await.starts_with("HTTP/1.1 400"));

    let session = polling(&server).await;
    let many = vec![r#"42["message","x"]"#; 200].join("\u{1e}");
    let began = Instant::now();
    while request(&server, "POST", &session, "", &many).await.ends_with("ok") {
        assert!(began.elapsed() < TIMEOUT, "the session goes on");
    }
    assert!(request(&server, "GET", &session, "", "").await.starts_with("HTTP/1.1 400"));

    let session = polling(&server).await;
    let answer = request(&server, "POST", &session, "", &vec!["3"; 300].join("\u{1e}")).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(request(&server, "GET", &session, "", "").await.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn a_session_that_polls_is_a_page_like_any_other() {
    let server = server().await;
    let session = polling(&server).await;
    request(&server, "POST", &session, "", r#"42["create or join","foo"]"#).await;
    let told = request(&server, "GET", &session, "", "").await;
    assert!(told.contains(r#"42["log",["Message from server:","#), "{told}");
    let mut bob = Page::open(&server, 4).await;
    assert_eq!(bob.enter("foo").await[0], "joined");
    // Closed as a page does that goes away.
    request(&server, "POST", &session, "", "1").await;
    assert!(request(&server, "GET", &session, "", "").await.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn seed_fault_9_whoever_comes_back_gets_the_seat_of_the_session_that_died() {
    let hub = HubConfig { heartbeat_ms: 1_000, ..HubConfig::default() };
    let server = Server::start_with(Config { hub, ..config() }).await;
    let mut ann = Page::open(&server, 3).await;
    ann.enter("foo").await;
    let session = polling(&server).await;
    request(&server, "POST", &session, "", r#"42["create or join","foo"]"#).await;
    assert_eq!(ann.hear().await, json!(["join", "foo"]));
    assert_eq!(ann.hear().await, json!(["ready"]));
    // It polls no more. While its seat is kept, nobody tells Ann that it is gone.
    let began = Instant::now();
    loop {
        let mut back = Page::open(&server, 4).await;
        let event = back.enter("foo").await;
        if event[0] == "joined" {
            break;
        }
        assert_eq!(event[0], "full");
        assert!(began.elapsed() < TIMEOUT, "the seat is kept");
    }
    assert_eq!(ann.hear().await, json!(["message", "bye"]));
}

#[tokio::test]
async fn a_session_has_one_page_and_none_that_is_unknown_is_served() {
    let server = server().await;
    let unknown = format!("{OPEN}&sid=AAAAAAAAAAAAAAHs");
    for (method, body) in [("GET", ""), ("POST", "40")] {
        let answer = request(&server, method, &unknown, "", body).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    let session = polling(&server).await;
    let disguised = session.replacen("EIO=4", "x=EIO=3&EIO=4", 1);
    let answer = request(&server, "POST", &disguised, "", &"2\u{1e}".repeat(20_000)).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");

    let session = polling(&server).await;
    request(&server, "POST", &session, "", "41").await;
    let again =
        async { while !request(&server, "POST", &session, "", "40").await.starts_with("HTTP/1.1 400") {} };
    timeout(TIMEOUT, again).await.expect("the session ends with its page");
}

#[tokio::test]
async fn only_pages_of_the_same_host_may_connect() {
    let server = server().await;
    let own = format!("http://{}", server.address);
    assert!(Page::try_open(server.address, 4, &[("origin", &own)]).await.is_ok());
    let refused = Page::try_open(server.address, 4, &[("origin", "https://evil.example")]).await;
    assert!(matches!(refused, Err(Error::Http(response)) if response.status() == 403));
    for header in ["origin: https://evil.example\r\n", "sec-fetch-site: cross-site\r\n"] {
        let answer = request(&server, "GET", OPEN, header, "").await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }
    assert!(!request(&server, "GET", OPEN, "", "").await.contains("access-control"));
}

#[tokio::test]
async fn pages_of_an_allowed_origin_may_read_the_answers() {
    let allowed_origins = vec!["http://lesson.example".to_owned()];
    let web = WebSettings { codelab: true, allowed_origins, ..WebSettings::default() };
    let server = Server::start_with(Config { web, ..Config::default() }).await;
    let origin = "origin: http://lesson.example\r\n";
    let answer = request(&server, "GET", OPEN, origin, "").await;
    assert!(answer.contains("access-control-allow-origin: http://lesson.example"), "{answer}");
    let answer = request(&server, "OPTIONS", OPEN, origin, "").await;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let answer = request(&server, "GET", OPEN, "origin: http://evil.example\r\n", "").await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

fn behind_a_proxy(limits: LimitSettings) -> Config {
    let web = WebSettings {
        codelab: true,
        trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()],
        ..WebSettings::default()
    };
    Config { web, limits, ..Config::default() }
}

#[tokio::test]
async fn a_network_holds_its_share_of_sessions_though_it_polls() {
    let limits = LimitSettings { connections_per_address: 8, ..LimitSettings::default() };
    let server = Server::start_with(behind_a_proxy(limits)).await;
    let from = |address: &str| format!("x-forwarded-for: {address}\r\n");
    let mut opened = 0;
    while request(&server, "GET", OPEN, &from("192.0.2.7"), "").await.starts_with("HTTP/1.1 200") {
        opened += 1;
        assert!(opened < 20, "without end");
    }
    assert!(opened >= 2, "{opened}");
    let answer = request(&server, "GET", OPEN, &from("192.0.2.7"), "").await;
    assert!(answer.starts_with("HTTP/1.1 429"), "{answer}");
    assert!(request(&server, "GET", OPEN, &from("198.51.100.7"), "").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_network_cannot_try_names_of_rooms() {
    let limits = LimitSettings { joins_per_address: 1, ..LimitSettings::default() };
    let server = Server::start_with(behind_a_proxy(limits)).await;
    let mut page = Page::try_open(server.address, 4, &[("x-forwarded-for", "192.0.2.7")]).await.unwrap();
    for room in 0..20 {
        page.emit("create or join", json!(format!("room-{room}"))).await;
        page.emit("bye", json!(null)).await;
    }
    page.hear_logged("too many joins").await;
}

#[tokio::test]
async fn stopping_closes_every_session_within_two_seconds() {
    let server = server().await;
    let mut page = Page::open(&server, 4).await;
    page.enter("foo").await;
    polling(&server).await;
    let _ada: Client = server.connect().await;
    let began = Instant::now();
    server.stop().await;
    assert!(began.elapsed().as_millis() < 2_000);
    page.closed().await;
}
