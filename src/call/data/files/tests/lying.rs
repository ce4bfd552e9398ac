//! Programs that send what no page of this project would.

use super::{stage::*, *};

fn offer(number: u128, name: &str, size: u64, media_type: &str) -> FileMsg {
    FileMsg::Offer(FileOffer {
        id: FileId::new(number),
        name: name.to_owned(),
        size,
        media_type: media_type.to_owned(),
        private: false,
    })
}

fn accept(id: FileId, from: u64) -> FileMsg {
    FileMsg::Accept { id, from, chunk: MAX_CHUNK_BYTES, step: USUAL_STEP_BYTES }
}

/// Mallory has offered a file of this size, Bob has accepted, and Mallory's channel is open.
fn accepted(size: u64) -> (Stage, FileId) {
    let mut stage = Stage::of(["bob", "mallory"]);
    let id = FileId::new(5);
    stage.says_about_files("mallory", "bob", &offer(5, "a.txt", size, ""));
    stage.says("mallory", "bob", Wire::Chat("{}".to_owned()));
    let key = stage.key("mallory", id, Direction::In);
    stage.input("bob", Input::Accept(key));
    // Without what Mallory's page would say to it.
    stage.mutes("mallory");
    stage.settles();
    stage.says("mallory", "bob", Wire::Open(id, 0));
    assert!(stage.sees("bob")[0].contains("running"), "{:?}", stage.sees("bob"));
    (stage, id)
}

fn end(sha256: [u8; 32]) -> String {
    TransferMsg::End { sha256 }.encode()
}

#[test]
fn more_than_was_offered_is_not_taken() {
    let (mut stage, id) = accepted(100_000);
    for _ in 0..3 {
        stage.says("mallory", "bob", Wire::Bytes(id, vec![0; 50_000]));
    }
    assert_eq!(stage.sees("bob"), ["from mallory: a.txt, invalid"]);
    assert!(stage.page("bob").sinks.is_empty());
    stage.says("mallory", "bob", Wire::Bytes(id, vec![0; 50_000]));
    stage.says("mallory", "bob", Wire::Open(id, 0));
    stage.says("mallory", "bob", Wire::Bytes(id, vec![0; 50_000]));
    assert_eq!(stage.sees("bob"), ["from mallory: a.txt, invalid"]);
}

#[test]
fn a_channel_that_begins_elsewhere_is_refused() {
    let mut stage = Stage::of(["bob", "mallory"]);
    let id = FileId::new(5);
    stage.says_about_files("mallory", "bob", &offer(5, "a.txt", 100_000, ""));
    stage.says("mallory", "bob", Wire::Chat("{}".to_owned()));
    stage.accepts_unsettled("bob", "mallory", id);
    stage.mutes("mallory");
    stage.settles();
    stage.says("mallory", "bob", Wire::Open(id, 1));
    assert_eq!(stage.sees("bob"), ["from mallory: a.txt, queued"]);
    stage.says("mallory", "bob", Wire::Open(id, 0));
    assert_eq!(stage.sees("bob"), ["from mallory: a.txt, running at 0 of 100000"]);
}

#[test]
fn less_than_was_offered_is_not_complete() {
    let (mut stage, id) = accepted(100_000);
    stage.says("mallory", "bob", Wire::Bytes(id, vec![0; 50_000]));
    stage.says("mallory", "bob", Wire::Text(id, end([0; 32])));
    assert_eq!(stage.sees("bob"), ["from mallory: a.txt, invalid"]);
}

#[test]
fn what_is_not_what_was_sent_is_not_kept() {
    let (mut stage, id) = accepted(50_000);
    stage.says("mallory", "bob", Wire::Bytes(id, vec![0; 50_000]));
    stage.says("mallory", "bob", Wire::Text(id, end([7; 32])));
    assert_eq!(stage.sees("bob"), ["from mallory: a.txt, damaged"]);
    assert!(stage.page("bob").sinks.is_empty());
}

