//! The chat of a call: what people write to each other, over the chat channels of their connections.
//!
//! Every message has a random id and a place in one order that is the same for everybody: a Lamport clock,
//! then the author, then the id. It is sent by its author to everybody who is there, again until it is
//! acknowledged, and known again by its id: so nothing is lost or doubled by channels that break. Whoever
//! comes later, or loads the page anew, gets what there was from everybody else: both sides compare digests
//! when a channel opens.
//!
//! A message is its author's only if it comes over the channel to the author. What others sent is shown as
//! something from before, is announced to nobody, and gives way to what the author says. See
//! `docs/decisions/43-chat.md` for what is not protected.
//!
//! Everything that a peer can make grow is bounded: messages ([`MAX_MESSAGES`], [`MAX_LOG_BYTES`]), what one
//! may send in a time, and what is remembered of people.

mod identity;
mod link;
mod log;
mod receiving;
mod text;
mod view;

use std::collections::VecDeque;

use litemap::LiteMap;

use self::{
    identity::Identity,
    link::Link,
    log::{Entry, Log, Origin},
    text::clean,
};
pub use self::{
    log::{MAX_LOG_BYTES, MAX_MESSAGES},
    text::fitting,
    view::{ChatEntry, ChatView, Quote, Waiting},
};
use super::bucket::Bucket;
use crate::{
    protocol::{
        ChatHello, ChatMessage, ChatMsg, DisplayName, KeptChat, MAX_CHANNEL_BYTES, MAX_CLOCK, MessageId,
        PeerId, ProofKey,
    },
    sansio::{FewDeadlines, Millis},
};

/// Most people of whom something is remembered, also of those who have left.
const MAX_PEOPLE: usize = 64;
/// How long an own message can be changed. Unit: millisecond.
pub const CHANGE_MS: u64 = 60_000;
/// Most changes of one message.
const MAX_REVISION: u32 = 20;
/// When to try again what the browser did not take. Unit: millisecond.
const RETRY_MS: u64 = 1_000;
/// Most text that a tab keeps across a reload. Unit: byte.
const MAX_KEPT_BYTES: usize = 64 * 1024;
/// What a list of messages takes in a message on the channel, at most. Unit: byte.
const LIST_BYTES: usize = 100;

/// Somebody else in the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their seat.
    pub id: PeerId,
    /// What to call them.
    pub name: Option<DisplayName>,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Who is in the room now.
    People {
        /// The seat of this client.
        me: PeerId,
        /// What this person is called.
        name: Option<DisplayName>,
        /// Everybody else.
        others: Vec<Person>,
    },
    /// The channel to a peer is open.
    Opened {
        /// Whom.
        peer: PeerId,
        /// A fresh key.
        key: ProofKey,
    },
    /// The channel to a peer is closed.
    Closed {
        /// Whom.
        peer: PeerId,
    },
    /// A text came over the channel to a peer.
    Received {
        /// From whom.
        peer: PeerId,
        /// The text, whatever it is.
        text: String,
    },
    /// The browser did not take what was to be sent to a peer.
    SendFailed {
        /// Whom.
        peer: PeerId,
    },
    /// The person has written a message.
    Write(Draft),
    /// The person changes an own message, or deletes it.
    Change {
        /// Which.
        id: MessageId,
        /// The new text; `None` to delete it.
        text: Option<String>,
    },
    /// The messages are on the screen, or no longer.
    Shown(bool),
    /// The time of [`Chat::poll_timeout`] has come.
    Tick,
}

/// A message that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// A random number for the id.
    pub number: u64,
    /// The text. What does not fit is cut off.
    pub text: String,
    /// To whom it is, if not to everybody.
    pub to: Option<PeerId>,
    /// The message to which it replies.
    pub reply_to: Option<MessageId>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Sends a text over the channel to a peer.
    Send {
        /// To whom.
        peer: PeerId,
        /// The text.
        text: String,
    },
    /// Keeps this for the next page of this tab: see [`KeptChat`].
    Keep(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// What a peer has not acknowledged is sent again.
    Resend(PeerId),
    /// Says hello again to a peer.
    Hello(PeerId),
    /// An own message can no longer be changed.
    Fixed,
}

