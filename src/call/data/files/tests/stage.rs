//! People with pages that send each other files. What a page shows becomes lines of text like
//! `from ada: notes.txt, offered` or `to bob: notes.txt, running at 10 of 50`.
//!
//! Channels are as browsers have them: ordered, and what was under way is lost with them. What is sent to an
//! end that is not open yet is lost. Reading and writing take a while, and end in their order.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{
    super::{pictures::tests::png, *},
    WINDOW_BYTES,
};

/// As many bytes as wanted, unlike each other and the same every time.
pub(super) fn some_bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at.wrapping_mul(31) ^ (at >> 8)) as u8).collect()
}

pub(super) struct Stage {
    now: Millis,
    next: u128,
    pages: BTreeMap<String, Page>,
    /// Pairs of people between whom nothing goes through.
    cut: BTreeSet<(PeerId, PeerId)>,
    under_way: VecDeque<(PeerId, Event)>,
}

pub(super) struct Page {
    pub(super) files: Files,
    pub(super) seat: PeerId,
    sources: BTreeMap<FileId, Vec<u8>>,
    /// What was read last, for each transfer.
    blocks: BTreeMap<Key, Vec<u8>>,
    pub(super) sinks: BTreeMap<Key, Sink>,
    /// Whose chat channels are open.
    links: BTreeSet<PeerId>,
    channels: BTreeSet<Key>,
    /// What the person chooses where to save is refused, fails, or is dismissed.
    pub(super) sink: SinkPlan,
    pub(super) places: Vec<Place>,
    muted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SinkPlan {
    Works,
    PrivateFails,
    Dismissed,
    /// It fails at the first byte.
    IsFull,
    /// Writing takes forever.
    Hangs,
}

#[derive(Debug, Default)]
pub(super) struct Sink {
    pub(super) bytes: Vec<u8>,
    pub(super) finished: bool,
    /// Something is being written.
    busy: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Wire {
    Chat(String),
    Open(FileId, u64),
    Text(FileId, String),
    Bytes(FileId, Vec<u8>),
    Close(FileId),
}

#[derive(Debug, Clone)]
enum Event {
    Local(Input),
    Net(PeerId, Wire),
}

const HELLO: &str = r#"{"kind":"hello","answer":false}"#;
const ANSWER: &str = r#"{"kind":"hello","answer":true}"#;

impl Stage {
    /// A room with these people, all connected.
    pub(super) fn of<const N: usize>(names: [&str; N]) -> Self {
        let mut stage = Self {
            now: Millis(1_000),
            next: 0,
            pages: BTreeMap::new(),
            cut: BTreeSet::new(),
            under_way: VecDeque::new(),
        };
        for name in names {
            stage.joins(name);
        }
        stage
    }

    fn number(&mut self) -> u128 {
        self.next += 1;
        // Any order of ids is possible.
        self.next.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.pages.keys().cloned().collect()
    }

    pub(super) fn page(&mut self, who: &str) -> &mut Page {
        self.pages.get_mut(who).unwrap()
    }

    pub(super) fn seat(&self, who: &str) -> PeerId {
        self.pages[who].seat
    }

    fn name_of(&self, seat: PeerId) -> Option<String> {
        self.pages.iter().find(|(_, page)| page.seat == seat).map(|(name, _)| name.clone())
    }

    pub(super) fn joins(&mut self, who: &str) {
        let seat = PeerId::new(self.number() as u64);
        let page = Page {
            files: Files::new(Storage { chosen: true, private: true }),
            seat,
            sources: BTreeMap::new(),
            sinks: BTreeMap::new(),
            links: BTreeSet::new(),
            channels: BTreeSet::new(),
            sink: SinkPlan::Works,
            places: Vec::new(),
            blocks: BTreeMap::new(),
            muted: false,
        };
        assert!(self.pages.insert(who.to_owned(), page).is_none(), "{who} has no page yet");
        self.tell_people();
        for other in self.names().iter().filter(|other| *other != who) {
            self.links(who, other);
        }
    }

