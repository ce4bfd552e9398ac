//! The whole server with real sockets: what the hub's own tests cannot see.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::time::{Duration, Instant};

use common::{Client, Server};
use halloo::{
    hub::HubConfig,
    protocol::{CloseCode, MAX_FRAME_BYTES},
    server::{IceSettings, LimitSettings, WebSettings, config::Config},
    turn::Secret,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::{
    Error, Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

fn signal(to: &Value, payload: &Value) -> Value {
    json!({"type": "signal", "to": to, "signal": payload})
}

/// Two people in one room: their sockets and their ids.
async fn two(server: &Server, room: &str) -> (Client, Value, Client, Value) {
    let (mut ada, joined) = server.join(room).await;
    let (bob, joined_too) = server.join(room).await;
    ada.hear("peer_joined").await;
    (ada, joined["you"].clone(), bob, joined_too["you"].clone())
}

#[tokio::test]
async fn two_people_meet_and_a_third_finds_the_room_full() {
    let server = Server::start().await;
    let (mut ada, joined) = server.join("Meet").await;
    assert_eq!(joined["room"], "meet");
    assert_eq!(joined["peers"], json!([]));
    assert_eq!(joined["capacity"], 2);

    let (_bob, joined_too) = server.join("meet").await;
    assert_eq!(joined_too["peers"][0]["id"], joined["you"]);
    assert_eq!(ada.hear("peer_joined").await["peer"]["id"], joined_too["you"]);

    let mut eve = server.connect().await;
    eve.hello().await;
    eve.send(json!({"type": "join", "room": "meet"})).await;
    assert_eq!(eve.hear("full").await["capacity"], 2);
}

#[tokio::test]
async fn hello_and_join_may_come_in_one_flight() {
    let server = Server::start().await;
    let mut ada = server.connect().await;
    ada.send(json!({"type": "hello", "version": 1})).await;
    ada.send(json!({"type": "join", "room": "r", "name": "Ada"})).await;
    ada.hear("welcome").await;
    ada.hear("joined").await;
}

#[tokio::test]
async fn a_signal_is_relayed_untouched_and_stamped_by_the_server() {
    let server = Server::start().await;
    let (mut ada, ada_id, mut bob, bob_id) = two(&server, "r").await;
    let payload = json!({"kind": "from-the-future", "deep": [1, {"x": "\u{1f44b}"}], "from": "payload"});
    let mut forged = signal(&bob_id, &payload);
    forged["from"] = bob_id.clone();
    ada.send(forged).await;
    let heard = bob.hear("signal").await;
    assert_eq!(heard["from"], ada_id);
    assert_eq!(heard["signal"], payload);
}

#[tokio::test]
async fn a_signal_to_another_room_is_refused() {
    let server = Server::start().await;
    let (mut ada, _) = server.join("one").await;
    let (mut bob, joined) = server.join("two").await;
    ada.send(signal(&joined["you"], &json!({"kind": "x"}))).await;
    ada.hear_error("no_such_peer").await;
    // Whatever came before this answer would have been heard before it.
    bob.send(json!({"type": "join", "room": "two"})).await;
    bob.hear_error("already_joined").await;
}

#[tokio::test]
async fn unreadable_frames_are_forgiven_for_a_while() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    client.hello().await;
    for frame in ["{", "[]", "{\"type\":1}"] {
        client.send_text(frame).await.unwrap();
        client.hear_error("bad_message").await;
    }
    client.send_frame(Message::binary(vec![1, 2, 3])).await.unwrap();
    client.hear_error("bad_message").await;
    client.send(json!({"type": "sing"})).await;
    client.hear_error("unknown_type").await;
    client.send(json!({"type": "join", "room": "r"})).await;
    client.hear("joined").await;
    for _ in 0..20 {
        if client.send_text("{").await.is_err() {
            break;
        }
    }
    assert_eq!(client.close_code().await, Some(4000));
}

#[tokio::test]
async fn hostile_room_names_are_refused_and_the_server_lives() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    client.hello().await;
    for room in
        [json!("__proto__"), json!(["r"]), json!({"r": 1}), json!(null), json!(""), json!("a".repeat(65))]
    {
        client.send(json!({"type": "join", "room": room})).await;
        client.hear_error("bad_room").await;
    }
    client.send(json!({"type": "join", "room": "constructor"})).await;
    client.hear("joined").await;
    client.send(json!({"type": "join", "room": "constructor"})).await;
    client.hear_error("already_joined").await;
}

