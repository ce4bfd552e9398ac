//! Lost sockets and reloaded pages: seats that are kept, taken back, taken over, or given up.

use super::stage::{RELOAD_WINDOW, RESUME_WINDOW, Stage};
use crate::protocol::ResumeMode::{Reconnect, Takeover};

const NOBODY: [&str; 0] = [];

#[test]
fn who_is_lost_keeps_the_seat_for_the_resume_window() {
    let mut stage = Stage::call_of_ada_and_bela();
    assert_eq!(stage.loses_socket("ada"), ["bela: peer_reconnecting ada"]);
    assert_eq!(stage.time_passes(RESUME_WINDOW - 1), NOBODY);
    assert_eq!(stage.time_passes(1), ["bela: peer_left ada, TimedOut"]);
}

#[test]
fn who_closes_the_page_for_good_frees_the_seat_at_once() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.asks_for_page("r");
    stage.asks_for_page("other");
    stage.time_passes(RELOAD_WINDOW + 1);
    stage.asks_for_page("other");
    assert_eq!(stage.closes_page("ada"), ["bela: peer_left ada, Left"]);
    assert_eq!(stage.joins("cara", "r"), ["bela: peer_joined cara", "cara: joined r as cara with [bela]"]);
}

/// The old page came back to its seat after the new one was asked for.
#[test]
fn who_loads_the_page_anew_right_after_a_restart_keeps_the_seat() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.restarts();
    stage.asks_for_page("r");
    stage.returns("ada back", "r", Reconnect, "ada");
    stage.closes_page("ada back");
    let told = stage.returns("ada anew", "r", Takeover, "ada");
    assert_eq!(told, ["ada anew: joined r as ada anew with [], incomplete"]);
}

#[test]
fn who_loads_the_page_anew_has_asked_for_it_before_and_keeps_the_seat() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.asks_for_page("r");
    stage.time_passes(RELOAD_WINDOW);
    assert_eq!(stage.closes_page("ada"), ["bela: peer_reconnecting ada"]);
    assert_eq!(stage.joins("cara", "r"), ["cara: full r of 2"]);
    assert_eq!(
        stage.returns("ada-again", "r", Takeover, "ada"),
        ["bela: peer_joined ada-again for ada", "ada-again: joined r as ada-again with [bela]"]
    );
}

#[test]
fn who_hangs_up_without_a_word_keeps_the_seat_for_a_short_while() {
    let mut stage = Stage::call_of_ada_and_bela();
    assert_eq!(stage.hangs_up("ada"), ["bela: peer_reconnecting ada"]);
    assert_eq!(stage.time_passes(RELOAD_WINDOW - 1), NOBODY);
    assert_eq!(stage.time_passes(1), ["bela: peer_left ada, Left"]);
}

#[test]
fn who_is_lost_but_still_seen_keeps_the_seat_for_as_long_as_others_say_so() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.loses_socket("ada");
    for _ in 0..10 {
        assert_eq!(stage.time_passes(RESUME_WINDOW - 1), NOBODY);
        assert_eq!(stage.keeps_seat_of("bela", "ada"), NOBODY);
    }
    assert_eq!(stage.joins("cara", "r"), ["cara: full r of 2"]);
    assert_eq!(stage.time_passes(RESUME_WINDOW), ["bela: peer_left ada, TimedOut"]);
    assert_eq!(stage.keeps_seat_of("bela", "ada"), ["bela: error NoSuchPeer"], "too late");
}

#[test]
fn nobody_keeps_the_seat_of_a_closed_page_of_another_room_or_without_one() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.joins("eve", "s");
    stage.hangs_up("ada");
    assert_eq!(stage.keeps_seat_of("bela", "ada"), NOBODY);
    assert_eq!(stage.keeps_seat_of("eve", "ada"), ["eve: error NoSuchPeer"]);
    stage.greets("cara");
    assert_eq!(stage.keeps_seat_of("cara", "ada"), ["cara: error NotJoined"]);
    assert_eq!(stage.time_passes(RELOAD_WINDOW), ["bela: peer_left ada, Left"]);
}

#[test]
fn somebody_who_comes_meanwhile_sees_who_is_reconnecting() {
    let mut stage = Stage::with_capacity(3);
    stage.joins("ada", "r");
    stage.loses_socket("ada");
    assert_eq!(stage.joins("bela", "r"), ["bela: joined r as bela with [ada (reconnecting)]"]);
}

#[test]
fn who_reconnects_in_time_has_the_old_id_and_is_announced_as_back() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.loses_socket("ada");
    stage.time_passes(RESUME_WINDOW - 1);
    assert_eq!(
        stage.returns("ada-again", "r", Reconnect, "ada"),
        ["ada-again: joined r as ada with [bela]", "bela: peer_back ada"]
    );
    assert_eq!(stage.time_passes(2 * RESUME_WINDOW), NOBODY, "the seat has no deadline any more");
    assert_eq!(stage.signals("bela", "ada", "{}"), ["ada-again: signal from bela {}"]);
}

