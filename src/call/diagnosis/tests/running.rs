//! What runs when, and how long.

use super::stage::{Stage, relay};
use crate::call::diagnosis::{
    AGAIN_MS, CandidateKind, Check, CheckState, Input, MAX_MS, Reason, Skipped, Verdict,
};

#[test]
fn what_depends_on_nothing_begins_at_once() {
    let stage = Stage::begun();
    let running: Vec<_> = stage.running.keys().copied().collect();
    assert_eq!(running, [Check::Browser, Check::Devices, Check::Https, Check::WebSocket]);
    assert_eq!(stage.state(Check::Loop), CheckState::Waiting);
}

#[test]
fn ways_to_the_relay_are_tried_at_the_same_time_and_the_loop_over_the_first_that_works() {
    let mut stage = Stage::joined(relay());
    for check in [Check::Stun, Check::TurnUdp, Check::TurnTcp, Check::TurnTls] {
        assert_eq!(stage.state(check), CheckState::Running, "{check:?}");
    }
    stage.passes(40);
    stage.finds(Check::TurnTcp, CandidateKind::Relay);
    assert_eq!(stage.state(Check::TurnTcp), CheckState::Passed { ms: 40 });
    assert_eq!(stage.used[&Check::Loop], stage.used[&Check::TurnTcp]);
    assert_eq!(stage.state(Check::TurnUdp), CheckState::Running);
}

#[test]
fn what_is_not_done_in_time_has_failed() {
    let mut stage = Stage::joined(relay());
    stage.passes(Check::TurnUdp.limit_ms() - 1);
    assert_eq!(stage.state(Check::TurnUdp), CheckState::Running);
    stage.passes(1);
    let late = CheckState::Failed { reason: Reason::TimedOut, ms: Check::TurnUdp.limit_ms() };
    assert_eq!(stage.state(Check::TurnUdp), late);
    stage.finds(Check::TurnUdp, CandidateKind::Relay);
    assert_eq!(stage.state(Check::TurnUdp), late, "what comes later is ignored");
}

#[test]
fn an_error_that_was_heard_says_more_than_the_time() {
    let mut stage = Stage::joined(relay());
    stage.input(Input::CandidateError { check: Check::TurnUdp, code: 701 });
    stage.passes(MAX_MS);
    assert_eq!(stage.state(Check::TurnUdp).reason(), Some(Reason::Unreachable));
}

#[test]
fn of_several_errors_the_relays_own_counts() {
    let mut stage = Stage::joined(relay());
    for code in [701, 401, 701] {
        stage.input(Input::CandidateError { check: Check::TurnUdp, code });
    }
    stage.input(Input::GatheringEnded { check: Check::TurnUdp });
    assert_eq!(stage.state(Check::TurnUdp).reason(), Some(Reason::BadLogin));
}

#[test]
fn everything_ends_in_time_even_one_after_the_other() {
    let mut stage = Stage::begun();
    stage.passes(Check::WebSocket.limit_ms() - 1);
    stage.input(Input::Joined(relay()));
    stage.passes(Check::TurnUdp.limit_ms() - 1);
    stage.finds(Check::TurnTls, CandidateKind::Relay);
    assert_eq!(stage.state(Check::Loop), CheckState::Running);
    stage.passes(MAX_MS - Check::WebSocket.limit_ms() - Check::TurnUdp.limit_ms() + 2);
    assert!(stage.verdict().is_some());
}

#[test]
fn closing_aborts_what_has_not_ended_and_nothing_has_failed() {
    let mut stage = Stage::joined(relay());
    stage.finds(Check::TurnUdp, CandidateKind::Relay);
    stage.input(Input::Stop);
    assert_eq!(stage.state(Check::Https), CheckState::Passed { ms: 0 });
    for check in [Check::TurnTcp, Check::TurnTls, Check::Loop] {
        assert_eq!(stage.state(check), CheckState::Aborted, "{check:?}");
    }
    assert!(stage.running.is_empty());
    assert_eq!(stage.verdict(), Some(Verdict::Stopped));
    stage.done(Check::Loop, Ok(()));
    stage.passes(MAX_MS);
    assert_eq!(stage.state(Check::Loop), CheckState::Aborted);
}

