//! Receiving files.

use sha2::{Digest, Sha256};

use super::{
    Direction, Effect, Ending, FileName, Files, Key, MAX_MEMORY_BYTES, MAX_OPEN, Picture, Place, State,
    Timer,
    pictures::{Content, HEAD_BYTES, content},
    speed::Speed,
    transfer::Incoming,
};
use crate::{
    protocol::{
        CancelReason, FileMsg, FileOffer, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES, PeerId, TransferMsg, WINDOW_BYTES,
    },
    sansio::Millis,
};

/// Larger pictures are not accepted unasked. Unit: byte.
const UNASKED_BYTES: u64 = 1024 * 1024;
/// Most bytes of files that were accepted unasked, and most of these files.
const MAX_UNASKED_BYTES: u64 = 32 * 1024 * 1024;
const MAX_UNASKED: usize = 100;
/// The sender hears how far this side is after so many bytes that have arrived, after the last, and whenever
/// some are stored.
const STEP_BYTES: u64 = 256 * 1024;
/// So many bytes are written at once: each time costs the browser about as much as the bytes do. No more
/// than a page sends that goes by what is stored alone: it would wait for that, and this side for more.
const WRITE_BYTES: usize = 1024 * 1024;
/// When to ask for the rest again, first. Doubles each time. Unit: millisecond.
const RETRY_MS: u64 = 1_000;
const MAX_RETRY_MS: u64 = 30_000;

impl Incoming {
    /// It is, or will be, in the memory of the page.
    fn takes_memory(&self) -> bool {
        self.place == Place::Memory && !matches!(self.state, State::Offered | State::Ended(_))
    }
}

impl Files {
    /// Whether a peer was asked to open a channel for this transfer, from this byte on.
    pub fn awaits(&self, key: Key, from: u64) -> bool {
        self.incoming.get(&key).is_some_and(|file| file.awaits && file.received == from)
    }

    pub(super) fn on_offer(&mut self, now: Millis, peer: PeerId, offer: FileOffer) {
        let key = Key { peer, id: offer.id, direction: Direction::In };
        if self.incoming.contains_key(&key) {
            return self.answer(key);
        }
        let is_open = |(key, file): &(&Key, &Incoming)| key.peer == peer && !file.state.has_ended();
        if self.incoming.iter().filter(is_open).count() >= MAX_OPEN {
            return self.send(peer, &FileMsg::Cancel { id: offer.id, reason: CancelReason::Busy });
        }
        let unasked = self.is_taken_unasked(now, peer, &offer);
        self.count += 1;
        let name = FileName::of(&offer.name);
        let file = Incoming {
            seq: self.count,
            who: self.name_of(peer),
            name: name.clone(),
            size: offer.size,
            private: offer.private,
            state: if unasked { State::Opening } else { State::Offered },
            seen: self.shown,
            place: Place::Memory,
            unasked,
            awaits: false,
            has_channel: false,
            received: 0,
            written: 0,
            told: 0,
            pending: Vec::new(),
            writing: 0,
            hasher: Sha256::new(),
            head: Vec::new(),
            content: Content::Unknown,
            retry_ms: RETRY_MS,
            speed: Speed::default(),
        };
        self.incoming.insert(key, file);
        if unasked {
            self.effects.push_back(Effect::OpenSink { key, place: Place::Memory, name });
        }
        self.changed = true;
    }

    fn is_taken_unasked(&mut self, now: Millis, peer: PeerId, offer: &FileOffer) -> bool {
        let unasked = || self.incoming.values().filter(|file| file.unasked && file.takes_memory());
        let bytes: u64 = unasked().map(|file| file.size).sum();
        Picture::is_claimed(&offer.media_type)
            && (1..=UNASKED_BYTES).contains(&offer.size)
            && bytes + offer.size <= MAX_UNASKED_BYTES
            && unasked().count() < MAX_UNASKED
            && offer.size <= self.free_memory()
            && self.links.get_mut(&peer).is_some_and(|link| link.unasked.take(now))
    }

    fn free_memory(&self) -> u64 {
        let taken = self.incoming.values().filter(|file| file.takes_memory()).map(|file| file.size);
        MAX_MEMORY_BYTES.saturating_sub(taken.sum())
    }

    /// Tells a sender who offers a file again how it goes on.
    fn answer(&mut self, key: Key) {
        let Some(file) = self.incoming.get_mut(&key) else { return };
        let id = key.id;
        match file.state {
            State::Offered | State::Opening | State::Checking => {}
            State::Done => self.send(key.peer, &FileMsg::Done { id }),
            State::Ended(ending) => {
                let reason =
                    if ending == Ending::Declined { CancelReason::Declined } else { CancelReason::Cancelled };
                self.send(key.peer, &FileMsg::Cancel { id, reason });
            }
            // It was asked already, over the same chat channel.
            State::Queued | State::Running | State::Interrupted if file.awaits => {}
            State::Queued | State::Running | State::Interrupted => {
                // The sender has no channel, whatever this side thinks.
                if std::mem::take(&mut file.has_channel) {
                    file.state = State::Interrupted;
                    self.effects.push_back(Effect::CloseChannel(key));
                }
                self.ask_for_rest(key);
            }
        }
    }

