//! Sending files.

use sha2::{Digest, Sha256};

use super::{
    Direction, Effect, Ending, FileName, Files, Key, MAX_OPEN, MAX_RUNNING, MAX_RUNNING_TOTAL, NewFile,
    State, Timer,
    flight::{Flight, Path},
    speed::Speed,
    transfer::{Outgoing, Source},
};
use crate::{
    protocol::{
        CancelReason, FileMsg, FileOffer, PeerId, TransferMsg, USUAL_CHUNK_BYTES, USUAL_STEP_BYTES,
        WINDOW_BYTES,
    },
    sansio::Millis,
};

/// How much is read at once. Unit: byte.
const BLOCK_BYTES: u64 = 1024 * 1024;
/// Nothing is sent or read while more than this waits. Unit: byte.
const MAX_BUFFERED_BYTES: u64 = 2 * 1024 * 1024;

/// From this speed on messages are as long as the receiver takes, if no other file goes to it. A message goes
/// as a whole, before those of the chat and of other files, so on a slow path long ones hold these up. Unit:
/// bytes per second.
const FAST: u64 = 2_000_000;

/// When to open a channel again that broke, if the receiver has not asked for another one by then. Doubles
/// each time. Unit: millisecond.
const REOPEN_MS: u64 = 5_000;
const MAX_REOPEN_MS: u64 = 60_000;

impl Files {
    pub(super) fn offer(&mut self, files: Vec<NewFile>, to: Option<PeerId>) {
        let people = self.people.iter().map(|(peer, _)| *peer);
        let receivers: Vec<_> = people.filter(|peer| to.is_none_or(|to| to == *peer)).collect();
        for file in files {
            for peer in &receivers {
                self.offer_to(*peer, &file, to.is_some());
            }
            self.forget_unless_needed(file.id);
        }
    }

    fn offer_to(&mut self, peer: PeerId, file: &NewFile, private: bool) {
        let key = Key { peer, id: file.id, direction: Direction::Out };
        let is_open = |(key, out): &(&Key, &Outgoing)| key.peer == peer && !out.state.has_ended();
        if self.outgoing.iter().filter(is_open).count() >= MAX_OPEN || self.outgoing.contains_key(&key) {
            return;
        }
        let name = FileName::of(&file.name);
        if !self.sources.contains_key(&file.id) {
            let source = Source {
                size: file.size,
                name: name.as_str().to_owned(),
                media_type: file.media_type.chars().take(100).collect(),
                hasher: Sha256::new(),
                hashed: 0,
            };
            self.sources.insert(file.id, source);
        }
        self.count += 1;
        let out = Outgoing {
            seq: self.count,
            who: self.name_of(peer),
            name,
            size: file.size,
            private,
            state: State::Offered,
            has_channel: false,
            asked: 0,
            chunk: USUAL_CHUNK_BYTES,
            step: USUAL_STEP_BYTES,
            block: 0,
            read: 0,
            next: 0,
            reached: 0,
            told_end: false,
            stored: 0,
            arrived: 0,
            reading: false,
            congested: false,
            flight: Flight::default(),
            reopen_ms: REOPEN_MS,
            speed: Speed::default(),
        };
        self.outgoing.insert(key, out);
        self.send_offer(key);
        self.changed = true;
    }

    fn send_offer(&mut self, key: Key) {
        let (Some(source), Some(out)) = (self.sources.get(&key.id), self.outgoing.get(&key)) else { return };
        let offer = FileOffer {
            id: key.id,
            name: source.name.clone(),
            size: source.size,
            media_type: source.media_type.clone(),
            private: out.private,
        };
        self.send(key.peer, &FileMsg::Offer(offer));
    }

    /// Offers what has not ended to a peer who listens again. The answer says how it goes on.
    pub(super) fn offer_again(&mut self, peer: PeerId) {
        let mut open: Vec<_> = self
            .outgoing
            .iter()
            .filter(|(key, out)| key.peer == peer && !out.state.has_ended())
            .map(|(key, out)| (out.seq, *key))
            .collect();
        open.sort_unstable();
        for (_, key) in open {
            self.send_offer(key);
        }
    }

    pub(super) fn on_accept(&mut self, key: Key, from: u64, chunk: usize, step: u64) {
        let Some(out) = self.outgoing.get_mut(&key).filter(|out| !out.state.has_ended()) else {
            let reason = CancelReason::Cancelled;
            return self.send(key.peer, &FileMsg::Cancel { id: key.id, reason });
        };
        if from > out.reached {
            return self.on_violation(key);
        }
        if std::mem::take(&mut out.has_channel) {
            self.effects.push_back(Effect::CloseChannel(key));
        }
        (out.asked, out.chunk, out.step) = (from, chunk, step);
        self.queue(key);
    }

