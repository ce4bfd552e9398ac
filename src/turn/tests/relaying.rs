//! Packets between clients and peers.

use super::stage::{Answer::*, RELAY, Stage, address, addresses, networks, peer, tcp, udp};
use crate::turn::{
    ClientSocket, Command, HEADROOM,
    message::{Class, Message, Method, Writer, attribute},
};

const ADA: &str = "198.51.100.7:4000";
const BOB: &str = "198.51.100.8:4000";
const PEER: &str = "8.8.8.8:5000";

fn send_indication(peer: &str, data: &[u8]) -> Vec<u8> {
    Writer::new(Class::Indication, Method::Send, &[1; 12])
        .put_address(attribute::XOR_PEER_ADDRESS, address(peer))
        .put(attribute::DATA, data)
        .finish(false)
}

fn channel_data(number: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&number.to_be_bytes(), &length.to_be_bytes(), data].concat()
}

/// Sends a packet from a peer. Returns what the client receives.
fn from_peer(stage: &mut Stage, client: ClientSocket, peer: &str, data: &[u8]) -> Option<Vec<u8>> {
    let mut buffer = vec![0xEE; HEADROOM + data.len() + 8];
    buffer[HEADROOM..HEADROOM + data.len()].copy_from_slice(data);
    let range = stage.server.handle_peer_traffic(
        stage.now.steady,
        client,
        self::peer(peer),
        &mut buffer,
        data.len(),
    )?;
    Some(buffer[range].to_vec())
}

#[test]
fn an_indication_is_relayed_to_a_permitted_peer_only() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    let packet = send_indication(PEER, b"hello");
    assert_eq!(stage.send(udp(ADA), &packet), Command::Discard, "no allocation");
    stage.allocate(udp(ADA), &login);
    assert_eq!(stage.send(udp(ADA), &packet), Command::Discard, "no permission");
    assert_eq!(stage.permit(udp(ADA), &login, &["8.8.8.8:1"]), Success);
    let Command::SendToPeer { socket, peer: to, data } = stage.send(udp(ADA), &packet) else {
        panic!("not relayed")
    };
    assert_eq!((socket, to, &packet[data]), (50_002, peer(PEER), &b"hello"[..]));
    assert_eq!(stage.send(udp(BOB), &packet), Command::Discard, "somebody else");
    stage.passes(299);
    assert!(matches!(stage.send(udp(ADA), &packet), Command::SendToPeer { .. }));
    stage.passes(1);
    assert_eq!(stage.send(udp(ADA), &packet), Command::Discard, "the permission has run out");
}

#[test]
fn channel_data_is_relayed_without_a_copy_for_as_long_as_the_channel_is_bound() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    stage.allocate(udp(ADA), &login);
    let packet = channel_data(0x4000, b"hello");
    assert_eq!(stage.send(udp(ADA), &packet), Command::Discard, "not bound");
    assert_eq!(stage.bind(udp(ADA), &login, 0x4000, PEER), Success);
    let expected = Command::SendToPeer { socket: 50_002, peer: peer(PEER), data: 4..9 };
    assert_eq!(stage.send(udp(ADA), &packet), expected);
    assert_eq!(stage.send(udp(ADA), &[&packet[..], &[0; 3]].concat()), expected, "padded");
    assert_eq!(stage.send(udp(ADA), &packet[..8]), Command::Discard, "cut off");
    stage.refresh(udp(ADA), &login, 3_600);
    stage.passes(299);
    stage.permit(udp(ADA), &login, &[PEER]);
    stage.passes(299);
    assert_eq!(stage.send(udp(ADA), &packet), expected);
    stage.permit(udp(ADA), &login, &[PEER]);
    stage.passes(2);
    assert_eq!(stage.send(udp(ADA), &packet), Command::Discard, "the channel has run out");
}

#[test]
fn what_a_peer_sends_comes_as_channel_data_or_as_an_indication() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    stage.allocate(udp(ADA), &login);
    assert_eq!(from_peer(&mut stage, udp(ADA), PEER, b"hello"), None, "no permission");
    stage.permit(udp(ADA), &login, &["8.8.8.8:1"]);
    for (peer, data) in [(PEER, &b"hello"[..]), ("8.8.8.8:6000", b"")] {
        let frame = from_peer(&mut stage, udp(ADA), peer, data).unwrap();
        let message = Message::read(&frame).unwrap();
        assert_eq!((message.class, message.method), (Class::Indication, Method::Data));
        assert_eq!(message.get(attribute::DATA), Some(data));
        assert_eq!(addresses(&frame, attribute::XOR_PEER_ADDRESS), [peer]);
    }
    stage.bind(udp(ADA), &login, 0x4001, PEER);
    assert_eq!(from_peer(&mut stage, udp(ADA), PEER, b"hello"), Some(channel_data(0x4001, b"hello")));
    assert_eq!(from_peer(&mut stage, udp(ADA), "9.9.9.9:5000", b"hello"), None);
    assert_eq!(stage.server.stats().bytes_to_clients, 10);
}