    pub(super) fn accept(&mut self, key: Key) {
        let free = self.free_memory();
        let Some(file) = self.incoming.get_mut(&key).filter(|file| file.state == State::Offered) else {
            return;
        };
        let Some(place) = self.storage.place_for(file.size, free) else {
            return self.end(key, Ending::TooLarge, Some(CancelReason::Storage));
        };
        file.place = place;
        file.state = State::Opening;
        self.effects.push_back(Effect::OpenSink { key, place, name: file.name.clone() });
        self.changed = true;
    }

    pub(super) fn on_sink_opened(&mut self, key: Key) {
        let Some(file) = self.incoming.get_mut(&key).filter(|file| file.state == State::Opening) else {
            // Cancelled while it was opened.
            return self.effects.push_back(Effect::DropSink(key));
        };
        file.state = State::Queued;
        self.changed = true;
        self.ask_for_rest(key);
    }

    pub(super) fn on_sink_dismissed(&mut self, key: Key) {
        if let Some(file) = self.incoming.get_mut(&key).filter(|file| file.state == State::Opening) {
            file.state = State::Offered;
            self.changed = true;
        }
    }

    pub(super) fn on_sink_failed(&mut self, key: Key) {
        let free = self.free_memory();
        let Some(file) = self.incoming.get_mut(&key) else { return };
        if file.state == State::Opening && file.place == Place::Private && file.size <= free {
            // Private windows of some browsers have the interface, and refuse to use it.
            file.place = Place::Memory;
            let name = file.name.clone();
            return self.effects.push_back(Effect::OpenSink { key, place: Place::Memory, name });
        }
        self.end(key, Ending::Storage, Some(CancelReason::Storage));
    }

    /// Asks a peer who listens again for what is missing.
    pub(super) fn ask_for_rests(&mut self, peer: PeerId) {
        let is_open = |state| matches!(state, State::Queued | State::Interrupted);
        let keys = self.incoming.iter().filter(|(key, file)| key.peer == peer && is_open(file.state));
        for key in keys.map(|(key, _)| *key).collect::<Vec<_>>() {
            self.ask_for_rest(key);
        }
    }

    /// Asks for what is missing, once everything that came is written: a window begins anew here, and what
    /// is not written may be in memory.
    pub(super) fn ask_for_rest(&mut self, key: Key) {
        self.timers.clear(&Timer::Retry(key));
        let is_ready = self.links.get(&key.peer).is_some_and(|link| link.ready);
        let Some(file) = self.incoming.get_mut(&key).filter(|file| !file.has_channel && is_ready) else {
            return;
        };
        if file.awaits || !matches!(file.state, State::Queued | State::Interrupted) {
            return;
        }
        if file.written < file.received {
            return self.write(key);
        }
        file.awaits = true;
        let from = file.received;
        file.told = from;
        let accept = FileMsg::Accept { id: key.id, from, chunk: MAX_CHUNK_BYTES, step: STEP_BYTES };
        self.send(key.peer, &accept);
    }

    pub(super) fn on_channel_came(&mut self, key: Key) {
        let Some(file) = self.incoming.get_mut(&key).filter(|file| file.awaits) else {
            return self.effects.push_back(Effect::CloseChannel(key));
        };
        file.awaits = false;
        file.has_channel = true;
        file.state = State::Running;
        file.speed.reset();
        self.changed = true;
    }

    /// A sender who tries again has not heard that the transfer has ended.
    pub(super) fn on_channel_refused(&mut self, key: Key) {
        if self.incoming.get(&key).is_some_and(|file| file.state.has_ended()) {
            self.answer(key);
        }
    }

    pub(super) fn on_chunk(&mut self, now: Millis, key: Key, bytes: Vec<u8>) {
        let Some(file) = self.incoming.get_mut(&key) else { return self.on_violation(key) };
        if file.state != State::Running {
            return self.on_violation(key);
        }
        let len = bytes.len() as u64;
        let received = file.received + len;
        let is_last = received == file.size;
        if bytes.is_empty()
            || bytes.len() > MAX_CHUNK_BYTES
            || (bytes.len() < MIN_CHUNK_BYTES && !is_last)
            || received > file.size
            || received > file.written + WINDOW_BYTES
        {
            return self.on_violation(key);
        }
        file.received = received;
        file.retry_ms = RETRY_MS;
        file.hasher.update(&bytes);
        file.speed.observe(now, received);
        if file.content == Content::Unknown {
            let room = HEAD_BYTES.saturating_sub(file.head.len());
            file.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
            file.content = content(&file.head);
            if file.content == Content::Unknown && (is_last || file.head.len() == HEAD_BYTES) {
                file.content = Content::Other;
            }
            if file.content != Content::Unknown {
                file.head = Vec::new();
                self.changed = true;
            }
        }
        // It was taken unasked for a picture.
        if file.unasked && file.content == Content::Other {
            return self.on_violation(key);
        }
        file.pending.extend(bytes);
        let is_step = is_last || received >= file.told + STEP_BYTES;
        self.write(key);
        if is_step {
            self.tell(key);
        }
    }

