//! What is gone stays gone, also on a server that has just been started and believes good tokens.

use super::stage::{RESUME_WINDOW, Stage, assert_holds_nothing};
use crate::protocol::ResumeMode::{Reconnect, Takeover};

/// A room with a seat to spare: `full` would hide what became of a token.
const ROOMY: u32 = 4;

#[test]
fn an_id_that_a_reload_replaced_in_the_grace_period_cannot_be_revived() {
    let mut stage = Stage::in_grace(ROOMY);
    stage.joins("ada", "r");
    stage.joins("bela", "r");
    stage.returns("ada-again", "r", Takeover, "ada");
    assert_eq!(
        stage.returns("twin", "r", Reconnect, "ada"),
        [
            "ada-again: peer_joined twin",
            "bela: peer_joined twin",
            "twin: joined r as twin with [ada-again, bela]"
        ],
        "a newcomer, who knows everybody"
    );
}

#[test]
fn an_id_from_before_a_restart_that_a_reload_replaced_cannot_be_revived() {
    let mut stage = Stage::with_capacity(ROOMY);
    stage.joins("ada", "r");
    stage.restarts();
    stage.returns("ada-again", "r", Takeover, "ada");
    assert_eq!(
        stage.returns("twin", "r", Reconnect, "ada"),
        ["ada-again: peer_joined twin", "twin: joined r as twin with [ada-again]"]
    );
}

/// One client that comes and goes without end, and keeps the grace period with a seat that nobody has.
#[test]
fn a_grace_period_has_an_end() {
    let mut stage = Stage::with_capacity(ROOMY);
    stage.joins("ada", "r");
    stage.joins("bela", "r");
    stage.restarts();
    stage.returns("ada-again", "r", Reconnect, "ada");
    for visit in 0..500 {
        let who = format!("guest-{visit}");
        stage.joins(&who, "r");
        stage.leaves(&who);
        stage.loses_socket(&who);
        stage.says("ada-again", r#"{"type":"keep_seat","peer":"00000000000000a1"}"#);
        stage.time_passes(10_000);
    }
    assert_eq!(
        stage.returns("late", "r", Reconnect, "bela"),
        ["ada-again: peer_joined late", "late: joined r as late with [ada]"],
        "a newcomer"
    );
}

#[test]
fn who_hung_up_is_a_newcomer_in_the_room_that_is_empty_meanwhile() {
    let mut stage = Stage::call_of_ada_and_bela();
    for who in ["ada", "bela"] {
        stage.leaves(who);
    }
    assert_eq!(
        stage.returns("ada-again", "r", Reconnect, "ada"),
        ["ada-again: joined r as ada-again with []"]
    );
    stage.joins("cara", "r");
    assert_eq!(
        stage.returns("bela-again", "r", Reconnect, "bela"),
        ["bela-again: full r of 2"],
        "no eviction"
    );
}

#[test]
fn who_hung_up_before_a_restart_takes_nobodys_seat_after_it() {
    let mut stage = Stage::with_capacity(2);
    stage.joins("mallory", "r");
    stage.joins("ada", "r");
    stage.leaves("mallory");
    stage.joins("bela", "r");
    stage.restarts();
    stage.returns("mallory-again", "r", Reconnect, "mallory");
    stage.returns("ada-again", "r", Reconnect, "ada");
    assert_eq!(
        stage.returns("bela-again", "r", Reconnect, "bela"),
        [
            "mallory-again: full r of 2",
            "ada-again: peer_left mallory-again, Left",
            "ada-again: peer_joined bela",
            "bela-again: joined r as bela with [ada], incomplete"
        ]
    );
}

/// Each reload brings another token: only the last one counts.
#[test]
fn a_page_that_was_reloaded_again_and_again_has_one_seat_after_a_restart() {
    let mut stage = Stage::with_capacity(3);
    stage.joins("mallory", "r");
    stage.returns("mallory-2", "r", Takeover, "mallory");
    stage.leaves("mallory-2");
    stage.joins("mallory-3", "r");
    stage.restarts();
    stage.returns("old", "r", Takeover, "mallory");
    stage.returns("older", "r", Reconnect, "mallory-2");
    let told = stage.returns("current", "r", Reconnect, "mallory-3");
    assert_eq!(
        told.last().unwrap(),
        "current: joined r as mallory-3 with [old for mallory, older for mallory-2], incomplete"
    );
}

/// The server has given the seat a new id, and stops before the page knows.
#[test]
fn a_page_that_was_reloaded_right_before_a_restart_has_a_token_that_counts() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.returns("ada-again", "r", Takeover, "ada");
    stage.restarts();
    stage.returns("bela-again", "r", Reconnect, "bela");
    stage.joins("cara", "r");
    assert_eq!(
        stage.returns("ada-third", "r", Takeover, "ada"),
        [
            "cara: full r of 2",
            "bela-again: peer_left cara, Left",
            "bela-again: peer_joined ada-third for ada",
            "ada-third: joined r as ada-third with [bela], incomplete"
        ]
    );
}

#[test]
fn the_token_before_a_reload_is_void_once_the_page_has_another() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.returns("ada-again", "r", Takeover, "ada");
    stage.says("ada-again", r#"{"type":"heartbeat"}"#);
    stage.restarts();
    stage.returns("ada-third", "r", Reconnect, "ada-again");
    stage.returns("bela-again", "r", Reconnect, "bela");
    assert_eq!(stage.returns("old", "r", Takeover, "ada"), ["old: full r of 2"]);
}

/// Who was alone has no call that goes on without the server.
#[test]
fn who_was_alone_and_lost_for_too_long_takes_nobodys_seat_after_a_restart() {
    let mut stage = Stage::with_capacity(2);
    stage.joins("mallory", "r");
    stage.loses_socket("mallory");
    stage.time_passes(RESUME_WINDOW);
    stage.joins("ada", "r");
    stage.joins("bela", "r");
    stage.restarts();
    stage.returns("mallory-again", "r", Reconnect, "mallory");
    stage.returns("ada-again", "r", Reconnect, "ada");
    let told = stage.returns("bela-again", "r", Reconnect, "bela");
    assert_eq!(told.first().unwrap(), "mallory-again: full r of 2");
    assert_eq!(told.last().unwrap(), "bela-again: joined r as bela with [ada], incomplete");
}

#[test]
fn a_token_is_too_old_after_a_week() {
    const WEEK: u64 = 7 * 24 * 60 * 60 * 1_000;
    for (age, told) in [
        (WEEK, ["late: joined r as ada with [], incomplete"]),
        (WEEK + 60_000, ["late: joined r as late with []"]),
    ] {
        let mut stage = Stage::call_of_ada_and_bela();
        stage.restarts();
        stage.time_passes(age);
        assert_eq!(stage.returns("late", "r", Reconnect, "ada"), told);
    }
}

#[test]
fn a_lost_stranger_who_gave_way_leaves_no_timer_behind() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.restarts();
    stage.returns("ada-again", "r", Reconnect, "ada");
    stage.time_passes(1_000);
    stage.joins("cara", "r");
    stage.loses_socket("cara");
    stage.returns("bela-again", "r", Reconnect, "bela");
    for who in ["ada-again", "bela-again"] {
        stage.leaves(who);
        stage.loses_socket(who);
    }
    stage.time_passes(RESUME_WINDOW - 1_000);
    assert_holds_nothing(&stage.hub);
}
