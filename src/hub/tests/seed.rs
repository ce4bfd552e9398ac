//! The faults of the well-known tutorial that this project starts from, as far as they belong to the server.
//! The numbers are those of the list in `docs/notes/seed-faults.md`.

use super::stage::{HEARTBEAT, Stage, assert_holds_nothing};
use crate::protocol::ResumeMode::{Reconnect, Takeover};

#[test]
fn seed_fault_1_a_reload_or_a_leave_does_not_kill_the_room() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.hangs_up("ada");
    // The one who stays is told to offer again: `peer_joined` with a new id.
    let reloaded = stage.returns("ada-again", "r", Takeover, "ada");
    assert_eq!(reloaded[0], "bela: peer_joined ada-again for ada");
    stage.leaves("ada-again");
    assert_eq!(stage.joins("ada-again", "r")[0], "bela: peer_joined ada-again'");
}

#[test]
fn seed_fault_1_a_restart_of_the_server_does_not_kill_the_room() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.restarts();
    stage.returns("ada-again", "r", Reconnect, "ada");
    stage.returns("bela-again", "r", Reconnect, "bela");
    assert_eq!(stage.signals("ada-again", "bela", "{}"), ["bela-again: signal from ada {}"]);
}

#[test]
fn seed_fault_2_rooms_do_not_mix() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.joins("cara", "s");
    stage.joins("dora", "s");
    assert_eq!(
        stage.signals("ada", "bela", r#"{"kind":"offer"}"#),
        [r#"bela: signal from ada {"kind":"offer"}"#]
    );
    assert_eq!(stage.signals("ada", "cara", "{}"), ["ada: error NoSuchPeer"]);
    assert_eq!(stage.leaves("dora"), ["cara: peer_left dora, Left"]);
}

#[test]
fn seed_fault_2_a_third_who_is_told_full_neither_hears_the_call_nor_ends_it() {
    let mut stage = Stage::call_of_ada_and_bela();
    assert_eq!(stage.joins("cara", "r"), ["cara: full r of 2"]);
    assert_eq!(stage.signals("ada", "bela", "{}"), ["bela: signal from ada {}"]);
    assert_eq!(stage.hangs_up("cara"), [""; 0]);
    assert_eq!(stage.time_passes(10 * HEARTBEAT), [""; 0]);
}

#[test]
fn seed_fault_3_a_newcomer_is_announced_once_and_to_one_side_only() {
    let mut stage = Stage::with_capacity(2);
    assert_eq!(stage.joins("ada", "r"), ["ada: joined r as ada with []"]);
    // Who hears `peer_joined` offers; who reads about the other in `joined` waits.
    assert_eq!(stage.joins("bela", "r"), ["ada: peer_joined bela", "bela: joined r as bela with [ada]"]);
    assert_eq!(stage.joins("bela", "r"), ["bela: error AlreadyJoined"]);
}

#[test]
fn seed_fault_9_who_comes_back_while_the_dead_socket_still_has_the_seat_is_let_in() {
    let mut stage = Stage::call_of_ada_and_bela();
    // Nobody has noticed yet that ada's socket is dead.
    let heard = stage.returns("ada-again", "r", Reconnect, "ada");
    assert_eq!(
        heard,
        ["ada: closed, Replaced", "ada-again: joined r as ada with [bela]", "bela: peer_back ada"]
    );
}

#[test]
fn seed_fault_9_a_dead_socket_does_not_keep_its_seat_for_ever() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.silence_passes(100 * HEARTBEAT);
    assert_holds_nothing(&stage.hub);
}

#[test]
fn seed_fault_10_hostile_room_names_are_refused_and_the_socket_lives() {
    let mut stage = Stage::with_capacity(2);
    stage.greets("eve");
    for room in [r#""__proto__""#, r#"["r"]"#, r#""""#, r#"{"length":0}"#, "null"] {
        let frame = format!(r#"{{"type":"join","room":{room}}}"#);
        assert_eq!(stage.says("eve", &frame), ["eve: error BadRoom"], "{room}");
    }
    assert_eq!(stage.hub.room_count(), 0);
    assert_eq!(stage.joins("eve", "r"), ["eve: joined r as eve with []"]);
}

#[test]
fn seed_fault_10_the_id_of_somebody_as_room_name_is_only_another_room() {
    let mut stage = Stage::call_of_ada_and_bela();
    let room = stage.peer("ada").to_string();
    assert_eq!(stage.joins("eve", &room), [format!("eve: joined {room} as eve with []")]);
    assert_eq!(stage.signals("bela", "ada", "{}"), ["ada: signal from bela {}"]);
}

#[test]
fn seed_fault_10_joining_twice_does_not_join_oneself() {
    let mut stage = Stage::with_capacity(2);
    stage.joins("eve", "r");
    assert_eq!(stage.joins("eve", "r"), ["eve: error AlreadyJoined"]);
    assert_eq!(stage.joins("ada", "r"), ["eve: peer_joined ada", "ada: joined r as ada with [eve]"]);
}
