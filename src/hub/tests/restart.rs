//! A server that has just been started: it believes good tokens, and strangers sit there on approval.

use super::stage::{RELOAD_WINDOW, RESUME_WINDOW, Stage, assert_holds_nothing};
use crate::protocol::ResumeMode::{Reconnect, Takeover};

const NOBODY: [&str; 0] = [];

#[test]
fn a_server_that_stops_tells_everybody_when_to_come_back_and_closes() {
    let mut stage = Stage::with_capacity(2);
    stage.connects("silent");
    for n in 0..200 {
        stage.joins(&format!("request-{n}"), "r");
    }
    let told = stage.stops_and_starts();
    let times: Vec<u64> =
        told.iter().filter_map(|line| line.split_once(": restarting ")?.1.parse().ok()).collect();
    assert_eq!(times.len(), 201, "also those who never joined");
    assert!(times.iter().all(|ms| (300..1_300).contains(ms)), "{times:?}");
    for tenth in 0..10 {
        let from = 300 + tenth * 90;
        let coming = times.iter().filter(|ms| (from..from + 90).contains(*ms)).count();
        assert!((5..45).contains(&coming), "{coming} of 201 come between {from} and {} ms", from + 90);
    }
    assert_eq!(told.iter().filter(|line| line.ends_with(": closed, GoingAway")).count(), 201);
}

#[test]
fn seats_outlive_a_server_that_stopped_with_a_word() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.stops_and_starts();
    assert_eq!(
        stage.returns("ada-again", "r", Reconnect, "ada"),
        ["ada-again: joined r as ada with [], incomplete"]
    );
    stage.joins("cara", "r");
    let heard = stage.returns("bela-again", "r", Reconnect, "bela");
    assert_eq!(heard[0], "cara: full r of 2", "nobody slips into a seat that is being resumed");
}

fn call_before_a_restart() -> Stage {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.restarts();
    stage
}

#[test]
fn after_a_restart_people_get_their_ids_back_and_learn_that_others_may_be_missing() {
    let mut stage = call_before_a_restart();
    assert_eq!(
        stage.returns("ada-again", "r", Reconnect, "ada"),
        ["ada-again: joined r as ada with [], incomplete"]
    );
    assert_eq!(
        stage.returns("bela-again", "r", Reconnect, "bela"),
        ["ada-again: peer_joined bela", "bela-again: joined r as bela with [ada], incomplete"]
    );
    assert_eq!(stage.signals("ada-again", "bela", "{}"), ["bela-again: signal from ada {}"]);
}

#[test]
fn whoever_comes_back_after_a_reloaded_page_is_told_which_id_is_gone() {
    let mut stage = call_before_a_restart();
    stage.returns("ada-anew", "r", Takeover, "ada");
    let heard = stage.returns("bela-again", "r", Reconnect, "bela");
    assert_eq!(heard[1], "bela-again: joined r as bela with [ada-anew for ada], incomplete");
}

#[test]
fn a_page_reloaded_during_a_restart_gets_a_new_id() {
    let mut stage = call_before_a_restart();
    stage.returns("bela-again", "r", Reconnect, "bela");
    let heard = stage.returns("ada-again", "r", Takeover, "ada");
    assert_eq!(
        heard,
        [
            "bela-again: peer_joined ada-again for ada",
            "ada-again: joined r as ada-again with [bela], incomplete"
        ]
    );
    assert_eq!(
        stage.returns("ada-stale", "r", Reconnect, "ada"),
        ["ada-stale: full r of 2"],
        "the token that was taken over proves nothing"
    );
}

#[test]
fn a_token_that_finds_the_room_full_is_still_good_when_a_seat_is_free() {
    let mut stage = Stage::with_capacity(2);
    // A call that everybody lost may go on without the server.
    for who in ["ada", "bela"] {
        stage.joins(who, "r");
        stage.loses_socket(who);
    }
    stage.time_passes(RESUME_WINDOW);
    stage.joins("cara", "r");
    stage.restarts();
    stage.returns("ada-again", "r", Reconnect, "ada");
    stage.returns("bela-again", "r", Reconnect, "bela");
    assert_eq!(stage.returns("cara-again", "r", Takeover, "cara"), ["cara-again: full r of 2"]);
    stage.leaves("bela-again");
    let heard = stage.returns("cara-again", "r", Reconnect, "cara");
    assert_eq!(heard, ["ada-again: peer_joined cara", "cara-again: joined r as cara with [ada], incomplete"]);
}