/// One person's side of the chat.
#[derive(Debug)]
pub struct Chat {
    identity: Identity,
    name: Option<DisplayName>,
    others: Vec<Person>,
    links: LiteMap<PeerId, Link>,
    log: Log,
    clock: u64,
    /// The clock when the page before this one went away: what is not after it was seen there.
    seen: u64,
    /// What to add to [`Millis`] to get the milliseconds since 1970.
    wall_offset_ms: u64,
    /// Who is there is known.
    knows_people: bool,
    shown: bool,
    unread: u32,
    writing: Bucket,
    timers: FewDeadlines<Timer>,
    effects: VecDeque<Effect>,
    kept: String,
}

impl Chat {
    /// An empty chat. `unix_ms` is the time now, `kept` what the page before this one kept.
    pub fn new(now: Millis, unix_ms: u64, kept: Option<KeptChat>) -> Self {
        let kept = kept.unwrap_or_default();
        let mut chat = Self {
            identity: Identity::restored(kept.seats, kept.keys),
            name: None,
            others: Vec::new(),
            links: LiteMap::new(),
            log: Log::default(),
            clock: kept.clock.min(MAX_CLOCK),
            seen: kept.clock,
            wall_offset_ms: unix_ms.saturating_sub(now.0),
            knows_people: false,
            shown: false,
            unread: 0,
            writing: Bucket::new(10, 1_000),
            timers: FewDeadlines::default(),
            effects: VecDeque::new(),
            kept: String::new(),
        };
        for message in kept.outbox {
            if chat.identity.is_mine(message.author) {
                chat.log.insert(Entry::new(message, Origin::Own, false, now));
            }
        }
        chat
    }

    /// Takes in what happened.
    pub fn handle_input(&mut self, now: Millis, input: Input) {
        match input {
            Input::People { me, name, others } => self.on_people(now, me, name, others),
            Input::Opened { peer, key } => self.on_opened(now, peer, key),
            Input::Closed { peer } => self.on_closed(peer),
            Input::Received { peer, text } => self.on_received(now, peer, &text),
            Input::SendFailed { peer } => {
                if let Some(link) = self.links.get_mut(&peer) {
                    link.told = None;
                    self.timers.set(Timer::Hello(peer), now + RETRY_MS);
                }
            }
            Input::Write(draft) => self.write(now, draft),
            Input::Change { id, text } => self.change(now, id, text),
            Input::Shown(shown) => {
                self.shown = shown;
                self.unread = if shown { 0 } else { self.unread };
            }
            Input::Tick => {
                while let Some(timer) = self.timers.pop_due(now) {
                    self.on_timer(now, timer);
                }
            }
        }
        self.arm_change_timer(now);
        self.keep();
    }

    /// What to do next; ask until `None` after every input.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When to come back with [`Input::Tick`].
    pub fn poll_timeout(&self) -> Option<Millis> {
        self.timers.next()
    }

    /// Returns whether a message may be written now: not many have just been.
    pub fn may_write(&self, now: Millis) -> bool {
        self.identity.me().is_some() && self.writing.has(now)
    }

    fn on_people(&mut self, now: Millis, me: PeerId, name: Option<DisplayName>, others: Vec<Person>) {
        let sits = |seat: PeerId| others.iter().any(|person| person.id == seat);
        if self.identity.former().iter().any(|seat| sits(*seat)) {
            self.identity.disown();
            self.log.remove(|entry| entry.origin == Origin::Own);
        }
        self.identity.sit(me);
        self.name = name;
        self.others = others;
        let present: Vec<_> = self.others.iter().map(|person| person.id).collect();
        if !std::mem::replace(&mut self.knows_people, true) {
            // What the page before this one left.
            for entry in self.log.iter_mut().filter(|entry| entry.origin == Origin::Own) {
                entry.waiting = entry.to.map_or_else(|| present.clone(), |to| vec![to]);
            }
        }
        // Whoever comes back on another seat gets what was for everybody as history.
        for entry in self.log.iter_mut().filter(|entry| entry.to.is_none()) {
            entry.waiting.retain(|peer| present.contains(peer));
        }
        let links: Vec<_> = self.links.keys().copied().collect();
        for peer in links.into_iter().filter(|peer| !present.contains(peer)) {
            self.on_closed(peer);
        }
        self.pump_all(now);
    }