#[test]
fn chunks_that_are_too_small_or_too_large_or_come_too_early_end_it() {
    for size in [0, 1, 16_383, 262_145, 1_000_000] {
        let (mut stage, id) = accepted(10_000_000);
        stage.says("mallory", "bob", Wire::Bytes(id, vec![0; size]));
        assert_eq!(stage.sees("bob"), ["from mallory: a.txt, invalid"], "{size}");
    }
    let (mut stage, id) = accepted(1 << 40);
    stage.page("bob").sink = SinkPlan::Hangs;
    let mut sent = 0;
    while stage.sees("bob")[0].contains("running") {
        stage.says("mallory", "bob", Wire::Bytes(id, vec![0; MAX_CHUNK_BYTES]));
        sent += MAX_CHUNK_BYTES as u64;
    }
    assert_eq!(sent, WINDOW_BYTES + MAX_CHUNK_BYTES as u64);
}

#[test]
fn beginning_again_makes_no_room_before_what_came_is_written() {
    let again: [fn(&mut Stage, FileId); 3] = [
        |stage, _| stage.says_about_files("mallory", "bob", &offer(5, "a.txt", 1 << 40, "")),
        |stage, id| stage.says("mallory", "bob", Wire::Close(id)),
        |stage, _| {
            stage.cuts("bob", "mallory");
            stage.mends("bob", "mallory");
            stage.says("mallory", "bob", Wire::Chat("{}".to_owned()));
        },
    ];
    for (number, again) in again.into_iter().enumerate() {
        let (mut stage, id) = accepted(1 << 40);
        stage.page("bob").sink = SinkPlan::Hangs;
        let key = stage.key("mallory", id, Direction::In);
        let chunk = || Wire::Bytes(id, vec![0; MAX_CHUNK_BYTES]);
        for _ in 0..WINDOW_BYTES / MAX_CHUNK_BYTES as u64 {
            stage.says("mallory", "bob", chunk());
        }
        for _ in 0..3 {
            again(&mut stage, id);
            stage.time_passes(60_000);
            stage.says("mallory", "bob", Wire::Open(id, WINDOW_BYTES));
            stage.says("mallory", "bob", chunk());
            let seen = stage.sees("bob");
            assert!(seen[0].contains("interrupted at 8388608"), "{number}: {seen:?}");
        }
        stage.page("bob").sink = SinkPlan::Works;
        stage.input("bob", Input::Written(key));
        assert!(!stage.page("bob").files.awaits(key, WINDOW_BYTES), "{number}: not all of it");
        stage.settles();
        stage.says("mallory", "bob", Wire::Open(id, WINDOW_BYTES));
        stage.says("mallory", "bob", chunk());
        assert!(stage.sees("bob")[0].contains("running at 8650752"), "{number}: {:?}", stage.sees("bob"));
    }
}

#[test]
fn a_channel_that_breaks_is_not_asked_for_at_once_whenever_something_is_written() {
    let (mut stage, id) = accepted(1 << 40);
    let key = stage.key("mallory", id, Direction::In);
    let (bob, mallory) = (stage.seat("bob"), stage.seat("mallory"));
    // Enough to be written at once, and written after the channel has broken.
    for _ in 0..4 {
        stage.under_way_to(bob, mallory, Wire::Bytes(id, vec![0; MAX_CHUNK_BYTES]));
    }
    stage.under_way_to(bob, mallory, Wire::Close(id));
    stage.settles();
    assert!(!stage.page("bob").files.awaits(key, 4 * MAX_CHUNK_BYTES as u64));
    stage.time_passes(1_000);
    assert!(stage.page("bob").files.awaits(key, 4 * MAX_CHUNK_BYTES as u64));
}

