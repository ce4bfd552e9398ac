//! Files that go as they should.

use super::{stage::*, *};

#[test]
fn a_file_is_offered_accepted_sent_and_the_same_on_the_other_side() {
    for size in [0, 1, 16_383, 65_536, 65_537, 5_000_000, 20_000_001] {
        let mut stage = Stage::of(["ada", "bob"]);
        let content = some_bytes(size);
        let id = stage.sends("ada", None, "notes.txt", &content);
        assert_eq!(stage.sees("ada"), ["to bob: notes.txt, offered"]);
        assert_eq!(stage.sees("bob"), ["from ada: notes.txt, offered"]);
        stage.accepts("bob", "ada", id);
        assert_eq!(stage.sees("ada"), ["to bob: notes.txt, done"], "{size}");
        assert_eq!(stage.sees("bob"), ["from ada: notes.txt, done"], "{size}");
        assert!(stage.received("bob") == content, "{size}");
        assert!(stage.page("ada").files.sources.is_empty(), "the file is forgotten");
    }
}

#[test]
fn a_file_for_everybody_goes_to_each_who_wants_it() {
    let mut stage = Stage::of(["ada", "bob", "eve"]);
    let content = some_bytes(3_000_000);
    let id = stage.sends("ada", None, "notes.txt", &content);
    stage.accepts_unsettled("bob", "ada", id);
    stage.delivers_some(40);
    // Eve begins when the hash of the beginning is made already.
    stage.accepts("eve", "ada", id);
    assert!(stage.received("bob") == content && stage.received("eve") == content);
    stage.joins("fay");
    assert_eq!(stage.sees("fay").len(), 0, "it was not for her");
}

#[test]
fn a_file_for_one_says_so_at_both_ends() {
    let mut stage = Stage::of(["ada", "bob", "eve"]);
    stage.sends("ada", None, "all", b"hello");
    stage.sends("ada", Some("bob"), "one", b"psst");
    let private = |view: FilesView| view.entries.iter().map(|entry| entry.private).collect::<Vec<_>>();
    assert_eq!(private(stage.view("bob")), [false, true]);
    assert_eq!(private(stage.view("ada")), [false, false, true]);
}

#[test]
fn what_has_not_arrived_is_still_on_its_way() {
    let mut stage = Stage::of(["ada", "bob"]);
    let id = stage.sends("ada", None, "notes.txt", &some_bytes(3_000_000));
    stage.accepts_unsettled("bob", "ada", id);
    let key = stage.key("bob", id, Direction::Out);
    let state = |stage: &mut Stage| stage.page("ada").files.outgoing.get(&key).unwrap().state;
    while state(&mut stage) != State::Checking {
        stage.delivers_some(1);
    }
    assert_eq!(stage.sees("ada"), ["to bob: notes.txt, running at 2883584 of 3000000"]);
    while stage.view("ada").entries[0].state == State::Running {
        stage.delivers_some(1);
    }
    assert_eq!(stage.sees("ada"), ["to bob: notes.txt, checking"], "all of it has arrived");
    stage.settles();
    assert_eq!(stage.sees("ada"), ["to bob: notes.txt, done"]);
}

#[test]
fn a_file_for_one_is_heard_of_by_nobody_else() {
    let mut stage = Stage::of(["ada", "bob", "eve"]);
    stage.sends("ada", Some("bob"), "notes.txt", b"psst");
    assert_eq!(stage.sees("eve").len(), 0);
    assert_eq!(stage.sees("ada"), ["to bob: notes.txt, offered"]);
}

#[test]
fn a_small_picture_comes_unasked_and_is_shown() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.sends_picture("ada", 200_000);
    let view = stage.view("bob");
    assert_eq!(view.entries[0].state, State::Done);
    assert_eq!(view.entries[0].picture, Some(Picture::Png));
    assert_eq!(view.unread, 1);
    stage.input("bob", Input::Shown(true));
    assert_eq!(stage.view("bob").unread, 0);
    // A large one is a file like others.
    let id = stage.sends_picture("ada", 1_048_577);
    assert_eq!(stage.view("bob").entries[1].state, State::Offered);
    stage.accepts("bob", "ada", id);
    assert_eq!(stage.view("bob").entries[1].picture, Some(Picture::Png), "and is shown all the same");
    assert_eq!(stage.view("bob").unread, 0);
}

#[test]
fn a_document_is_no_picture() {
    let mut stage = Stage::of(["ada", "bob"]);
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
    let id = stage.sends_as("ada", None, "picture.svg", "image/svg+xml", svg);
    assert_eq!(stage.sees("bob"), ["from ada: picture.svg, offered"]);
    stage.accepts("bob", "ada", id);
    assert_eq!(stage.view("bob").entries[0].picture, None);
}