    pub(super) fn leaves(&mut self, who: &str) {
        let gone = self.pages.remove(who).unwrap().seat;
        self.under_way
            .retain(|(to, event)| *to != gone && !matches!(event, Event::Net(from, _) if *from == gone));
        for other in self.names() {
            self.closes(&other, gone);
        }
        self.tell_people();
        self.settles();
    }

    fn tell_people(&mut self) {
        for who in self.names() {
            let others = self.pages.iter().filter(|(other, _)| **other != who);
            let others = others.map(|(other, page)| (page.seat, other.parse().ok())).collect();
            self.input(&who, Input::People(others));
        }
    }

    fn links(&mut self, one: &str, other: &str) {
        for (who, of) in [(one, other), (other, one)] {
            let (me, peer) = (self.seat(who), self.seat(of));
            self.page(who).links.insert(peer);
            self.input(who, Input::Opened(peer));
            self.under_way.push_back((peer, Event::Net(me, Wire::Chat(HELLO.to_owned()))));
            // The other end is not open yet: what was sent is lost.
            self.settles();
        }
    }

    fn pair(&self, one: &str, other: &str) -> (PeerId, PeerId) {
        let (one, other) = (self.seat(one), self.seat(other));
        (one.min(other), one.max(other))
    }

    /// The connection of these two is gone, with everything that was under way.
    pub(super) fn cuts(&mut self, one: &str, other: &str) {
        let pair = self.pair(one, other);
        if !self.cut.insert(pair) {
            return;
        }
        let is_lost = |to: PeerId, event: &Event| {
            let Event::Net(from, _) = event else { return false };
            (to.min(*from), to.max(*from)) == pair
        };
        self.under_way.retain(|(to, event)| !is_lost(*to, event));
        for (who, of) in [(one, other), (other, one)] {
            let peer = self.seat(of);
            self.closes(who, peer);
        }
    }

    fn closes(&mut self, who: &str, peer: PeerId) {
        let page = self.page(who);
        page.links.remove(&peer);
        // Nobody hears of channels whose connection is gone.
        self.input(who, Input::Closed(peer));
        assert!(self.page(who).channels.iter().all(|key| key.peer != peer), "no channel is left open");
    }

    /// They have another connection.
    pub(super) fn mends(&mut self, one: &str, other: &str) {
        let pair = self.pair(one, other);
        if self.cut.remove(&pair) {
            self.links(one, other);
        }
    }

    /// The channels of transfers between these two break; their connection does not.
    pub(super) fn breaks_channels(&mut self, one: &str, other: &str) {
        for (who, of) in [(one, other), (other, one)] {
            let (me, peer) = (self.seat(who), self.seat(of));
            let keys: Vec<_> =
                self.page(who).channels.iter().filter(|key| key.peer == peer).copied().collect();
            self.under_way.retain(|(to, event)| {
                let is_lost = *to == me
                    && matches!(event, Event::Net(from, wire)
                    if *from == peer && !matches!(wire, Wire::Chat(_)));
                !is_lost
            });
            for key in keys {
                self.page(who).channels.remove(&key);
                self.input(who, Input::ChannelClosed(key));
            }
        }
    }

    pub(super) fn input(&mut self, who: &str, input: Input) {
        let now = self.now;
        if let Input::Block { key, from, bytes } = &input
            && self.page(who).files.is_reading(*key, *from)
        {
            self.page(who).blocks.insert(*key, bytes.clone());
        }
        if let Input::Written(key) = &input
            && let Some(sink) = self.page(who).sinks.get_mut(key)
        {
            sink.busy = false;
        }
        self.page(who).files.handle_input(now, input);
        while let Some(effect) = self.page(who).files.poll_effect() {
            self.performs(who, effect);
        }
        check_bounds(&self.page(who).files);
    }

    fn net(&mut self, who: &str, to: PeerId, wire: Wire) {
        let me = self.seat(who);
        self.under_way.push_back((to, Event::Net(me, wire)));
    }

    fn local(&mut self, who: &str, input: Input) {
        let me = self.seat(who);
        self.under_way.push_back((me, Event::Local(input)));
    }

