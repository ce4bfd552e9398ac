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
fn what_is_remembered_of_departures_is_bounded() {
    let mut stage = Stage::with_capacity(ROOMY);
    stage.joins("ada", "r");
    stage.restarts();
    stage.returns("ada-again", "r", Reconnect, "ada");
    let mut held = Vec::new();
    for visit in 0..2_000 {
        let who = format!("guest-{visit}");
        stage.joins(&who, "r");
        stage.leaves(&who);
        stage.loses_socket(&who);
        stage.says("ada-again", r#"{"type":"keep_seat","peer":"00000000000000a1"}"#);
        stage.time_passes(10_000);
        held.push(stage.hub.departures.len());
    }
    assert_eq!(held.iter().max(), Some(&64));
    assert_eq!(held.last(), Some(&0), "the grace period ends");
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
