//! What peers send: who may say what, and how much of it.

use super::{
    Chat, Timer,
    log::{Entry, Origin},
    text::clean,
    writing::{CHANGE_MS, MAX_REVISION},
};
use crate::{
    protocol::{
        ChatHello, ChatMessage, ChatMsg, MAX_CHANNEL_BYTES, MAX_CLOCK, MAX_TEXT_BYTES, MessageId, PeerId,
    },
    sansio::Millis,
};

/// How far a message may move the clock of whoever gets it. Whoever lies about the clock pushes their own
/// message to the end of the list, and not the clocks of the others to the end of numbers.
const MAX_CLOCK_STEP: u64 = 1 << 16;
/// How much later than its author may a peer change a message, while the channel is open. Unit: millisecond.
const CHANGE_GRACE_MS: u64 = 30_000;

impl Chat {
    pub(super) fn on_received(&mut self, now: Millis, peer: PeerId, text: &str) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        if text.len() > MAX_CHANNEL_BYTES || !link.received.take(now) {
            return;
        }
        match ChatMsg::decode(text) {
            Some(ChatMsg::Hello(hello)) => self.on_hello(now, peer, &hello),
            Some(ChatMsg::Say(message)) => self.on_say(now, peer, message),
            Some(ChatMsg::Received { id, revision }) => self.on_acknowledged(now, peer, id, revision),
            Some(ChatMsg::History { messages, more }) => self.on_history(now, peer, messages, more),
            None => {}
        }
    }

    fn on_hello(&mut self, now: Millis, peer: PeerId, hello: &ChatHello) {
        let is_taken = |seat: PeerId| {
            self.others.iter().any(|person| person.id == seat)
                || self.links.iter().any(|(other, link)| *other != peer && link.former.contains(&seat))
        };
        let met = self.identity.meet(peer, hello, is_taken);
        let former: Vec<_> = met.iter().map(|(seat, _)| *seat).collect();
        let proved: Vec<_> = met.iter().filter(|(_, is_proved)| *is_proved).map(|(seat, _)| *seat).collect();
        self.see_clock(hello.clock);
        // Private messages follow whoever moved.
        for entry in self.log.iter_mut().filter(|entry| entry.to.is_some_and(|to| proved.contains(&to))) {
            for waiting in entry.waiting.iter_mut().filter(|seat| proved.contains(seat)) {
                *waiting = peer;
            }
        }
        let digest = self.log.digest_for(peer);
        let Some(link) = self.links.get_mut(&peer) else { return };
        let moved = former != link.former;
        link.former = former;
        link.proved = proved;
        link.ready = true;
        self.timers.clear(&Timer::Hello(peer));
        // Each answer can be a whole history: whoever asks again and again gets few.
        let is_sent = !moved && link.history_sent == Some(digest);
        let differs = (digest != hello.digest && !is_sent) || moved;
        let answers = (!hello.answer || differs) && link.answers.take(now);
        let gets_history = differs && answers && link.histories.take(now);
        if gets_history {
            link.history_sent = Some(digest);
        }
        if answers && !hello.answer {
            self.say_hello(peer, true);
        }
        if gets_history {
            self.send_history(peer);
        }
        self.send_due(now, peer);
    }

    fn on_say(&mut self, now: Millis, peer: PeerId, message: ChatMessage) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        // What is not acknowledged comes again, more slowly.
        if !link.said.take(now) {
            return;
        }
        if !self.speaks_for(peer, message.author) {
            // When they named their former seats, somebody may still have sat there. They answer with them.
            if self.links.get_mut(&peer).is_some_and(|link| link.answers.take(now)) {
                self.say_hello(peer, false);
            }
            return;
        }
        if message.to.is_some_and(|to| !self.identity.is_mine(to)) {
            return;
        }
        let (id, revision) = (message.id, message.revision);
        self.take(now, peer, message, Origin::Author, false);
        // Also what is refused: sent again it would be refused again, and keep others waiting.
        self.send(peer, &ChatMsg::Received { id, revision });
    }

    fn on_acknowledged(&mut self, now: Millis, peer: PeerId, id: MessageId, revision: u32) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        link.acknowledge(id, revision);
        self.timers.clear(&Timer::Resend(peer));
        if let Some(entry) = self.log.get_mut(id).filter(|entry| entry.revision == revision) {
            entry.waiting.retain(|other| *other != peer);
            entry.acknowledged = true;
        }
        self.send_due(now, peer);
    }

    fn on_history(&mut self, now: Millis, peer: PeerId, messages: Vec<ChatMessage>, more: bool) {
        for message in messages {
            let Some(link) = self.links.get_mut(&peer) else { return };
            if !link.take_history() {
                return;
            }
            let key = (message.clock, message.author, message.id);
            link.oldest = Some(link.oldest.map_or(key, |oldest| oldest.min(key)));
            if message.author == peer {
                link.confirmed.push(message.id);
            }
            let origin = if self.speaks_for(peer, message.author) { Origin::Author } else { Origin::Other };
            // Private messages come back from the one with whom they were.
            let is_for_me = message.to.is_none_or(|to| {
                (self.identity.is_mine(to) && origin == Origin::Author)
                    || (self.identity.is_mine(message.author) && self.speaks_for(peer, to))
            });
            if is_for_me {
                self.take(now, peer, message, origin, true);
            }
        }
        if !more {
            self.drop_denied(peer);
        }
    }

    /// Drops what others sent as messages of a peer who has just sent all of their own.
    fn drop_denied(&mut self, peer: PeerId) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        let (confirmed, oldest) = (std::mem::take(&mut link.confirmed), link.oldest.take());
        self.log.remove(|entry| {
            entry.origin == Origin::Other
                && entry.author == peer
                && oldest.is_some_and(|oldest| entry.key() >= oldest)
                && !confirmed.contains(&entry.id)
        });
    }

    /// Whether a peer is the author of this seat's messages.
    pub(super) fn speaks_for(&self, peer: PeerId, seat: PeerId) -> bool {
        peer == seat || self.links.get(&peer).is_some_and(|link| link.former.contains(&seat))
    }

    pub(super) fn see_clock(&mut self, clock: u64) {
        self.clock = self.clock.max(clock.min(self.clock + MAX_CLOCK_STEP)).min(MAX_CLOCK);
    }

    fn take(
        &mut self,
        now: Millis,
        peer: PeerId,
        mut message: ChatMessage,
        origin: Origin,
        from_before: bool,
    ) {
        let is_too_long = |text: &String| text.len() > MAX_TEXT_BYTES;
        if !message.id.is_of(message.author)
            || message.clock > MAX_CLOCK
            || message.at_ms > MAX_CLOCK
            || message.revision > MAX_REVISION
            || message.text.as_ref().is_some_and(is_too_long)
        {
            return;
        }
        if let Some(text) = message.text.take() {
            // Nothing to be seen: there is no use in getting it again.
            let Some(text) = clean(&text) else { return };
            message.text = Some(text);
        }
        if origin == Origin::Author {
            let person = self.others.iter().find(|person| person.id == peer);
            message.name = person.and_then(|person| person.name.clone());
        }
        self.see_clock(message.clock);
        let Some(held) = self.log.get(message.id) else {
            // This client knows what it has written, unless that was before a reload.
            if self.identity.is_mine(message.author) && !self.identity.has_forgotten(message.author) {
                return;
            }
            return self.add(now, message, origin, from_before);
        };
        if held.origin == Origin::Other && origin == Origin::Author {
            // What the author says counts.
            self.log.remove(|entry| entry.id == message.id);
            self.add(now, message, origin, from_before);
            return;
        }
        if held.to != message.to {
            return;
        }
        if origin == Origin::Author && held.origin == Origin::Author && message.revision > held.revision {
            let opened = self.links.get(&peer).map_or(now, |link| link.opened);
            let since_ms = now.since(held.received);
            if opened <= held.received && since_ms > CHANGE_MS + CHANGE_GRACE_MS {
                return;
            }
            self.log.change(message.id, message.revision, message.text);
        }
    }

    fn add(&mut self, now: Millis, message: ChatMessage, origin: Origin, from_before: bool) {
        let is_own = self.identity.is_mine(message.author);
        // After a reload: what authors wrote meanwhile is new.
        let is_later = self.seen > 0 && message.clock > self.seen && origin == Origin::Author;
        let is_new = !from_before || is_later;
        let entry = Entry::new(message, if is_own { Origin::Own } else { origin }, !is_new, now);
        let is_unread = is_new && !is_own && !self.shown && entry.text.is_some();
        if self.log.insert(entry) && is_unread {
            self.unread = self.unread.saturating_add(1);
        }
    }
}