    fn performs(&mut self, who: &str, effect: Effect) {
        match effect {
            Effect::Send { peer, text } => {
                assert!(text.len() <= MAX_CHANNEL_BYTES, "{who} sends too much at once");
                if self.page(who).links.contains(&peer) {
                    self.net(who, peer, Wire::Chat(text));
                }
            }
            Effect::OpenChannel { key, from } => {
                if self.page(who).links.contains(&key.peer) {
                    assert!(self.page(who).channels.insert(key), "one channel for each transfer");
                    self.net(who, key.peer, Wire::Open(key.id, from));
                    self.local(who, Input::ChannelOpened(key));
                } else {
                    self.local(who, Input::ChannelClosed(key));
                }
            }
            Effect::CloseChannel(key) => {
                self.page(who).blocks.remove(&key);
                if self.page(who).channels.remove(&key) {
                    self.net(who, key.peer, Wire::Close(key.id));
                }
            }
            Effect::SendText { key, text } => {
                if self.page(who).channels.contains(&key) {
                    self.net(who, key.peer, Wire::Text(key.id, text));
                }
            }
            Effect::Read { key, from, bytes } => {
                let source = &self.page(who).sources[&key.id];
                let end = source.len().min((from + bytes) as usize);
                let bytes = source[(from as usize).min(end)..end].to_vec();
                self.local(who, Input::Block { key, from, bytes });
            }
            Effect::SendPart { key, from, bytes } => {
                let (from, to) = (from as usize, (from + bytes) as usize);
                let part = self.page(who).blocks[&key][from..to].to_vec();
                if self.page(who).channels.contains(&key) {
                    self.net(who, key.peer, Wire::Bytes(key.id, part));
                }
                self.local(who, Input::Buffered { key, bytes: 0 });
            }
            Effect::Forget(id) => {
                self.page(who).sources.remove(&id);
            }
            Effect::OpenSink { key, place, .. } => self.opens_sink(who, key, place),
            Effect::Write { key, bytes } => {
                let plan = self.page(who).sink;
                let sink = self.page(who).sinks.get_mut(&key).unwrap();
                assert!(!std::mem::replace(&mut sink.busy, true), "one write at a time");
                sink.bytes.extend(bytes);
                match plan {
                    SinkPlan::IsFull => self.local(who, Input::SinkFailed(key)),
                    SinkPlan::Hangs => {}
                    SinkPlan::Works | SinkPlan::PrivateFails | SinkPlan::Dismissed => {
                        self.local(who, Input::Written(key))
                    }
                }
            }
            Effect::FinishSink(key) => {
                let sink = self.page(who).sinks.get_mut(&key).unwrap();
                assert!(!sink.busy, "all is written");
                sink.finished = true;
                self.local(who, Input::SinkFinished(key));
            }
            Effect::DropSink(key) => {
                self.page(who).sinks.remove(&key);
            }
            Effect::Show => {}
        }
    }

    fn opens_sink(&mut self, who: &str, key: Key, place: Place) {
        let page = self.page(who);
        page.places.push(place);
        if page.sink == SinkPlan::Dismissed && place == Place::Chosen {
            self.local(who, Input::SinkDismissed(key));
        } else if page.sink == SinkPlan::PrivateFails && place == Place::Private {
            self.local(who, Input::SinkFailed(key));
        } else {
            page.sinks.insert(key, Sink::default());
            self.local(who, Input::SinkOpened(key));
        }
    }

    /// Delivers what is under way, until nothing is.
    pub(super) fn settles(&mut self) {
        for _ in 0..50_000 {
            if !self.delivers() {
                return;
            }
        }
        panic!("never quiet");
    }

    /// Delivers so many things that are under way.
    pub(super) fn delivers_some(&mut self, count: usize) {
        for _ in 0..count {
            self.delivers();
        }
    }

    fn delivers(&mut self) -> bool {
        let Some((to, event)) = self.under_way.pop_front() else { return false };
        let Some(who) = self.name_of(to) else { return true };
        match event {
            Event::Local(input) => self.input(&who, input),
            Event::Net(from, wire) => self.receives(&who, from, wire),
        }
        true
    }