#[tokio::test]
async fn a_frame_that_is_too_large_closes_the_socket() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    client.send_text(&"x".repeat(MAX_FRAME_BYTES + 1)).await.unwrap();
    assert_eq!(client.close_code().await, Some(1009));

    // Far too large: the server does not read it, so the client may be cut off while it writes.
    let mut client = server.connect().await;
    let _ = client.send_text(&"x".repeat(100 * MAX_FRAME_BYTES)).await;
    assert!(matches!(client.close_code().await, Some(1009) | None));

    server.join("still-serving").await;
}

#[tokio::test]
async fn empty_fragments_count_as_messages() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let fragment = |kind| Message::Frame(Frame::message("", OpCode::Data(kind), false));
    client.send_frame(fragment(Data::Text)).await.unwrap();
    // Far more than a burst; the server may be gone before the last.
    for _ in 0..5_000 {
        if client.send_frame(fragment(Data::Continue)).await.is_err() {
            break;
        }
    }
    assert_eq!(client.close_code().await, Some(4004));
}

#[tokio::test]
async fn a_message_in_fragments_is_one_message() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let parts = ["{\"type\":\"hel", "lo\",\"version\":1}"];
    client
        .send_frame(Message::Frame(Frame::message(parts[0], OpCode::Data(Data::Text), false)))
        .await
        .unwrap();
    client.send_frame(Message::Ping("x".into())).await.unwrap();
    client
        .send_frame(Message::Frame(Frame::message(parts[1], OpCode::Data(Data::Continue), true)))
        .await
        .unwrap();
    client.hear_after_pong("welcome").await;
}

/// With a proxy on this machine.
fn behind_a_proxy(limits: LimitSettings) -> Config {
    let proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let web = WebSettings { trusted_proxies: proxies, ..WebSettings::default() };
    Config { web, limits, ..Config::default() }
}

#[tokio::test]
async fn a_network_cannot_try_names_of_rooms_but_its_people_come_back() {
    let limits = LimitSettings { joins_per_address: 2, ..LimitSettings::default() };
    let server = Server::start_with(behind_a_proxy(limits)).await;
    let mut ada = server.connect_for("203.0.113.7").await.unwrap();
    let joined = ada.join("her-room").await;
    let mut eve = server.connect_for("203.0.113.7").await.unwrap();
    eve.hello().await;
    let mut tried = 0;
    loop {
        eve.send(json!({"type": "join", "room": format!("try-{tried}")})).await;
        let answer = eve.next().await;
        if answer["type"] == "error" {
            assert_eq!(answer["code"], "rate_limited");
            break;
        }
        tried += 1;
        assert!(tried < 100);
        eve.send(json!({"type": "leave"})).await;
    }
    assert!((9..=14).contains(&tried), "{tried}");
    // Her socket is open.
    eve.send(json!({"type": "leave"})).await;
    eve.hear_error("not_joined").await;

    let mut ada_again = server.connect_for("203.0.113.7").await.unwrap();
    assert_eq!(ada_again.resume(&joined).await["type"], "joined");
    let mut somebody_else = server.connect_for("198.51.100.1").await.unwrap();
    somebody_else.join("another-room").await;
}

#[tokio::test]
async fn a_network_behind_a_proxy_holds_its_share_of_sockets() {
    let limits = LimitSettings { connections_per_address: 4, ..LimitSettings::default() };
    let server = Server::start_with(behind_a_proxy(limits)).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(server.connect_for("203.0.113.7").await.unwrap());
    }
    let Err(Error::Http(refused)) = server.connect_for("203.0.113.7").await else {
        panic!("a fifth socket");
    };
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (429, "10"));
    assert!(server.connect_for("203.0.113.8").await.is_ok());
}

#[tokio::test]
async fn at_the_limit_of_all_newcomers_get_in_and_seats_are_kept() {
    let limits = LimitSettings { max_connections: 16, ..LimitSettings::default() };
    let server = Server::start_with(Config { limits, ..Config::default() }).await;
    let (mut ada, _) = server.join("r").await;
    let mut idle = Vec::new();
    for _ in 0..40 {
        idle.push(Client::try_connect(server.address).await);
    }
    let (_bob, joined) = server.join("r").await;
    assert_eq!(ada.hear("peer_joined").await["peer"]["id"], joined["you"]);
}

