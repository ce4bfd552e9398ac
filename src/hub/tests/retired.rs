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
