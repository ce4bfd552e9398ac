//! What goes to peers: messages until they are acknowledged, and history.

use std::collections::VecDeque;

use super::{Chat, Effect, Timer, log::Entry};
use crate::{
    protocol::{ChatHello, ChatMessage, ChatMsg, MAX_CHANNEL_BYTES, PeerId},
    sansio::Millis,
};

/// What a list of messages takes in a message on the channel, at most. Unit: byte.
const LIST_BYTES: usize = 100;

impl Chat {
    pub(super) fn say_hello(&mut self, peer: PeerId, answer: bool) {
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

    pub(super) fn send(&mut self, peer: PeerId, message: &ChatMsg) {
        self.effects.push_back(Effect::Send { peer, text: message.encode() });
    }

    pub(super) fn send_due_to_all(&mut self, now: Millis) {
        let peers: Vec<_> = self.links.keys().copied().collect();
        for peer in peers {
            self.send_due(now, peer);
        }
    }

    /// Sends a peer what they wait for, within bounds.
    pub(super) fn send_due(&mut self, now: Millis, peer: PeerId) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        let waiting = self.log.iter().filter(|entry| entry.waiting.contains(&peer));
        let due = waiting.filter(|entry| link.start_sending(entry.id, entry.revision));
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
    pub(super) fn send_history(&mut self, peer: PeerId) {
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
}

/// What a message takes in a list, with a comma.
pub(super) fn encoded_bytes(message: &ChatMessage) -> usize {
    // As a message of its own it has a kind as well.
    ChatMsg::Say(message.clone()).encode().len()
}
