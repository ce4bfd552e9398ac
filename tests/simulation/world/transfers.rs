//! The channels over which files go: one for each transfer, opened by its sender, reliable and in order. They
//! break together with their connection, or alone. What is under way is lost with them.

use halloo::{
    call::data::files::{Direction, Input, Key, channel_label, file_of_channel},
    protocol::{TransferMsg, USUAL_CHUNK_BYTES, WINDOW_BYTES},
};

use super::*;

/// How often a channel looks whether there is a path again. Unit: millisecond.
const BLOCKED_MS: u64 = 300;
/// The browser says that it takes more when no more than this waits. Unit: byte.
const LOW_BYTES: u64 = 1024 * 1024;
/// Most files that go to one peer at the same time.
const MAX_RUNNING: usize = 4;

/// One end of a channel.
pub(super) struct End {
    who: usize,
    key: Key,
    /// The connections at this end and at the other.
    instance: u64,
    far: u64,
    /// The other end, which is there once its side knows of the channel.
    other: u64,
    broken: bool,
    /// It breaks after so many messages.
    breaks_after: Option<u32>,
    under_way: VecDeque<Wire>,
    /// Bytes of the file that wait to be sent.
    waiting: u64,
    /// Up to where the sender has sent, and knows that it is stored.
    sent: u64,
    stored: u64,
}

/// What goes over a channel.
pub(super) enum Wire {
    Open(String),
    Text(String),
    Bytes(Vec<u8>),
    Close,
}

impl World {
    pub(super) fn open_transfer(&mut self, who: usize, key: Key, from: u64) {
        let instance = self.people[who].peers.get(&key.peer).copied();
        let far = instance.and_then(|instance| self.connections.get(&instance)?.remote_instance());
        let (Some(instance), Some(far)) = (instance, far) else {
            let life = self.people[who].files.life;
            return self.push(0, Event::Files { who, life, input: Input::ChannelClosed(key) });
        };
        let (end, other) = (self.number(), self.number());
        let breaks = std::mem::take(&mut self.people[who].files.break_next);
        let breaks_after = breaks.then(|| self.rng.u32(0..8));
        let new = End { breaks_after, sent: from, stored: from, ..End::new(who, key, instance, far, other) };
        self.ends.insert(end, new);
        let channels = &mut self.people[who].files.channels;
        let is_second = channels.insert(key, end).is_some();
        let running = channels.keys().filter(|one| one.peer == key.peer && one.direction == Direction::Out);
        if is_second || running.count() > MAX_RUNNING {
            self.violate(format!("{who} opens too many channels"));
        }
        let pause = self.delay();
        self.push(pause, Event::Transfer { end, news: News::Opened });
        self.send_over(who, key, [Wire::Open(channel_label(key.id, from))]);
    }

    /// Closes this page's end. What was sent before still arrives.
    pub(super) fn close_transfer(&mut self, who: usize, key: Key) {
        self.send_over(who, key, [Wire::Close]);
        self.people[who].files.channels.remove(&key);
    }

    pub(super) fn send_part(&mut self, who: usize, key: Key, mut bytes: Vec<u8>) {
        // Another browser, or its memory, has a fault. A file of 9.5 MB has some 150 parts.
        if self.rng.u16(0..4_096) == 0 {
            let at = self.rng.usize(0..bytes.len());
            bytes[at] ^= 1;
            self.spoil(who, key);
        }
        // Older pages send short messages, whatever the receiver takes.
        let longest = if self.is_old(who) { USUAL_CHUNK_BYTES } else { bytes.len() };
        let chunks: Vec<_> = bytes.chunks(longest).map(|chunk| Wire::Bytes(chunk.to_vec())).collect();
        self.send_over(who, key, chunks);
        let Some(end) = self.people[who].files.channels.get(&key) else { return };
        let Some(state) = self.ends.get_mut(end) else { return };
        state.sent += bytes.len() as u64;
        if state.sent > state.stored + WINDOW_BYTES {
            self.violate(format!("{who} sends beyond the window"));
        }
    }

    pub(super) fn send_over(&mut self, who: usize, key: Key, wires: impl IntoIterator<Item = Wire>) {
        let Some(end) = self.people[who].files.channels.get(&key).copied() else { return };
        let Some(state) = self.ends.get_mut(&end) else { return };
        if state.broken {
            return self.push(0, Event::Transfer { end, news: News::Closed });
        }
        let is_idle = state.under_way.is_empty();
        let before = state.waiting;
        for wire in wires {
            state.waiting += wire.bytes();
            state.under_way.push_back(wire);
        }
        if state.waiting > before {
            let bytes = state.waiting;
            self.push(0, Event::Transfer { end, news: News::Buffered(bytes) });
        }
        if is_idle {
            let pause = self.delay();
            self.push(pause, Event::Transfer { end, news: News::Next });
        }
    }

    pub(super) fn on_transfer(&mut self, end: u64, news: News) {
        if let News::Next = news {
            return self.deliver(end);
        }
        let Some(End { who, key, .. }) = self.ends.get(&end) else { return };
        let (who, key) = (*who, *key);
        if self.people[who].files.channels.get(&key) != Some(&end) {
            return; // Nobody listens any more.
        }
        match news {
            News::Opened => self.feed_files(who, Input::ChannelOpened(key)),
            News::Closed => self.feed_files(who, Input::ChannelClosed(key)),
            News::Buffered(bytes) => self.feed_files(who, Input::Buffered { key, bytes }),
            News::Next => {}
        }
    }