#[tokio::test]
async fn a_page_learns_by_http_that_its_origin_is_refused() {
    let server = Server::start().await;
    let own = format!("http://{}", server.address);
    for (origin, status) in [(own.as_str(), "204"), ("https://evil.example", "403")] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head =
            ["POST /signal HTTP/1.1", &format!("host: {}", server.address), &format!("origin: {origin}")];
        let request = [&head[..], &["content-length: 0", "connection: close", "", ""]].concat().join("\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{origin}: {answer}");
    }
}

#[tokio::test]
async fn only_pages_of_the_same_host_may_connect() {
    let server = Server::start().await;
    let own = format!("http://{}", server.address);
    server.connect_from(&own).await.unwrap().hello().await;
    for foreign in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        match server.connect_from(foreign).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403),
            other => panic!("{foreign}: {:?}", other.err()),
        }
    }

    let allowed_origins = vec!["https://call.example".to_owned()];
    let server = Server::start_with(Config {
        web: WebSettings { allowed_origins, ..WebSettings::default() },
        ..Config::default()
    })
    .await;
    server.connect_from("https://call.example").await.unwrap().hello().await;
    assert!(server.connect_from(&format!("http://{}", server.address)).await.is_err());
}

#[tokio::test]
async fn too_many_messages_close_the_socket() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    client.hello().await;
    for _ in 0..1_000 {
        if client.send_text("{\"type\": \"heartbeat\"}").await.is_err() {
            break;
        }
    }
    let mut last = Value::Null;
    while last["type"] != "error" {
        last = client.next().await;
    }
    assert_eq!(last["code"], "rate_limited");
    assert_eq!(client.close_code().await, Some(4004));
}

/// Bob does not read. He is closed, Ada is told, and he may come back to his seat.
#[tokio::test]
async fn who_does_not_read_is_closed_and_may_resume() {
    let server = Server::start().await;
    let (mut ada, joined) = server.join("r").await;
    let mut bob = server.connect_with_small_buffer().await;
    bob.hello().await;
    bob.send(json!({"type": "join", "room": "r"})).await;
    let joined_too = bob.hear("joined").await;
    ada.hear("peer_joined").await;
    let payload = json!({"kind": "x", "padding": "x".repeat(MAX_FRAME_BYTES - 200)});
    // What the kernel's buffers and the mailbox hold together is less than the 200 messages of a burst.
    for _ in 0..190 {
        ada.send(signal(&joined_too["you"], &payload)).await;
    }
    let mut heard = ada.next().await;
    while heard["type"] == "error" {
        heard = ada.next().await;
    }
    assert_eq!(heard["type"], "peer_reconnecting");
    assert_eq!(heard["peer"], joined_too["you"]);
    assert!(matches!(bob.close_code().await, Some(4002) | None));

    let mut bob = server.connect().await;
    bob.hello().await;
    let resume = json!({"token": joined_too["resume_token"], "mode": "reconnect"});
    bob.send(json!({"type": "join", "room": "r", "resume": resume})).await;
    let back = bob.hear("joined").await;
    assert_eq!(back["you"], joined_too["you"]);
    assert_eq!(back["peers"][0]["id"], joined["you"]);
}

#[tokio::test]
async fn a_lost_socket_comes_back_to_its_seat() {
    let server = Server::start().await;
    let (mut ada, _) = server.join("r").await;
    let (bob, joined) = server.join("r").await;
    ada.hear("peer_joined").await;
    drop(bob);
    assert_eq!(ada.hear("peer_reconnecting").await["peer"], joined["you"]);

    let mut bob = server.connect().await;
    bob.hello().await;
    let resume = json!({"token": joined["resume_token"], "mode": "reconnect"});
    bob.send(json!({"type": "join", "room": "r", "resume": resume})).await;
    assert_eq!(bob.hear("joined").await["you"], joined["you"]);
    assert_eq!(ada.hear("peer_back").await["peer"], joined["you"]);
    ada.send(signal(&joined["you"], &json!({"kind": "x"}))).await;
    bob.hear("signal").await;
}

