//! How much users and networks may have and ask for, and when the right of a user ends.

use super::stage::{Answer::*, Stage, answer, peer, signed, tcp, udp};
use crate::{
    limits::Rate,
    turn::{
        ClientSocket, Command, HEADROOM, Login, Refusal, is_turn_request,
        message::{Class, Method, Writer, attribute},
    },
};

const ADA: &str = "198.51.100.7:4000";
const BOB: &str = "198.51.100.8:4000";

/// Sends an Allocate request and Refresh with lifetime 0. Returns whether both were granted.
fn allocates_and_ends(stage: &mut Stage, client: ClientSocket, login: &Login) -> bool {
    let nonce = stage.secret.nonce(stage.now.unix, client.remote.ip());
    let request = stage.request(Method::Allocate).put(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
    let request = signed(login, &nonce, request);
    if stage.send(client, &request) == Command::Discard {
        return false;
    }
    stage.server.handle_client_closed(client);
    let granted = answer(&stage.allocate(client, login)) == Success;
    stage.server.handle_client_closed(client);
    granted
}

#[test]
fn a_user_who_asks_too_often_is_not_answered_for_a_while_and_others_are() {
    let rate = Rate { per_second: 10, burst: 20 };
    let mut stage = Stage::with(|config| config.user_allocations = rate);
    let (ada, bob) = (stage.login("ada"), stage.login("bob"));
    // Each costs two.
    let granted = (0..100).filter(|_| allocates_and_ends(&mut stage, udp(ADA), &ada)).count();
    assert_eq!(granted, 10);
    assert_eq!(stage.server.stats().refused(Refusal::UserRate), 90);
    assert!(allocates_and_ends(&mut stage, udp("198.51.100.7:5000"), &bob), "another user, the same address");
    stage.passes(1);
    let renewed = stage.secret.login("ada", stage.now.unix + 900);
    let granted = (0..100).filter(|_| allocates_and_ends(&mut stage, udp(BOB), &renewed)).count();
    assert_eq!(granted, 5, "with another login, at another address");
}

#[test]
fn requests_of_every_kind_count() {
    let mut stage = Stage::with(|config| config.user_requests = Rate { per_second: 1, burst: 3 });
    let login = stage.login("ada");
    stage.allocate(udp(ADA), &login);
    assert_eq!(stage.permit(udp(ADA), &login, &["8.8.8.8:5000"]), Success);
    assert_eq!(stage.refresh(udp(ADA), &login, 600), Success);
    assert!(stage.server.refuses_early(stage.now.steady, udp(ADA)));
    assert!(!stage.server.refuses_early(stage.now.steady, udp(BOB)), "nobody knows who that is");
    let nonce = stage.secret.nonce(stage.now.unix, udp(ADA).remote.ip());
    for method in [Method::Refresh, Method::CreatePermission, Method::ChannelBind, Method::Allocate] {
        let request = stage.request(method);
        assert_eq!(stage.send(udp(ADA), &signed(&login, &nonce, request)), Command::Discard, "{method:?}");
    }
    stage.passes(1);
    assert!(!stage.server.refuses_early(stage.now.steady, udp(ADA)));
    assert_eq!(stage.refresh(udp(ADA), &login, 600), Success, "a retransmission gets through");
}

#[test]
fn over_a_stream_where_nothing_is_sent_again_the_answer_is_to_come_later() {
    let mut stage = Stage::with(|config| config.network_requests = Rate { per_second: 1, burst: 1 });
    let login = stage.login("ada");
    assert_eq!(answer(&stage.allocate(tcp(ADA), &login)), Success);
    assert_eq!(stage.refresh(tcp(ADA), &login, 600), Error(508));
    assert_eq!(stage.server.stats().refused(Refusal::NetworkRate), 1);
}

#[test]
fn a_stream_that_fails_to_authenticate_again_and_again_is_closed() {
    let mut stage = Stage::new();
    let (login, elsewhere) = (stage.login("ada"), crate::turn::Secret::new("other"));
    let wrong = elsewhere.login("ada", stage.now.unix + 600);
    let nonce = stage.secret.nonce(stage.now.unix, tcp(ADA).remote.ip());
    let failed = |stage: &mut Stage, client, login: &Login| {
        let request = stage.request(Method::Refresh);
        stage.send(client, &signed(login, &nonce, request))
    };
    for _ in 0..2 {
        for _ in 0..19 {
            assert!(matches!(failed(&mut stage, tcp(ADA), &wrong), Command::Reply(_)));
        }
        assert_eq!(answer(&stage.allocate(tcp(ADA), &login)), Success, "then the count begins again");
        stage.refresh(tcp(ADA), &login, 0);
    }
    for _ in 0..19 {
        assert!(matches!(failed(&mut stage, tcp(BOB), &wrong), Command::Reply(_)), "each stream has its own");
    }
    assert_eq!(failed(&mut stage, tcp(BOB), &wrong), Command::Close);
    stage.server.handle_client_closed(tcp(BOB));
    assert!(stage.is_empty());
    for _ in 0..100 {
        assert_ne!(failed(&mut stage, udp(BOB), &wrong), Command::Close, "the source may be forged");
    }
    assert!(stage.is_empty());
}

#[test]
fn a_success_beyond_the_rate_does_not_begin_the_count_again() {
    let mut stage = Stage::with(|config| config.user_requests = Rate { per_second: 1, burst: 1 });
    let login = stage.login("ada");
    let nonce = stage.secret.nonce(stage.now.unix, tcp(ADA).remote.ip());
    let closes = (0..30).any(|_| {
        stage.refresh(tcp(ADA), &login, 600);
        let unsigned = stage.request(Method::Refresh).put(attribute::NONCE, nonce.as_bytes()).finish(false);
        stage.send(tcp(ADA), &unsigned) == Command::Close
    });
    assert!(closes);
}

#[test]
fn somebody_with_a_seat_is_known_until_it_ends() {
    let mut stage = Stage::new();
    let [ada, bob] = [udp(ADA).remote.ip(), udp(BOB).remote.ip()];
    stage.server.handle_user_began("ada", Some(ada));
    assert!(stage.server.knows(ada) && !stage.server.knows(bob));
    let login = stage.login("ben");
    stage.allocate(udp(BOB), &login);
    assert!(stage.server.knows(bob), "an allocation will do");
    stage.server.handle_user_ended(stage.now.steady, "ada", 0);
    assert!(!stage.server.knows(ada));
    let unsigned = stage.request(Method::Binding).finish(false);
    let answered = |stage: &mut Stage, client, count: usize| {
        (0..count).filter(|_| matches!(stage.send(client, &unsigned), Command::Reply(_))).count()
    };
    assert!(answered(&mut stage, udp(ADA), 30_000) < 10_000);
    stage.server.handle_user_began("ada", Some(ada));
    assert_eq!(answered(&mut stage, udp(ADA), 100), 100, "it has a budget of its own");
}

#[test]
fn long_requests_are_not_read_and_long_packets_are_relayed() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    let nonce = stage.secret.nonce(stage.now.unix, udp(ADA).remote.ip());
    stage.allocate(udp(ADA), &login);
    stage.permit(udp(ADA), &login, &["8.8.8.8:5000"]);
    let with = |stage: &mut Stage, method, length| {
        // An optional attribute that nobody knows.
        stage.request(method).put(0xC001, &vec![7; length])
    };
    for client in [udp(ADA), tcp(BOB)] {
        let binding = with(&mut stage, Method::Binding, 2_024).finish(false);
        assert_eq!(binding.len(), 2_048);
        assert!(matches!(stage.send(client, &binding), Command::Reply(_)));
        let before = stage.server.stats();
        for method in [Method::Binding, Method::Allocate, Method::Refresh] {
            let long = with(&mut stage, method, 2_028);
            let long = signed(&login, &nonce, long);
            assert!(!is_turn_request(&long), "nor does it wait");
            assert_eq!(stage.send(client, &long), Command::Discard);
        }
        let after = stage.server.stats();
        assert_eq!(after.refused(Refusal::Length) - before.refused(Refusal::Length), 3);
        assert_eq!(after.refused(Refusal::Unauthorized), before.refused(Refusal::Unauthorized));
    }
    let packet = Writer::new(Class::Indication, Method::Send, &[7; 12])
        .put_address(attribute::XOR_PEER_ADDRESS, peer("8.8.8.8:5000").0)
        .put(attribute::DATA, &[7; 65_000])
        .finish(false);
    assert!(
        matches!(stage.send(udp(ADA), &packet), Command::SendToPeer { data, .. } if data.len() == 65_000)
    );
}