#[test]
fn either_side_says_no_and_either_side_ends_it() {
    let mut stage = Stage::of(["ada", "bob"]);
    let content = some_bytes(5_000_000);
    let declined = stage.sends("ada", None, "a", &content);
    stage.cancels("bob", stage.key("ada", declined, Direction::In));
    let withdrawn = stage.sends("ada", None, "b", &content);
    stage.cancels("ada", stage.key("bob", withdrawn, Direction::Out));
    for (name, ends) in [("c", "ada"), ("d", "bob")] {
        let id = stage.sends("ada", None, name, &content);
        stage.accepts_unsettled("bob", "ada", id);
        stage.delivers_some(60);
        let running = stage.sees("bob").pop().unwrap();
        assert!(running.contains("running"), "{running}");
        let key = match ends {
            "ada" => stage.key("bob", id, Direction::Out),
            _ => stage.key("ada", id, Direction::In),
        };
        stage.cancels(ends, key);
    }
    let ada =
        ["to bob: a, declined", "to bob: b, cancelled", "to bob: c, cancelled", "to bob: d, cancelledbypeer"];
    assert_eq!(stage.sees("ada"), ada);
    let bob = [
        "from ada: a, declined",
        "from ada: b, cancelledbypeer",
        "from ada: c, cancelledbypeer",
        "from ada: d, cancelled",
    ];
    assert_eq!(stage.sees("bob"), bob);
    assert!(stage.page("bob").sinks.is_empty() && stage.page("ada").files.sources.is_empty());
    let key = stage.key("ada", declined, Direction::In);
    stage.input("bob", Input::Remove(key));
    assert_eq!(stage.sees("bob").len(), 3);
}

#[test]
fn a_few_files_go_at_once_and_the_others_wait() {
    let mut stage = Stage::of(["ada", "bob"]);
    let content = some_bytes(600_000);
    let ids: Vec<_> = (0..9).map(|at| stage.sends("ada", None, &format!("{at}"), &content)).collect();
    for id in &ids {
        stage.accepts_unsettled("bob", "ada", *id);
    }
    stage.delivers_some(40);
    let count = |stage: &mut Stage, state| {
        let entries = stage.view("ada").entries;
        entries.iter().filter(|entry| entry.state == state).count()
    };
    assert_eq!((count(&mut stage, State::Running), count(&mut stage, State::Queued)), (4, 5));
    stage.settles();
    assert_eq!(count(&mut stage, State::Done), 9);
    assert!(stage.page("bob").sinks.values().all(|sink| sink.bytes == content));
}

#[test]
fn progress_speed_and_time_left_are_known_at_both_ends() {
    let mut stage = Stage::of(["ada", "bob"]);
    let id = stage.sends("ada", None, "a", &some_bytes(20_000_000));
    stage.accepts_unsettled("bob", "ada", id);
    for _ in 0..100 {
        stage.delivers_some(3);
        let now = stage.now();
        stage.pass_unsettled(20);
        assert!(stage.now() > now);
    }
    for who in ["ada", "bob"] {
        let entry = stage.view(who).entries.pop().unwrap();
        let (speed, left) = (entry.speed.unwrap(), entry.left_s.unwrap());
        assert!((1_000_000..20_000_000).contains(&speed), "{who}: {speed}");
        assert!((1..60).contains(&left), "{who}: {left}");
        assert!(entry.bytes > 1_000_000 && entry.bytes < 20_000_000);
    }
}

#[test]
fn a_file_goes_where_there_is_room_for_it() {
    let mut stage = Stage::of(["ada", "bob"]);
    for size in [1_000, 1_048_577] {
        let id = stage.sends("ada", None, "a", &some_bytes(size));
        stage.accepts("bob", "ada", id);
    }
    assert_eq!(stage.page("bob").places, [Place::Memory, Place::Private]);
    // A private window refuses what it has the interface for.
    stage.page("bob").sink = SinkPlan::PrivateFails;
    let id = stage.sends("ada", None, "b", &some_bytes(2_000_000));
    stage.accepts("bob", "ada", id);
    assert_eq!(stage.page("bob").places[2..], [Place::Private, Place::Memory]);
    assert_eq!(stage.sees("bob")[2], "from ada: b, done");
}

#[test]
fn the_person_is_asked_where_a_huge_file_goes_and_may_dismiss_that() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.page("bob").sink = SinkPlan::Dismissed;
    let offer = FileOffer {
        id: FileId::new(9),
        name: "film.mkv".into(),
        size: 5 << 30,
        media_type: String::new(),
        private: false,
    };
    stage.says_about_files("ada", "bob", &FileMsg::Offer(offer));
    stage.accepts("bob", "ada", FileId::new(9));
    assert_eq!(stage.page("bob").places, [Place::Chosen]);
    assert_eq!(stage.sees("bob"), ["from ada: film.mkv, offered"]);
}

#[test]
fn a_browser_without_a_disk_takes_what_fits_into_its_memory() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.page("bob").files.storage = Storage::default();
    // Ada's page would say that it has no such file.
    stage.mutes("ada");
    let offer = |number, size| {
        let id = FileId::new(number);
        FileMsg::Offer(FileOffer { id, name: "a".into(), size, media_type: String::new(), private: false })
    };
    for number in 0..3 {
        stage.says_about_files("ada", "bob", &offer(number, 40 << 20));
        stage.accepts("bob", "ada", FileId::new(number));
    }
    // The first has taken the memory.
    let seen = stage.sees("bob");
    assert_eq!(seen, ["from ada: a, queued", "from ada: a, toolarge", "from ada: a, toolarge"]);
    stage.says_about_files("ada", "bob", &offer(9, 65 << 20));
    stage.accepts("bob", "ada", FileId::new(9));
    assert_eq!(stage.sees("bob")[3], "from ada: a, toolarge");
}
