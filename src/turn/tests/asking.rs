//! Requests and their responses.

use super::stage::{Answer::*, RELAY, Stage, addresses, answer, key, networks, peer, signed, tcp, udp};
use crate::turn::{
    AllocationPort, Command, Policy, Refusal, Transport,
    message::{Class, Message, Method, Writer, attribute},
};

const ADA: &str = "198.51.100.7:4000";
/// Other clients behind the same address.
const BOB: &str = "198.51.100.7:5000";
const CLEO: &str = "198.51.100.7:6000";

type Attributes<'a> = &'a [(u16, &'a [u8])];

#[test]
fn anybody_is_told_their_address() {
    let mut stage = Stage::new();
    let request = stage.request(Method::Binding).finish(false);
    let Command::Reply(reply) = stage.send(udp(ADA), &request) else { panic!("no reply") };
    assert_eq!(addresses(&reply, attribute::XOR_MAPPED_ADDRESS), [ADA]);
    assert!(!Message::read(&reply).unwrap().has_fingerprint);
    let request = stage.request(Method::Binding).finish(true);
    let Command::Reply(reply) = stage.send(udp("[2001:4860::7]:1"), &request) else { panic!("no reply") };
    assert_eq!(addresses(&reply, attribute::XOR_MAPPED_ADDRESS), ["[2001:4860::7]:1"]);
    assert!(Message::read(&reply).unwrap().has_fingerprint, "as asked");
    let request = stage.request(Method::Binding).put(0x7777, &[]).finish(false);
    let Command::Reply(reply) = stage.send(udp(ADA), &request) else { panic!("no reply") };
    assert_eq!(answer(&reply), Error(420));
    assert_eq!(Message::read(&reply).unwrap().get(attribute::UNKNOWN_ATTRIBUTES), Some(&[0x77, 0x77][..]));
}

#[test]
fn a_stranger_is_told_how_to_log_in_and_leaves_no_trace() {
    let mut stage = Stage::new();
    let request = stage.request(Method::Allocate).put(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
    let request = request.finish(false);
    let Command::Reply(reply) = stage.send(udp(ADA), &request) else { panic!("no reply") };
    assert_eq!(answer(&reply), Error(401));
    let nonce = Message::read(&reply).unwrap().text(attribute::NONCE).unwrap().to_owned();
    assert!(stage.is_empty());
    assert!(reply.len() <= 2 * request.len(), "{} for {}", reply.len(), request.len());

    let login = stage.login("ada");
    let request = stage.request(Method::Allocate).put(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
    let reply = stage.ask_with(udp(ADA), &login, &nonce, request);
    assert_eq!(answer(&reply), Success);
    assert!(Message::read(&reply).unwrap().is_signed_with(&key(&login)));
    assert_eq!(addresses(&reply, attribute::XOR_RELAYED_ADDRESS), ["203.0.113.1:50002"]);
    assert_eq!(addresses(&reply, attribute::XOR_MAPPED_ADDRESS), [ADA]);
    assert_eq!(Message::read(&reply).unwrap().number(attribute::LIFETIME), Some(600));
}

#[test]
fn wrong_logins_are_refused_and_leave_no_trace() {
    let mut stage = Stage::new();
    let good = stage.login("ada");
    let mut forged = good.clone();
    forged.password.push('x');
    let late = stage.secret.login("ada", stage.now.unix);
    let other = crate::turn::Secret::new("another").login("ada", stage.now.unix + 600);
    for login in [&forged, &late, &other] {
        assert_eq!(answer(&stage.allocate(udp(ADA), login)), Error(401));
    }
    let request = stage.request(Method::Allocate);
    let old = stage.secret.nonce(stage.now.unix - 7_200, udp(ADA).remote.ip());
    assert_eq!(answer(&stage.ask_with(udp(ADA), &good, &old, request)), Error(438));
    let request = stage.request(Method::Allocate).sign(&key(&good)).finish(false);
    let Command::Reply(reply) = stage.send(udp(ADA), &request) else { panic!("no reply") };
    assert_eq!(answer(&reply), Error(400), "signed by nobody");
    assert!(stage.is_empty());
    assert_eq!(stage.server.stats().refused(Refusal::Unauthorized), 5);
}

#[test]
fn of_too_many_requests_of_an_address_half_are_answered_unless_it_proves_to_be_there() {
    let mut stage = Stage::with(|config| config.unauthenticated_per_second = 2);
    let binding = stage.request(Method::Binding).finish(false);
    let without_login = stage.request(Method::Allocate).finish(false);
    let answered = |stage: &mut Stage, client, question: &[u8]| {
        (0..1_000).filter(|_| matches!(stage.send(client, question), Command::Reply(_))).count()
    };
    for question in [&binding, &without_login] {
        let count = answered(&mut stage, udp(ADA), question);
        assert!((400..600).contains(&count), "{count} of 1,000");
    }
    assert!((800..1_200).contains(&stage.server.stats().refused(Refusal::Rate)));
    assert_eq!(answered(&mut stage, udp("198.51.100.8:4000"), &binding[..19]), 0, "no request");
    assert!(matches!(stage.send(udp("198.51.100.8:4000"), &binding), Command::Reply(_)), "somebody else");
    let login = stage.login("ada");
    assert_eq!(answer(&stage.allocate(udp(ADA), &login)), Success, "with a login");
    assert_eq!(answered(&mut stage, udp(ADA), &binding), 1_000, "who has an allocation is there");
    assert_eq!(answered(&mut stage, tcp(BOB), &binding), 1_000, "has to be there for a stream");
    assert!(answered(&mut stage, udp(CLEO), &binding) < 600);
    stage.passes(2);
    assert!(matches!(stage.send(udp(CLEO), &binding), Command::Reply(_)));
}

#[test]
fn what_cannot_be_had_is_refused_by_its_code() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    let transport = attribute::REQUESTED_TRANSPORT;
    let udp_transport = [17, 0, 0, 0];
    let [v4, v6, v9] = [[1, 0, 0, 0], [2, 0, 0, 0], [9, 0, 0, 0]];
    let (family, extra) = (attribute::REQUESTED_ADDRESS_FAMILY, attribute::ADDITIONAL_ADDRESS_FAMILY);
    let cases: [(Attributes<'_>, u16); 8] = [
        (&[], 400),
        (&[(transport, &[6, 0, 0, 0])], 442),
        (&[(transport, &udp_transport), (family, &v9)], 440),
        (&[(transport, &udp_transport), (family, &v4), (extra, &v6)], 400),
        (&[(transport, &udp_transport), (extra, &v4)], 400),
        (&[(transport, &udp_transport), (0x0018, &[0])], 420), // EVEN-PORT
        (&[(transport, &udp_transport), (0x001A, &[])], 420),  // DONT-FRAGMENT
        (&[(transport, &udp_transport), (0x0022, &[0; 8])], 420), // RESERVATION-TOKEN
    ];
    for (attributes, code) in cases {
        let request = attributes
            .iter()
            .fold(stage.request(Method::Allocate), |request, (kind, value)| request.put(*kind, value));
        assert_eq!(answer(&stage.ask(udp(ADA), &login, request)), Error(code), "{attributes:?}");
    }
    assert!(stage.is_empty());
    let mut without_v6 = Stage::with(|config| config.relay_addresses.truncate(1));
    let request = without_v6.request(Method::Allocate).put(transport, &udp_transport).put(family, &v6);
    assert_eq!(answer(&without_v6.ask(udp(ADA), &login, request)), Error(440));
}

#[test]
fn both_families_can_be_had_at_once_and_the_second_is_extra() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    let both = |stage: &mut Stage| {
        let request = stage.request(Method::Allocate).put(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
        request.put(attribute::ADDITIONAL_ADDRESS_FAMILY, &[2, 0, 0, 0])
    };
    let request = both(&mut stage);
    let reply = stage.ask(udp(ADA), &login, request);
    assert_eq!(
        addresses(&reply, attribute::XOR_RELAYED_ADDRESS),
        ["203.0.113.1:50002", "[2001:4860::1]:50003"]
    );
    assert_eq!(stage.permit(udp(ADA), &login, &["8.8.8.8:5001", "[2606:4700::1]:1"]), Success);

    let mut stage = Stage::with(|config| config.relay_addresses.truncate(1));
    let request = both(&mut stage);
    let reply = stage.ask(udp(ADA), &login, request);
    assert_eq!(answer(&reply), Success);
    assert_eq!(Message::read(&reply).unwrap().get(attribute::ADDRESS_ERROR_CODE), Some(&[2, 0, 4, 40][..]));
    assert_eq!(stage.permit(udp(ADA), &login, &["[2606:4700::1]:1"]), Error(443));
}

#[test]
fn a_lost_answer_is_said_again_and_a_second_allocation_refused() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    let request = stage.request(Method::Allocate).put(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
    let nonce = stage.secret.nonce(stage.now.unix, udp(ADA).remote.ip());
    let bytes = signed(&login, &nonce, request);
    assert!(matches!(stage.send(udp(ADA), &bytes), Command::CreateAllocation(_)));
    assert_eq!(
        stage.send(udp(ADA), &bytes),
        Command::Discard,
        "asked again while the socket is being opened"
    );
    let reply = stage
        .server
        .handle_allocation_created(stage.now, udp(ADA), Some((AllocationPort(50_002), 1)), None)
        .unwrap();
    assert_eq!(stage.send(udp(ADA), &bytes), Command::Reply(reply));
    assert_eq!(answer(&stage.allocate(udp(ADA), &login)), Error(437));
    let id = Message::read(&bytes).unwrap().id;
    let same_id = Writer::new(Class::Request, Method::Allocate, &id);
    let same_id = same_id.put(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
    let other = stage.login("eve");
    let reply = stage.ask(udp(ADA), &other, same_id);
    assert_eq!(answer(&reply), Error(437), "what somebody else was answered is not told");
    assert!(Message::read(&reply).unwrap().is_signed_with(&key(&other)));
    assert_eq!(stage.server.allocation_count(), 1);
}

#[test]
fn a_socket_that_cannot_be_opened_leaves_no_trace() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    let nonce = stage.secret.nonce(stage.now.unix, udp(ADA).remote.ip());
    let request = stage.request(Method::Allocate).put(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
    stage.send(udp(ADA), &signed(&login, &nonce, request));
    let reply = stage.server.handle_allocation_created(stage.now, udp(ADA), None, None).unwrap();
    assert_eq!(answer(&reply), Error(508));
    assert_eq!(stage.server.stats().refused(Refusal::Full), 1, "the operator can see it");
    assert!(stage.is_empty());
}

#[test]
fn each_user_and_all_together_have_so_many_and_no_more() {
    let mut stage = Stage::new();
    let clients = ["198.51.100.7:1", "198.51.100.7:2", "198.51.100.7:3", "198.51.100.7:4"].map(udp);
    let ada = stage.login("ada");
    let renewed = stage.secret.login("ada", stage.now.unix + 900);
    assert_eq!(answer(&stage.allocate(clients[0], &ada)), Success);
    assert_eq!(answer(&stage.allocate(clients[1], &renewed)), Success);
    assert_eq!(answer(&stage.allocate(clients[2], &renewed)), Error(486), "the same person with a new login");
    let (bob, eve) = (stage.login("bob"), stage.login("eve"));
    assert_eq!(answer(&stage.allocate(clients[2], &bob)), Success);
    assert_eq!(answer(&stage.allocate(clients[3], &eve)), Error(508));
    assert_eq!(stage.refresh(clients[0], &ada, 0), Success);
    assert_eq!(answer(&stage.allocate(clients[3], &eve)), Success);
    assert_eq!(stage.server.stats().refused(Refusal::Quota), 1);
    assert_eq!(stage.server.stats().refused(Refusal::Full), 1);
}

#[test]
fn an_allocation_ends_when_it_is_not_refreshed_or_given_back_or_its_stream_ends() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    stage.allocate(udp(ADA), &login);
    stage.passes(599);
    assert_eq!(stage.refresh(udp(ADA), &login, 600), Success);
    stage.passes(599);
    assert_eq!(stage.server.allocation_count(), 1);
    stage.passes(1);
    assert_eq!(stage.server.poll_deleted(), Some(udp(ADA)));
    assert!(stage.is_empty());
    assert_eq!(stage.server.poll_deleted(), None);

    let login = stage.login("ada");
    assert_eq!(stage.refresh(udp(ADA), &login, 600), Error(437));
    for client in [tcp(ADA), udp(ADA)] {
        assert_eq!(answer(&stage.allocate(client, &login)), Success);
        match client.transport {
            Transport::Tcp => stage.server.handle_client_closed(client),
            Transport::Udp => assert_eq!(stage.refresh(client, &login, 0), Success),
        }
        assert_eq!(stage.server.poll_deleted(), Some(client));
        assert!(stage.is_empty());
    }
}

#[test]
fn a_long_call_goes_on_with_the_login_it_began_with_and_with_no_other() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    stage.allocate(udp(ADA), &login);
    for _ in 0..5 {
        stage.passes(590);
        assert_eq!(stage.refresh(udp(ADA), &login, 600), Success);
        assert_eq!(stage.permit(udp(ADA), &login, &["8.8.8.8:5001"]), Success);
    }
    assert_eq!(answer(&stage.allocate(udp("198.51.100.7:4001"), &login)), Error(401), "it has run out");
    let other = stage.login("eve");
    for code in [
        stage.refresh(udp(ADA), &other, 0),
        stage.permit(udp(ADA), &other, &["8.8.8.8:5001"]),
        stage.bind(udp(ADA), &other, 0x4000, "8.8.8.8:5001"),
    ] {
        assert_eq!(code, Error(441));
    }
}

#[test]
fn peers_are_permitted_all_or_none_and_only_outside() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    stage.allocate(udp(ADA), &login);
    assert_eq!(stage.permit(udp(ADA), &login, &[]), Error(400));
    assert_eq!(stage.permit(udp(ADA), &login, &["8.8.8.8:5001", "10.0.0.1:1"]), Error(403));
    assert!(!stage.server.allocations[&udp(ADA)].permits(peer("8.8.8.8:5001"), stage.now.steady));
    assert_eq!(stage.bind(udp(ADA), &login, 0x4000, "127.0.0.1:5053"), Error(403));
    assert_eq!(
        stage.permit(udp(ADA), &login, &["203.0.113.1:5001"]),
        Success,
        "another relay of this server"
    );
    assert_eq!(stage.server.stats().refused(Refusal::Forbidden), 2);

    let mut inside = Stage::with(|config| config.policy = Policy { private: true });
    inside.allocate(udp(ADA), &login);
    assert_eq!(inside.permit(udp(ADA), &login, &["10.0.0.1:1"]), Success);
    assert_eq!(inside.permit(udp(ADA), &login, &["127.0.0.1:5001"]), Error(403));
}

#[test]
fn a_channel_belongs_to_one_peer_and_a_peer_to_one_channel() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    assert_eq!(stage.bind(udp(ADA), &login, 0x4000, "8.8.8.8:5001"), Error(437));
    stage.allocate(udp(ADA), &login);
    for (number, peer, expected) in [
        (0x4000, "8.8.8.8:5001", Success),
        (0x4000, "8.8.8.8:5001", Success),
        (0x4000, "8.8.8.8:5002", Error(400)),
        (0x4001, "8.8.8.8:5001", Error(400)),
        (0x4001, "8.8.8.8:5002", Success),
        (0x3FFF, "8.8.8.8:5003", Error(400)),
        (0x5000, "8.8.8.8:5003", Error(400)),
    ] {
        assert_eq!(stage.bind(udp(ADA), &login, number, peer), expected, "{number:x} {peer}");
    }
    for number in 0x4002..0x4020 {
        assert_eq!(stage.bind(udp(ADA), &login, number, &format!("8.8.8.8:{number}")), Success);
    }
    assert_eq!(stage.bind(udp(ADA), &login, 0x4999, "8.8.8.8:5009"), Error(508));
    for last in 1..=63 {
        assert_eq!(stage.permit(udp(ADA), &login, &[&format!("9.9.9.{last}:1")]), Success);
    }
    assert_eq!(stage.permit(udp(ADA), &login, &["9.9.9.200:1"]), Error(508));
}

#[test]
fn what_there_is_no_room_for_is_not_given_in_part() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    stage.allocate(udp(ADA), &login);
    let peers: Vec<String> = (0..65).map(|host| format!("9.9.9.{host}:1")).collect();
    let peers: Vec<&str> = peers.iter().map(String::as_str).collect();
    assert_eq!(stage.permit(udp(ADA), &login, &peers), Error(508));
    let is_permitted =
        |stage: &Stage| stage.server.allocations[&udp(ADA)].permits(peer(peers[0]), stage.now.steady);
    assert!(!is_permitted(&stage), "all or none");
    assert_eq!(stage.permit(udp(ADA), &login, &peers[..64]), Success);
    assert_eq!(stage.permit(udp(ADA), &login, &peers[..64]), Success, "the same once more");

    assert_eq!(
        stage.bind(udp(ADA), &login, 0x4000, "8.8.8.8:5001"),
        Error(508),
        "no room for its permission"
    );
    assert_eq!(stage.bind(udp(ADA), &login, 0x4000, "9.9.9.1:5002"), Success, "so the number is still free");
    stage.passes(300);
    assert!(!is_permitted(&stage));
    assert_eq!(stage.permit(udp(ADA), &login, &["8.8.8.8:5001"]), Success, "there is room again");
}

