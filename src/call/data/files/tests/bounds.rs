//! What one page takes of the memory and of the others' patience.

use super::{stage::*, *};

#[test]
fn nobody_offers_more_than_is_taken() {
    let mut stage = Stage::of(["ada", "bob"]);
    for number in 0..50 {
        stage.sends("ada", None, &number.to_string(), b"x");
    }
    assert_eq!(stage.sees("ada").len(), MAX_OPEN);
    assert!(stage.sees("bob").iter().all(|line| line.ends_with("offered")));
}

#[test]
fn what_has_ended_is_shown_for_a_while() {
    let mut stage = Stage::of(["ada", "bob"]);
    for number in 0..200 {
        let id = stage.sends("ada", None, &number.to_string(), b"x");
        if number % 2 == 0 {
            stage.accepts("bob", "ada", id);
        } else {
            stage.cancels("bob", stage.key("ada", id, Direction::In));
        }
        stage.time_passes(500);
    }
    assert_eq!(stage.sees("ada").len(), MAX_ENDED);
    assert_eq!(stage.sees("bob").len(), 100 + MAX_ENDED, "what was received stays");
}

#[test]
fn a_page_that_takes_nothing_holds_up_nobody_else() {
    let mut stage = Stage::of(["ada", "bob", "eve"]);
    let sent: Vec<_> = (0..6).map(|number| stage.sends("ada", None, &number.to_string(), b"x")).collect();
    for id in &sent {
        stage.accepts_unsettled("bob", "ada", *id);
    }
    stage.delivers_some(sent.len());
    stage.mutes("bob");
    stage.settles();
    for id in &sent {
        stage.accepts("eve", "ada", *id);
    }
    assert!(stage.sees("eve").iter().all(|line| line.ends_with("done")), "{:?}", stage.sees("eve"));
    let waiting = stage.sees("ada").iter().filter(|line| **line == "to bob: 5, queued").count();
    assert_eq!(waiting, 1, "{:?}", stage.sees("ada"));
}

#[test]
fn many_pages_that_take_nothing_hold_up_nobody_else() {
    let frozen = ["b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8"];
    let mut stage = Stage::of(["ada", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "eve"]);
    let sent: Vec<_> = (0..4).map(|number| stage.sends("ada", None, &number.to_string(), b"x")).collect();
    for who in frozen {
        for id in &sent {
            stage.accepts_unsettled(who, "ada", *id);
        }
    }
    stage.delivers_some(frozen.len() * sent.len());
    frozen.into_iter().for_each(|who| stage.mutes(who));
    stage.settles();
    for id in &sent {
        stage.accepts_unsettled("eve", "ada", *id);
    }
    stage.settles();
    assert_eq!(stage.sees("eve").iter().filter(|line| line.ends_with("done")).count(), sent.len());
}

#[test]
fn what_is_unread_is_what_is_there_to_be_read() {
    let mut stage = Stage::of(["ada", "bob"]);
    for number in 0..100 {
        let id = stage.sends("ada", None, &number.to_string(), b"x");
        stage.cancels("ada", stage.key("bob", id, Direction::Out));
        stage.time_passes(100);
    }
    assert_eq!(stage.view("bob").unread, 0);
    stage.sends("ada", None, "a", b"x");
    stage.sends_picture("ada", 1_000);
    assert_eq!(stage.view("bob").unread, 2);
    stage.input("bob", Input::Shown(true));
    stage.input("bob", Input::Shown(false));
    assert_eq!(stage.view("bob").unread, 0);
}

#[test]
fn what_somebody_may_still_send_is_forgotten_once_they_have_left() {
    let mut files = Files::new(Storage::default());
    let peer = PeerId::new(1);
    let mut input = |input| {
        files.handle_input(Millis(0), input);
        files.links.len()
    };
    for last in [Input::Closed(peer), Input::People(Vec::new())] {
        assert_eq!(input(Input::People(vec![(peer, None)])), 0);
        assert_eq!(input(Input::Opened(peer)), 1);
        if last == Input::Closed(peer) {
            input(Input::People(Vec::new()));
        } else {
            assert_eq!(input(Input::Closed(peer)), 1);
        }
        assert_eq!(input(last), 0);
    }
}