    fn receives(&mut self, who: &str, from: PeerId, wire: Wire) {
        if !self.page(who).links.contains(&from) || self.page(who).muted {
            return;
        }
        // A channel is one to send at the side that has opened it, else one to receive.
        let end = |page: &Page, id| {
            let key = |direction| Key { peer: from, id, direction };
            [key(Direction::In), key(Direction::Out)].into_iter().find(|key| page.channels.contains(key))
        };
        match wire {
            Wire::Chat(text) => {
                let is_hello = text == HELLO;
                self.input(who, Input::Received { peer: from, text });
                if is_hello {
                    self.net(who, from, Wire::Chat(ANSWER.to_owned()));
                }
            }
            Wire::Open(id, at) => {
                let key = Key { peer: from, id, direction: Direction::In };
                if self.page(who).files.awaits(key, at) {
                    self.page(who).channels.insert(key);
                    self.input(who, Input::ChannelCame(key));
                } else {
                    self.net(who, from, Wire::Close(id));
                    self.input(who, Input::ChannelRefused(key));
                }
            }
            Wire::Text(id, text) => {
                if let Some(key) = end(self.page(who), id) {
                    self.input(who, Input::ChannelText { key, text });
                }
            }
            Wire::Bytes(id, bytes) => {
                if let Some(key) = end(self.page(who), id) {
                    self.input(who, Input::Chunk { key, bytes });
                }
            }
            Wire::Close(id) => {
                if let Some(key) = end(self.page(who), id) {
                    self.page(who).channels.remove(&key);
                    self.input(who, Input::ChannelClosed(key));
                }
            }
        }
    }

    pub(super) fn time_passes(&mut self, ms: u64) {
        let end = self.now + ms;
        loop {
            let due = |page: &Page| page.files.poll_timeout();
            let next = self.pages.values().filter_map(due).min().filter(|at| *at <= end);
            let Some(at) = next else { break };
            self.now = self.now.max(at);
            for who in self.names() {
                if due(self.page(&who)).is_some_and(|at| at <= self.now) {
                    self.input(&who, Input::Tick);
                }
            }
            self.settles();
        }
        self.now = end;
    }

    /// Offers a file and waits until everybody has heard of it.
    pub(super) fn sends(&mut self, who: &str, to: Option<&str>, name: &str, content: &[u8]) -> FileId {
        self.sends_as(who, to, name, "", content)
    }

    pub(super) fn sends_as(
        &mut self,
        who: &str,
        to: Option<&str>,
        name: &str,
        media_type: &str,
        content: &[u8],
    ) -> FileId {
        let id = self.sends_unsettled(who, to, name, media_type, content);
        self.settles();
        id
    }

    pub(super) fn sends_unsettled(
        &mut self,
        who: &str,
        to: Option<&str>,
        name: &str,
        media_type: &str,
        content: &[u8],
    ) -> FileId {
        let id = FileId::new(self.number());
        self.page(who).sources.insert(id, content.to_vec());
        let file = NewFile {
            id,
            name: name.to_owned(),
            size: content.len() as u64,
            media_type: media_type.to_owned(),
        };
        let to = to.map(|to| self.seat(to));
        self.input(who, Input::Offer { files: vec![file], to });
        id
    }

    pub(super) fn sends_picture(&mut self, who: &str, bytes: usize) -> FileId {
        self.sends_as(who, None, "photo.png", "image/png", &png(640, 480, bytes))
    }

    /// The file on the disk of somebody changes while it is sent.
    pub(super) fn file_shrinks(&mut self, who: &str, id: FileId) {
        self.page(who).sources.insert(id, Vec::new());
    }

    pub(super) fn key(&self, peer: &str, id: FileId, direction: Direction) -> Key {
        Key { peer: self.seat(peer), id, direction }
    }

    pub(super) fn accepts(&mut self, who: &str, from: &str, id: FileId) {
        self.accepts_unsettled(who, from, id);
        self.settles();
    }

    pub(super) fn accepts_unsettled(&mut self, who: &str, from: &str, id: FileId) {
        let key = self.key(from, id, Direction::In);
        self.input(who, Input::Accept(key));
    }

    pub(super) fn cancels(&mut self, who: &str, key: Key) {
        self.input(who, Input::Cancel(key));
        self.settles();
    }

    /// Somebody's program sends this to another one, whatever it is.
    pub(super) fn says(&mut self, who: &str, to: &str, wire: Wire) {
        let to = self.seat(to);
        self.net(who, to, wire);
        self.settles();
    }

