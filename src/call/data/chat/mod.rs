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
mod kept;
mod link;
mod log;
mod receiving;
mod sending;
mod text;
mod view;
mod writing;

use std::collections::VecDeque;

use litemap::LiteMap;

use self::{
    identity::Identity,
    link::Link,
    log::{Entry, Log, Origin},
};
pub use self::{
    log::{MAX_LOG_BYTES, MAX_MESSAGES},
    text::fitting,
    view::{ChatEntry, ChatView, Quote, Waiting},
    writing::CHANGE_MS,
};
use super::bucket::Bucket;
use crate::{
    protocol::{DisplayName, KeptChat, MAX_CLOCK, MessageId, PeerId, ProofKey},
    sansio::{Core, FewDeadlines, Millis},
};

/// Most people of whom something is remembered, also of those who have left.
const MAX_PEOPLE: usize = 64;
/// When to try again what the browser did not take. Unit: millisecond.
const RETRY_MS: u64 = 1_000;

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
    /// The time of [`Core::poll_timeout`] has come.
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
    ChangeEnds,
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
}

impl Core for Chat {
    type Input = Input;
    type Effect = Effect;
    const TICK: Input = Input::Tick;

    fn handle_input(&mut self, now: Millis, input: Input) {
        match input {
            Input::People { me, name, others } => self.on_people(now, me, name, others),
            Input::Opened { peer, key } => self.on_opened(now, peer, key),
            Input::Closed { peer } => self.on_closed(peer),
            Input::Received { peer, text } => self.on_received(now, peer, &text),
            Input::SendFailed { peer } => {
                if let Some(link) = self.links.get_mut(&peer) {
                    link.history_sent = None;
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

    fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    fn poll_timeout(&self) -> Option<Millis> {
        self.timers.next()
    }
}

impl Chat {
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
        self.send_due_to_all(now);
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
                self.send_due(now, peer);
            }
            Timer::Hello(peer) => self.say_hello(peer, false),
            Timer::ChangeEnds => {}
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
}

#[cfg(test)]
mod tests;
