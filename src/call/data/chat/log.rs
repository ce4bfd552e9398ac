//! The messages that there are, in their order, within bounds.

use std::sync::Arc;

use crate::{
    protocol::{ChatMessage, Digest, DisplayName, MessageId, PeerId},
    sansio::Millis,
};

/// Most messages that are kept.
pub const MAX_MESSAGES: usize = 500;
/// Most memory for them. Unit: byte.
pub const MAX_LOG_BYTES: usize = 256 * 1024;
/// What a message takes besides its text.
const OVERHEAD_BYTES: usize = 128;

/// The place of a message in the order that is the same for everybody.
pub(super) type Key = (u64, PeerId, MessageId);

/// Where a message comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// This client has written it, on this seat or a former one.
    Own,
    /// Its author sent it.
    Author,
    /// Somebody else sent it, who may lie.
    Other,
}

/// A message, and what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: MessageId,
    pub(super) clock: u64,
    pub(super) author: PeerId,
    pub(super) name: Option<DisplayName>,
    pub(super) at_ms: u64,
    pub(super) to: Option<PeerId>,
    pub(super) reply_to: Option<MessageId>,
    pub(super) revision: u32,
    pub(super) text: Option<Arc<str>>,
    pub(super) origin: Origin,
    /// From before this client was there.
    pub(super) earlier: bool,
    pub(super) received: Millis,
    /// Of an own message: who has not acknowledged it.
    pub(super) waiting: Vec<PeerId>,
    /// Of an own message: somebody has acknowledged it.
    pub(super) acknowledged: bool,
}

impl Entry {
    pub(super) fn new(message: ChatMessage, origin: Origin, earlier: bool, received: Millis) -> Self {
        Self {
            id: message.id,
            clock: message.clock,
            author: message.author,
            name: message.name,
            at_ms: message.at_ms,
            to: message.to,
            reply_to: message.reply_to,
            revision: message.revision,
            text: message.text.map(Arc::from),
            origin,
            earlier,
            received,
            waiting: Vec::new(),
            acknowledged: false,
        }
    }

    pub(super) fn key(&self) -> Key {
        (self.clock, self.author, self.id)
    }

    /// As it is sent.
    pub(super) fn message(&self) -> ChatMessage {
        ChatMessage {
            id: self.id,
            clock: self.clock,
            author: self.author,
            name: self.name.clone(),
            at_ms: self.at_ms,
            to: self.to,
            reply_to: self.reply_to,
            revision: self.revision,
            text: self.text.as_deref().map(str::to_owned),
        }
    }

    fn bytes(&self) -> usize {
        OVERHEAD_BYTES + self.text.as_ref().map_or(0, |text| text.len())
    }

    /// What goes first when there is no room: what others sent, then what is old, and last what is not
    /// delivered.
    fn rank(&self) -> (bool, bool) {
        (self.origin == Origin::Own && !self.waiting.is_empty(), self.origin != Origin::Other)
    }
}

/// All messages, in their order.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: Vec<Entry>,
    bytes: usize,
}

impl Log {
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.entries.iter_mut()
    }

    pub(super) fn get(&self, id: MessageId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    pub(super) fn get_mut(&mut self, id: MessageId) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.id == id)
    }

    /// Puts a message in its place. Another one may have to go; returns whether this one stays.
    pub(super) fn insert(&mut self, entry: Entry) -> bool {
        let (key, id) = (entry.key(), entry.id);
        let at = self.entries.partition_point(|other| other.key() < key);
        self.bytes += entry.bytes();
        self.entries.insert(at, entry);
        self.trim();
        self.get(id).is_some()
    }

    /// Changes the text of a message.
    pub(super) fn change(&mut self, id: MessageId, revision: u32, text: Option<String>) {
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) else { return };
        self.bytes -= entry.bytes();
        entry.revision = revision;
        entry.text = text.map(Arc::from);
        self.bytes += entry.bytes();
        self.trim();
    }

    /// Removes messages.
    pub(super) fn remove(&mut self, is_removed: impl Fn(&Entry) -> bool) {
        self.entries.retain(|entry| !is_removed(entry));
        self.bytes = self.entries.iter().map(Entry::bytes).sum();
    }

    fn trim(&mut self) {
        while self.entries.len() > MAX_MESSAGES || self.bytes > MAX_LOG_BYTES {
            let ranks = self.entries.iter().map(Entry::rank).enumerate();
            // The first of the lowest rank.
            let Some((at, _)) = ranks.min_by_key(|(_, rank)| *rank) else { return };
            self.bytes -= self.entries.remove(at).bytes();
        }
    }

    /// What a peer is expected to have: everything for everybody that is not on its way to them.
    pub(super) fn digest_for(&self, peer: PeerId) -> Digest {
        let mut digest = Digest::default();
        for entry in self.entries.iter().filter(|entry| entry.to.is_none() && !entry.waiting.contains(&peer))
        {
            digest.add(entry.id, entry.revision);
        }
        digest
    }
}
