//! Messages between people who are there.

use super::{Input, stage::Stage};
use crate::sansio::Core;

const NOTHING: [&str; 0] = [];

#[test]
fn everybody_gets_a_message_once_and_the_author_knows_it() {
    let mut stage = Stage::of(["ada", "bob", "eve"]);
    stage.writes("ada", "hello");
    stage.writes("bob", "hi");
    assert_eq!(stage.sees("ada"), ["me: hello", "bob: hi"]);
    assert_eq!(stage.sees("bob"), ["ada: hello", "me: hi"]);
    assert_eq!(stage.sees("eve"), ["ada: hello", "bob: hi"]);
}

#[test]
fn messages_that_cross_have_the_same_order_everywhere() {
    let mut stage = Stage::of(["ada", "bob", "eve"]);
    stage.writes_unsent("ada", "one", None);
    stage.writes_unsent("bob", "two", None);
    stage.writes_unsent("eve", "three", None);
    stage.settles();
    let texts = |who: &str| -> Vec<_> { stage.view(who).entries.iter().map(|one| one.id).collect() };
    assert_eq!(texts("ada"), texts("bob"));
    assert_eq!(texts("bob"), texts("eve"));
    assert_eq!(texts("eve").len(), 3);
}

#[test]
fn who_cannot_be_reached_gets_the_message_later() {
    let mut stage = Stage::of(["ada", "bob", "eve"]);
    stage.cuts("ada", "bob");
    stage.writes("ada", "hello");
    assert_eq!(stage.sees("ada"), ["me: hello (not yet: bob)"]);
    assert_eq!(stage.sees("bob"), NOTHING);
    assert_eq!(stage.sees("eve"), ["ada: hello"]);
    stage.mends("ada", "bob");
    assert_eq!(stage.sees("ada"), ["me: hello"]);
    assert_eq!(stage.sees("bob"), ["ada: hello"], "not marked: it is new to him");
    assert_eq!(stage.unread("bob"), 1);
}

#[test]
fn a_message_that_is_lost_with_its_channel_comes_again() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.writes_unsent("ada", "hello", None);
    stage.cuts("ada", "bob");
    stage.mends("ada", "bob");
    assert_eq!(stage.sees("bob"), ["ada: hello"]);
    assert_eq!(stage.sees("ada"), ["me: hello"]);
}

#[test]
fn an_acknowledgement_that_is_lost_doubles_nothing() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.writes_unsent("ada", "hello", None);
    stage.delivers(1);
    assert_eq!(stage.sees("ada"), ["me: hello (not yet: bob)"]);
    stage.cuts("ada", "bob");
    stage.mends("ada", "bob");
    assert_eq!(stage.sees("bob"), ["ada: hello"]);
    assert_eq!(stage.sees("ada"), ["me: hello"]);
    assert_eq!(stage.unread("bob"), 1);
}

#[test]
fn a_private_message_is_for_one_person_only() {
    let mut stage = Stage::of(["ada", "bob", "eve"]);
    stage.writes_to("ada", "bob", "psst");
    assert_eq!(stage.sees("ada"), ["me: psst (to bob)"]);
    assert_eq!(stage.sees("bob"), ["ada: psst (to bob)"]);
    assert_eq!(stage.sees("eve"), NOTHING);
    stage.joins("fay");
    stage.reconnects_all();
    assert_eq!(stage.sees("eve"), NOTHING);
    assert_eq!(stage.sees("fay"), NOTHING);
}

#[test]
fn a_reply_quotes_what_it_replies_to() {
    let mut stage = Stage::of(["ada", "bob"]);
    let question = stage.writes("ada", "when?");
    stage.replies("bob", question, "now");
    assert_eq!(stage.sees("ada"), ["me: when?", "bob: now (re when?)"]);
}

#[test]
fn an_own_message_can_be_changed_and_deleted_for_a_minute() {
    let mut stage = Stage::of(["ada", "bob"]);
    let id = stage.writes("ada", "helo");
    stage.time_passes(59_000);
    stage.edits("ada", id, "hello");
    assert_eq!(stage.sees("bob"), ["ada: hello (edited)"]);
    let other = stage.writes("ada", "oops");
    stage.deletes("ada", other);
    assert_eq!(stage.sees("bob"), ["ada: hello (edited)", "ada: (deleted)"]);
    stage.time_passes(1_000);
    stage.edits("ada", id, "too late");
    assert_eq!(stage.sees("ada"), ["me: hello (edited)", "me: (deleted)"]);
    stage.edits("ada", other, "back again");
    assert_eq!(stage.sees("ada"), ["me: hello (edited)", "me: (deleted)"], "what is gone stays gone");
}

#[test]
fn the_view_says_when_a_message_can_no_longer_be_changed() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.writes("ada", "hello");
    assert!(stage.view("ada").entries[0].changeable);
    stage.time_passes(60_000);
    assert!(!stage.view("ada").entries[0].changeable);
    assert_eq!(stage.page("ada").chat.poll_timeout(), None, "nothing is left to do");
}

#[test]
fn a_change_reaches_those_who_could_not_be_reached() {
    let mut stage = Stage::of(["ada", "bob", "eve"]);
    let id = stage.writes("ada", "helo");
    stage.cuts("ada", "bob");
    stage.edits("ada", id, "hello");
    assert_eq!(stage.sees("eve"), ["ada: hello (edited)"]);
    assert_eq!(stage.sees("ada"), ["me: hello (edited) (not yet: bob)"]);
    stage.time_passes(300_000);
    stage.mends("ada", "bob");
    assert_eq!(stage.sees("bob"), ["ada: hello (edited)"]);
}

#[test]
fn nobody_changes_the_message_of_somebody_else() {
    let mut stage = Stage::of(["ada", "bob"]);
    let id = stage.writes("ada", "hello");
    stage.edits("bob", id, "goodbye");
    stage.deletes("bob", id);
    assert_eq!(stage.sees("ada"), ["me: hello"]);
    assert_eq!(stage.sees("bob"), ["ada: hello"]);
}

#[test]
fn messages_are_unread_until_they_are_on_the_screen() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.writes("ada", "one");
    stage.writes("ada", "two");
    assert_eq!((stage.unread("ada"), stage.unread("bob")), (0, 2));
    stage.input("bob", Input::Shown(true));
    stage.writes("ada", "three");
    assert_eq!(stage.unread("bob"), 0);
    stage.input("bob", Input::Shown(false));
    stage.writes("ada", "four");
    assert_eq!(stage.unread("bob"), 1);
}

#[test]
fn whoever_leaves_is_waited_for_no_longer() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.cuts("ada", "bob");
    stage.writes("ada", "hello");
    stage.goes("bob");
    assert_eq!(stage.sees("ada"), ["me: hello"]);
}

#[test]
fn a_private_message_to_somebody_who_left_is_not_delivered() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.cuts("ada", "bob");
    stage.writes_to("ada", "bob", "psst");
    stage.goes("bob");
    assert_eq!(stage.sees("ada"), ["me: psst (to ?) (not yet: ?)"]);
}