#[test]
fn without_a_seat_the_relay_is_not_tried() {
    let mut stage = Stage::begun();
    stage.done(Check::Browser, Ok(()));
    stage.done(Check::WebSocket, Err(Reason::Unreachable));
    assert_eq!(stage.state(Check::TurnUdp), CheckState::Skipped(Skipped::NeedsOther));
    assert_eq!(stage.state(Check::Host), CheckState::Running);
}

#[test]
fn what_the_server_does_not_offer_is_not_tried() {
    let mut stage = Stage::joined(Vec::new());
    for check in [Check::Stun, Check::TurnUdp, Check::TurnTcp, Check::TurnTls, Check::Loop] {
        assert_eq!(stage.state(check), CheckState::Skipped(Skipped::NotOffered), "{check:?}");
    }
    assert_eq!(stage.ends(), Verdict::OnlyNearby);
}

#[test]
fn a_seat_that_is_lost_ends_what_needs_it() {
    let mut stage = Stage::joined(relay());
    stage.finds(Check::TurnUdp, CandidateKind::Relay);
    stage.passes(70);
    stage.input(Input::SeatLost(Reason::Unreachable));
    let lost = CheckState::Failed { reason: Reason::Unreachable, ms: 70 };
    assert_eq!(stage.state(Check::WebSocket), lost);
    assert_eq!(stage.state(Check::TurnUdp), CheckState::Passed { ms: 0 });
    for check in [Check::Stun, Check::TurnTcp, Check::TurnTls, Check::Loop] {
        assert_eq!(stage.state(check), CheckState::Skipped(Skipped::NeedsOther), "{check:?}");
    }
    assert!(!stage.has_left, "the server is asked again");
    stage.done(Check::Https, Err(Reason::Unreachable));
    assert!(stage.has_left);
}

#[test]
fn a_server_that_was_restarted_is_joined_once_more() {
    let mut stage = Stage::joined(relay());
    stage.finds(Check::TurnUdp, CandidateKind::Relay);
    stage.fails(Check::TurnTcp, 701);
    stage.input(Input::SeatLost(Reason::Unreachable));
    stage.done(Check::Https, Ok(()));
    assert_eq!(stage.state(Check::WebSocket), CheckState::Running);
    assert_eq!(stage.state(Check::TurnTcp), CheckState::Waiting);
    stage.input(Input::Joined(relay()));
    assert_eq!(stage.state(Check::TurnUdp), CheckState::Passed { ms: 0 });
    for check in [Check::TurnTcp, Check::TurnTls] {
        assert_eq!(stage.state(check), CheckState::Running);
        stage.finds(check, CandidateKind::Relay);
    }
    stage.finds(Check::Stun, CandidateKind::Reflexive);
    stage.done(Check::Loop, Ok(()));
    assert_eq!(stage.verdict(), Some(Verdict::AllWell));
}

#[test]
fn a_server_that_refuses_is_not_joined_again() {
    let mut stage = Stage::begun();
    stage.done(Check::Browser, Ok(()));
    stage.input(Input::Joined(relay()));
    stage.input(Input::SeatLost(Reason::Refused));
    stage.done(Check::Https, Ok(()));
    assert_eq!(stage.state(Check::WebSocket).reason(), Some(Reason::Refused));
}

#[test]
fn a_restarted_server_without_a_relay_is_not_asked_for_a_loop() {
    let mut stage = Stage::joined(relay());
    stage.finds(Check::TurnTcp, CandidateKind::Relay);
    stage.input(Input::SeatLost(Reason::Unreachable));
    stage.done(Check::Https, Ok(()));
    stage.input(Input::Joined(Vec::new()));
    assert_eq!(stage.state(Check::Loop), CheckState::Skipped(Skipped::NotOffered));
}

#[test]
fn a_seat_that_is_lost_twice_is_lost() {
    let mut stage = Stage::joined(relay());
    for _ in 0..2 {
        stage.input(Input::SeatLost(Reason::Unreachable));
        stage.done(Check::Https, Ok(()));
        stage.input(Input::Joined(relay()));
    }
    assert_eq!(stage.verdict(), Some(Verdict::WebSocketBlocked));
}

