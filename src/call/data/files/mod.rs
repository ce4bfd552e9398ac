//! Files that people in a call send each other: from browser to browser, over a channel of its own for each
//! file and receiver.
//!
//! A file is offered over the chat channel and goes when the receiver has accepted it; small pictures are
//! accepted unasked. The receiver says from which byte on: that is also how a transfer goes on after its
//! channel broke. Both ends hash what they read and write; the receiver compares at the end.
//!
//! A peer may send anything at any time. What it can make grow is bounded: offers ([`MAX_OPEN`]), bytes under
//! way ([`crate::protocol::WINDOW_BYTES`]), bytes in memory ([`MAX_MEMORY_BYTES`]). See
//! `docs/decisions/45-files.md`.

mod effect;
mod flight;
mod input;
mod names;
mod pictures;
mod place;
mod receiving;
mod sending;
mod speed;
mod transfer;
mod view;

use std::collections::VecDeque;

use litemap::LiteMap;

pub use self::{
    effect::Effect,
    input::{Input, NewFile},
    names::FileName,
    pictures::Picture,
    place::{MAX_MEMORY_BYTES, Place, Storage},
    transfer::{Direction, Ending, Key, State},
    view::{FileEntry, FilesView},
};
use self::{
    flight::Path,
    transfer::{Incoming, Outgoing, Source},
};
use super::bucket::Bucket;
use crate::{
    protocol::{CancelReason, DisplayName, FileId, FileMsg, MAX_CHANNEL_BYTES, PeerId, TransferMsg},
    sansio::{Core, FewDeadlines, Millis},
};

/// Most transfers of each direction that are offered or going on with one peer.
pub const MAX_OPEN: usize = 32;
/// Most files that are sent to one peer at the same time. The others wait.
const MAX_RUNNING: usize = 4;
/// Most files that are sent at the same time, but for one to each peer: this bounds what waits to be sent, in
/// memory.
const MAX_RUNNING_TOTAL: usize = 32;
/// Most transfers that have ended and are shown, of each direction. The oldest go.
const MAX_ENDED: usize = 50;
/// How often progress is shown. Unit: millisecond.
const SHOW_MS: u64 = 250;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// Shows progress.
    Show,
    /// Asks for the rest of a file again.
    Retry(Key),
    /// Opens the channel of a file again that the receiver may still wait for.
    Reopen(Key),
}

/// The chat channel to one peer, or what is remembered of it until the peer leaves: another channel brings
/// nobody more than the first.
#[derive(Debug)]
struct Link {
    open: bool,
    /// The peer listens: something has come.
    ready: bool,
    received: Bucket,
    /// Files that are accepted unasked.
    unasked: Bucket,
    path: Path,
}

/// The transfers of one person.
#[derive(Debug)]
pub struct Files {
    storage: Storage,
    people: Vec<(PeerId, Option<DisplayName>)>,
    links: LiteMap<PeerId, Link>,
    sources: LiteMap<FileId, Source>,
    outgoing: LiteMap<Key, Outgoing>,
    incoming: LiteMap<Key, Incoming>,
    /// Counts transfers, to show them in their order.
    count: u64,
    shown: bool,
    changed: bool,
    timers: FewDeadlines<Timer>,
    effects: VecDeque<Effect>,
}

/// The label of the channel over which a file goes from this byte on.
pub fn channel_label(id: FileId, from: u64) -> String {
    ["file:", &id.to_string(), ":", &from.to_string()].concat()
}

/// For which file a channel with this label is, and from which byte on.
pub fn file_of_channel(label: &str) -> Option<(FileId, u64)> {
    let (id, from) = label.strip_prefix("file:")?.split_once(':')?;
    Some((id.parse().ok()?, from.parse().ok()?))
}

impl Files {
    /// No transfers.
    pub fn new(storage: Storage) -> Self {
        Self {
            storage,
            people: Vec::new(),
            links: LiteMap::new(),
            sources: LiteMap::new(),
            outgoing: LiteMap::new(),
            incoming: LiteMap::new(),
            count: 0,
            shown: false,
            changed: false,
            timers: FewDeadlines::default(),
            effects: VecDeque::new(),
        }
    }
}

impl Core for Files {
    type Input = Input;
    type Effect = Effect;
    const TICK: Input = Input::Tick;