#[test]
fn the_page_is_drawn_a_few_times_a_second() {
    let mut files = Files::new(Storage::default());
    let peer = PeerId::new(1);
    let mut shows = 0;
    let mut input = |at, input| {
        files.handle_input(Millis(at), input);
        shows += std::iter::from_fn(|| files.poll_effect()).filter(|effect| *effect == Effect::Show).count();
        (shows, files.poll_timeout())
    };
    let key = Key { peer, id: FileId::new(1), direction: Direction::In };
    let offer =
        FileOffer { id: key.id, name: "a".into(), size: 1 << 24, media_type: String::new(), private: false };
    input(0, Input::People(vec![(peer, None)]));
    input(0, Input::Opened(peer));
    input(0, Input::Received { peer, text: FileMsg::Offer(offer).encode() });
    input(0, Input::Accept(key));
    input(0, Input::SinkOpened(key));
    let (before, timeout) = input(0, Input::ChannelCame(key));
    assert_eq!(timeout, Some(Millis(SHOW_MS)));
    for _ in 0..10 {
        input(1, Input::Chunk { key, bytes: vec![0; MAX_CHUNK_BYTES] });
    }
    // Once more, since it is known what the file is.
    assert_eq!(input(SHOW_MS - 1, Input::Tick).0, before + 1);
    assert_eq!(input(SHOW_MS, Input::Tick).0, before + 2);
}

#[test]
fn messages_are_longer_on_a_fast_path_if_the_receiver_takes_that() {
    // Milliseconds in which two blocks are stored.
    for (takes, ms, expected) in [
        (MAX_CHUNK_BYTES, 1_000, MAX_CHUNK_BYTES),
        (150_000, 1_000, 131_072),
        (USUAL_CHUNK_BYTES, 1_000, USUAL_CHUNK_BYTES),
        (MAX_CHUNK_BYTES, 1_100, USUAL_CHUNK_BYTES),
    ] {
        let mut files = Files::new(Storage::default());
        let (peer, id) = (PeerId::new(1), FileId::new(1));
        let key = Key { peer, id, direction: Direction::Out };
        let file = NewFile { id, name: "a".into(), size: 100_000_000, media_type: String::new() };
        let mut input = |at, input| {
            files.handle_input(Millis(at), input);
            let mut sent = None;
            while let Some(effect) = files.poll_effect() {
                if let Effect::SendPart { bytes, .. } = effect {
                    sent = Some(bytes as usize);
                }
            }
            sent
        };
        let stored =
            |bytes| Input::ChannelText { key, text: TransferMsg::Stored { bytes, received: bytes }.encode() };
        let drained = || Input::Buffered { key, bytes: 0 };
        input(0, Input::People(vec![(peer, None)]));
        input(0, Input::Opened(peer));
        input(0, Input::Offer { files: vec![file], to: None });
        let accept = FileMsg::Accept { id, from: 0, chunk: takes, step: USUAL_STEP_BYTES };
        input(0, Input::Received { peer, text: accept.encode() });
        input(0, Input::ChannelOpened(key));
        let block = |number: u64| Input::Block { key, from: number << 20, bytes: vec![0; 1 << 20] };
        for number in 0..2 {
            // Otherwise the window would be full.
            assert_eq!(input(0, stored(number << 20)), None);
            let mut next = input(0, block(number));
            for _ in 0..16 {
                assert_eq!(next, Some(USUAL_CHUNK_BYTES), "no speed is known yet");
                next = input(0, drained());
            }
            assert_eq!(next, None, "all of the block was sent");
        }
        assert_eq!(input(ms, stored(2 << 20)), None);
        assert_eq!(input(ms, block(2)), Some(expected));
    }
}
