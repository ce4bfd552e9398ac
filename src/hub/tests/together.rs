//! Locks, hands and reactions.

use super::stage::{RESUME_WINDOW, Stage};
use crate::protocol::ResumeMode::{Reconnect, Takeover};

const NOBODY: [&str; 0] = [];

/// Three people in the room `r`, which holds four.
fn three() -> Stage {
    let mut stage = Stage::with_capacity(4);
    for who in ["ada", "bela", "cara"] {
        stage.joins(who, "r");
    }
    stage
}

fn locked_by_ada() -> Stage {
    let mut stage = three();
    stage.locks("ada");
    stage
}

#[test]
fn a_lock_is_told_to_everybody_and_keeps_newcomers_out() {
    let mut stage = three();
    let told = ["ada: locked by ada", "bela: locked by ada", "cara: locked by ada"];
    assert_eq!(stage.locks("ada"), told);
    assert_eq!(stage.locks("bela"), NOBODY, "it is locked already");
    assert_eq!(stage.joins("dora", "r"), ["dora: error RoomLocked"]);
    assert_eq!(stage.says("dora", r#"{"type":"set_media","media":{}}"#), ["dora: error NotJoined"]);
    assert_eq!(stage.joins("dora", "elsewhere"), ["dora: joined elsewhere as dora with []"]);
    let told = ["ada: unlocked by bela", "bela: unlocked by bela", "cara: unlocked by bela"];
    assert_eq!(stage.unlocks("bela"), told);
    assert_eq!(stage.joins("eve", "r")[3], "eve: joined r as eve with [ada, bela, cara]");
}

#[test]
fn a_full_room_that_is_locked_says_that_it_is_locked() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.locks("ada");
    assert_eq!(stage.joins("cara", "r"), ["cara: error RoomLocked"]);
}

#[test]
fn only_somebody_with_a_seat_can_lock_raise_a_hand_and_react() {
    let mut stage = three();
    stage.greets("dora");
    assert_eq!(stage.locks("dora"), ["dora: error NotJoined"]);
    assert_eq!(stage.raises_hand("dora"), ["dora: error NotJoined"]);
    assert_eq!(stage.reacts("dora", "clap"), ["dora: error NotJoined"]);
    stage.connects("eve");
    assert_eq!(stage.locks("eve"), ["eve: error HelloFirst"]);
    assert_eq!(stage.joins("dora", "r")[3], "dora: joined r as dora with [ada, bela, cara]");
}

#[test]
fn holders_of_seats_return_to_a_locked_room() {
    let mut stage = locked_by_ada();
    stage.loses_socket("bela");
    let told = stage.returns("bela again", "r", Reconnect, "bela");
    assert_eq!(told[0], "bela again: joined r as bela with [ada, cara], locked");
    stage.hangs_up("cara");
    let told = stage.returns("cara again", "r", Takeover, "cara");
    assert_eq!(told[2], "cara again: joined r as cara again with [ada, bela], locked");
    stage.loses_socket("ada");
    stage.time_passes(RESUME_WINDOW);
    let told = stage.returns("ada again", "r", Reconnect, "ada");
    assert_eq!(told, ["ada again: error RoomLocked"], "the seat is free: a newcomer like others");
}

#[test]
fn the_lock_goes_with_the_last_person() {
    let mut stage = locked_by_ada();
    for who in ["ada", "bela", "cara"] {
        stage.leaves(who);
    }
    assert_eq!(stage.joins("dora", "r"), ["dora: joined r as dora with []"]);
}

#[test]
fn a_lock_survives_a_restart_whoever_returns_first() {
    for first in ["ada", "bela"] {
        let mut stage = locked_by_ada();
        stage.restarts();
        let told = stage.returns("first", "r", Reconnect, first);
        assert_eq!(told, [format!("first: joined r as {first} with [], incomplete, locked")]);
        assert_eq!(stage.joins("dora", "r"), ["dora: error RoomLocked"]);
        let told = stage.returns("cara anew", "r", Takeover, "cara");
        let joined = format!("cara anew: joined r as cara anew with [{first}], incomplete, locked");
        assert_eq!(told[1], joined);
        assert_eq!(stage.joins("dora", "r"), ["dora: error RoomLocked"]);
    }
}

#[test]
fn a_lock_survives_restarts_in_a_row() {
    let mut stage = locked_by_ada();
    for again in ["once", "twice"] {
        stage.restarts();
        let before = if again == "once" { "ada" } else { "once" };
        let told = stage.returns(again, "r", Reconnect, before);
        assert_eq!(told, [format!("{again}: joined r as ada with [], incomplete, locked")]);
    }
}

#[test]
fn a_newcomer_who_was_faster_after_a_restart_is_out_again() {
    let mut stage = locked_by_ada();
    stage.restarts();
    assert_eq!(stage.joins("dora", "r"), ["dora: joined r as dora with []"]);
    stage.joins("eve", "r");
    let told = stage.returns("bela again", "r", Reconnect, "bela");
    assert_eq!(told[0], "dora: error RoomLocked");
    assert_eq!(told.last().unwrap(), "bela again: joined r as bela with [], incomplete, locked");
    assert_eq!(stage.unlocks("dora"), ["dora: error NotJoined"]);
    stage.unlocks("bela again");
    assert_eq!(stage.joins("dora", "r")[1], "dora: joined r as dora' with [bela]");
}

#[test]
fn who_was_away_when_the_room_was_locked_learns_it_after_a_restart() {
    let mut stage = three();
    stage.loses_socket("bela");
    stage.locks("ada");
    stage.restarts();
    assert_eq!(
        stage.returns("bela again", "r", Reconnect, "bela"),
        ["bela again: joined r as bela with [], incomplete"]
    );
    stage.joins("dora", "r");
    let told = stage.returns("ada again", "r", Reconnect, "ada");
    let expected = [
        "dora: error RoomLocked",
        "bela again: peer_left dora, Left",
        "bela again: peer_joined ada",
        "bela again: locked by ada",
        "ada again: joined r as ada with [bela], incomplete, locked",
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_was_unlocked_since_a_restart_stays_so() {
    let mut stage = locked_by_ada();
    stage.restarts();
    stage.returns("bela again", "r", Reconnect, "bela");
    stage.unlocks("bela again");
    stage.joins("dora", "r");
    let told = stage.returns("ada again", "r", Reconnect, "ada");
    assert_eq!(told.last().unwrap(), "ada again: joined r as ada with [bela, dora], incomplete");
}

/// Bela is away when the room is unlocked; what he proves is older than what Ada does.
#[test]
fn a_token_from_before_the_room_was_unlocked_locks_nothing() {
    let mut stage = locked_by_ada();
    stage.time_passes(60_000);
    stage.loses_socket("bela");
    stage.unlocks("ada");
    stage.restarts();
    stage.returns("ada again", "r", Reconnect, "ada");
    stage.joins("dora", "r");
    let told = stage.returns("bela again", "r", Reconnect, "bela");
    assert_eq!(told.last().unwrap(), "bela again: joined r as bela with [ada, dora], incomplete");
    let told = stage.joins("eve", "r");
    assert_eq!(told.last().unwrap(), "eve: joined r as eve with [ada, dora, bela]");
}

#[test]
fn a_newcomer_cannot_keep_a_room_open_across_two_restarts() {
    let mut stage = locked_by_ada();
    stage.restarts();
    stage.joins("dora", "r");
    stage.restarts();
    stage.returns("dora again", "r", Reconnect, "dora");
    stage.locks("dora again");
    stage.unlocks("dora again");
    let told = stage.returns("ada again", "r", Reconnect, "ada");
    assert_eq!(told[0], "dora again: error RoomLocked");
    assert_eq!(told.last().unwrap(), "ada again: joined r as ada with [], incomplete, locked");
    assert_eq!(stage.joins("eve", "r"), ["eve: error RoomLocked"]);
}

#[test]
fn a_newcomer_of_a_locked_room_is_no_holder_after_the_next_restart() {
    let mut stage = locked_by_ada();
    stage.restarts();
    stage.joins("dora", "r");
    stage.restarts();
    stage.returns("ada again", "r", Reconnect, "ada");
    assert_eq!(stage.returns("dora again", "r", Reconnect, "dora"), ["dora again: error RoomLocked"]);
}

/// Dora came after a restart, was in the call, and has not heard that it was locked since.
#[test]
fn who_came_before_the_room_was_locked_and_missed_that_keeps_the_seat() {
    for dora_is_first in [true, false] {
        let mut stage = three();
        stage.restarts();
        stage.returns("ada again", "r", Reconnect, "ada");
        stage.joins("dora", "r");
        stage.time_passes(60_000);
        stage.loses_socket("dora");
        stage.locks("ada again");
        stage.restarts();
        let (first, second) = if dora_is_first { ("dora", "ada again") } else { ("ada again", "dora") };
        stage.returns("first", "r", Reconnect, first);
        let told = stage.returns("second", "r", Reconnect, second);
        assert!(told.last().unwrap().starts_with("second: joined r as"), "{told:?}");
        assert!(told.last().unwrap().ends_with("incomplete, locked"), "{told:?}");
    }
}

#[test]
fn a_newcomer_cannot_keep_a_room_open_that_was_locked_before_a_restart() {
    let mut stage = locked_by_ada();
    stage.restarts();
    stage.joins("dora", "r");
    stage.locks("dora");
    stage.unlocks("dora");
    let told = stage.returns("ada again", "r", Reconnect, "ada");
    assert_eq!(told[0], "dora: error RoomLocked");
    assert_eq!(told[1], "ada again: joined r as ada with [], incomplete, locked");
}

#[test]
fn clients_that_know_no_locks_are_told_full_and_nothing_of_gestures() {
    let mut stage = Stage::with_capacity(4);
    stage.greets_plainly("old");
    stage.joins("old", "r");
    stage.joins("ada", "r");
    assert_eq!(stage.locks("ada"), ["ada: locked by ada"]);
    assert_eq!(stage.raises_hand("ada"), ["ada: hand 1 of ada"]);
    assert_eq!(stage.reacts("ada", "heart"), ["ada: heart from ada"]);
    stage.greets_plainly("older");
    assert_eq!(stage.joins("older", "r"), ["older: full r of 4"]);
}

#[test]
fn hands_keep_their_order_and_who_comes_later_sees_them() {
    let mut stage = three();
    assert_eq!(
        stage.raises_hand("bela"),
        ["ada: hand 1 of bela", "bela: hand 1 of bela", "cara: hand 1 of bela"]
    );
    stage.raises_hand("ada");
    assert_eq!(stage.raises_hand("ada"), NOBODY, "it is up already");
    assert_eq!(
        stage.joins("dora", "r")[3],
        "dora: joined r as dora with [ada (hand 2), bela (hand 1), cara]"
    );
    assert_eq!(stage.lowers_hand("bela")[0], "ada: no hand of bela");
    assert_eq!(stage.lowers_hand("cara"), NOBODY);
    assert_eq!(stage.raises_hand("bela")[0], "ada: hand 3 of bela", "behind ada now");
}

#[test]
fn a_hand_stays_up_with_its_seat() {
    let mut stage = three();
    stage.raises_hand("ada");
    stage.raises_hand("bela");
    stage.loses_socket("ada");
    let told = stage.returns("ada again", "r", Reconnect, "ada");
    assert_eq!(told[0], "ada again: joined r as ada with [bela (hand 2), cara], hand 1");
    stage.hangs_up("ada again");
    let told = stage.returns("ada anew", "r", Takeover, "ada again");
    assert_eq!(told[0], "bela: peer_joined ada anew (hand 1) for ada");
    assert_eq!(told[2], "ada anew: joined r as ada anew with [bela (hand 2), cara], hand 1");
    stage.leaves("ada anew");
    let told = stage.joins("ada anew", "r");
    assert_eq!(told[2], "ada anew: joined r as ada anew' with [bela (hand 2), cara]");
}

#[test]
fn each_of_five_reactions_is_passed_on_and_kept_nowhere() {
    let mut stage = three();
    for reaction in ["thumbs_up", "clap", "heart", "laugh", "surprise"] {
        let told = ["ada", "bela", "cara"].map(|who| format!("{who}: {reaction} from bela"));
        assert_eq!(stage.reacts("bela", reaction), told);
    }
    assert_eq!(stage.reacts("bela", "shrug"), ["bela: error BadMessage"]);
    assert_eq!(stage.joins("dora", "r")[3], "dora: joined r as dora with [ada, bela, cara]");
}

#[test]
fn a_flood_of_gestures_costs_only_who_sends_it() {
    let mut stage = three();
    let mut passed_on = 0;
    for n in 0..100 {
        let told = match n % 3 {
            0 => stage.reacts("ada", "laugh"),
            1 => stage.locks("ada"),
            _ => stage.unlocks("ada"),
        };
        passed_on += usize::from(told.len() == 3);
        assert!(told.len() == 3 || told == ["ada: error RateLimited"], "{told:?}");
    }
    assert_eq!(passed_on, 10);
    assert_eq!(stage.reacts("bela", "clap").len(), 3, "others are not limited by it");
    stage.loses_socket("ada");
    stage.returns("ada again", "r", Reconnect, "ada");
    assert_eq!(stage.reacts("ada again", "clap"), ["ada again: error RateLimited"], "the seat is limited");
    stage.time_passes(1_000);
    assert_eq!(stage.reacts("ada again", "clap").len(), 3);
    assert_eq!(
        stage.signals("ada again", "bela", "{}"),
        ["bela: signal from ada {}"],
        "nor is anything else"
    );
}
