//! The files that people send each other: the core of each page, what it reads and writes, and what people
//! decide. What is in a file follows from its seed, so every write is compared with what was offered.

use std::sync::LazyLock;

use halloo::{
    call::data::files::{Direction, Effect, Files, Input, Key, MAX_OPEN, NewFile, Place, State, Storage},
    protocol::{DisplayName, FileId, FileMsg, TransferMsg, USUAL_STEP_BYTES},
};

use super::*;

/// How long somebody thinks about an offer, at most. Unit: millisecond.
const THINKS_MS: u64 = 4_000;
/// How long it takes to write one message, at most. Unit: millisecond.
const FAST_MS: u64 = 15;
const SLOW_MS: u64 = 800;
/// How long it takes to open a file, at most. Unit: millisecond.
const OPENS_MS: u64 = 3_000;
/// What older pages do not say: that they take long messages, and say often what is stored.
const NEW_MEMBERS: &str = ",\"chunk\":262144,\"step\":262144";
/// The beginning of a PNG of 640 x 480.
const PNG: &[u8; 24] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0";
/// What files are made of. No multiple of any unit in which they go.
static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut rng = fastrand::Rng::with_seed(1);
    (0..1_048_583).map(|_| rng.u8(..)).collect()
});

/// The transfers of a page.
pub(crate) struct PageFiles {
    pub(super) files: Files,
    /// Grows whenever the page forgets its transfers; what was set off before is dropped.
    pub(super) life: u64,
    /// Who was there when the core was last told.
    pub(super) told: Vec<(PeerId, Option<DisplayName>)>,
    /// The seat of the page then.
    seat: Option<PeerId>,
    armed: Option<u64>,
    /// This page's ends of the channels of transfers.
    pub(super) channels: BTreeMap<Key, u64>,
    /// The next channel is to break.
    pub(super) break_next: bool,
    /// Files that the page has not forgotten.
    sources: BTreeSet<FileId>,
    /// What was read last, for each transfer.
    blocks: BTreeMap<Key, Vec<u8>>,
    /// What the page last said is stored, or where it wanted a file from.
    said: BTreeMap<Key, u64>,
    pub(super) sinks: BTreeMap<Key, Sink>,
    /// What the person was asked about, and wants.
    pub(super) asked: BTreeSet<Key>,
    pub(super) accepted: BTreeSet<Key>,
    /// The disk writes one after the other, and is busy until then.
    busy_until: u64,
}

/// A file of which somebody has offered to send it.
pub(super) struct Offered {
    seed: u64,
    size: u64,
    picture: bool,
}

/// A file that is written.
pub(super) struct Sink {
    given: u64,
    written: u64,
    /// What was given is what was offered.
    intact: bool,
    /// Nothing can be written.
    full: bool,
    /// It is written more slowly than it comes.
    slow: bool,
    finished: bool,
}

impl PageFiles {
    pub(super) fn new(life: u64) -> Self {
        Self {
            files: Files::new(Storage { chosen: false, private: true }),
            life,
            told: Vec::new(),
            seat: None,
            armed: None,
            channels: BTreeMap::new(),
            break_next: false,
            sources: BTreeSet::new(),
            blocks: BTreeMap::new(),
            said: BTreeMap::new(),
            sinks: BTreeMap::new(),
            asked: BTreeSet::new(),
            accepted: BTreeSet::new(),
            busy_until: 0,
        }
    }
}

impl Offered {
    fn bytes(&self, from: u64, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count);
        let mut at = ((self.seed + from) % BYTES.len() as u64) as usize;
        while bytes.len() < count {
            let part = &BYTES[at..BYTES.len().min(at + count - bytes.len())];
            bytes.extend_from_slice(part);
            at = 0;
        }
        if self.picture && from == 0 {
            let head = count.min(PNG.len());
            bytes[..head].copy_from_slice(&PNG[..head]);
        }
        bytes
    }
}

impl World {
    /// The page is another one, or its call has ended: it knows nothing of its transfers.
    pub(super) fn forget_files(&mut self, who: usize) {
        self.people[who].files = PageFiles::new(self.people[who].files.life + 1);
    }

    /// Whether the page is an older one, which sends and takes short messages, and says what is stored after
    /// each MiB.
    pub(super) fn is_old(&self, who: usize) -> bool {
        (who as u64 + self.people[who].files.life) % 3 == 2
    }

