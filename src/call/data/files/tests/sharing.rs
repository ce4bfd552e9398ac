//! How several files share the path to a peer.

use std::collections::{BTreeMap, VecDeque};

use super::{super::*, WINDOW_BYTES};
use crate::protocol::{MAX_CHUNK_BYTES, USUAL_CHUNK_BYTES};

const STEP: u64 = 256 * 1024;
const PEER: PeerId = PeerId::new(1);

/// A page that sends files of 100 MB over a path that takes 200 ms, however much is under way.
struct Sender {
    files: Files,
    now: Millis,
    /// Up to where each file was sent, and in which message the last bytes were.
    sent: BTreeMap<Key, (u64, u64)>,
}

fn key(number: u128) -> Key {
    Key { peer: PEER, id: FileId::new(number), direction: Direction::Out }
}

impl Sender {
    fn new() -> Self {
        let mut sender =
            Self { files: Files::new(Storage::default()), now: Millis(0), sent: BTreeMap::new() };
        sender.input(Input::People(vec![(PEER, None)]));
        sender.input(Input::Opened(PEER));
        sender
    }

    fn input(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            self.files.handle_input(self.now, input);
            while let Some(effect) = self.files.poll_effect() {
                if let Effect::OpenChannel { key, .. } = effect {
                    inputs.push_back(Input::ChannelOpened(key));
                } else if let Effect::Read { key, from, bytes } = effect {
                    inputs.push_back(Input::Block { key, from, bytes: vec![0; bytes as usize] });
                } else if let Effect::SendPart { key, bytes, .. } = effect {
                    let (sent, last) = self.sent.entry(key).or_default();
                    (*sent, *last) = (*sent + bytes, bytes);
                    inputs.push_back(Input::Buffered { key, bytes: 0 });
                }
            }
        }
    }

    fn sends(&mut self, number: u128, size: u64) {
        let id = FileId::new(number);
        let file = NewFile { id, name: "a".into(), size, media_type: String::new() };
        self.input(Input::Offer { files: vec![file], to: None });
        let accept = FileMsg::Accept { id, from: 0, chunk: MAX_CHUNK_BYTES, step: STEP };
        self.input(Input::Received { peer: PEER, text: accept.encode() });
    }

    /// What was sent of these files arrives, one after the other. Returns what is under way of each then.
    fn arrives(&mut self, numbers: &[u128]) -> Vec<u64> {
        self.now = self.now + 200;
        let before: Vec<_> = numbers.iter().map(|number| self.sent[&key(*number)].0).collect();
        for (number, bytes) in numbers.iter().zip(&before) {
            let text = TransferMsg::Stored { bytes: *bytes, received: *bytes }.encode();
            self.input(Input::ChannelText { key: key(*number), text });
        }
        numbers.iter().zip(before).map(|(number, bytes)| self.sent[&key(*number)].0 - bytes).collect()
    }

    fn last_message(&self, number: u128) -> usize {
        self.sent[&key(number)].1 as usize
    }
}

#[test]
fn files_that_go_at_once_have_no_more_under_way_than_one() {
    let mut sender = Sender::new();
    sender.sends(1, 100_000_000);
    assert_eq!(sender.sent[&key(1)].0, STEP + USUAL_CHUNK_BYTES as u64);
    for _ in 0..8 {
        sender.arrives(&[1]);
    }
    assert_eq!(sender.arrives(&[1]), [WINDOW_BYTES]);
    assert_eq!(sender.last_message(1), MAX_CHUNK_BYTES);
    sender.sends(2, 100_000_000);
    assert_eq!(sender.sent[&key(2)].0, WINDOW_BYTES / 2);
    for _ in 0..3 {
        assert_eq!(sender.arrives(&[1, 2]), [WINDOW_BYTES / 2; 2]);
    }
    assert_eq!([1, 2].map(|number| sender.last_message(number)), [USUAL_CHUNK_BYTES; 2]);
}

#[test]
fn a_file_that_has_arrived_takes_nothing_from_others() {
    let mut sender = Sender::new();
    sender.sends(1, 1_000_000);
    for _ in 0..5 {
        sender.arrives(&[1]);
    }
    // It is being written, and its channel is still open.
    assert_eq!(sender.files.view(sender.now).entries[0].state, State::Checking);
    sender.sends(2, 100_000_000);
    for _ in 0..8 {
        sender.arrives(&[2]);
    }
    assert_eq!(sender.arrives(&[2]), [WINDOW_BYTES]);
    assert_eq!(sender.last_message(2), MAX_CHUNK_BYTES);
}

#[test]
fn a_file_that_goes_after_others_finds_out_what_the_path_takes() {
    let mut sender = Sender::new();
    sender.sends(1, 20_000_000);
    for _ in 0..20 {
        sender.arrives(&[1]);
    }
    let done = FileMsg::Done { id: FileId::new(1) };
    sender.input(Input::Received { peer: PEER, text: done.encode() });
    sender.sends(2, 100_000_000);
    assert_eq!(sender.sent[&key(2)].0, STEP + USUAL_CHUNK_BYTES as u64);
}