#[test]
fn in_a_stream_channel_data_is_padded() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    stage.allocate(tcp(ADA), &login);
    stage.bind(tcp(ADA), &login, 0x4001, PEER);
    let expected = [&channel_data(0x4001, b"hello")[..], &[0; 3]].concat();
    assert_eq!(from_peer(&mut stage, tcp(ADA), PEER, b"hello"), Some(expected));
}

#[test]
fn an_ipv6_peer_is_reached_from_an_ipv6_relay() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    let request = stage.request(Method::Allocate).put(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
    let request = request.put(attribute::ADDITIONAL_ADDRESS_FAMILY, &[2, 0, 0, 0]);
    stage.ask(udp(ADA), &login, request);
    let peer = "[2606:4700::1]:5000";
    stage.permit(udp(ADA), &login, &[peer, PEER]);
    for (peer, expected) in [(peer, 50_003), (PEER, 50_002)] {
        let Command::SendToPeer { socket, .. } = stage.send(udp(ADA), &send_indication(peer, b"x")) else {
            panic!("not relayed")
        };
        assert_eq!(socket, expected);
    }
    let frame = from_peer(&mut stage, udp(ADA), peer, b"x").unwrap();
    assert_eq!(addresses(&frame, attribute::XOR_PEER_ADDRESS), [peer]);
}

#[test]
fn two_clients_of_one_server_reach_each_other_inside_it() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.login("ada"), stage.login("bob"));
    stage.allocate(udp(ADA), &ada);
    stage.allocate(tcp(BOB), &bob);
    let [relay_of_ada, relay_of_bob] = ["203.0.113.1:50002", "203.0.113.1:50004"];
    stage.bind(udp(ADA), &ada, 0x4000, relay_of_bob);
    let packet = channel_data(0x4000, b"hello");
    assert_eq!(stage.send(udp(ADA), &packet), Command::Discard, "Bob permits nobody");
    stage.permit(tcp(BOB), &bob, &[relay_of_ada]);
    let Command::SendToClient { client, frame } = stage.send(udp(ADA), &packet) else {
        panic!("not delivered")
    };
    assert_eq!(client, tcp(BOB));
    assert_eq!(addresses(&frame, attribute::XOR_PEER_ADDRESS), [relay_of_ada]);
    assert_eq!(Message::read(&frame).unwrap().get(attribute::DATA), Some(&b"hello"[..]));
    stage.bind(tcp(BOB), &bob, 0x4007, relay_of_ada);
    let Command::SendToClient { frame, .. } = stage.send(udp(ADA), &packet) else { panic!("not delivered") };
    assert_eq!(frame, [&channel_data(0x4007, b"hello")[..], &[0; 3]].concat());

    let other_door = send_indication("203.0.113.1:53", b"x");
    stage.permit(udp(ADA), &ada, &["203.0.113.1:53"]);
    assert_eq!(stage.send(udp(ADA), &other_door), Command::Discard, "another service of this machine");
    stage.server.handle_client_closed(tcp(BOB));
    assert_eq!(stage.send(udp(ADA), &packet), Command::Discard, "Bob is gone");
}

#[test]
fn who_was_given_a_relay_before_the_machine_had_another_address_keeps_it() {
    let mut stage = Stage::new();
    let [ada, bob] = [("ada", ADA), ("bob", BOB)].map(|(name, from)| {
        let login = stage.login(name);
        stage.allocate(udp(from), &login);
        login
    });
    let [relay_of_ada, relay_of_bob] = ["203.0.113.1:50002", "203.0.113.1:50004"];
    let moved = |stage: &mut Stage| {
        stage.server.set_own_networks(networks(&[&format!("{RELAY}/32"), "5.6.7.8/32"]));
        stage.server.set_relay_addresses(vec!["5.6.7.8".parse().unwrap()]);
    };
    moved(&mut stage);
    assert_eq!(stage.permit(udp(BOB), &bob, &[relay_of_ada]), Success, "also anew, every five minutes");
    assert_eq!(stage.bind(udp(ADA), &ada, 0x4000, relay_of_bob), Success);
    assert!(matches!(stage.send(udp(ADA), &channel_data(0x4000, b"hello")), Command::SendToClient { .. }));
    assert_eq!(stage.permit(udp(ADA), &ada, &["203.0.113.1:53"]), Success);
    assert_eq!(stage.send(udp(ADA), &send_indication("203.0.113.1:53", b"x")), Command::Discard);

    let cleo = stage.login("cleo");
    let answer = stage.allocate(udp("198.51.100.9:4000"), &cleo);
    assert_eq!(addresses(&answer, attribute::XOR_RELAYED_ADDRESS), ["5.6.7.8:50006"]);
    stage.server.handle_client_closed(udp(ADA));
    stage.server.handle_client_closed(udp(BOB));
    moved(&mut stage);
    assert_eq!(
        stage.permit(udp("198.51.100.9:4000"), &cleo, &[relay_of_ada]),
        Error(403),
        "nobody is relayed there now"
    );
}