    fn on_opened(&mut self, now: Millis, peer: PeerId, key: ProofKey) {
        if self.identity.me().is_none() || !self.others.iter().any(|person| person.id == peer) {
            return;
        }
        let key = self.identity.key_for(peer, key);
        self.links.insert(peer, Link::new(now, key));
        self.say_hello(peer, false);
    }

    fn on_closed(&mut self, peer: PeerId) {
        self.links.remove(&peer);
        self.timers.clear(&Timer::Resend(peer));
        self.timers.clear(&Timer::Hello(peer));
    }

    fn on_timer(&mut self, now: Millis, timer: Timer) {
        match timer {
            Timer::Resend(peer) => {
                if let Some(link) = self.links.get_mut(&peer) {
                    link.resend();
                }
                self.pump(now, peer);
            }
            Timer::Hello(peer) => self.say_hello(peer, false),
            Timer::Fixed => {}
        }
    }

    /// The seat on which somebody sits now who sat on this one, or says so.
    fn current_seat(&self, seat: PeerId) -> PeerId {
        let moved = self.links.iter().find(|(_, link)| link.former.contains(&seat));
        moved.map_or(seat, |(peer, _)| *peer)
    }

    /// The seat on which somebody sits now who has proved to have sat on this one.
    fn proved_seat(&self, seat: PeerId) -> PeerId {
        let moved = self.links.iter().find(|(_, link)| link.proved.contains(&seat));
        moved.map_or(seat, |(peer, _)| *peer)
    }

    fn say_hello(&mut self, peer: PeerId, answer: bool) {
        let Some(link) = self.links.get(&peer) else { return };
        let hello = ChatHello {
            key: link.key,
            former: self.identity.former().to_vec(),
            clock: self.clock,
            digest: self.log.digest_for(peer),
            answer,
        };
        self.send(peer, &ChatMsg::Hello(hello));
    }

    fn send(&mut self, peer: PeerId, message: &ChatMsg) {
        self.effects.push_back(Effect::Send { peer, text: message.encode() });
    }

    fn write(&mut self, now: Millis, draft: Draft) {
        let Some(author) = self.identity.me() else { return };
        let Some(text) = clean(fitting(&draft.text)) else { return };
        let id = MessageId::of(author, draft.number);
        let is_there = |to: PeerId| self.others.iter().any(|person| person.id == to);
        if draft.to.is_some_and(|to| !is_there(to)) || self.log.get(id).is_some() {
            return;
        }
        if !self.writing.take(now) {
            return;
        }
        self.clock = (self.clock + 1).min(MAX_CLOCK);
        let message = ChatMessage {
            id,
            clock: self.clock,
            author,
            name: self.name.clone(),
            at_ms: self.wall_clock(now),
            to: draft.to,
            reply_to: draft.reply_to,
            revision: 0,
            text: Some(text),
        };
        let mut entry = Entry::new(message, Origin::Own, false, now);
        entry.waiting = self.recipients(draft.to);
        self.log.insert(entry);
        self.pump_all(now);
    }

    fn recipients(&self, to: Option<PeerId>) -> Vec<PeerId> {
        let everybody = || self.others.iter().map(|person| person.id).collect();
        to.map_or_else(everybody, |to| vec![self.proved_seat(to)])
    }

    fn change(&mut self, now: Millis, id: MessageId, text: Option<String>) {
        let Some(entry) = self.log.get(id).filter(|entry| self.may_change(now, entry)) else { return };
        let (revision, to) = (entry.revision + 1, entry.to);
        let text = match text {
            None => None,
            Some(text) => match clean(fitting(&text)) {
                Some(text) if entry.text.as_deref() != Some(&text) => Some(text),
                Some(_) | None => return,
            },
        };
        if text.is_some() && !self.writing.take(now) {
            return;
        }
        self.log.change(id, revision, text);
        let recipients = self.recipients(to);
        if let Some(entry) = self.log.get_mut(id) {
            entry.waiting = recipients;
        }
        self.pump_all(now);
    }