#[test]
fn many_logins_of_one_network_have_its_rate() {
    let rate = Rate { per_second: 5, burst: 10 };
    let mut stage = Stage::with(|config| config.network_allocations = rate);
    let mut granted = 0;
    for number in 0..50 {
        let login = stage.login(&format!("visitor{number}"));
        granted += usize::from(allocates_and_ends(&mut stage, udp(ADA), &login));
    }
    assert_eq!(granted, 5);
    let login = stage.login("ada");
    assert!(allocates_and_ends(&mut stage, udp("192.0.2.1:4000"), &login), "from elsewhere");
}

#[test]
fn who_has_hung_up_gets_nothing_new_and_what_there_is_ends_soon() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    stage.allocate(udp(ADA), &login);
    stage.server.handle_user_ended(stage.now.steady, "ada", 30_000);
    assert_eq!(answer(&stage.allocate(udp(BOB), &login)), Error(403));
    assert_eq!(stage.server.stats().refused(Refusal::Ended), 1);
    let bob = stage.login("bob");
    assert_eq!(answer(&stage.allocate(udp(BOB), &bob)), Success, "somebody else");
    stage.passes(29);
    assert_eq!(stage.refresh(udp(ADA), &login, 600), Success);
    assert_eq!(stage.permit(udp(ADA), &login, &["8.8.8.8:5000"]), Success, "meanwhile");
    stage.passes(1);
    assert_eq!(stage.server.poll_deleted(), Some(udp(ADA)));
    assert_eq!(stage.server.allocation_count(), 1);
}