    /// Somebody offers so many files, of so many bytes together.
    pub(super) fn offer(&mut self, who: usize, to: Option<usize>, count: u8, bytes: u32) {
        let to = to.and_then(|other| self.seat_of(who, other));
        let mut files = Vec::new();
        for number in 0..count {
            let (id, seed) = (FileId::new(self.rng.u128(..)), u64::from(self.rng.u32(..)));
            let size = u64::from(bytes / u32::from(count));
            let picture = size >= PNG.len() as u64 && self.rng.u8(0..4) == 0;
            let media_type = if picture { "image/png" } else { "" }.to_owned();
            self.offered.insert(id, Offered { seed, size, picture });
            self.people[who].files.sources.insert(id);
            files.push(NewFile { id, name: format!("{who}-{number}"), size, media_type });
        }
        let ids: Vec<_> = files.iter().map(|file| file.id).collect();
        self.feed_files(who, Input::Offer { files, to });
        self.check_offers(who, to, &ids);
    }

    /// Somebody ends one of the transfers that go on.
    pub(super) fn cancel_transfer(&mut self, who: usize) {
        let view = self.files(who);
        let open: Vec<_> = view.entries.iter().filter(|entry| !entry.state.has_ended()).collect();
        if !open.is_empty() {
            let key = open[self.rng.usize(0..open.len())].key;
            self.spoil(who, key);
            self.feed_files(who, Input::Cancel(key));
        }
    }

    /// Somebody has thought about an offer.
    pub(super) fn decide(&mut self, who: usize, life: u64, key: Key) {
        let choice = self.rng.u8(0..10);
        if self.people[who].files.life != life {
            return;
        }
        match choice {
            // They never answer.
            0 => {}
            1 => {
                self.spoil(who, key);
                self.feed_files(who, Input::Cancel(key));
            }
            _ => {
                self.people[who].files.accepted.insert(key);
                self.feed_files(who, Input::Accept(key));
            }
        }
    }

    /// From now on a transfer may rightly end without the file.
    pub(super) fn spoil(&mut self, who: usize, key: Key) {
        let receiver = if key.direction == Direction::In { Some(who) } else { self.owner_of(key.peer) };
        if let Some(receiver) = receiver {
            self.spoiled.insert((key.id, receiver));
        }
    }

    /// Whoever is not among these people has left for this person, and may yet come back to the same seat.
    fn spoil_all_with_others_than(&mut self, who: usize, people: &[(PeerId, Option<DisplayName>)]) {
        for FileEntry { key, .. } in self.files(who).entries {
            if people.iter().all(|(peer, _)| *peer != key.peer) {
                self.spoil(who, key);
            }
        }
    }

    pub(super) fn owner_of(&self, peer: PeerId) -> Option<usize> {
        self.owners.get(&peer).copied()
    }

    /// Tells the core who is there, if that has changed.
    pub(super) fn tell_files(&mut self, who: usize, view: &CallView) {
        let told = &self.people[who].files.told;
        let now = || view.participants.iter().map(|other| (other.id, &other.name));
        if !now().eq(told.iter().map(|(id, name)| (*id, name))) {
            let people: Vec<_> = now().map(|(id, name)| (id, name.clone())).collect();
            let seat = std::mem::replace(&mut self.people[who].files.seat, view.me);
            // Whoever gets another seat may have lost the others with it. And the seat of whoever has left
            // for others may be given back after a restart of the server, which does not know of that.
            if seat != view.me || self.generation > 0 {
                self.spoil_all_with_others_than(who, &people);
            }
            self.people[who].files.told.clone_from(&people);
            self.feed_files(who, Input::People(people));
        }
    }

    pub(super) fn feed_files(&mut self, who: usize, input: Input) {
        let now = self.clock(who);
        self.people[who].files.files.handle_input(now, input);
        let mut shows = false;
        while let Some(effect) = self.people[who].files.files.poll_effect() {
            shows |= effect == Effect::Show;
            self.perform_for_files(who, effect);
        }
        self.arm_files(who);
        if shows {
            self.notice_offers(who);
        }
    }