#[test]
fn this_machine_is_not_reached_by_another_way_of_writing_its_address() {
    let mut stage = Stage::with(|config| config.relay_addresses[0] = "5.6.7.8".parse().unwrap());
    let login = stage.login("ada");
    let request = stage.request(Method::Allocate).put(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
    stage.ask(udp(ADA), &login, request.put(attribute::ADDITIONAL_ADDRESS_FAMILY, &[2, 0, 0, 0]));
    for disguised in
        ["[::ffff:5.6.7.8]:53", "[64:ff9b::5.6.7.8]:53", "[2002:506:708::1]:53", "[::5.6.7.8]:53"]
    {
        assert_eq!(stage.permit(udp(ADA), &login, &[disguised]), Error(403), "{disguised}");
        assert_eq!(stage.bind(udp(ADA), &login, 0x4000, disguised), Error(403), "{disguised}");
    }
    assert_eq!(stage.permit(udp(ADA), &login, &["5.6.7.8:5053", "[::ffff:8.8.8.8]:53"]), Success);
}

#[test]
fn other_addresses_of_this_machine_are_no_way_past_its_firewall() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    stage.allocate(udp(ADA), &login);
    assert_eq!(stage.permit(udp(ADA), &login, &["5.6.7.9:5053"]), Success);
    stage.server.set_own_networks(networks(&[&format!("{RELAY}/32"), "5.6.7.9/32"]));
    assert_eq!(stage.permit(udp(ADA), &login, &["5.6.7.9:5053"]), Error(403));
    assert_eq!(stage.bind(udp(ADA), &login, 0x4000, "5.6.7.9:5053"), Error(403));
    assert_eq!(stage.permit(udp(ADA), &login, &["8.8.8.8:5053"]), Success);
    assert_eq!(
        stage.permit(udp(ADA), &login, &[&format!("{RELAY}:53")]),
        Success,
        "others are relayed there"
    );
}

