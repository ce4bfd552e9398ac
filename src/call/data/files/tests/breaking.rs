//! Channels, connections, disks and people that go away.

use super::{stage::*, *};

#[test]
fn a_transfer_goes_on_where_it_stood_after_another_connection() {
    let mut stage = Stage::of(["ada", "bob"]);
    let content = some_bytes(5_000_000);
    let id = stage.sends("ada", None, "a", &content);
    stage.accepts_unsettled("bob", "ada", id);
    stage.delivers_some(60);
    stage.cuts("ada", "bob");
    assert!(stage.sees("bob")[0].contains("interrupted at "), "{:?}", stage.sees("bob"));
    assert!(stage.sees("ada")[0].contains("interrupted"));
    stage.settles();
    let there = stage.view("bob").entries[0].bytes;
    assert!(there > 500_000);
    stage.mends("ada", "bob");
    assert_eq!(stage.sees("bob"), ["from ada: a, done"]);
    assert_eq!(stage.sees("ada"), ["to bob: a, done"]);
    assert!(stage.received("bob") == content);
}

#[test]
fn a_transfer_goes_on_after_its_channel_broke() {
    let mut stage = Stage::of(["ada", "bob"]);
    let content = some_bytes(5_000_000);
    let id = stage.sends("ada", None, "a", &content);
    stage.accepts_unsettled("bob", "ada", id);
    stage.delivers_some(60);
    stage.breaks_channels("ada", "bob");
    stage.settles();
    assert!(stage.sees("bob")[0].contains("interrupted"));
    stage.time_passes(2_000);
    assert_eq!(stage.sees("bob"), ["from ada: a, done"]);
    assert!(stage.received("bob") == content);
}

#[test]
fn a_channel_that_the_receiver_never_saw_is_opened_again() {
    let mut stage = Stage::of(["ada", "bob"]);
    let content = some_bytes(5_000_000);
    let id = stage.sends("ada", None, "a", &content);
    stage.accepts_unsettled("bob", "ada", id);
    let key = stage.key("bob", id, Direction::Out);
    while !stage.page("ada").files.outgoing.get(&key).is_some_and(|out| out.has_channel) {
        stage.delivers_some(1);
    }
    stage.breaks_channels("ada", "bob");
    stage.settles();
    assert_eq!(stage.sees("bob"), ["from ada: a, queued"]);
    stage.time_passes(6_000);
    assert!(stage.received("bob") == content);
}

/// Found by the simulator, seed 467: who has sent everything waited for an answer that nobody could give.
#[test]
fn a_channel_that_the_receiver_never_saw_is_opened_again_also_after_the_last_byte() {
    let mut stage = Stage::of(["ada", "bob"]);
    let id = stage.sends("ada", None, "a", b"");
    stage.accepts_unsettled("bob", "ada", id);
    let key = stage.key("bob", id, Direction::Out);
    while !stage.page("ada").files.outgoing.get(&key).is_some_and(|out| out.has_channel) {
        stage.delivers_some(1);
    }
    stage.input("ada", Input::ChannelOpened(key));
    assert_eq!(stage.sees("ada"), ["to bob: a, checking"]);
    stage.breaks_channels("ada", "bob");
    stage.settles();
    assert_eq!(stage.sees("bob"), ["from ada: a, queued"]);
    stage.time_passes(6_000);
    assert_eq!(stage.sees("bob"), ["from ada: a, done"]);
    assert_eq!(stage.sees("ada"), ["to bob: a, done"]);
}

#[test]
fn a_sender_who_has_not_heard_the_end_hears_it_by_trying_again() {
    let mut stage = Stage::of(["ada", "bob"]);
    let id = stage.sends("ada", None, "a", b"content");
    stage.accepts_unsettled("bob", "ada", id);
    while stage.sees("bob") != ["from ada: a, done"] {
        stage.delivers_some(1);
    }
    stage.loses_chat_to("ada");
    stage.settles();
    assert_eq!(stage.sees("ada"), ["to bob: a, checking"]);
    stage.time_passes(6_000);
    assert_eq!(stage.sees("ada"), ["to bob: a, done"]);
    assert_eq!(stage.received("bob"), b"content");
}