#[test]
fn a_change_of_media_while_away_is_told_on_return() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.says("ada", r#"{"type":"set_media","media":{"camera":true}}"#);
    stage.loses_socket("ada");
    assert_eq!(
        stage.returns("ada-again", "r", Reconnect, "ada"),
        [
            "ada-again: joined r as ada with [bela]",
            "bela: peer_back ada",
            "bela: media_changed ada false/false"
        ]
    );
}

#[test]
fn who_reloads_takes_over_the_seat_under_a_new_id_in_one_step() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.hangs_up("ada");
    assert_eq!(
        stage.returns("ada-again", "r", Takeover, "ada"),
        ["bela: peer_joined ada-again for ada", "ada-again: joined r as ada-again with [bela]"]
    );
    assert_eq!(stage.time_passes(2 * RESUME_WINDOW), NOBODY);
    assert_eq!(stage.signals("bela", "ada", "{}"), ["bela: error NoSuchPeer"]);
    assert_eq!(stage.signals("bela", "ada-again", "{}"), ["ada-again: signal from bela {}"]);
}

#[test]
fn a_reloaded_page_that_comes_before_its_old_socket_is_missed_replaces_it() {
    let mut stage = Stage::call_of_ada_and_bela();
    assert_eq!(
        stage.returns("ada-again", "r", Takeover, "ada"),
        [
            "ada: closed, Replaced",
            "bela: peer_joined ada-again for ada",
            "ada-again: joined r as ada-again with [bela]"
        ]
    );
    assert_eq!(stage.hub.conn_count(), 2);
}

#[test]
fn a_page_loaded_twice_in_a_row_takes_the_seat_of_the_one_that_never_heard_of_it() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.hangs_up("ada");
    stage.returns("ada-again", "r", Takeover, "ada");
    assert_eq!(
        stage.returns("ada-third", "r", Takeover, "ada"),
        [
            "ada-again: closed, Replaced",
            "bela: peer_joined ada-third for ada-again",
            "ada-third: joined r as ada-third with [bela]"
        ]
    );
}

#[test]
fn a_join_of_the_page_before_that_arrives_after_its_successors_takes_no_seat() {
    for mode in [Reconnect, Takeover] {
        let mut stage = Stage::with_capacity(3);
        stage.joins("bela", "r");
        stage.joins("ada", "r");
        stage.loses_socket("ada");
        stage.greets("ada-before");
        stage.returns("ada-again", "r", Takeover, "ada");
        assert_eq!(stage.returns("ada-before", "r", mode, "ada"), ["ada-before: closed, Replaced"]);
    }
}

#[test]
fn not_even_while_its_successor_has_lost_the_socket() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.loses_socket("ada");
    stage.greets("ada-before");
    stage.returns("ada-again", "r", Takeover, "ada");
    stage.loses_socket("ada-again");
    assert_eq!(stage.returns("ada-before", "r", Takeover, "ada"), ["ada-before: closed, Replaced"]);
    assert_eq!(
        stage.returns("ada-third", "r", Reconnect, "ada-again"),
        ["ada-third: joined r as ada-again with [bela]", "bela: peer_back ada-again"]
    );
}

#[test]
fn a_twin_that_still_holds_the_seat_is_closed_when_its_person_reconnects() {
    let mut stage = Stage::call_of_ada_and_bela();
    assert_eq!(
        stage.returns("ada-again", "r", Reconnect, "ada"),
        ["ada: closed, Replaced", "ada-again: joined r as ada with [bela]", "bela: peer_back ada"]
    );
    assert_eq!(stage.signals("bela", "ada", "{}"), ["ada-again: signal from bela {}"]);
}

#[test]
fn a_token_that_was_taken_over_is_worth_nothing() {
    let mut stage = Stage::with_capacity(3);
    stage.joins("ada", "r");
    stage.returns("ada-again", "r", Takeover, "ada");
    stage.says("ada-again", r#"{"type":"heartbeat"}"#);
    for mode in [Reconnect, Takeover] {
        let who = format!("thief-{mode:?}");
        let heard = stage.returns(&who, "r", mode, "ada");
        assert_eq!(
            heard.first().unwrap(),
            &format!("ada-again: peer_joined {who}"),
            "a newcomer, on a seat of its own"
        );
    }
}

#[test]
fn a_seat_that_was_left_cannot_be_taken_back() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.leaves("ada");
    assert_eq!(
        stage.returns("ada-again", "r", Reconnect, "ada"),
        ["bela: peer_joined ada-again", "ada-again: joined r as ada-again with [bela]"]
    );
}