    pub(super) fn says_about_files(&mut self, who: &str, to: &str, message: &FileMsg) {
        self.says(who, to, Wire::Chat(message.encode()));
    }

    /// This page's program is somebody else's from now on: it takes in nothing.
    pub(super) fn mutes(&mut self, who: &str) {
        self.page(who).muted = true;
    }

    /// What is under way to somebody over chat channels is lost, as if their browsers had not taken it.
    pub(super) fn loses_chat_to(&mut self, who: &str) {
        let to = self.seat(who);
        let is_lost = |event: &Event| matches!(event, Event::Net(_, Wire::Chat(_)));
        self.under_way.retain(|(receiver, event)| *receiver != to || !is_lost(event));
    }

    /// Puts something under way to somebody.
    pub(super) fn under_way_to(&mut self, to: PeerId, from: PeerId, wire: Wire) {
        self.under_way.push_back((to, Event::Net(from, wire)));
    }

    pub(super) fn now(&self) -> Millis {
        self.now
    }

    pub(super) fn pass_unsettled(&mut self, ms: u64) {
        self.now = self.now + ms;
    }

    /// What a page shows.
    pub(super) fn sees(&mut self, who: &str) -> Vec<String> {
        let now = self.now;
        let view = self.page(who).files.view(now);
        view.entries.iter().map(line).collect()
    }

    pub(super) fn view(&mut self, who: &str) -> FilesView {
        let now = self.now;
        self.page(who).files.view(now)
    }

    /// The bytes of the only file that somebody has received.
    pub(super) fn received(&mut self, who: &str) -> Vec<u8> {
        let sinks: Vec<_> = self.page(who).sinks.values().filter(|sink| sink.finished).collect();
        assert_eq!(sinks.len(), 1, "one file is there");
        sinks[0].bytes.clone()
    }
}

fn line(entry: &FileEntry) -> String {
    let direction = if entry.is_own() { "to" } else { "from" };
    let who = entry.who.as_ref().map_or("?", |who| who.as_str());
    let state = match entry.state {
        State::Ended(ending) => format!("{ending:?}"),
        State::Running | State::Interrupted => {
            format!("{:?} at {} of {}", entry.state, entry.bytes, entry.size)
        }
        state @ (State::Offered | State::Opening | State::Queued | State::Checking | State::Done) => {
            format!("{state:?}")
        }
    };
    format!("{direction} {who}: {}, {}", entry.name.as_str(), state.to_lowercase())
}

fn check_bounds(files: &Files) {
    for peer in files.incoming.keys().map(|key| key.peer) {
        let open = files.incoming.iter().filter(|(key, file)| key.peer == peer && !file.state.has_ended());
        assert!(open.count() <= MAX_OPEN);
    }
    let ended = files.incoming.values().filter(|file| matches!(file.state, State::Ended(_))).count();
    assert!(ended <= MAX_ENDED);
    assert!(files.outgoing.values().filter(|out| out.state.has_ended()).count() <= MAX_ENDED);
    let running: Vec<_> = files.outgoing.iter().filter(|(_, out)| out.has_channel).collect();
    let mut with_peer = BTreeMap::<PeerId, usize>::new();
    for (key, _) in &running {
        *with_peer.entry(key.peer).or_default() += 1;
    }
    assert!(with_peer.values().all(|count| *count <= MAX_RUNNING));
    let beyond_first: usize = with_peer.values().map(|count| count - 1).sum();
    assert!(beyond_first < MAX_RUNNING_TOTAL);
    for file in files.incoming.values() {
        assert!(file.received <= file.size && file.head.len() <= pictures::HEAD_BYTES);
        assert!(file.received - file.written <= WINDOW_BYTES);
        let is_open = !matches!(file.state, State::Ended(_));
        assert!(!is_open || file.received - file.written == file.writing + file.pending.len() as u64);
    }
    let in_memory = files.incoming.values().filter(|file| {
        file.place == Place::Memory && !matches!(file.state, State::Offered | State::Ended(_))
    });
    assert!(in_memory.map(|file| file.size).sum::<u64>() <= MAX_MEMORY_BYTES);
}