    fn handle_input(&mut self, now: Millis, input: Input) {
        match input {
            Input::People(people) => self.on_people(people),
            Input::Opened(peer) => self.on_opened(peer),
            Input::Closed(peer) => self.on_closed(peer),
            Input::Received { peer, text } => self.on_received(now, peer, &text),
            Input::Offer { files, to } => self.offer(files, to),
            Input::Accept(key) => self.accept(key),
            Input::Cancel(key) => self.cancel(key),
            Input::Remove(key) => self.remove(key),
            Input::Shown(shown) => self.show(shown),
            Input::ChannelCame(key) => self.on_channel_came(key),
            Input::ChannelRefused(key) => self.on_channel_refused(key),
            Input::ChannelOpened(key) => self.on_channel_opened(now, key),
            Input::ChannelClosed(key) => self.on_channel_closed(now, key),
            Input::ChannelText { key, text } => self.on_channel_text(now, key, &text),
            Input::Chunk { key, bytes } => self.on_chunk(now, key, bytes),
            Input::TooLong(key) => self.on_violation(key),
            Input::Buffered { key, bytes } => self.on_buffered(now, key, bytes),
            Input::Block { key, from, bytes } => self.on_block(now, key, from, &bytes),
            Input::ReadFailed(key) => self.end(key, Ending::Unreadable, Some(CancelReason::Unreadable)),
            Input::SinkOpened(key) => self.on_sink_opened(key),
            Input::SinkDismissed(key) => self.on_sink_dismissed(key),
            Input::SinkFailed(key) => self.on_sink_failed(key),
            Input::Written(key) => self.on_written(key),
            Input::SinkFinished(key) => self.on_sink_finished(key),
            Input::Tick => {
                while let Some(timer) = self.timers.pop_due(now) {
                    match timer {
                        Timer::Show => self.changed = true,
                        Timer::Retry(key) => self.ask_for_rest(key),
                        Timer::Reopen(key) => self.reopen(key),
                    }
                }
            }
        }
        self.start_waiting();
        self.prune();
        if std::mem::take(&mut self.changed) {
            self.effects.push_back(Effect::Show);
        }
        let is_busy = self.outgoing.values().any(|out| out.state == State::Running || out.drains())
            || self.incoming.values().any(|file| file.state == State::Running);
        if is_busy && !self.timers.is_set(&Timer::Show) {
            self.timers.set(Timer::Show, now + SHOW_MS);
        }
    }

    fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    fn poll_timeout(&self) -> Option<Millis> {
        self.timers.next()
    }
}

impl Files {
    fn on_people(&mut self, people: Vec<(PeerId, Option<DisplayName>)>) {
        self.people = people;
        let has_left = |(peer, link): &(&PeerId, &Link)| !link.open && !self.is_there(**peer);
        let left: Vec<_> = self.links.iter().filter(has_left).map(|(peer, _)| *peer).collect();
        for peer in left {
            self.links.remove(&peer);
        }
        let is_gone = |key: &&Key| !self.is_there(key.peer);
        let gone: Vec<_> =
            self.outgoing.keys().chain(self.incoming.keys()).filter(is_gone).copied().collect();
        for key in gone {
            self.end(key, Ending::Left, None);
        }
    }

    fn is_there(&self, peer: PeerId) -> bool {
        self.people.iter().any(|(other, _)| *other == peer)
    }

    fn name_of(&self, peer: PeerId) -> Option<DisplayName> {
        self.people.iter().find(|(other, _)| *other == peer)?.1.clone()
    }

    fn on_opened(&mut self, peer: PeerId) {
        if let Some(link) = self.links.get_mut(&peer) {
            (link.open, link.ready) = (true, false);
            return;
        }
        let (received, unasked) = (Bucket::new(200, 50), Bucket::new(20, 5_000));
        let path = Path::default();
        self.links.insert(peer, Link { open: true, ready: false, received, unasked, path });
    }

    fn on_closed(&mut self, peer: PeerId) {
        if !self.is_there(peer) {
            self.links.remove(&peer);
        } else if let Some(link) = self.links.get_mut(&peer) {
            (link.open, link.ready) = (false, false);
        }
        self.interrupt_sending(peer);
        self.interrupt_receiving(peer);
    }