    fn notice_offers(&mut self, who: usize) {
        let view = self.files(who);
        let open = || view.entries.iter().filter(|entry| !entry.state.has_ended()).map(|entry| entry.key);
        let is_like = |one: Key, other: Key| (one.peer, one.direction) == (other.peer, other.direction);
        if open().any(|key| open().filter(|other| is_like(key, *other)).count() > MAX_OPEN) {
            self.violate(format!("{who} has too many transfers: {view:?}"));
        }
        let life = self.people[who].files.life;
        let is_offered = |entry: &&FileEntry| entry.state == State::Offered && !entry.is_own();
        for key in view.entries.iter().filter(is_offered).map(|entry| entry.key) {
            if self.people[who].files.asked.insert(key) {
                let pause = self.rng.u64(0..THINKS_MS);
                self.push(pause, Event::Decide { who, life, key });
            }
        }
    }

    fn perform_for_files(&mut self, who: usize, effect: Effect) {
        match effect {
            // What the browser does not take is lost.
            Effect::Send { peer, text } => {
                if let Some(FileMsg::Accept { id, from, .. }) = FileMsg::decode(&text) {
                    let key = Key { peer, id, direction: Direction::In };
                    self.people[who].files.said.insert(key, from);
                }
                let says = if self.is_old(who) { text.replace(NEW_MEMBERS, "") } else { text };
                self.send_text(who, peer, says);
            }
            Effect::OpenChannel { key, from } => self.open_transfer(who, key, from),
            Effect::CloseChannel(key) => {
                self.people[who].files.blocks.remove(&key);
                self.close_transfer(who, key);
            }
            Effect::SendText { key, text } => {
                let says = if self.is_old(who) { self.said_as_before(who, key, text) } else { Some(text) };
                self.send_over(who, key, says.map(Wire::Text));
            }
            Effect::SendPart { key, from, bytes } => {
                let (from, to) = (from as usize, (from + bytes) as usize);
                let read = self.people[who].files.blocks.get(&key);
                if let Some(part) = read.and_then(|read| read.get(from..to)) {
                    self.send_part(who, key, part.to_vec());
                } else {
                    self.violate(format!("{who} sends what was not read"));
                }
            }
            Effect::Read { key, from, bytes } => self.read(who, key, from, bytes as usize),
            Effect::Forget(id) => drop(self.people[who].files.sources.remove(&id)),
            Effect::OpenSink { key, place, .. } => self.open_sink(who, key, place),
            Effect::Write { key, bytes } => self.write_file(who, key, &bytes),
            Effect::FinishSink(key) => self.finish_sink(who, key),
            Effect::DropSink(key) => drop(self.people[who].files.sinks.remove(&key)),
            Effect::Show => {}
        }
    }