#[test]
fn who_goes_by_what_is_stored_alone_is_not_kept_waiting() {
    const AHEAD_BYTES: u64 = 1024 * 1024;
    let (mut stage, id) = accepted(5_000_000);
    let key = stage.key("mallory", id, Direction::In);
    // It goes on from a byte at which nothing was written before.
    let begins = 3 * USUAL_CHUNK_BYTES as u64;
    stage.says("mallory", "bob", Wire::Bytes(id, vec![0; begins as usize]));
    stage.says("mallory", "bob", Wire::Close(id));
    stage.time_passes(1_000);
    stage.says("mallory", "bob", Wire::Open(id, begins));
    let mut sent = begins;
    while sent < 5_000_000 {
        let count = (MAX_CHUNK_BYTES as u64).min(5_000_000 - sent);
        let stored = stage.page("bob").files.incoming[&key].written;
        assert!(sent + count <= stored + AHEAD_BYTES, "{sent} sent, {stored} stored, and both wait");
        stage.says("mallory", "bob", Wire::Bytes(id, vec![0; count as usize]));
        sent += count;
    }
    assert_eq!(stage.page("bob").files.incoming[&key].written, sent);
}

#[test]
fn nothing_comes_after_the_end() {
    let (mut stage, id) = accepted(50_000);
    let bytes = vec![0; 50_000];
    stage.says("mallory", "bob", Wire::Bytes(id, bytes.clone()));
    use sha2::Digest;
    let sha256 = sha2::Sha256::digest(&bytes).into();
    let (bob, mallory) = (stage.seat("bob"), stage.seat("mallory"));
    stage.under_way_to(bob, mallory, Wire::Text(id, end(sha256)));
    stage.under_way_to(bob, mallory, Wire::Bytes(id, bytes.clone()));
    stage.settles();
    assert_eq!(stage.sees("bob"), ["from mallory: a.txt, invalid"], "while it is being written");

    let (mut stage, id) = accepted(50_000);
    stage.says("mallory", "bob", Wire::Bytes(id, bytes.clone()));
    stage.says("mallory", "bob", Wire::Text(id, end(sha256)));
    stage.says("mallory", "bob", Wire::Bytes(id, bytes));
    stage.says("mallory", "bob", Wire::Text(id, end(sha256)));
    stage.says_about_files("mallory", "bob", &FileMsg::Cancel { id, reason: CancelReason::Damaged });
    assert_eq!(stage.sees("bob"), ["from mallory: a.txt, done"], "once it is there");
    assert_eq!(stage.received("bob").len(), 50_000);
}

#[test]
fn nobody_sends_what_was_not_accepted() {
    let mut stage = Stage::of(["bob", "mallory", "ada"]);
    let id = FileId::new(5);
    stage.says("mallory", "bob", Wire::Open(id, 0));
    stage.says("mallory", "bob", Wire::Bytes(id, vec![0; 50_000]));
    stage.says_about_files("mallory", "bob", &offer(5, "a", 50_000, ""));
    stage.says("mallory", "bob", Wire::Open(id, 0));
    stage.says("mallory", "bob", Wire::Bytes(id, vec![0; 50_000]));
    assert_eq!(stage.sees("bob"), ["from mallory: a, offered"]);
    // Ada's file of the same id is another one.
    stage.says_about_files("ada", "bob", &offer(5, "b", 50_000, ""));
    stage.mutes("ada");
    let key = stage.key("ada", id, Direction::In);
    stage.input("bob", Input::Accept(key));
    stage.settles();
    stage.says("mallory", "bob", Wire::Open(id, 0));
    stage.says("mallory", "bob", Wire::Bytes(id, vec![0; 50_000]));
    assert_eq!(stage.sees("bob"), ["from mallory: a, offered", "from ada: b, queued"]);
}

#[test]
fn a_name_is_harmless_and_a_type_is_not_believed() {
    let mut stage = Stage::of(["bob", "mallory"]);
    let names = ["../../.bashrc", "cv\u{202e}fdp.exe", &"x".repeat(5_000), "", "con", "a\u{0}\n\r\u{2066}b"];
    for (number, name) in names.iter().enumerate() {
        stage.says_about_files("mallory", "bob", &offer(number as u128, name, 9 << 20, "image/png"));
    }
    let seen = stage.sees("bob");
    assert_eq!(seen[0], "from mallory: bashrc, offered");
    assert_eq!(seen[1], "from mallory: cvfdp.exe, offered");
    assert!(seen[2].len() < 250);
    assert_eq!(seen[3], "from mallory: file, offered");
    assert_eq!(seen[4], "from mallory: _con, offered");
    assert_eq!(seen[5], "from mallory: ab, offered");
}