/// Loses the seat when so much time is left.
fn lost_before_the_end(left_ms: u64) -> Stage {
    let mut stage = Stage::begun();
    stage.done(Check::Browser, Ok(()));
    stage.done(Check::Https, Ok(()));
    stage.passes(Check::WebSocket.limit_ms() - 1);
    stage.input(Input::Joined(relay()));
    stage.passes(Check::TurnUdp.limit_ms() - 1);
    stage.finds(Check::TurnTls, CandidateKind::Relay);
    stage.passes(MAX_MS - left_ms - (Check::WebSocket.limit_ms() + Check::TurnUdp.limit_ms() - 2));
    stage.input(Input::SeatLost(Reason::Unreachable));
    stage
}

#[test]
fn a_server_that_is_asked_again_late_has_until_all_ends() {
    let mut stage = lost_before_the_end(2_000);
    stage.passes(1_999);
    assert_eq!(stage.state(Check::Https), CheckState::Running);
    stage.passes(1);
    assert_eq!(stage.verdict(), Some(Verdict::ServerUnreachable));
}

#[test]
fn a_server_is_not_asked_again_without_time_to_answer_nor_if_it_refuses() {
    assert_eq!(lost_before_the_end(1_999).verdict(), Some(Verdict::WebSocketBlocked));
    let mut stage = Stage::joined(relay());
    stage.input(Input::SeatLost(Reason::Refused));
    assert!(matches!(stage.state(Check::Https), CheckState::Passed { .. }));
}

#[test]
fn what_had_no_answer_is_not_asked_again() {
    let mut stage = Stage::begun();
    stage.done(Check::Https, Err(Reason::Unreachable));
    stage.done(Check::WebSocket, Err(Reason::Unreachable));
    assert_eq!(stage.state(Check::Https).reason(), Some(Reason::Unreachable));
}

#[test]
fn a_seat_that_is_not_given_is_lost_too_and_only_once() {
    let mut stage = Stage::begun();
    stage.input(Input::SeatLost(Reason::Refused));
    stage.input(Input::SeatLost(Reason::Unreachable));
    assert_eq!(stage.state(Check::WebSocket), CheckState::Failed { reason: Reason::Refused, ms: 0 });
}

#[test]
fn after_the_end_nobody_misses_the_seat() {
    let mut stage = Stage::joined(relay());
    stage.ends();
    stage.input(Input::SeatLost(Reason::Unreachable));
    assert_eq!(stage.state(Check::WebSocket), CheckState::Passed { ms: 0 });
}

#[test]
fn an_own_address_that_is_public_is_no_failure_of_stun() {
    let mut stage = Stage::joined(relay());
    stage.finds(Check::Stun, CandidateKind::Host);
    stage.input(Input::GatheringEnded { check: Check::Stun });
    assert_eq!(stage.state(Check::Stun), CheckState::Passed { ms: 0 });
}

#[test]
fn it_can_be_made_again_only_some_time_after_it_began() {
    let mut stage = Stage::joined(relay());
    stage.input(Input::Stop);
    assert!(!stage.may_repeat());
    stage.passes(AGAIN_MS - 1);
    assert!(!stage.may_repeat());
    stage.passes(1);
    assert!(stage.may_repeat());

    let mut stage = Stage::joined(relay());
    stage.passes(AGAIN_MS - 1);
    assert!(!stage.may_repeat(), "it still runs");
    stage.ends();
    assert!(stage.may_repeat());
}

#[test]
fn the_kind_of_a_candidate_is_read_from_its_line() {
    let of = |kind| format!("candidate:1 1 udp 2 192.0.2.1 9 typ {kind} raddr 0.0.0.0 rport 0");
    assert_eq!(CandidateKind::of(&of("relay")), Some(CandidateKind::Relay));
    assert_eq!(CandidateKind::of(&of("srflx")), Some(CandidateKind::Reflexive));
    assert_eq!(CandidateKind::of(&of("host")), Some(CandidateKind::Host));
    for odd in ["", "typ", "candidate:1 typ", "candidate:1 1 udp typ x"] {
        assert_eq!(CandidateKind::of(odd), None, "{odd}");
    }
}
