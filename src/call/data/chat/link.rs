//! The chat channel to one peer, while it is open.

use super::log::Key;
use crate::{
    call::data::bucket::Bucket,
    protocol::{Digest, MessageId, PeerId, ProofKey},
    sansio::Millis,
};

/// Most messages that are sent to a peer and not acknowledged.
const WINDOW: usize = 16;
/// First time after which they are sent again. Doubles each time. Unit: millisecond.
const RESEND_MS: u64 = 5_000;
const MAX_RESEND_MS: u64 = 60_000;
/// Most messages of others' history that a peer may send over one channel.
const MAX_HISTORY: u32 = 600;

/// The chat channel to one peer.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) opened: Millis,
    /// What this client proves with.
    pub(super) key: ProofKey,
    /// The peer has said hello: they listen.
    pub(super) ready: bool,
    /// On which seats they sat before, as far as is known.
    pub(super) former: Vec<PeerId>,
    /// Those of them that they have proved: private messages go on there.
    pub(super) proved: Vec<PeerId>,
    /// What is sent and not acknowledged.
    in_flight: Vec<(MessageId, u32)>,
    resend_ms: u64,
    /// Limits what the peer sends.
    pub(super) received: Bucket,
    pub(super) said: Bucket,
    history_left: u32,
    /// Limits what the peer makes this client send.
    pub(super) answers: Bucket,
    pub(super) histories: Bucket,
    /// Digest of what this client had when it sent its history.
    pub(super) history_sent: Option<Digest>,
    /// Own messages of the peer in the history that they are sending, and the first message of it.
    pub(super) confirmed: Vec<MessageId>,
    pub(super) oldest: Option<Key>,
}

impl Link {
    pub(super) fn new(now: Millis, key: ProofKey) -> Self {
        Self {
            opened: now,
            key,
            ready: false,
            former: Vec::new(),
            proved: Vec::new(),
            in_flight: Vec::new(),
            resend_ms: RESEND_MS,
            received: Bucket::new(200, 20),
            said: Bucket::new(30, 300),
            history_left: MAX_HISTORY,
            answers: Bucket::new(4, 2_000),
            histories: Bucket::new(6, 60_000),
            history_sent: None,
            confirmed: Vec::new(),
            oldest: None,
        }
    }

    /// Returns whether a message is to be sent now; then it counts as sent.
    pub(super) fn start_sending(&mut self, id: MessageId, revision: u32) -> bool {
        let starts = self.ready && self.in_flight.len() < WINDOW && !self.in_flight.contains(&(id, revision));
        if starts {
            self.in_flight.push((id, revision));
        }
        starts
    }

    /// A message was acknowledged.
    pub(super) fn acknowledge(&mut self, id: MessageId, revision: u32) {
        self.in_flight.retain(|one| *one != (id, revision));
        self.resend_ms = RESEND_MS;
    }

    /// When what is on its way is to be sent again; `None` if nothing is.
    pub(super) fn resend_after_ms(&self) -> Option<u64> {
        (!self.in_flight.is_empty()).then_some(self.resend_ms)
    }

    /// Everything is to be sent again.
    pub(super) fn resend(&mut self) {
        self.in_flight.clear();
        self.resend_ms = (self.resend_ms * 2).min(MAX_RESEND_MS);
    }

    /// Counts a message of the peer's history; false if there are too many.
    pub(super) fn take_history(&mut self) -> bool {
        let granted = self.history_left > 0;
        self.history_left = self.history_left.saturating_sub(1);
        granted
    }
}