#[test]
fn what_is_called_a_picture_and_is_none_does_not_come_unasked() {
    let mut stage = Stage::of(["bob", "mallory"]);
    stage.sends_as("mallory", None, "a.png", "image/png", b"<!doctype html><script>alert(1)</script>");
    assert_eq!(stage.sees("bob"), ["from mallory: a.png, invalid"]);
    assert!(stage.page("bob").sinks.is_empty());
    stage.sends_as("mallory", None, "b.png", "image/png", b"\x89PNG\r\n");
    assert_eq!(stage.sees("bob")[1], "from mallory: b.png, invalid", "nor what is too short for one");
}

#[test]
fn pictures_that_come_unasked_fill_no_memory() {
    let mut stage = Stage::of(["bob", "mallory"]);
    for _ in 0..200 {
        stage.sends_picture("mallory", 1 << 20);
        stage.time_passes(6_000);
    }
    let view = stage.view("bob");
    let there: u64 =
        view.entries.iter().filter(|entry| entry.state == State::Done).map(|entry| entry.size).sum();
    assert_eq!(there, 32 << 20);
}

#[test]
fn twenty_pictures_come_unasked_at_once_and_then_one_in_five_seconds_up_to_a_hundred() {
    let mut stage = Stage::of(["bob", "mallory"]);
    let there = |stage: &mut Stage| {
        let view = stage.view("bob");
        view.entries.iter().filter(|entry| entry.state == State::Done).count()
    };
    for _ in 0..25 {
        stage.sends_picture("mallory", 1_000);
    }
    assert_eq!(there(&mut stage), 20);
    for _ in 0..100 {
        stage.time_passes(5_000);
        stage.sends_picture("mallory", 1_000);
    }
    assert_eq!(there(&mut stage), 100);
}

#[test]
fn another_chat_channel_brings_no_more_unasked() {
    let mut stage = Stage::of(["bob", "mallory"]);
    for _ in 0..3 {
        for _ in 0..20 {
            stage.sends_picture("mallory", 1_000);
        }
        stage.cuts("bob", "mallory");
        stage.mends("bob", "mallory");
    }
    let view = stage.view("bob");
    assert_eq!(view.entries.iter().filter(|entry| entry.state == State::Done).count(), 20);
}

#[test]
fn thousands_of_offers_leave_a_few() {
    let mut stage = Stage::of(["bob", "mallory", "ada"]);
    for number in 0..5_000 {
        stage.says_about_files("mallory", "bob", &offer(number, "a", 9, ""));
        if number % 50 == 0 {
            stage.time_passes(1_000);
        }
    }
    assert_eq!(stage.sees("bob").len(), MAX_OPEN);
    for number in 0..5_000 {
        stage.says_about_files("mallory", "bob", &offer(number, "a", 9, ""));
        let cancel = FileMsg::Cancel { id: FileId::new(number), reason: CancelReason::Cancelled };
        stage.says_about_files("mallory", "bob", &cancel);
        stage.time_passes(100);
    }
    assert!(stage.sees("bob").len() <= MAX_OPEN + MAX_ENDED);
    let id = stage.sends("ada", None, "notes.txt", b"hello");
    stage.accepts("bob", "ada", id);
    assert_eq!(stage.sees("bob").pop().unwrap(), "from ada: notes.txt, done");
}