    /// Begins where the peer wants it to begin, once it is its turn.
    fn queue(&mut self, key: Key) {
        self.timers.clear(&Timer::Reopen(key));
        let Some(out) = self.outgoing.get_mut(&key) else { return };
        out.state = State::Queued;
        (out.block, out.read, out.next) = (out.asked, out.asked, out.asked);
        (out.stored, out.arrived) = (out.asked, out.asked);
        (out.reading, out.congested) = (false, false);
        out.flight = Flight::default();
        out.speed.reset();
        self.changed = true;
    }

    /// The receiver may never have seen the channel that broke. If it has, it refuses this one, and asks.
    pub(super) fn reopen(&mut self, key: Key) {
        let is_broken = |out: &Outgoing| matches!(out.state, State::Interrupted | State::Checking);
        if self.outgoing.get(&key).is_some_and(|out| is_broken(out) && !out.has_channel) {
            self.queue(key);
        }
    }

    /// Opens channels for the files whose turn it is. A page that takes nothing holds up its own alone.
    pub(super) fn start_waiting(&mut self) {
        let is_waiting = |out: &Outgoing| out.state == State::Queued && !out.has_channel;
        let mut waiting: Vec<_> = self
            .outgoing
            .iter()
            .filter(|(_, out)| is_waiting(out))
            .map(|(key, out)| (out.seq, *key))
            .collect();
        waiting.sort_unstable();
        let mut running: Vec<_> =
            self.outgoing.iter().filter(|(_, out)| out.has_channel).map(|(key, _)| key.peer).collect();
        for (_, key) in waiting {
            let with_peer = running.iter().filter(|peer| **peer == key.peer).count();
            if with_peer >= MAX_RUNNING || with_peer > 0 && running.len() >= MAX_RUNNING_TOTAL {
                continue;
            }
            if let (0, Some(link)) = (with_peer, self.links.get_mut(&key.peer)) {
                // The path may be another one than when the last file went.
                link.path = Path::default();
            }
            if let Some(out) = self.outgoing.get_mut(&key) {
                out.has_channel = true;
                running.push(key.peer);
                self.effects.push_back(Effect::OpenChannel { key, from: out.asked });
            }
        }
    }

    pub(super) fn on_channel_opened(&mut self, now: Millis, key: Key) {
        let Some(out) = self.outgoing.get_mut(&key).filter(|out| out.has_channel) else { return };
        out.state = State::Running;
        self.changed = true;
        self.pump(now, key);
    }

    /// Whether the part of the file that begins here is still wanted. One that was read for a channel that
    /// has broken since is not.
    pub fn is_reading(&self, key: Key, from: u64) -> bool {
        let is_read = |out: &Outgoing| out.state == State::Running && out.reading && out.next == from;
        self.outgoing.get(&key).is_some_and(is_read)
    }

    /// How many files go to a peer. Those that have arrived may keep their channels for long.
    fn count_going(&self, peer: PeerId) -> u64 {
        let goes =
            |(key, out): &(&Key, &Outgoing)| key.peer == peer && out.has_channel && out.arrived < out.size;
        self.outgoing.iter().filter(goes).count().max(1) as u64
    }

    /// Sends on, or reads on, if there is room.
    fn pump(&mut self, now: Millis, key: Key) {
        let files = self.count_going(key.peer);
        let Some(link) = self.links.get(&key.peer) else { return };
        let (Some(out), Some(source)) = (self.outgoing.get_mut(&key), self.sources.get(&key.id)) else {
            return;
        };
        if out.state != State::Running || out.reading || out.congested {
            return;
        }
        if out.next == out.size {
            // All of it was read, by this transfer or another one.
            let sha256 = source.hasher.clone().finalize().into();
            (out.state, out.told_end) = (State::Checking, true);
            self.changed = true;
            let text = TransferMsg::End { sha256 }.encode();
            return self.effects.push_back(Effect::SendText { key, text });
        }
        if out.next == out.read {
            out.reading = true;
            let bytes = BLOCK_BYTES.min(out.size - out.next);
            return self.effects.push_back(Effect::Read { key, from: out.next, bytes });
        }
        let is_fast = || out.speed.get(now, out.arrived).is_some_and(|speed| speed >= FAST);
        let chunk = if files == 1 && is_fast() { out.chunk } else { USUAL_CHUNK_BYTES } as u64;
        let bytes = chunk.min(out.read - out.next);
        let share = link.path.share(out.step, chunk, files);
        if out.next + bytes > (out.arrived + share).min(out.stored + WINDOW_BYTES) {
            return;
        }
        let from = out.next - out.block;
        out.congested = true;
        out.next += bytes;
        out.reached = out.reached.max(out.next);
        out.flight.on_sent(now, out.next, &link.path);
        self.effects.push_back(Effect::SendPart { key, from, bytes });
    }

