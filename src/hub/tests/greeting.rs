//! Hello first, versions, and frames that cannot be read.

use super::stage::{MAX_BAD_FRAMES, Stage};

#[test]
fn nothing_is_done_before_hello() {
    let mut stage = Stage::with_capacity(2);
    stage.connects("ada");
    for frame in [
        r#"{"type":"join","room":"r"}"#,
        r#"{"type":"leave"}"#,
        r#"{"type":"heartbeat"}"#,
        r#"{"type":"keep_seat","peer":"00000000000000a1"}"#,
        r#"{"type":"set_media","media":{}}"#,
        r#"{"type":"signal","to":"00000000000000a1","signal":{}}"#,
    ] {
        assert_eq!(stage.says("ada", frame), ["ada: error HelloFirst"], "{frame}");
    }
    assert_eq!(stage.hub.room_count(), 0);
    assert_eq!(stage.says("ada", r#"{"type":"hello","version":1}"#), ["ada: welcome"]);
}

#[test]
fn hello_can_be_said_twice() {
    let mut stage = Stage::call_of_ada_and_bela();
    assert_eq!(stage.says("ada", r#"{"type":"hello","version":1}"#), ["ada: welcome"]);
    assert_eq!(stage.signals("ada", "bela", "{}"), ["bela: signal from ada {}"]);
}

#[test]
fn a_version_nobody_speaks_here_closes_the_socket() {
    for version in [0, 2, u32::MAX] {
        let mut stage = Stage::with_capacity(2);
        stage.connects("ada");
        let heard = stage.says("ada", &format!(r#"{{"type":"hello","version":{version}}}"#));
        assert_eq!(heard, ["ada: error UnsupportedVersion", "ada: closed, UnsupportedVersion"]);
        assert_eq!(stage.hub.conn_count(), 0);
    }
}

#[test]
fn unreadable_frames_are_forgiven_and_then_not() {
    let mut stage = Stage::call_of_ada_and_bela();
    for _ in 0..MAX_BAD_FRAMES {
        assert_eq!(stage.says("ada", "garbage"), ["ada: error BadMessage"]);
    }
    assert_eq!(stage.signals("ada", "bela", "{}"), ["bela: signal from ada {}"], "the socket lives");
    assert_eq!(
        stage.says("ada", r#"{"type":"shout"}"#),
        ["ada: error UnknownType", "ada: closed, BadMessages", "bela: peer_reconnecting ada"]
    );
}

#[test]
fn talking_before_hello_is_forgiven_only_so_often() {
    let mut stage = Stage::with_capacity(2);
    stage.connects("ada");
    for _ in 0..MAX_BAD_FRAMES {
        assert_eq!(stage.says("ada", r#"{"type":"leave"}"#), ["ada: error HelloFirst"]);
    }
    assert_eq!(
        stage.says("ada", r#"{"type":"leave"}"#),
        ["ada: error HelloFirst", "ada: closed, BadMessages"]
    );
    assert_eq!(stage.hub.conn_count(), 0);
}

#[test]
fn bad_frames_of_one_socket_are_not_held_against_another() {
    let mut stage = Stage::call_of_ada_and_bela();
    for _ in 0..MAX_BAD_FRAMES {
        stage.says("ada", "garbage");
    }
    assert_eq!(stage.says("bela", "garbage"), ["bela: error BadMessage"]);
}
