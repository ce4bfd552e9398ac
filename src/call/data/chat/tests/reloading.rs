//! Pages that are loaded anew, and come back on another seat.

use super::{Input, KeptChat, PeerId, Person, stage::Stage};

#[test]
fn a_reloaded_page_has_its_messages_again_and_they_are_its_own() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.writes("ada", "one");
    stage.writes("bob", "two");
    stage.reloads("ada");
    assert_eq!(stage.sees("ada"), ["me: one (earlier)", "bob: two (earlier)"]);
    assert_eq!(stage.sees("bob"), ["ada: one", "me: two"]);
    assert_eq!(stage.unread("ada"), 0);
}

#[test]
fn what_was_not_delivered_before_a_reload_is_delivered_after_it_once() {
    let mut stage = Stage::of(["ada", "bob", "eve"]);
    stage.cuts("ada", "bob");
    stage.writes("ada", "hello");
    stage.reloads("ada");
    assert_eq!(stage.sees("ada"), ["me: hello (not yet: bob)"]);
    assert_eq!(stage.sees("eve"), ["ada: hello"]);
    stage.mends("ada", "bob");
    assert_eq!(stage.sees("bob"), ["ada: hello"]);
    assert_eq!(stage.sees("ada"), ["me: hello"]);
}

#[test]
fn what_was_not_delivered_arrives_although_the_former_seat_seemed_taken() {
    let mut stage = Stage::empty();
    stage.joins("ada");
    stage.cuts("ada", "bob");
    stage.joins("bob");
    stage.writes("ada", "hello");
    let former = stage.page("ada").seat;
    stage.reloads("ada");
    let (ada, me) = (stage.page("ada").seat, stage.page("bob").seat);
    let people = |seats: &[PeerId]| {
        let person = |id: &PeerId| Person { id: *id, name: "ada".parse().ok() };
        Input::People { me, name: None, others: seats.iter().map(person).collect() }
    };
    stage.input("bob", people(&[former, ada]));
    stage.mends("ada", "bob");
    stage.time_passes(4_000);
    assert_eq!(stage.sees("ada"), ["me: hello (not yet: bob)"]);
    // Only now does the server say that nobody sits there.
    stage.input("bob", people(&[ada]));
    stage.time_passes(15_000);
    assert_eq!(stage.sees("bob"), ["ada: hello"]);
    assert_eq!(stage.sees("ada"), ["me: hello"]);
}

#[test]
fn what_was_written_alone_outlives_a_reload() {
    let mut stage = Stage::of(["ada"]);
    stage.writes("ada", "hello");
    stage.reloads("ada");
    assert_eq!(stage.sees("ada"), ["me: hello"]);
    stage.joins("bob");
    assert_eq!(stage.sees("bob"), ["ada: hello (earlier)"]);
    assert_eq!(stage.sees("ada"), ["me: hello"]);
}

#[test]
fn what_was_written_while_a_page_was_loaded_is_new_to_it() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.writes("bob", "one");
    let kept = stage.goes_and_keeps("ada");
    stage.writes("bob", "two");
    stage.opens_page("ada", kept);
    assert_eq!(stage.sees("ada"), ["bob: one (earlier)", "bob: two"]);
    assert_eq!(stage.unread("ada"), 1);
}

#[test]
fn private_messages_go_on_after_a_reload_of_either() {
    let mut stage = Stage::of(["ada", "bob", "eve"]);
    stage.writes_to("ada", "bob", "one");
    stage.writes_to("bob", "ada", "two");
    stage.reloads("bob");
    assert_eq!(stage.sees("bob"), ["ada: one (to bob) (earlier)", "me: two (to ada) (earlier)"]);
    stage.reloads("ada");
    // She never met the seat to which she wrote: that it was Bob's is his word alone.
    assert_eq!(stage.sees("ada"), ["me: one (to ?) (earlier)", "bob: two (to ada) (earlier)"]);
    assert_eq!(stage.sees("eve").len(), 0);
}

#[test]
fn a_private_message_waits_for_who_is_loading_the_page_anew() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.cuts("ada", "bob");
    stage.writes_to("ada", "bob", "psst");
    stage.mends("ada", "bob");
    stage.cuts("ada", "bob");
    stage.writes_to("ada", "bob", "and");
    stage.reloads("bob");
    stage.mends("ada", "bob");
    let both = ["ada: psst (to bob) (earlier)", "ada: and (to bob)"];
    assert_eq!(stage.sees("bob"), both);
    assert_eq!(stage.sees("ada"), ["me: psst (to bob)", "me: and (to bob)"]);
}

#[test]
fn a_message_can_be_changed_after_a_reload() {
    let mut stage = Stage::of(["ada", "bob"]);
    let id = stage.writes("ada", "helo");
    stage.reloads("ada");
    stage.edits("ada", id, "hello");
    assert_eq!(stage.sees("bob"), ["ada: hello (edited)"]);
    assert_eq!(stage.sees("ada"), ["me: hello (edited) (earlier)"]);
}

#[test]
fn when_everybody_loads_the_page_anew_only_what_was_not_delivered_is_left() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.writes("ada", "one");
    stage.cuts("ada", "bob");
    stage.writes("ada", "two");
    let kept = stage.goes_and_keeps("ada");
    stage.reloads("bob");
    stage.opens_page("ada", kept);
    stage.mends("ada", "bob");
    assert_eq!(stage.sees("bob"), ["ada: two"]);
    assert_eq!(stage.sees("ada"), ["me: two"]);
}

#[test]
fn a_duplicated_tab_claims_nothing() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.cuts("ada", "bob");
    stage.writes("ada", "hello");
    let kept = stage.goes_and_keeps("ada");
    stage.opens_page("ada", kept.clone());
    // The copy of the tab, which remembers a seat that somebody sits on.
    let twin = KeptChat::decode(&kept.unwrap()).unwrap();
    let seats = vec![stage.page("ada").seat];
    let twin = KeptChat { seats, ..twin };
    stage.opens_page("twin", Some(twin.encode()));
    let own: Vec<_> = stage.view("twin").entries.into_iter().filter(|entry| entry.own).collect();
    assert_eq!(own, []);
}
