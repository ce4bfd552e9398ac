//! Credentials of ICE servers are renewed in time, for those who have a seat.

use super::stage::{HEARTBEAT, ICE_LIFETIME, Stage};
use crate::protocol::ResumeMode;

const HALF: u64 = ICE_LIFETIME / 2;

#[test]
fn credentials_are_renewed_with_the_first_heartbeat_after_half_of_their_lifetime() {
    let mut stage = Stage::with_capacity(2);
    stage.joins("ada", "r");
    assert_eq!(stage.time_passes(HALF - 1), [""; 0]);
    for _ in 0..3 {
        assert_eq!(stage.time_passes(HEARTBEAT), ["ada: ice_servers"]);
        assert_eq!(stage.time_passes(HALF - HEARTBEAT), [""; 0]);
    }
}

#[test]
fn a_new_join_brings_credentials_that_last_as_long() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.time_passes(HALF - HEARTBEAT);
    stage.loses_socket("ada");
    stage.returns("ada-again", "r", ResumeMode::Reconnect, "ada");
    assert_eq!(stage.time_passes(2 * HEARTBEAT), ["bela: ice_servers"]);
    assert_eq!(stage.time_passes(HALF - 2 * HEARTBEAT), ["ada-again: ice_servers"]);
}

#[test]
fn who_has_no_seat_gets_no_credentials() {
    let mut stage = Stage::with_capacity(2);
    stage.greets("bela");
    stage.joins("ada", "r");
    stage.leaves("ada");
    assert_eq!(stage.time_passes(ICE_LIFETIME), [""; 0]);
}