#[test]
fn a_token_of_another_room_makes_a_newcomer() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.joins("cara", "s");
    let heard = stage.returns("ada-too", "s", Reconnect, "ada");
    assert_eq!(heard, ["cara: peer_joined ada-too", "ada-too: joined s as ada-too with [cara]"]);
    assert_eq!(stage.returns("ada-three", "s", Takeover, "ada"), ["ada-three: full s of 2"]);
    assert_eq!(
        stage.signals("ada", "bela", "{}"),
        ["bela: signal from ada {}"],
        "the seat in r is untouched"
    );
    assert_eq!(stage.returns("eve", "r", Takeover, "cara"), ["eve: full r of 2"]);
}

#[test]
fn a_forged_token_makes_a_newcomer() {
    let mut stage = Stage::call_of_ada_and_bela();
    let genuine = stage.token("ada");
    let (peer, mac) = genuine.split_once('.').unwrap();
    let other = stage.peer("bela");
    let flipped = format!("{}{}", if mac.starts_with('A') { 'B' } else { 'A' }, &mac[1..]);
    let forgeries = [
        peer.to_owned(),
        format!("{peer}."),
        format!("{peer}.{}", &mac[..mac.len() - 2]),
        format!("{peer}.{flipped}"),
        format!("{other}.{mac}"),
        format!("{genuine}.{mac}"),
        format!(".{mac}"),
    ];
    for (n, forged) in forgeries.iter().enumerate() {
        for mode in [Reconnect, Takeover] {
            let eve = format!("eve-{n}-{mode:?}");
            assert_eq!(stage.joins_with_token(&eve, "r", mode, forged), [format!("{eve}: full r of 2")]);
        }
    }
    assert_eq!(
        stage.joins_with_token("eve", "r", Takeover, &genuine)[0],
        "ada: closed, Replaced",
        "the true one works"
    );
}

#[test]
fn in_a_deserted_room_the_last_to_be_lost_decides_how_long_all_seats_are_kept() {
    let mut stage = Stage::with_capacity(3);
    for who in ["ada", "bela", "cara"] {
        stage.joins(who, "r");
    }
    stage.loses_socket("ada");
    stage.time_passes(RESUME_WINDOW / 2);
    stage.loses_socket("bela");
    stage.loses_socket("cara");
    stage.time_passes(RESUME_WINDOW - 1);
    let heard = stage.returns("cara-again", "r", Reconnect, "cara");
    assert_eq!(
        heard,
        ["cara-again: joined r as cara with [ada (reconnecting), bela (reconnecting)]"],
        "nobody was there who could have kept Ada's"
    );
    assert_eq!(stage.time_passes(RESUME_WINDOW - 1), NOBODY);
    stage.keeps_seat_of("cara-again", "bela");
    assert_eq!(stage.time_passes(1), ["cara-again: peer_left ada, TimedOut"]);
}

#[test]
fn people_who_were_all_lost_for_longer_get_their_ids_back_all_the_same() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.loses_socket("ada");
    stage.loses_socket("bela");
    stage.time_passes(10 * RESUME_WINDOW);
    super::stage::assert_holds_nothing(&stage.hub);
    assert_eq!(
        stage.returns("ada-again", "r", Reconnect, "ada"),
        ["ada-again: joined r as ada with [], incomplete"]
    );
    assert_eq!(
        stage.joins("cara", "r"),
        ["ada-again: peer_joined cara", "cara: joined r as cara with [ada]"]
    );
    assert_eq!(
        stage.returns("bela-again", "r", Reconnect, "bela"),
        [
            "cara: full r of 2",
            "ada-again: peer_left cara, Left",
            "ada-again: peer_joined bela",
            "bela-again: joined r as bela with [ada], incomplete"
        ]
    );
    assert_eq!(stage.time_passes(RESUME_WINDOW), NOBODY);
    stage.loses_socket("ada-again");
    let heard = stage.returns("ada-third", "r", Reconnect, "ada-again");
    assert_eq!(heard[0], "ada-third: joined r as ada with [bela]", "the room has grown up");
}

#[test]
fn everybody_lost_is_a_room_kept_and_then_forgotten() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.loses_socket("ada");
    assert_eq!(stage.hangs_up("bela"), NOBODY);
    assert_eq!(stage.hub.room_count(), 1);
    assert_eq!(stage.time_passes(RESUME_WINDOW), NOBODY);
    super::stage::assert_holds_nothing(&stage.hub);
}

#[test]
fn the_shell_hears_which_seats_have_ended() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.loses_socket("ada");
    assert_eq!(stage.ended, NOBODY, "it is kept");
    stage.returns("ada-again", "r", Reconnect, "ada");
    assert_eq!(stage.ended, NOBODY, "it is the same seat");
    stage.returns("ada-anew", "r", Takeover, "ada-again");
    assert_eq!(stage.ended, ["ada, TakenOver"]);
    stage.leaves("bela");
    assert_eq!(stage.ended[1..], ["bela, Left"]);
    stage.loses_socket("ada-anew");
    stage.time_passes(RESUME_WINDOW);
    assert_eq!(stage.ended[2..], ["ada-anew, TimedOut"]);
}
