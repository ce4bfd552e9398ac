//! Heartbeats.

use super::stage::{HEARTBEAT, Stage, assert_holds_nothing};
use crate::{
    hub::{ConnId, Hub, HubConfig, Input, Start},
    sansio::{Core, Millis},
};

const NOBODY: [&str; 0] = [];

#[test]
fn a_silent_socket_is_asked_after_one_interval_and_closed_after_two() {
    let mut stage = Stage::with_capacity(2);
    stage.greets("ada");
    assert_eq!(stage.silence_passes(HEARTBEAT - 1), NOBODY);
    assert_eq!(stage.silence_passes(1), ["ada: heartbeat"]);
    assert_eq!(stage.silence_passes(HEARTBEAT - 1), NOBODY);
    assert_eq!(stage.silence_passes(1), ["ada: closed, HeartbeatTimeout"]);
    assert_holds_nothing(&stage.hub);
}

#[test]
fn a_socket_that_never_said_hello_is_closed_as_well() {
    let mut stage = Stage::with_capacity(2);
    stage.connects("ada");
    assert_eq!(stage.silence_passes(2 * HEARTBEAT), ["ada: heartbeat", "ada: closed, HeartbeatTimeout"]);
}

#[test]
fn who_answers_heartbeats_stays_for_ever() {
    let mut stage = Stage::call_of_ada_and_bela();
    assert_eq!(stage.time_passes(1_000 * HEARTBEAT), NOBODY);
    assert_eq!(stage.hub.conn_count(), 2);
}

#[test]
fn a_socket_that_speaks_gets_a_heartbeat_every_interval_too() {
    let mut stage = Stage::with_capacity(2);
    stage.greets("ada");
    for _ in 0..4 {
        assert_eq!(stage.silence_passes(HEARTBEAT / 2), NOBODY);
        stage.says("ada", r#"{"type":"heartbeat"}"#);
        assert_eq!(stage.silence_passes(HEARTBEAT / 2), ["ada: heartbeat"]);
    }
}

#[test]
fn every_frame_is_a_sign_of_life() {
    let mut stage = Stage::call_of_ada_and_bela();
    for _ in 0..5 {
        let told = stage.silence_passes(2 * HEARTBEAT - 1);
        assert!(told.iter().all(|line| line.ends_with(": heartbeat")), "{told:?}");
        stage.signals("ada", "bela", "{}");
        stage.says("bela", "garbage");
    }
    assert_eq!(stage.hub.conn_count(), 2);
}

#[test]
fn a_frame_moves_no_deadline() {
    let mut stage = Stage::call_of_ada_and_bela();
    let before = stage.hub.poll_timeout();
    assert_eq!(stage.silence_passes(HEARTBEAT / 2), NOBODY);
    stage.signals("ada", "bela", "{}");
    stage.signals("bela", "ada", "{}");
    assert_eq!(stage.hub.poll_timeout(), before);
}

#[test]
fn a_late_answer_counts() {
    let mut stage = Stage::with_capacity(2);
    stage.greets("ada");
    stage.silence_passes(2 * HEARTBEAT - 1);
    stage.says("ada", r#"{"type":"heartbeat"}"#);
    assert_eq!(stage.silence_passes(2 * HEARTBEAT - 1), ["ada: heartbeat", "ada: heartbeat"]);
    assert_eq!(stage.silence_passes(1), ["ada: closed, HeartbeatTimeout"], "two intervals after the answer");
}

#[test]
fn a_seat_whose_socket_fell_silent_is_kept_like_any_lost_one() {
    let mut stage = Stage::call_of_ada_and_bela();
    for _ in 0..3 {
        stage.silence_passes(HEARTBEAT / 2);
        stage.says("bela", r#"{"type":"heartbeat"}"#);
    }
    assert_eq!(
        stage.silence_passes(HEARTBEAT / 2),
        ["ada: closed, HeartbeatTimeout", "bela: peer_reconnecting ada", "bela: heartbeat"]
    );
    stage.time_passes(10 * HEARTBEAT);
    assert_eq!(stage.joins("cara", "r"), ["bela: peer_joined cara", "cara: joined r as cara with [bela]"]);
}

/// The lock of the server is free between two ticks.
#[test]
fn many_timers_that_are_due_at_once_are_handled_in_slices() {
    let mut hub =
        Hub::new(HubConfig::default(), Start { now: Millis(0), unix: 0, token_key: [1; 32], seed: [2; 32] });
    let sockets = 200;
    for number in 0..sockets {
        hub.handle_input(Millis(0), Input::Connected { conn: ConnId(number) });
    }
    let due = hub.poll_timeout().unwrap();
    let mut ticks = Vec::new();
    while hub.poll_timeout() == Some(due) {
        hub.handle_input(due, Input::Tick);
        ticks.push(std::iter::from_fn(|| hub.poll_effect()).count());
    }
    assert_eq!(ticks, [64, 64, 64, 8]);
}