#[tokio::test]
async fn a_token_of_another_room_opens_no_seat() {
    let server = Server::start().await;
    let (_ada, _, _bob, _) = two(&server, "r").await;
    let (_eve, joined) = server.join("elsewhere").await;
    let mut eve = server.connect().await;
    eve.hello().await;
    let resume = json!({"token": joined["resume_token"], "mode": "reconnect"});
    eve.send(json!({"type": "join", "room": "r", "resume": resume})).await;
    eve.hear("full").await;
}

#[tokio::test]
async fn a_token_is_good_after_a_restart_with_the_same_key() {
    let first = Server::start().await;
    let (mut ada, joined) = first.join("r").await;
    first.stop().await;
    assert_eq!(ada.close_code().await, Some(1001));

    let second = Server::start().await;
    let mut ada = second.connect().await;
    ada.hello().await;
    let resume = json!({"token": joined["resume_token"], "mode": "reconnect"});
    ada.send(json!({"type": "join", "room": "r", "resume": resume})).await;
    assert_eq!(ada.hear("joined").await["you"], joined["you"]);
}

#[tokio::test]
async fn stopping_tells_everybody_and_takes_less_than_two_seconds() {
    let server = Server::with_capacity(25).await;
    let mut polite = Vec::new();
    for _ in 0..20 {
        polite.push(server.connect().await);
    }
    // These never answer the close frame, and one has not even finished its request.
    let _silent = server.connect().await;
    let _half = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let started = Instant::now();
    let stopping = tokio::spawn(server.stop());
    for client in &mut polite {
        client.hear("server_restarting").await;
        assert_eq!(client.close_code().await, Some(1001));
    }
    stopping.await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_client_that_hangs_up_keeps_its_seat_for_a_moment_only() {
    let mut config = Config::default();
    config.hub.reload_window_ms = 50;
    let server = Server::start_with(config).await;
    let (mut ada, _, bob, bob_id) = two(&server, "r").await;
    bob.hang_up(1001).await;
    assert_eq!(ada.hear("peer_reconnecting").await["peer"], bob_id);
    assert_eq!(ada.hear("peer_left").await["peer"], bob_id);
}

#[tokio::test]
async fn a_page_that_is_closed_frees_its_seat_unless_it_was_asked_for_just_before() {
    let server = Server::start().await;
    let (mut ada, _, bob, bob_id) = two(&server, "r").await;
    server.get("/r/another-room").await;
    bob.hang_up(CloseCode::PageClosed.number()).await;
    let message = ada.next().await;
    assert_eq!((&message["type"], &message["peer"]), (&json!("peer_left"), &bob_id));

    let (carl, joined) = server.join("r").await;
    ada.hear("peer_joined").await;
    server.get("/r/r").await;
    carl.hang_up(CloseCode::PageClosed.number()).await;
    let message = ada.next().await;
    assert_eq!((&message["type"], &message["peer"]), (&json!("peer_reconnecting"), &joined["you"]));
}

#[tokio::test]
async fn turn_logins_are_minted_for_each_seat() {
    let server = Server::start_with(with_turn_server()).await;
    let (_ada, joined) = server.join("r").await;
    let (_, peer) = login(&joined);
    assert_eq!(joined["you"], peer);
}

#[tokio::test]
async fn turn_logins_are_renewed_before_they_run_out() {
    let hub = HubConfig { heartbeat_ms: 200, ..HubConfig::default() };
    let mut config = Config { hub, ..with_turn_server() };
    config.ice.login_lifetime = Duration::from_secs(2);
    let server = Server::start_with(config).await;
    let (mut ada, joined) = server.join("r").await;
    let (first, _) = login(&joined);
    let (second, peer) = login(&ada.hear("ice_servers").await);
    let (third, _) = login(&ada.hear("ice_servers").await);
    assert!(first < second && second < third, "{first} {second} {third}");
    assert_eq!(joined["you"], peer);
}

fn login(message: &Value) -> (u64, String) {
    let username = message["ice_servers"][0]["username"].as_str().unwrap();
    let (expiry, peer) = username.split_once(':').unwrap();
    (expiry.parse().unwrap(), peer.to_owned())
}

fn with_turn_server() -> Config {
    let urls = vec!["turn:turn.example".to_owned()];
    let servers = vec![halloo::protocol::IceServer { urls, username: None, credential: None }];
    let ice = IceSettings { servers, secret: Some(Secret::new("secret")), ..IceSettings::default() };
    Config { ice, ..Config::default() }
}
