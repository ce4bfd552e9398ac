//! Joins whose answer was lost: the client has no token yet, but the name of its visit.

use super::stage::{RESUME_WINDOW, Stage};

const NOBODY: [&str; 0] = [];

/// Ada in the room, and Béla, who took the second seat in visit 7.
fn ada_and_the_visitor() -> Stage {
    let mut stage = Stage::with_capacity(2);
    stage.joins("ada", "r");
    stage.visits("bela", "r", 7, None);
    stage
}

#[test]
fn who_never_heard_of_the_seat_gets_it_by_joining_again() {
    let mut stage = ada_and_the_visitor();
    assert_eq!(
        stage.visits("bela-again", "r", 7, None),
        ["bela: closed, Replaced", "bela-again: joined r as bela with [ada]", "ada: peer_back bela"]
    );
    assert_eq!(stage.signals("ada", "bela", "{}"), ["bela-again: signal from ada {}"]);
}

#[test]
fn so_does_who_was_missed_meanwhile() {
    let mut stage = ada_and_the_visitor();
    stage.loses_socket("bela");
    stage.time_passes(RESUME_WINDOW - 1);
    assert_eq!(
        stage.visits("bela-again", "r", 7, None),
        ["bela-again: joined r as bela with [ada]", "ada: peer_back bela"]
    );
    assert_eq!(stage.time_passes(2 * RESUME_WINDOW), NOBODY);
}

#[test]
fn a_join_that_arrives_after_that_of_a_newer_socket_closes_the_older() {
    let mut stage = Stage::with_capacity(2);
    stage.joins("ada", "r");
    stage.greets("bela-before");
    stage.visits("bela", "r", 7, None);
    assert_eq!(stage.visits("bela-before", "r", 7, None), ["bela-before: closed, Replaced"]);
    assert_eq!(stage.signals("ada", "bela", "{}"), ["bela: signal from ada {}"]);
}

#[test]
fn a_page_loaded_anew_whose_answer_was_lost_is_known_by_its_visit() {
    let mut stage = ada_and_the_visitor();
    stage.hangs_up("bela");
    stage.visits("bela-again", "r", 8, Some("bela"));
    assert_eq!(
        stage.visits("bela-third", "r", 8, Some("bela")),
        [
            "bela-again: closed, Replaced",
            "bela-third: joined r as bela-again with [ada]",
            "ada: peer_back bela-again"
        ]
    );
}

#[test]
fn another_visit_is_another_person() {
    let mut stage = ada_and_the_visitor();
    assert_eq!(stage.visits("cara", "r", 8, None), ["cara: full r of 2"]);
    assert_eq!(stage.visits("dora", "s", 7, None), ["dora: joined s as dora with []"]);
}

#[test]
fn a_seat_that_was_left_is_not_found_by_its_visit() {
    let mut stage = ada_and_the_visitor();
    stage.leaves("bela");
    stage.joins("cara", "r");
    assert_eq!(stage.visits("bela-again", "r", 7, None), ["bela-again: full r of 2"]);
}
