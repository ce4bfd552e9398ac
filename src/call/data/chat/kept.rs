//! What the next page of this tab needs.

use super::{
    Chat, Effect,
    log::{Entry, Origin},
    sending::encoded_bytes,
};
use crate::protocol::KeptChat;

/// Most text that a tab keeps across a reload. Unit: byte.
const MAX_KEPT_BYTES: usize = 64 * 1024;

impl Chat {
    /// Keeps what the next page of this tab needs, if it has changed.
    pub(super) fn keep(&mut self) {
        // Also what was written while nobody was there.
        let is_undelivered = |entry: &&Entry| {
            entry.origin == Origin::Own && (!entry.waiting.is_empty() || !entry.acknowledged)
        };
        let undelivered = self.log.iter().rev().filter(is_undelivered);
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