#[test]
fn a_stranger_who_was_quicker_gives_way_to_the_one_who_had_the_seat() {
    let mut stage = call_before_a_restart();
    stage.returns("ada-again", "r", Reconnect, "ada");
    let heard = stage.joins("cara", "r");
    assert_eq!(heard, ["ada-again: peer_joined cara", "cara: joined r as cara with [ada]"]);
    assert_eq!(
        stage.returns("bela-again", "r", Reconnect, "bela"),
        [
            "cara: full r of 2",
            "ada-again: peer_left cara, Left",
            "ada-again: peer_joined bela",
            "bela-again: joined r as bela with [ada], incomplete"
        ]
    );
    assert_eq!(stage.signals("cara", "ada", "{}"), ["cara: error NotJoined"], "she hears and says nothing");
    assert_eq!(stage.returns("cara-again", "r", Reconnect, "cara"), ["cara-again: full r of 2"]);
    assert_eq!(stage.joins("cara", "s"), ["cara: joined s as cara' with []"], "her socket lives");
}

#[test]
fn a_stranger_gives_way_after_the_next_restart_too() {
    for mode in [Reconnect, Takeover] {
        let mut stage = call_before_a_restart();
        stage.returns("ada-again", "r", Reconnect, "ada");
        stage.joins("cara", "r");
        stage.restarts();
        let heard = stage.returns("cara-again", "r", mode, "cara");
        assert!(heard[0].starts_with("cara-again: joined r"), "{heard:?}");
        stage.returns("ada-third", "r", Reconnect, "ada-again");
        assert_eq!(stage.returns("bela-again", "r", Reconnect, "bela")[0], "cara-again: full r of 2");
        assert_eq!(stage.returns("cara-third", "r", mode, "cara"), ["cara-third: full r of 2"]);
    }
}

#[test]
fn who_came_right_after_a_start_comes_before_strangers_after_the_next() {
    let mut stage = Stage::in_grace(2);
    stage.joins("ada", "r");
    stage.joins("bela", "r");
    stage.restarts();
    stage.returns("ada-again", "r", Reconnect, "ada");
    stage.joins("cara", "r");
    let heard = stage.returns("bela-again", "r", Reconnect, "bela");
    assert_eq!(heard[0], "cara: full r of 2");
    assert_eq!(heard.last().unwrap(), "bela-again: joined r as bela with [ada], incomplete");
}

#[test]
fn a_stranger_who_stayed_until_the_server_had_grown_up_has_a_seat_like_any_other() {
    let mut stage = call_before_a_restart();
    stage.returns("ada-again", "r", Reconnect, "ada");
    stage.joins("cara", "r");
    stage.time_passes(RESUME_WINDOW);
    stage.loses_socket("cara");
    stage.returns("cara-again", "r", Reconnect, "cara");
    stage.restarts();
    stage.returns("cara-third", "r", Reconnect, "cara-again");
    stage.returns("ada-third", "r", Reconnect, "ada-again");
    assert_eq!(stage.returns("bela-again", "r", Reconnect, "bela"), ["bela-again: full r of 2"]);
}

#[test]
fn the_stranger_who_came_last_gives_way_first() {
    let mut stage = call_before_a_restart();
    stage.joins("cara", "r");
    stage.joins("dora", "r");
    let heard = stage.returns("ada-again", "r", Reconnect, "ada");
    assert_eq!(heard[..2], ["dora: full r of 2", "cara: peer_left dora, Left"]);
    let heard = stage.returns("bela-again", "r", Takeover, "bela");
    assert_eq!(heard[..2], ["cara: full r of 2", "ada-again: peer_left cara, Left"]);
}