    /// The next message of a channel arrives, if it can.
    fn deliver(&mut self, end: u64) {
        let Some(state) = self.ends.get(&end) else { return };
        // Without its other end nothing arrives any more.
        let (Some(from), Some(to)) =
            (self.connections.get(&state.instance), self.connections.get(&state.far))
        else {
            return;
        };
        if self.path(from, to).is_none() {
            return self.push(BLOCKED_MS, Event::Transfer { end, news: News::Next });
        }
        let (receiver, peer) = (to.owner, to.peer);
        let Some(state) = self.ends.get_mut(&end) else { return };
        if state.breaks_after == Some(0) {
            return self.break_transfer(end);
        }
        state.breaks_after = state.breaks_after.map(|count| count - 1);
        let Some(wire) = state.under_way.pop_front() else { return };
        let (before, other) = (state.waiting, state.other);
        state.waiting -= wire.bytes();
        let waiting = state.waiting;
        if before > LOW_BYTES && waiting <= LOW_BYTES {
            self.push(0, Event::Transfer { end, news: News::Buffered(waiting) });
        }
        if !self.ends[&end].under_way.is_empty() {
            let pause = self.delay();
            self.push(pause, Event::Transfer { end, news: News::Next });
        }
        match wire {
            Wire::Open(label) => self.on_transfer_came(end, receiver, peer, &label),
            Wire::Text(text) => self.on_transfer_text(other, text),
            Wire::Bytes(bytes) => {
                if let Some((who, key)) = self.listener(other) {
                    if self.is_old(who) && bytes.len() > USUAL_CHUNK_BYTES {
                        self.violate(format!("{who} gets a longer message than it takes"));
                    }
                    self.feed_files(who, Input::Chunk { key, bytes });
                }
            }
            Wire::Close => {
                self.ends.remove(&end);
                self.on_transfer(other, News::Closed);
            }
        }
    }

    /// A peer has opened a channel.
    fn on_transfer_came(&mut self, end: u64, who: usize, peer: PeerId, label: &str) {
        let Some((id, from)) = file_of_channel(label) else { return };
        let key = Key { peer, id, direction: Direction::In };
        let Some(End { instance, far, other, .. }) = self.ends.get(&end) else { return };
        let (instance, far, other) = (*instance, *far, *other);
        if !self.people[who].files.files.awaits(key, from) {
            let pause = self.delay();
            self.push(pause, Event::Transfer { end, news: News::Closed });
            return self.feed_files(who, Input::ChannelRefused(key));
        }
        self.ends.insert(other, End::new(who, key, far, instance, end));
        self.people[who].files.channels.insert(key, other);
        self.feed_files(who, Input::ChannelCame(key));
    }

    fn on_transfer_text(&mut self, end: u64, text: String) {
        let Some((who, key)) = self.listener(end) else { return };
        if let (Some(state), Some(TransferMsg::Stored { bytes, .. })) =
            (self.ends.get_mut(&end), TransferMsg::decode(&text))
        {
            state.stored = bytes;
        }
        self.feed_files(who, Input::ChannelText { key, text });
    }

    /// Who listens to an end.
    fn listener(&self, end: u64) -> Option<(usize, Key)> {
        let End { who, key, .. } = self.ends.get(&end)?;
        (self.people[*who].files.channels.get(key) == Some(&end)).then_some((*who, *key))
    }

    /// The channels of this person's transfers break, or the next one; their connections do not.
    pub(super) fn break_transfers(&mut self, who: usize) {
        let ends: Vec<u64> = self.people[who].files.channels.values().copied().collect();
        self.people[who].files.break_next = ends.is_empty();
        for end in ends {
            self.break_transfer(end);
        }
    }

    fn break_transfer(&mut self, end: u64) {
        let Some(other) = self.ends.get(&end).map(|state| state.other) else { return };
        for end in [end, other] {
            if let Some(state) = self.ends.get_mut(&end) {
                state.broken = true;
                state.under_way.clear();
                let pause = self.delay();
                self.push(pause, Event::Transfer { end, news: News::Closed });
            }
        }
    }

    /// A connection is closed at this end. The others hear of their ends later, if at all.
    pub(super) fn drop_transfers(&mut self, instance: u64) {
        self.ends.retain(|_, end| end.instance != instance);
        let orphans: Vec<u64> =
            self.ends.iter().filter(|(_, end)| end.far == instance).map(|(id, _)| *id).collect();
        for end in orphans {
            if self.rng.bool() {
                let pause = self.delay();
                self.push(pause, Event::Transfer { end, news: News::Closed });
            }
        }
    }
}

impl End {
    fn new(who: usize, key: Key, instance: u64, far: u64, other: u64) -> Self {
        Self {
            who,
            key,
            instance,
            far,
            other,
            broken: false,
            breaks_after: None,
            under_way: VecDeque::new(),
            waiting: 0,
            sent: 0,
            stored: 0,
        }
    }
}

impl Wire {
    fn bytes(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Open(_) | Self::Text(_) | Self::Close => 0,
        }
    }
}