    pub(super) fn on_block(&mut self, now: Millis, key: Key, from: u64, bytes: &[u8]) {
        if !self.is_reading(key, from) {
            return;
        }
        let Some(out) = self.outgoing.get_mut(&key) else { return };
        if bytes.len() as u64 != BLOCK_BYTES.min(out.size - from) {
            // The file on the disk has changed.
            return self.end(key, Ending::Unreadable, Some(CancelReason::Unreadable));
        }
        out.reading = false;
        (out.block, out.read) = (from, from + bytes.len() as u64);
        if let Some(source) = self.sources.get_mut(&key.id) {
            source.hash(from, bytes);
        }
        self.pump(now, key);
    }

    pub(super) fn on_buffered(&mut self, now: Millis, key: Key, bytes: u64) {
        if let Some(out) = self.outgoing.get_mut(&key) {
            out.congested = bytes > MAX_BUFFERED_BYTES;
        }
        self.pump(now, key);
    }

    pub(super) fn on_stored(&mut self, now: Millis, key: Key, bytes: u64, arrived: u64) {
        let Some(out) = self.outgoing.get_mut(&key).filter(|out| !out.state.has_ended()) else { return };
        if bytes < out.stored || arrived < bytes.max(out.arrived) || arrived > out.next {
            return self.on_violation(key);
        }
        let new = arrived - out.arrived;
        (out.stored, out.arrived) = (bytes, arrived);
        out.reopen_ms = REOPEN_MS;
        out.speed.observe(now, arrived);
        if let Some(link) = self.links.get_mut(&key.peer) {
            out.flight.on_arrived(now, new, arrived, &mut link.path);
        }
        self.pump(now, key);
    }

    pub(super) fn on_done(&mut self, key: Key) {
        let Some(out) = self.outgoing.get_mut(&key) else { return };
        // Who cancels may be too late: the receiver had everything, and had said so.
        if out.state.has_ended() && out.state != State::Ended(Ending::Cancelled) {
            return;
        }
        if !out.told_end {
            return self.on_violation(key);
        }
        out.state = State::Done;
        self.timers.clear(&Timer::Reopen(key));
        out.arrived = out.size;
        if std::mem::take(&mut out.has_channel) {
            self.effects.push_back(Effect::CloseChannel(key));
        }
        self.changed = true;
        self.forget_unless_needed(key.id);
    }

    pub(super) fn on_out_channel_closed(&mut self, now: Millis, key: Key) {
        let Some(out) = self.outgoing.get_mut(&key).filter(|out| out.has_channel) else { return };
        out.has_channel = false;
        self.effects.push_back(Effect::CloseChannel(key));
        if matches!(out.state, State::Queued | State::Running | State::Checking) {
            // The receiver closes it when it has everything, and says so over the chat channel.
            if out.state != State::Checking {
                out.state = State::Interrupted;
            }
            self.timers.set(Timer::Reopen(key), now + out.reopen_ms);
            out.reopen_ms = (out.reopen_ms * 2).min(MAX_REOPEN_MS);
            self.changed = true;
        }
    }

    /// The connection to a peer may be gone.
    pub(super) fn interrupt_sending(&mut self, peer: PeerId) {
        for (key, out) in self.outgoing.iter_mut().filter(|(key, _)| key.peer == peer) {
            self.timers.clear(&Timer::Reopen(*key));
            if std::mem::take(&mut out.has_channel) {
                self.effects.push_back(Effect::CloseChannel(*key));
            }
            if matches!(out.state, State::Queued | State::Running | State::Checking) {
                out.state = State::Interrupted;
                self.changed = true;
            }
        }
    }

    /// Returns whether it had not ended.
    pub(super) fn end_sending(&mut self, key: Key, ending: Ending) -> bool {
        let Some(out) = self.outgoing.get_mut(&key).filter(|out| !out.state.has_ended()) else {
            return false;
        };
        out.state = State::Ended(ending);
        self.timers.clear(&Timer::Reopen(key));
        if std::mem::take(&mut out.has_channel) {
            self.effects.push_back(Effect::CloseChannel(key));
        }
        self.forget_unless_needed(key.id);
        true
    }

    fn forget_unless_needed(&mut self, id: super::FileId) {
        if !self.outgoing.iter().any(|(key, out)| key.id == id && !out.state.has_ended()) {
            self.sources.remove(&id);
            self.effects.push_back(Effect::Forget(id));
        }
    }
}