#[test]
fn a_stranger_whose_socket_is_lost_gives_way_too() {
    let mut stage = call_before_a_restart();
    stage.returns("ada-again", "r", Reconnect, "ada");
    stage.joins("cara", "r");
    stage.loses_socket("cara");
    let heard = stage.returns("bela-again", "r", Reconnect, "bela");
    assert_eq!(heard[0], "ada-again: peer_left cara, Left");
    assert_eq!(stage.time_passes(2 * RESUME_WINDOW), NOBODY);
}

#[test]
fn people_with_tokens_do_not_turn_each_other_out() {
    let mut stage = Stage::call_of_ada_and_bela();
    stage.leaves("bela");
    stage.joins("cara", "r");
    // Three tokens for two seats: one of them is from before its seat was left.
    stage.restarts();
    stage.returns("ada-again", "r", Reconnect, "ada");
    stage.returns("cara-again", "r", Reconnect, "cara");
    assert_eq!(stage.returns("bela-again", "r", Reconnect, "bela"), ["bela-again: full r of 2"]);
}

#[test]
fn who_leaves_in_the_grace_period_cannot_come_back_by_token() {
    let mut stage = call_before_a_restart();
    stage.returns("ada-again", "r", Reconnect, "ada");
    stage.returns("bela-again", "r", Reconnect, "bela");
    stage.leaves("ada-again");
    for mode in [Reconnect, Takeover] {
        let who = format!("ada-{mode:?}");
        let heard = stage.returns(&who, "r", mode, "ada");
        assert_eq!(heard[0], format!("bela-again: peer_joined {who}"), "a newcomer");
        stage.leaves(&who);
    }
}

#[test]
fn who_timed_out_in_the_grace_period_cannot_come_back_by_token() {
    let mut stage = call_before_a_restart();
    stage.returns("ada-again", "r", Reconnect, "ada");
    stage.returns("bela-again", "r", Reconnect, "bela");
    stage.hangs_up("ada-again");
    assert_eq!(stage.time_passes(RELOAD_WINDOW), ["bela-again: peer_left ada, Left"]);
    let heard = stage.returns("ada-late", "r", Reconnect, "ada");
    assert_eq!(heard[0], "bela-again: peer_joined ada-late");
}

#[test]
fn a_token_proves_nothing_in_another_room_even_in_the_grace_period() {
    let mut stage = call_before_a_restart();
    for (mode, who, room) in [(Reconnect, "ada-too", "s"), (Takeover, "ada-three", "t")] {
        let heard = stage.returns(who, room, mode, "ada");
        assert_eq!(heard, [format!("{who}: joined {room} as {who} with []")], "a newcomer, under a new id");
    }
    assert_eq!(
        stage.returns("ada-again", "r", Reconnect, "ada"),
        ["ada-again: joined r as ada with [], incomplete"],
        "the seat in r is not spent"
    );
}

#[test]
fn a_grown_up_room_does_not_believe_in_seats_it_never_saw() {
    let mut stage = call_before_a_restart();
    stage.time_passes(RESUME_WINDOW);
    assert_eq!(stage.joins("cara", "r"), ["cara: joined r as cara with []"]);
    assert_eq!(
        stage.returns("ada-again", "r", Reconnect, "ada"),
        ["cara: peer_joined ada-again", "ada-again: joined r as ada-again with [cara]"]
    );
    assert_eq!(stage.returns("bela-again", "r", Takeover, "bela"), ["bela-again: full r of 2"]);
}

#[test]
fn a_room_grows_up_exactly_when_the_resume_window_has_passed() {
    let mut stage = Stage::with_capacity(4);
    for who in ["ada", "bela", "cara"] {
        stage.joins(who, "r");
    }
    stage.restarts();
    stage.joins("dora", "r");
    stage.time_passes(RESUME_WINDOW - 1);
    let heard = stage.returns("ada-again", "r", Reconnect, "ada");
    assert_eq!(heard, ["dora: peer_joined ada", "ada-again: joined r as ada with [dora], incomplete"]);
    stage.time_passes(1);
    let heard = stage.returns("bela-again", "r", Reconnect, "bela");
    assert_eq!(heard.last().unwrap(), "bela-again: joined r as bela-again with [dora, ada]");
}