#[test]
fn an_allocation_whose_sockets_are_being_opened_when_its_user_ends_ends_too() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    let nonce = stage.secret.nonce(stage.now.unix, udp(ADA).remote.ip());
    let request = stage.request(Method::Allocate).put(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
    stage.send(udp(ADA), &signed(&login, &nonce, request));
    stage.server.handle_user_ended(stage.now.steady, "ada", 30_000);
    let opened = Some((crate::turn::AllocationPort(50_002), 1));
    stage.server.handle_allocation_created(stage.now, udp(ADA), opened, None);
    stage.passes(30);
    assert_eq!(stage.server.allocation_count(), 0);
}

#[test]
fn who_is_back_in_the_seat_is_like_before() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    stage.allocate(udp(ADA), &login);
    stage.server.handle_user_ended(stage.now.steady, "ada", 3_600_000);
    stage.passes(500);
    assert_eq!(stage.refresh(udp(ADA), &login, 3_600), Success, "it is lost, and there is media");
    stage.server.handle_user_ended(stage.now.steady, "ada", 30_000);
    stage.server.handle_user_began("ada", None);
    stage.passes(3_599);
    assert_eq!(stage.server.allocation_count(), 1);
    let login = stage.login("ada");
    assert_eq!(answer(&stage.allocate(udp(BOB), &login)), Success);
    stage.passes(1);
    assert_eq!(stage.server.allocation_count(), 1);
}

#[test]
fn ended_users_are_forgotten_with_their_logins_and_are_bounded() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    stage.server.handle_user_ended(stage.now.steady, "ada", 30_000);
    stage.passes(599);
    assert_eq!(answer(&stage.allocate(udp(ADA), &login)), Error(403));
    stage.passes(1);
    assert_eq!(answer(&stage.allocate(udp(ADA), &login)), Error(401), "it has run out");
    assert!(stage.is_empty());
    for number in 0..30_000 {
        stage.server.handle_user_ended(stage.now.steady, &format!("visitor{number:05}"), 30_000);
    }
    assert_eq!(stage.server.users.len(), 20_000);
    let last = stage.login("visitor29999");
    assert_eq!(answer(&stage.allocate(udp(ADA), &last)), Error(403));
    stage.passes(600);
    assert!(stage.is_empty());
}

