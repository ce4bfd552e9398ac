//! Seats, capacity, and messages that stay in their room.

use super::stage::{RESUME_WINDOW, Stage};
use crate::protocol::ResumeMode;

const NOBODY: [&str; 0] = [];

#[test]
fn the_first_makes_the_room_and_the_second_is_announced() {
    let mut stage = Stage::with_capacity(2);
    assert_eq!(stage.joins("ada", "r"), ["ada: joined r as ada with []"]);
    assert_eq!(stage.joins("bela", "r"), ["ada: peer_joined bela", "bela: joined r as bela with [ada]"]);
    assert_eq!(stage.hub.room_count(), 1);
}

/// So that who was there first, and offers, is the one to roll back an offer: see `Hub::fresh_peer`.
#[test]
fn who_comes_later_has_the_larger_id_and_who_loads_the_page_anew_comes_later() {
    let mut stage = Stage::with_capacity(3);
    for who in ["ada", "bela", "cara"] {
        stage.joins(who, "r");
    }
    let [ada, bela, cara] = ["ada", "bela", "cara"].map(|who| stage.peer(who));
    assert!(ada < bela && bela < cara);
    stage.hangs_up("ada");
    stage.returns("ada again", "r", ResumeMode::Takeover, "ada");
    assert!(cara < stage.peer("ada again"));
}

#[test]
fn upper_and_lower_case_are_the_same_room() {
    let mut stage = Stage::with_capacity(2);
    stage.joins("ada", "blue-river");
    let heard = stage.joins("bela", "Blue-RIVER");
    assert_eq!(heard, ["ada: peer_joined bela", "bela: joined blue-river as bela with [ada]"]);
}

#[test]
fn a_room_holds_as_many_as_its_capacity_says() {
    let mut stage = Stage::with_capacity(3);
    stage.joins("ada", "r");
    stage.joins("bela", "r");
    assert_eq!(
        stage.joins("cara", "r"),
        ["ada: peer_joined cara", "bela: peer_joined cara", "cara: joined r as cara with [ada, bela]"]
    );
    assert_eq!(stage.joins("dora", "r"), ["dora: full r of 3"]);
}

#[test]
fn who_is_told_full_hears_nothing_and_can_go_elsewhere() {
    let mut stage = Stage::call_of_ada_and_bela();
    assert_eq!(stage.joins("cara", "r"), ["cara: full r of 2"]);
    assert_eq!(stage.signals("ada", "bela", "{}"), ["bela: signal from ada {}"]);
    assert_eq!(stage.signals("cara", "ada", "{}"), ["cara: error NotJoined"]);
    assert_eq!(stage.joins("cara", "s"), ["cara: joined s as cara with []"]);
}

#[test]
fn a_kept_seat_counts_as_taken_until_its_window_has_passed() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.loses_socket("bela");
    assert_eq!(stage.joins("cara", "r"), ["cara: full r of 2"]);
    stage.time_passes(RESUME_WINDOW);
    assert_eq!(stage.joins("cara", "r"), ["ada: peer_joined cara", "cara: joined r as cara with [ada]"]);
}

#[test]
fn a_signal_reaches_the_one_it_is_meant_for_with_its_true_sender() {
    let mut stage = Stage::with_capacity(3);
    for who in ["ada", "bela", "cara"] {
        stage.joins(who, "r");
    }
    let payload = r#"{ "from":"0000000000000000", "kind":"offer" }"#;
    assert_eq!(stage.signals("ada", "cara", payload), [format!("cara: signal from ada {payload}")]);
}

#[test]
fn there_is_no_peer_in_another_room_or_on_ones_own_seat_or_without_a_socket() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.joins("cara", "s");
    assert_eq!(stage.signals("ada", "cara", "{}"), ["ada: error NoSuchPeer"]);
    assert_eq!(stage.signals("ada", "ada", "{}"), ["ada: error NoSuchPeer"]);
    stage.loses_socket("bela");
    assert_eq!(stage.signals("ada", "bela", "{}"), ["ada: error NoSuchPeer"]);
    let nobody = r#"{"type":"signal","to":"0000000000000000","signal":{}}"#;
    assert_eq!(stage.says("ada", nobody), ["ada: error NoSuchPeer"]);
}

#[test]
fn a_socket_has_one_seat() {
    let mut stage = Stage::call_of_ada_and_bela();
    assert_eq!(stage.joins("ada", "s"), ["ada: error AlreadyJoined"]);
    assert_eq!(stage.joins("ada", "r"), ["ada: error AlreadyJoined"]);
    assert_eq!(stage.signals("ada", "bela", "{}"), ["bela: signal from ada {}"], "the seat is unchanged");
    assert_eq!(stage.hub.room_count(), 1);
}

#[test]
fn who_leaves_can_join_again_on_the_same_socket() {
    let mut stage = Stage::call_of_ada_and_bela();
    assert_eq!(stage.leaves("ada"), ["bela: peer_left ada, Left"]);
    assert_eq!(stage.leaves("ada"), ["ada: error NotJoined"]);
    assert_eq!(stage.signals("ada", "bela", "{}"), ["ada: error NotJoined"]);
    assert_eq!(stage.joins("ada", "r"), ["bela: peer_joined ada'", "ada: joined r as ada' with [bela]"]);
    assert_eq!(stage.signals("bela", "ada", "{}"), ["bela: error NoSuchPeer"], "the old id is gone for good");
    assert_eq!(stage.signals("bela", "ada'", "{}"), ["ada: signal from bela {}"]);
    assert_eq!(stage.hub.room_count(), 1);
}

#[test]
fn a_change_of_media_is_told_to_the_others_once() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.joins("cara", "s");
    let on = r#"{"type":"set_media","media":{"microphone":true}}"#;
    assert_eq!(stage.says("ada", on), ["bela: media_changed ada true/false"]);
    assert_eq!(stage.says("ada", on), NOBODY);
    stage.greets("dora");
    assert_eq!(stage.says("dora", on), ["dora: error NotJoined"]);
}

#[test]
fn a_room_ends_with_its_last_seat() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.leaves("ada");
    assert_eq!(stage.hub.room_count(), 1);
    assert_eq!(stage.leaves("bela"), NOBODY);
    assert_eq!(stage.hub.room_count(), 0);
    assert_eq!(stage.joins("ada", "r"), ["ada: joined r as ada' with []"]);
}