#[test]
fn the_grace_period_lasts_while_somebody_who_is_still_seen_is_awaited() {
    let mut stage = call_before_a_restart();
    stage.returns("ada-again", "r", Reconnect, "ada");
    for _ in 0..5 {
        stage.time_passes(RESUME_WINDOW - 1);
        assert_eq!(stage.keeps_seat_of("ada-again", "bela"), NOBODY);
    }
    stage.joins("cara", "r");
    let heard = stage.returns("bela-again", "r", Reconnect, "bela");
    assert_eq!(heard[0], "cara: full r of 2", "nobody slips into the seat meanwhile");
    assert_eq!(heard.last().unwrap(), "bela-again: joined r as bela with [ada], incomplete");
    assert_eq!(stage.time_passes(RESUME_WINDOW), NOBODY);
    assert_eq!(stage.keeps_seat_of("ada-again", "cara"), ["ada-again: error NoSuchPeer"]);
}

#[test]
fn a_seat_that_timed_out_without_anybody_to_be_told_can_still_be_taken_back() {
    let mut stage = call_before_a_restart();
    stage.returns("ada-again", "r", Reconnect, "ada");
    stage.time_passes(1_000);
    stage.loses_socket("ada-again");
    stage.time_passes(RESUME_WINDOW);
    assert_eq!(stage.hub.room_count(), 0);
    assert_eq!(
        stage.returns("ada-third", "r", Reconnect, "ada-again"),
        ["ada-third: joined r as ada with [], incomplete"]
    );
}

#[test]
fn nobody_is_turned_out_by_a_grown_up_server() {
    let mut stage = call_before_a_restart();
    stage.joins("cara", "r");
    stage.joins("dora", "r");
    stage.time_passes(RESUME_WINDOW);
    assert_eq!(stage.returns("ada-again", "r", Reconnect, "ada"), ["ada-again: full r of 2"]);
}

#[test]
fn who_departed_is_forgotten_when_the_grace_period_is_over() {
    let mut stage = call_before_a_restart();
    stage.returns("ada-again", "r", Reconnect, "ada");
    stage.returns("ada-anew", "r", Takeover, "ada");
    stage.leaves("ada-anew");
    stage.loses_socket("ada-anew");
    assert_eq!(stage.hub.room_count(), 0);
    stage.time_passes(RESUME_WINDOW);
    assert_holds_nothing(&stage.hub);
}

#[test]
fn who_left_in_an_extended_grace_period_does_not_come_back_to_the_seat() {
    let mut stage = Stage::with_capacity(3);
    for who in ["ada", "bela", "cara"] {
        stage.joins(who, "r");
    }
    stage.restarts();
    stage.returns("ada-again", "r", Reconnect, "ada");
    stage.returns("bela-again", "r", Reconnect, "bela");
    stage.leaves("bela-again");
    for _ in 0..3 {
        stage.time_passes(RESUME_WINDOW - 1);
        assert_eq!(stage.keeps_seat_of("ada-again", "cara"), NOBODY, "she is awaited");
    }
    let heard = stage.returns("bela-third", "r", Reconnect, "bela");
    assert!(heard.last().unwrap().contains("joined r as bela-third"), "a newcomer: {heard:?}");
    assert_eq!(stage.keeps_seat_of("ada-again", "bela"), ["ada-again: error NoSuchPeer"], "he has left");
}

#[test]
fn a_newcomer_extends_no_grace_period() {
    let mut stage = call_before_a_restart();
    stage.joins("eve", "r");
    assert_eq!(stage.keeps_seat_of("eve", "ada"), ["eve: error NoSuchPeer"]);
    stage.time_passes(RESUME_WINDOW);
    let heard = stage.returns("ada-again", "r", Reconnect, "ada");
    assert!(heard.last().unwrap().contains("joined r as ada-again"), "too late: {heard:?}");
}