#[test]
fn a_receiver_gets_nothing_that_it_was_not_offered_and_moves_nothing_backwards() {
    let mut stage = Stage::of(["ada", "mallory"]);
    let foreign = FileId::new(77);
    stage.says_about_files("mallory", "ada", &accept(foreign, 0));
    stage.says_about_files("mallory", "ada", &FileMsg::Done { id: foreign });
    assert_eq!(stage.sees("ada").len(), 0);
    for message in [|id| accept(id, 1), |id| accept(id, u64::MAX), |id| FileMsg::Done { id }] {
        let mut stage = Stage::of(["ada", "mallory"]);
        let id = stage.sends("ada", None, "a", &some_bytes(500));
        stage.says_about_files("mallory", "ada", &message(id));
        assert_eq!(stage.sees("ada"), ["to mallory: a, invalid"]);
    }
    let stored = |bytes, received| TransferMsg::Stored { bytes, received }.encode();
    for (bytes, received) in [
        (0, 10_000_000),
        (2_000_000, 8_000_000),
        (10_000_000, 9_000_000),
        (2_000_000, u64::MAX),
        (u64::MAX, u64::MAX),
    ] {
        let mut stage = Stage::of(["ada", "mallory"]);
        let id = stage.sends("ada", None, "a", &some_bytes(20_000_000));
        stage.page("mallory").sink = SinkPlan::Hangs;
        stage.accepts("mallory", "ada", id);
        // It has said that 8 MiB have arrived, and says nothing more.
        stage.mutes("mallory");
        stage.says("mallory", "ada", Wire::Text(id, stored(2_000_000, WINDOW_BYTES)));
        assert!(stage.sees("ada")[0].contains("running"), "{:?}", stage.sees("ada"));
        stage.says("mallory", "ada", Wire::Text(id, stored(bytes, received)));
        assert_eq!(stage.sees("ada"), ["to mallory: a, invalid"], "{bytes} {received}");
    }
}

#[test]
fn an_empty_file_that_was_not_sent_is_not_done() {
    for cancelled in [false, true] {
        let mut stage = Stage::of(["ada", "mallory"]);
        let id = stage.sends("ada", None, "a", b"");
        if cancelled {
            let key = stage.key("mallory", id, Direction::Out);
            stage.cancels("ada", key);
        }
        stage.says_about_files("mallory", "ada", &FileMsg::Done { id });
        let why = if cancelled { "cancelled" } else { "invalid" };
        assert_eq!(stage.sees("ada"), [format!("to mallory: a, {why}")]);
    }
}

#[test]
fn an_offer_that_changes_its_size_stays_what_it_was() {
    let (mut stage, id) = accepted(50_000);
    stage.says_about_files("mallory", "bob", &offer(5, "b.txt", 1 << 40, ""));
    assert!(stage.sees("bob")[0].starts_with("from mallory: a.txt"), "{:?}", stage.sees("bob"));
    assert_eq!(stage.view("bob").entries[0].size, 50_000);
    stage.says("mallory", "bob", Wire::Open(id, 0));
    stage.says("mallory", "bob", Wire::Bytes(id, vec![0; 50_000]));
    stage.says("mallory", "bob", Wire::Bytes(id, vec![0; 50_000]));
    assert_eq!(stage.sees("bob"), ["from mallory: a.txt, invalid"]);
}

#[test]
fn what_cannot_be_read_changes_nothing() {
    let (mut stage, id) = accepted(50_000);
    let texts = [
        r#"{"kind":"file_offer"}"#,
        r#"{"kind":"file_offer","id":"x","name":"a","size":1}"#,
        r#"{"kind":"file_offer","id":"00000000000000000000000000000001","name":"a","size":-1}"#,
        r#"{"kind":"file_offer","id":"00000000000000000000000000000001","name":7,"size":1}"#,
        r#"{"kind":"file_later","id":"00000000000000000000000000000001"}"#,
        "\"file_",
    ];
    for text in texts {
        stage.says("mallory", "bob", Wire::Chat(text.to_owned()));
    }
    stage.says("mallory", "bob", Wire::Text(id, "{}".to_owned()));
    stage.says("mallory", "bob", Wire::Text(id, r#"{"kind":"of_later"}"#.to_owned()));
    assert_eq!(stage.sees("bob"), ["from mallory: a.txt, running at 0 of 50000"]);
}