#[test]
fn the_bandwidth_of_a_user_is_limited_in_each_direction() {
    let mut stage = Stage::with(|config| config.user_bandwidth = Some(1_000_000));
    let (ada, bob) = (stage.login("ada"), stage.login("bob"));
    stage.allocate(udp(ADA), &ada);
    stage.allocate(udp(BOB), &bob);
    stage.permit(udp(ADA), &ada, &["8.8.8.8:5000"]);
    stage.permit(udp(BOB), &bob, &["8.8.8.8:5000"]);
    let from = peer("8.8.8.8:5000");
    let packet = send(&[7; 1_000]);
    let sent = |stage: &mut Stage, client| {
        (0..1_000).filter(|_| stage.send(client, &packet) != Command::Discard).count()
    };
    // 1,000 bytes take 8 ms, and half a second may come at once.
    assert_eq!(sent(&mut stage, udp(ADA)), 63);
    assert_eq!(stage.server.stats().refused(Refusal::Bandwidth), 937);
    let mut received = |client| {
        let mut buffer = vec![7; HEADROOM + 1_000 + 3];
        let now = stage.now.steady;
        let arrives =
            |_: &usize| stage.server.handle_peer_traffic(now, client, from, &mut buffer, 1_000).is_some();
        (0..1_000).filter(arrives).count()
    };
    assert_eq!(received(udp(ADA)), 63, "the other direction");
    assert_eq!(received(udp(BOB)), 63);
    assert_eq!(sent(&mut stage, udp(BOB)), 63, "another user");
    stage.passes(10);
    assert_eq!(sent(&mut stage, udp(ADA)), 63);
}

#[test]
fn the_bandwidth_of_all_is_limited() {
    let mut stage = Stage::with(|config| config.total_bandwidth = Some(1_000_000));
    let packet = send(&[7; 1_000]);
    let mut sent = 0;
    for client in [udp(ADA), udp(BOB)] {
        let login = stage.login(&client.remote.to_string());
        stage.allocate(client, &login);
        stage.permit(client, &login, &["8.8.8.8:5000"]);
        sent += (0..1_000).filter(|_| stage.send(client, &packet) != Command::Discard).count();
    }
    assert_eq!(sent, 63);
    assert_eq!(stage.server.stats().refused(Refusal::TotalBandwidth), 1_937);
}

#[test]
fn system_ports_are_no_peers() {
    let mut stage = Stage::new();
    let login = stage.login("ada");
    stage.allocate(udp(ADA), &login);
    assert_eq!(stage.permit(udp(ADA), &login, &["8.8.8.8:53"]), Success, "a permission is for the address");
    assert_eq!(stage.bind(udp(ADA), &login, 0x4000, "8.8.8.8:53"), Error(403));
    assert_eq!(stage.bind(udp(ADA), &login, 0x4000, "8.8.8.8:1024"), Success);
    for (port, arrives) in [(0, false), (53, false), (1_023, false), (1_024, true)] {
        let packet = send_to(&format!("8.8.8.8:{port}"), b"x");
        assert_eq!(stage.send(udp(ADA), &packet) != Command::Discard, arrives, "{port}");
    }
    assert_eq!(stage.server.stats().refused(Refusal::Forbidden), 4);
}

fn send(data: &[u8]) -> Vec<u8> {
    send_to("8.8.8.8:5000", data)
}

fn send_to(peer: &str, data: &[u8]) -> Vec<u8> {
    Writer::new(Class::Indication, Method::Send, &[7; 12])
        .put_address(attribute::XOR_PEER_ADDRESS, peer.parse().unwrap())
        .put(attribute::DATA, data)
        .finish(false)
}