    /// What an older page says in place of this over the channel of a transfer.
    fn said_as_before(&mut self, who: usize, key: Key, text: String) -> Option<String> {
        let Some(TransferMsg::Stored { bytes, .. }) = TransferMsg::decode(&text) else { return Some(text) };
        let is_all = self.offered.get(&key.id).is_some_and(|file| file.size == bytes);
        let said = self.people[who].files.said.entry(key).or_default();
        let says = is_all || bytes >= *said + USUAL_STEP_BYTES;
        says.then(|| {
            *said = bytes;
            format!(r#"{{"kind":"stored","bytes":{bytes}}}"#)
        })
    }

    fn read(&mut self, who: usize, key: Key, from: u64, count: usize) {
        // A channel may break and another one be opened meanwhile.
        let pause = if self.rng.u8(0..16) == 0 { self.rng.u64(0..8_000) } else { self.rng.u64(0..30) };
        let fails = self.rng.u8(..) == 0;
        if fails {
            self.spoil(who, key);
        }
        let source = self.offered.get(&key.id).filter(|_| self.people[who].files.sources.contains(&key.id));
        let Some(source) = source else {
            return self.violate(format!("{who} reads a file that it has forgotten"));
        };
        let block = || Input::Block { key, from, bytes: source.bytes(from, count) };
        let input = if fails { Input::ReadFailed(key) } else { block() };
        let life = self.people[who].files.life;
        self.push(pause, Event::Files { who, life, input });
    }

    fn open_sink(&mut self, who: usize, key: Key, place: Place) {
        let page = &self.people[who].files;
        let is_picture = self.offered.get(&key.id).is_some_and(|file| file.picture);
        if !page.accepted.contains(&key) && (!is_picture || page.asked.contains(&key)) {
            self.violate(format!("{who} gets a file that it has not accepted"));
        }
        let fails = self.rng.u8(0..50) == 0;
        // What cannot be written to the disk goes to memory.
        if fails && place == Place::Memory {
            self.spoil(who, key);
        }
        let most_ms = if self.rng.u8(0..4) == 0 { OPENS_MS } else { FAST_MS };
        self.after_disk(who, most_ms, if fails { Input::SinkFailed(key) } else { Input::SinkOpened(key) });
    }

    fn write_file(&mut self, who: usize, key: Key, bytes: &[u8]) {
        let (page, offered) = (&mut self.people[who].files, self.offered.get(&key.id));
        let (Some(sink), Some(offered)) = (page.sinks.get_mut(&key), offered) else {
            return self.violate(format!("{who} writes a file that is not open"));
        };
        let is_busy = sink.written < sink.given;
        sink.intact &= offered.bytes(sink.given, bytes.len()) == bytes;
        sink.given += bytes.len() as u64;
        let (too_much, full, slow) = (sink.given > offered.size || sink.finished, sink.full, sink.slow);
        if too_much || is_busy {
            self.violate(format!("{who} writes too many bytes of a file, or before others are written"));
        }
        let written = Input::Written(key);
        if full {
            self.spoil(who, key);
        }
        let most_ms = if slow { SLOW_MS } else { FAST_MS };
        self.after_disk(who, most_ms, if full { Input::SinkFailed(key) } else { written });
    }

    fn finish_sink(&mut self, who: usize, key: Key) {
        let (page, offered) = (&mut self.people[who].files, self.offered.get(&key.id));
        let (Some(sink), Some(offered)) = (page.sinks.get_mut(&key), offered) else {
            return self.violate(format!("{who} finishes a file that is not open"));
        };
        let is_whole = sink.intact && sink.written == offered.size;
        if std::mem::replace(&mut sink.finished, true) || !is_whole {
            self.violate(format!("{who} has another file than the one that was offered"));
        }
        self.after_disk(who, FAST_MS, Input::SinkFinished(key));
    }

    /// Reports what the disk has done, after everything that it was asked before.
    fn after_disk(&mut self, who: usize, most_ms: u64, input: Input) {
        let takes = self.rng.u64(0..most_ms);
        let page = &mut self.people[who].files;
        page.busy_until = page.busy_until.max(self.now) + takes;
        let (pause, life) = (page.busy_until - self.now, page.life);
        self.push(pause, Event::Files { who, life, input });
    }

    /// The browser reports something to a page.
    pub(super) fn on_files(&mut self, who: usize, life: u64, input: Input) {
        let (full, slow) = (self.rng.u8(0..50) == 0, self.rng.u8(0..4) == 0);
        let page = &mut self.people[who].files;
        if page.life != life {
            return;
        }
        match &input {
            Input::Block { key, from, bytes } if page.files.is_reading(*key, *from) => {
                page.blocks.insert(*key, bytes.clone());
            }
            Input::SinkOpened(key) => {
                let new = Sink { given: 0, written: 0, intact: true, full, slow, finished: false };
                page.sinks.insert(*key, new);
            }
            Input::Written(key) => {
                // Nobody hears of a file that was dropped.
                let Some(sink) = page.sinks.get_mut(key) else { return };
                sink.written = sink.given;
            }
            Input::SinkFinished(key) if !page.sinks.contains_key(key) => return,
            _ => {}
        }
        self.feed_files(who, input);
    }

    pub(super) fn tick_files(&mut self, who: usize) {
        self.people[who].files.armed = None;
        let now = self.clock(who);
        if self.people[who].files.files.poll_timeout().is_some_and(|due| due <= now) {
            self.feed_files(who, Input::Tick);
        } else {
            self.arm_files(who);
        }
    }

    fn arm_files(&mut self, who: usize) {
        let page = &self.people[who].files;
        let Some(at) = self.wakes_at(who, page.files.poll_timeout(), page.armed) else { return };
        let life = page.life;
        self.people[who].files.armed = Some(at);
        self.push(at - self.now, Event::TickFiles { who, life });
    }
}