#[test]
fn neighbours_of_this_machine_are_not_reached_unless_private_networks_are() {
    for private in [false, true] {
        let mut stage = Stage::with(|config| config.policy = Policy { private });
        stage.server.set_own_networks(networks(&["5.6.7.9/24", "2a00:1450::9/64"]));
        let login = stage.login("ada");
        let request = stage.request(Method::Allocate).put(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
        stage.ask(udp(ADA), &login, request.put(attribute::ADDITIONAL_ADDRESS_FAMILY, &[2, 0, 0, 0]));
        let expected = if private { Success } else { Error(403) };
        for near in ["5.6.7.10:161", "[2a00:1450::10]:161", "[::ffff:5.6.7.10]:161"] {
            assert_eq!(stage.permit(udp(ADA), &login, &[near]), expected, "{near}");
        }
        for far in ["5.6.8.10:161", "[2a00:1450:0:1::10]:161"] {
            assert_eq!(stage.permit(udp(ADA), &login, &[far]), Success, "{far}");
        }
        assert_eq!(stage.permit(udp(ADA), &login, &["5.6.7.9:5161"]), Error(403), "the machine itself");
    }
}

#[test]
fn one_network_cannot_take_all_there_is_with_many_logins() {
    let mut stage = Stage::with(|config| {
        (config.max_per_user, config.max_per_network, config.max_allocations) = (1, 2, 9);
    });
    let from = |n: u16| udp(&format!("[2001:db8::{n}]:4000"));
    for n in 1..=2 {
        let login = stage.login(&format!("visitor{n}"));
        assert_eq!(answer(&stage.allocate(from(n), &login)), Success);
    }
    let login = stage.login("visitor3");
    assert_eq!(answer(&stage.allocate(from(3), &login)), Error(486));
    assert_eq!(answer(&stage.allocate(udp("[2001:db8:0:1::3]:4000"), &login)), Success, "from elsewhere");
    stage.server.handle_client_closed(from(1));
    let login = stage.login("visitor4");
    assert_eq!(answer(&stage.allocate(from(3), &login)), Success, "there is room again");
}

#[test]
fn where_there_is_no_ipv4_who_names_no_family_gets_ipv6() {
    let mut stage = Stage::with(|config| config.relay_addresses.retain(std::net::IpAddr::is_ipv6));
    let login = stage.login("ada");
    let reply = stage.allocate(udp(ADA), &login);
    assert_eq!(answer(&reply), Success);
    assert_eq!(addresses(&reply, attribute::XOR_RELAYED_ADDRESS), ["[2001:4860::1]:50003"]);
    let request = stage.request(Method::Allocate).put(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
    let request = request.put(attribute::REQUESTED_ADDRESS_FAMILY, &[1, 0, 0, 0]);
    assert_eq!(answer(&stage.ask(udp(BOB), &login, request)), Error(440), "IPv4, by name");
}