    fn may_change(&self, now: Millis, entry: &Entry) -> bool {
        self.identity.is_mine(entry.author)
            && entry.text.is_some()
            && entry.revision < MAX_REVISION
            && now < self.fixed_at(entry)
    }

    /// When an own message can no longer be changed.
    fn fixed_at(&self, entry: &Entry) -> Millis {
        Millis(entry.at_ms.saturating_add(CHANGE_MS).saturating_sub(self.wall_offset_ms))
    }

    fn arm_change_timer(&mut self, now: Millis) {
        let open = self.log.iter().filter(|entry| self.may_change(now, entry));
        match open.map(|entry| self.fixed_at(entry)).min() {
            Some(at) => self.timers.set(Timer::Fixed, at),
            None => self.timers.clear(&Timer::Fixed),
        }
    }

    /// Milliseconds since 1970.
    fn wall_clock(&self, now: Millis) -> u64 {
        now.0.saturating_add(self.wall_offset_ms)
    }

    fn pump_all(&mut self, now: Millis) {
        let peers: Vec<_> = self.links.keys().copied().collect();
        for peer in peers {
            self.pump(now, peer);
        }
    }

    /// Sends a peer what they wait for, within bounds.
    fn pump(&mut self, now: Millis, peer: PeerId) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        let waiting = self.log.iter().filter(|entry| entry.waiting.contains(&peer));
        let due = waiting.filter(|entry| link.begin(entry.id, entry.revision));
        for message in due.map(Entry::message).collect::<Vec<_>>() {
            self.effects.push_back(Effect::Send { peer, text: ChatMsg::Say(message).encode() });
        }
        match link.resend_after_ms() {
            Some(ms) if !self.timers.is_set(&Timer::Resend(peer)) => {
                self.timers.set(Timer::Resend(peer), now + ms);
            }
            Some(_) => {}
            None => self.timers.clear(&Timer::Resend(peer)),
        }
    }

    /// Sends a peer everything that is for everybody, and what is between them and this client alone.
    fn send_history(&mut self, peer: PeerId) {
        let Some(link) = self.links.get(&peer) else { return };
        let is_theirs = |seat: PeerId| seat == peer || link.proved.contains(&seat);
        let is_shared = |entry: &&Entry| match entry.to {
            None => !entry.waiting.contains(&peer),
            Some(to) => {
                !entry.waiting.contains(&peer)
                    && ((is_theirs(to) && self.identity.is_mine(entry.author))
                        || (self.identity.is_mine(to) && is_theirs(entry.author)))
            }
        };
        let mut left: VecDeque<_> = self.log.iter().filter(is_shared).map(Entry::message).collect();
        if left.is_empty() {
            return;
        }
        let mut frames = Vec::new();
        while let Some(message) = left.pop_front() {
            let mut bytes = LIST_BYTES + encoded_bytes(&message);
            let mut messages = vec![message];
            while let Some(next) = left.front() {
                bytes += encoded_bytes(next);
                if bytes > MAX_CHANNEL_BYTES {
                    break;
                }
                messages.extend(left.pop_front());
            }
            frames.push(ChatMsg::History { messages, more: !left.is_empty() });
        }
        for frame in &frames {
            self.send(peer, frame);
        }
    }

    /// Keeps what the next page of this tab needs, if it has changed.
    fn keep(&mut self) {
        let undelivered = self.log.iter().rev().filter(|entry| !entry.waiting.is_empty());
        let mut left = MAX_KEPT_BYTES;
        let mut outbox = Vec::new();
        for message in undelivered.map(Entry::message) {
            let bytes = encoded_bytes(&message);
            if bytes > left {
                break;
            }
            left -= bytes;
            outbox.push(message);
        }
        outbox.reverse();
        let kept = KeptChat {
            seats: self.identity.seats(),
            clock: self.clock.max(self.seen),
            keys: self.identity.own_keys().to_vec(),
            outbox,
        }
        .encode();
        if kept != self.kept {
            self.kept.clone_from(&kept);
            self.effects.push_back(Effect::Keep(kept));
        }
    }
}

/// What a message takes in a list, with a comma.
fn encoded_bytes(message: &ChatMessage) -> usize {
    // As a message of its own it has a kind as well.
    ChatMsg::Say(message.clone()).encode().len()
}

#[cfg(test)]
mod tests;