    /// Writes what waits, unless more may come soon to be written with it.
    fn write(&mut self, key: Key) {
        let Some(file) = self.incoming.get_mut(&key) else { return };
        let waiting = file.pending.len();
        let may_wait = waiting < WRITE_BYTES && file.received < file.size && file.has_channel;
        if file.writing > 0 || may_wait || waiting == 0 {
            return;
        }
        let bytes = if waiting > WRITE_BYTES {
            file.pending.drain(..WRITE_BYTES).collect()
        } else {
            std::mem::take(&mut file.pending)
        };
        file.writing = bytes.len() as u64;
        self.effects.push_back(Effect::Write { key, bytes });
    }

    /// Tells the sender how far this side is.
    fn tell(&mut self, key: Key) {
        let Some(file) = self.incoming.get_mut(&key) else { return };
        let (bytes, received) = (file.written, file.received);
        file.told = received;
        let text = TransferMsg::Stored { bytes, received }.encode();
        self.effects.push_back(Effect::SendText { key, text });
    }

    pub(super) fn on_written(&mut self, key: Key) {
        let Some(file) = self.incoming.get_mut(&key) else { return };
        file.written += std::mem::take(&mut file.writing);
        let is_going = matches!(file.state, State::Running | State::Checking) && file.has_channel;
        if is_going {
            self.tell(key);
        }
        self.write(key);
        self.finish(key);
        if !self.timers.is_set(&Timer::Retry(key)) {
            self.ask_for_rest(key);
        }
    }

    /// Closes the file once all of it is written.
    fn finish(&mut self, key: Key) {
        let is_complete = |file: &Incoming| file.state == State::Checking && file.written == file.size;
        if self.incoming.get(&key).is_some_and(is_complete) {
            self.effects.push_back(Effect::FinishSink(key));
        }
    }

    pub(super) fn on_end(&mut self, key: Key, sha256: [u8; 32]) {
        let Some(file) = self.incoming.get_mut(&key).filter(|file| file.state == State::Running) else {
            return self.on_violation(key);
        };
        if file.received < file.size {
            return self.on_violation(key);
        }
        let own: [u8; 32] = file.hasher.clone().finalize().into();
        if own != sha256 {
            return self.end(key, Ending::Damaged, Some(CancelReason::Damaged));
        }
        file.state = State::Checking;
        self.changed = true;
        self.finish(key);
    }

    pub(super) fn on_sink_finished(&mut self, key: Key) {
        let Some(file) = self.incoming.get_mut(&key).filter(|file| file.state == State::Checking) else {
            return;
        };
        file.state = State::Done;
        if std::mem::take(&mut file.has_channel) {
            self.effects.push_back(Effect::CloseChannel(key));
        }
        self.send(key.peer, &FileMsg::Done { id: key.id });
        self.changed = true;
    }

    pub(super) fn on_in_channel_closed(&mut self, now: Millis, key: Key) {
        let Some(file) = self.incoming.get_mut(&key).filter(|file| file.has_channel) else { return };
        file.has_channel = false;
        self.effects.push_back(Effect::CloseChannel(key));
        if file.state == State::Running {
            file.state = State::Interrupted;
            self.timers.set(Timer::Retry(key), now + file.retry_ms);
            file.retry_ms = (file.retry_ms * 2).min(MAX_RETRY_MS);
            self.changed = true;
        }
    }

    /// The connection to a peer may be gone.
    pub(super) fn interrupt_receiving(&mut self, peer: PeerId) {
        for (key, file) in self.incoming.iter_mut().filter(|(key, _)| key.peer == peer) {
            file.awaits = false;
            if std::mem::take(&mut file.has_channel) {
                self.effects.push_back(Effect::CloseChannel(*key));
            }
            if file.state == State::Running {
                file.state = State::Interrupted;
                self.changed = true;
            }
        }
    }

    /// Returns whether it had not ended.
    pub(super) fn end_receiving(&mut self, key: Key, ending: Ending) -> bool {
        let Some(file) = self.incoming.get_mut(&key).filter(|file| !file.state.has_ended()) else {
            return false;
        };
        let was_opened = file.state != State::Offered;
        file.state = State::Ended(ending);
        (file.awaits, file.head, file.pending) = (false, Vec::new(), Vec::new());
        self.timers.clear(&Timer::Retry(key));
        if std::mem::take(&mut file.has_channel) {
            self.effects.push_back(Effect::CloseChannel(key));
        }
        if was_opened {
            self.effects.push_back(Effect::DropSink(key));
        }
        true
    }
}
