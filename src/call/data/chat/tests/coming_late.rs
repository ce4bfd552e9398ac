//! The history for those who come later.

use super::stage::Stage;

#[test]
fn who_comes_late_gets_the_history_marked_and_unannounced() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.writes("ada", "one");
    stage.writes("bob", "two");
    stage.joins("eve");
    assert_eq!(stage.sees("eve"), ["ada: one (earlier)", "bob: two (earlier)"]);
    assert_eq!(stage.unread("eve"), 0);
    stage.writes("ada", "three");
    assert_eq!(stage.sees("eve").last().unwrap(), "ada: three");
    assert_eq!(stage.sees("ada"), ["me: one", "bob: two", "me: three"], "the history came to nobody else");
}

#[test]
fn the_history_has_what_was_written_by_those_who_left() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.writes("ada", "one");
    stage.goes("ada");
    stage.joins("eve");
    assert_eq!(stage.sees("eve"), ["ada: one (earlier)"]);
    stage.goes("bob");
    stage.joins("fay");
    assert_eq!(stage.sees("fay"), ["ada: one (earlier)"]);
}

#[test]
fn what_was_deleted_is_in_no_history() {
    let mut stage = Stage::of(["ada", "bob"]);
    let id = stage.writes("ada", "secret");
    stage.deletes("ada", id);
    stage.joins("eve");
    assert_eq!(stage.sees("eve"), ["ada: (deleted) (earlier)"]);
}

#[test]
fn who_missed_a_message_of_somebody_who_left_gets_it_from_the_others() {
    let mut stage = Stage::of(["ada", "bob", "eve"]);
    stage.cuts("ada", "bob");
    stage.writes("ada", "bye");
    stage.goes("ada");
    stage.reconnects_all();
    assert_eq!(stage.sees("bob"), ["ada: bye (earlier)"]);
}

#[test]
fn a_long_history_fits_into_messages_of_the_channel() {
    let mut stage = Stage::of(["ada", "bob"]);
    for number in 0..40 {
        stage.writes("ada", &format!("{number} {}", "\"".repeat(5_000)));
        stage.time_passes(1_000);
    }
    stage.joins("eve");
    assert_eq!(stage.sees("eve").len(), 40);
}

#[test]
fn nobody_sends_a_history_to_who_has_it() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.writes("ada", "one");
    stage.writes("bob", "two");
    let digest = |stage: &Stage, who: &str, of: &str| {
        let of = stage.page(of).seat;
        stage.page(who).chat.log.digest_for(of)
    };
    assert_eq!(digest(&stage, "ada", "bob"), digest(&stage, "bob", "ada"));
    stage.cuts("ada", "bob");
    stage.writes("ada", "three");
    stage.writes("bob", "four");
    assert_eq!(digest(&stage, "ada", "bob"), digest(&stage, "bob", "ada"), "without what is on its way");
}