#[test]
fn what_was_offered_without_a_connection_is_heard_of_later() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.cuts("ada", "bob");
    let id = stage.sends("ada", None, "a", b"hello");
    assert_eq!(stage.sees("ada"), ["to bob: a, offered"]);
    assert_eq!(stage.sees("bob").len(), 0);
    stage.mends("ada", "bob");
    stage.accepts("bob", "ada", id);
    assert_eq!(stage.received("bob"), b"hello");
}

#[test]
fn answers_that_were_lost_are_given_again() {
    // What the answer is, and how it ends for the sender.
    for (answer, end) in [("yes", "to bob: a, done"), ("no", "to bob: a, declined")] {
        let mut stage = Stage::of(["ada", "bob"]);
        let id = stage.sends("ada", None, "a", b"hello");
        let key = stage.key("ada", id, Direction::In);
        let input = if answer == "yes" { Input::Accept(key) } else { Input::Cancel(key) };
        stage.cuts("ada", "bob");
        stage.input("bob", input);
        stage.settles();
        assert_eq!(stage.sees("ada"), ["to bob: a, offered"]);
        stage.mends("ada", "bob");
        assert_eq!(stage.sees("ada"), [end]);
    }
    // The word that everything is there.
    let mut stage = Stage::of(["ada", "bob"]);
    let id = stage.sends("ada", None, "a", b"hello");
    stage.accepts_unsettled("bob", "ada", id);
    while !stage.sees("bob")[0].ends_with("done") {
        stage.delivers_some(1);
    }
    stage.cuts("ada", "bob");
    stage.settles();
    assert!(stage.sees("ada")[0].contains("interrupted"), "{:?}", stage.sees("ada"));
    stage.mends("ada", "bob");
    assert_eq!(stage.sees("ada"), ["to bob: a, done"]);
}

#[test]
fn who_leaves_ends_their_transfers() {
    let mut stage = Stage::of(["ada", "bob", "eve"]);
    let id = stage.sends("ada", None, "a", &some_bytes(5_000_000));
    stage.accepts_unsettled("bob", "ada", id);
    stage.accepts_unsettled("eve", "ada", id);
    stage.delivers_some(90);
    stage.leaves("eve");
    assert_eq!(stage.sees("ada"), ["to bob: a, done", "to eve: a, left"]);
    let id = stage.sends("ada", None, "b", &some_bytes(5_000_000));
    stage.accepts_unsettled("bob", "ada", id);
    stage.delivers_some(60);
    stage.leaves("ada");
    assert_eq!(stage.sees("bob"), ["from ada: a, done", "from ada: b, left"]);
    assert_eq!(stage.page("bob").sinks.len(), 1, "the half of it is gone");
}

#[test]
fn a_disk_that_is_full_ends_it_for_both() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.page("bob").sink = SinkPlan::IsFull;
    let id = stage.sends("ada", None, "a", &some_bytes(5_000_000));
    stage.accepts("bob", "ada", id);
    assert_eq!(stage.sees("ada"), ["to bob: a, storage"]);
    assert_eq!(stage.sees("bob"), ["from ada: a, storage"]);
    assert!(stage.page("bob").sinks.is_empty());
}

#[test]
fn a_file_that_changes_while_it_is_sent_ends_it_for_both() {
    let mut stage = Stage::of(["ada", "bob"]);
    let id = stage.sends("ada", None, "a", &some_bytes(5_000_000));
    stage.accepts_unsettled("bob", "ada", id);
    stage.delivers_some(60);
    stage.file_shrinks("ada", id);
    stage.settles();
    assert_eq!(stage.sees("ada"), ["to bob: a, unreadable"]);
    assert_eq!(stage.sees("bob"), ["from ada: a, unreadable"]);
}

#[test]
fn a_slow_disk_slows_the_sender() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.page("bob").sink = SinkPlan::Hangs;
    let id = stage.sends("ada", None, "a", &some_bytes(20_000_000));
    stage.accepts("bob", "ada", id);
    let page = stage.page("bob");
    let written = page.sinks.values().next().unwrap().bytes.len();
    assert_eq!(written, 1 << 20, "one write is under way");
    let received = page.files.incoming.values().next().unwrap().received;
    assert_eq!(received, WINDOW_BYTES);
}