    fn on_received(&mut self, now: Millis, peer: PeerId, text: &str) {
        let Some(link) = self.links.get_mut(&peer).filter(|link| link.open) else { return };
        if !std::mem::replace(&mut link.ready, true) {
            self.offer_again(peer);
            self.ask_for_rests(peer);
        }
        // Most texts are those of the chat.
        if text.len() > MAX_CHANNEL_BYTES || !text.contains("\"file_") {
            return;
        }
        let Some(message) = FileMsg::decode(text) else { return };
        if !self.links.get_mut(&peer).is_some_and(|link| link.received.take(now)) {
            return;
        }
        let key = |id, direction| Key { peer, id, direction };
        match message {
            FileMsg::Offer(offer) => self.on_offer(now, peer, offer),
            FileMsg::Accept { id, from, chunk, step } => {
                self.on_accept(key(id, Direction::Out), from, chunk, step);
            }
            FileMsg::Done { id } => self.on_done(key(id, Direction::Out)),
            FileMsg::Cancel { id, reason } => {
                let ending = Ending::told(reason);
                self.end(key(id, Direction::Out), ending, None);
                self.end(key(id, Direction::In), ending, None);
            }
        }
    }

    fn on_channel_text(&mut self, now: Millis, key: Key, text: &str) {
        match (key.direction, TransferMsg::decode(text)) {
            (Direction::Out, Some(TransferMsg::Stored { bytes, received })) => {
                self.on_stored(now, key, bytes, received);
            }
            (Direction::In, Some(TransferMsg::End { sha256 })) => self.on_end(key, sha256),
            (_, Some(_)) => self.on_violation(key),
            // Of a later version.
            (_, None) => {}
        }
    }

    fn on_channel_closed(&mut self, now: Millis, key: Key) {
        match key.direction {
            Direction::Out => self.on_out_channel_closed(now, key),
            Direction::In => self.on_in_channel_closed(now, key),
        }
    }

    fn on_violation(&mut self, key: Key) {
        self.end(key, Ending::Invalid, Some(CancelReason::Invalid));
    }

    fn cancel(&mut self, key: Key) {
        let is_offered = self.incoming.get(&key).is_some_and(|file| file.state == State::Offered);
        if is_offered {
            self.end(key, Ending::Declined, Some(CancelReason::Declined));
        } else {
            self.end(key, Ending::Cancelled, Some(CancelReason::Cancelled));
        }
    }

    /// Ends a transfer that has not ended yet, and tells the other side why if there is a reason to.
    fn end(&mut self, key: Key, ending: Ending, tell: Option<CancelReason>) {
        let ended = match key.direction {
            Direction::Out => self.end_sending(key, ending),
            Direction::In => self.end_receiving(key, ending),
        };
        if let Some(reason) = tell.filter(|_| ended) {
            self.send(key.peer, &FileMsg::Cancel { id: key.id, reason });
        }
        self.changed |= ended;
    }

    fn remove(&mut self, key: Key) {
        if self.outgoing.get(&key).is_some_and(|out| out.state.has_ended()) {
            self.outgoing.remove(&key);
        }
        if self.incoming.get(&key).is_some_and(|file| file.state.has_ended()) {
            self.incoming.remove(&key);
            self.effects.push_back(Effect::DropSink(key));
        }
        self.changed = true;
    }

    fn show(&mut self, shown: bool) {
        self.shown = shown;
        for (_, file) in self.incoming.iter_mut().filter(|(_, file)| shown && !file.seen) {
            file.seen = true;
            self.changed = true;
        }
    }

    /// Sends a message, if the peer listens. What is lost is said again when they do: see
    /// [`Self::offer_again`] and [`Self::ask_for_rests`].
    fn send(&mut self, peer: PeerId, message: &FileMsg) {
        if self.links.get(&peer).is_some_and(|link| link.ready) {
            self.effects.push_back(Effect::Send { peer, text: message.encode() });
        }
    }

    /// Drops the oldest transfers that have ended. Of received files that are there none goes.
    fn prune(&mut self) {
        let mut out: Vec<_> = self
            .outgoing
            .iter()
            .filter(|(_, out)| out.state.has_ended())
            .map(|(key, out)| (out.seq, *key))
            .collect();
        let mut incoming: Vec<_> = self
            .incoming
            .iter()
            .filter(|(_, file)| matches!(file.state, State::Ended(_)))
            .map(|(key, file)| (file.seq, *key))
            .collect();
        for old in [&mut out, &mut incoming] {
            old.sort_unstable();
            let count = old.len().saturating_sub(MAX_ENDED);
            for (_, key) in old.drain(..count) {
                self.remove(key);
            }
        }
    }
}

#[cfg(test)]
mod tests;
