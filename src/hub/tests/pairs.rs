//! Clients that know calls of two only: a room with one of them holds two, whatever its capacity.

use super::stage::{RELOAD_WINDOW, RESUME_WINDOW, Stage, assert_holds_nothing};
use crate::protocol::ResumeMode::Reconnect;

/// A stage on which Old knows calls of two only.
fn stage(capacity: u32) -> Stage {
    let mut stage = Stage::with_capacity(capacity);
    stage.greets_for_a_pair("old");
    stage
}

#[test]
fn a_room_with_somebody_who_knows_pairs_only_holds_two() {
    let mut stage = stage(6);
    stage.joins("old", "r");
    assert_eq!(stage.joins("ada", "r"), ["old: peer_joined ada", "ada: joined r as ada with [old]"]);
    assert_eq!(stage.joins("bela", "r"), ["bela: full r of 2"]);
    assert_eq!(stage.leaves("old"), ["ada: peer_left old, Left"]);
    assert_eq!(stage.joins("bela", "r"), ["ada: peer_joined bela", "bela: joined r as bela with [ada]"]);
    stage.joins("cara", "r");
    assert_eq!(stage.joins("old", "r"), ["old: full r of 2"], "three are more than a pair");
}

#[test]
fn who_knows_pairs_only_joins_a_single_person_of_a_large_room() {
    let mut stage = stage(6);
    stage.joins("ada", "r");
    assert_eq!(stage.joins("old", "r"), ["ada: peer_joined old", "old: joined r as old with [ada]"]);
    assert_eq!(stage.joins("bela", "r"), ["bela: full r of 2"]);
    let [ada, old] = ["ada", "old"].map(|who| stage.peer(who));
    assert_eq!(stage.signals("ada", "old", "{}"), ["old: signal from ada {}"]);
    assert!(ada < old);
}

#[test]
fn a_room_of_two_stays_one() {
    let mut stage = stage(2);
    stage.joins("ada", "r");
    stage.joins("old", "r");
    assert_eq!(stage.joins("bela", "r"), ["bela: full r of 2"]);
}

#[test]
fn a_locked_room_is_full_for_somebody_who_knows_no_locks() {
    let mut stage = stage(6);
    stage.joins("ada", "r");
    stage.locks("ada");
    assert_eq!(stage.joins("old", "r"), ["old: full r of 2"]);
}

#[test]
fn seed_fault_9_the_seat_of_somebody_lost_who_cannot_come_back_is_given_to_the_next() {
    let mut stage = stage(6);
    stage.joins("ada", "r");
    stage.joins("old", "r");
    assert_eq!(stage.loses_socket("old"), ["ada: peer_reconnecting old"]);
    let taken = stage.joins("bela", "r");
    assert_eq!(
        taken,
        ["ada: peer_left old, Left", "ada: peer_joined bela", "bela: joined r as bela with [ada]"]
    );
}

#[test]
fn media_goes_on_without_the_socket_of_somebody_who_cannot_come_back() {
    let mut stage = stage(6);
    stage.joins("ada", "r");
    stage.joins("old", "r");
    stage.loses_socket("old");
    stage.time_passes(RESUME_WINDOW - 1);
    assert_eq!(stage.keeps_seat_of("ada", "old"), [""; 0]);
    assert_eq!(stage.time_passes(RESUME_WINDOW - 1), [""; 0]);
    assert_eq!(stage.time_passes(1), ["ada: peer_left old, TimedOut"]);
}

#[test]
fn the_seat_of_somebody_else_who_is_lost_is_kept() {
    let mut stage = stage(6);
    stage.joins("ada", "r");
    stage.joins("old", "r");
    stage.loses_socket("ada");
    assert_eq!(stage.joins("bela", "r"), ["bela: full r of 2"]);
    assert_eq!(
        stage.returns("ada again", "r", Reconnect, "ada"),
        ["ada again: joined r as ada with [old]", "old: peer_back ada"]
    );
}

#[test]
fn a_token_takes_nobody_back_who_knows_pairs_only() {
    let mut stage = stage(6);
    stage.joins("old", "r");
    stage.loses_socket("old");
    stage.greets_for_a_pair("old again");
    let token = stage.token("old");
    assert_eq!(
        stage.joins_with_token("old again", "r", Reconnect, &token),
        ["old again: joined r as old again with [old (reconnecting)]"]
    );
}

/// Whoever has a token from before the restart counts more than a newcomer, and does so here.
#[test]
fn after_a_restart_those_who_were_there_come_first() {
    let mut stage = Stage::with_capacity(6);
    for who in ["ada", "bela", "cara"] {
        stage.joins(who, "r");
    }
    stage.restarts();
    stage.greets_for_a_pair("old");
    stage.joins("old", "r");
    stage.returns("ada again", "r", Reconnect, "ada");
    let back = stage.returns("bela again", "r", Reconnect, "bela");
    assert!(back.contains(&"old: full r of 2".to_owned()), "{back:?}");
    stage.returns("cara again", "r", Reconnect, "cara");
    assert_eq!(stage.joins("old", "r"), ["old: full r of 2"]);
}

#[test]
fn nothing_stays_behind() {
    let mut stage = stage(6);
    stage.joins("old", "r");
    stage.hangs_up("old");
    stage.time_passes(RELOAD_WINDOW);
    assert_holds_nothing(&stage.hub);
}
